package io.github.tieredquery.internal.bound;

import io.github.tieredquery.spi.RowPosition;
import io.github.tieredquery.table.Column;
import io.github.tieredquery.table.ColumnType;
import io.github.tieredquery.table.Micros;
import io.github.tieredquery.table.Table;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Positions as bytes. What is read may come from a stranger: only what would have been written is taken. */
public final class PositionCodec {

    private PositionCodec() {}

    public static void write(DataOutputStream out, RowPosition position) throws IOException {
        out.writeLong(Micros.of(position.time()));
        for (Object value : position.key()) {
            write(out, value);
        }
    }

    /**
     * Reads a position of a table.
     *
     * @throws IOException if the bytes end before
     * @throws RuntimeException if they aren't values of the columns
     */
    public static RowPosition read(DataInputStream in, Table table) throws IOException {
        Instant time = (Instant) table.timeColumn().type().canonical(Micros.toInstant(in.readLong()));
        List<Object> key = new ArrayList<>();
        for (Column column : table.keyColumns()) {
            key.add(column.type().canonical(read(in, column.type())));
        }
        return new RowPosition(time, key);
    }

    private static void write(DataOutputStream out, Object value) throws IOException {
        if (value instanceof Integer number) {
            out.writeInt(number);
        } else if (value instanceof Long number) {
            out.writeLong(number);
        } else if (value instanceof BigDecimal decimal) {
            write(out, decimal.unscaledValue().toByteArray());
        } else if (value instanceof String text) {
            write(out, text.getBytes(StandardCharsets.UTF_8));
        } else if (value instanceof LocalDate date) {
            out.writeLong(date.toEpochDay());
        } else if (value instanceof Instant instant) {
            out.writeLong(Micros.of(instant));
        } else {
            throw new IllegalArgumentException("no key has values of " + value.getClass());
        }
    }

    private static Object read(DataInputStream in, ColumnType type) throws IOException {
        return switch (type.kind()) {
            case INT32 -> in.readInt();
            case INT64 -> in.readLong();
            case DECIMAL -> decimal(bytes(in), type.scale());
            case STRING -> text(bytes(in));
            case DATE -> date(in.readLong());
            case TIMESTAMP -> Micros.toInstant(in.readLong());
            case BOOLEAN, DOUBLE, BINARY -> throw new IllegalArgumentException("no key is " + type);
        };
    }

    private static void write(DataOutputStream out, byte[] bytes) throws IOException {
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    /** The length is a stranger's: no more is taken, or made room for, than is there. */
    private static byte[] bytes(DataInputStream in) throws IOException {
        int length = in.readInt();
        if (length < 0 || length > in.available()) {
            throw new IOException("the length is " + length);
        }
        return in.readNBytes(length);
    }

    /** Only the shortest form of a number is one, as only that was written. */
    private static BigDecimal decimal(byte[] bytes, int scale) {
        BigInteger unscaled = new BigInteger(bytes);
        if (!Arrays.equals(unscaled.toByteArray(), bytes)) {
            throw new IllegalArgumentException("a number is written at length");
        }
        return new BigDecimal(unscaled, scale);
    }

    private static String text(byte[] bytes) throws CharacterCodingException {
        return StandardCharsets.UTF_8
                .newDecoder()
                .decode(ByteBuffer.wrap(bytes))
                .toString();
    }

    private static LocalDate date(long epochDay) {
        try {
            return LocalDate.ofEpochDay(epochDay);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("there is no such day", e);
        }
    }
}
