package io.github.tieredquery;

import io.github.tieredquery.error.BadPageTokenException;
import io.github.tieredquery.table.Column;
import io.github.tieredquery.table.ColumnType;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes and reads page tokens of one query. A token is base64url of: the format's version, the query's fingerprint,
 * the position of the page's last row, and the signature if there are keys. It comes back from strangers: whatever is
 * not exactly what was written is refused, and all that a forged one can choose is a position in its own query.
 */
final class PageToken {

    private static final byte VERSION = 1;

    private final Request request;
    private final TokenKeys keys;
    private final byte[] fingerprint;

    /**
     * Tokens of a query.
     *
     * @param request the query as the caller made it, not the rest that is left of it
     */
    PageToken(Request request, TokenKeys keys) {
        this.request = request;
        this.keys = keys;
        this.fingerprint = QueryFingerprint.of(request);
    }

    String write(Position position) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(VERSION);
            out.write(fingerprint);
            out.writeLong(micros(position.time()));
            for (Object value : position.key()) {
                write(out, value);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory", e);
        }
        return Base64.getUrlEncoder().withoutPadding().encodeToString(keys.sign(bytes.toByteArray()));
    }

    /**
     * Reads a token of this query.
     *
     * @throws BadPageTokenException if it isn't one
     */
    Position read(String token) {
        byte[] body;
        Position position;
        try {
            byte[] signed = Base64.getUrlDecoder().decode(token);
            if (!Base64.getUrlEncoder().withoutPadding().encodeToString(signed).equals(token)) {
                throw new IllegalArgumentException("another text of the same bytes");
            }
            body = keys.verified(signed);
        } catch (IllegalArgumentException e) {
            throw refused("is damaged, or signed with a key that isn't known", e);
        }
        if (body.length <= QueryFingerprint.BYTES || body[0] != VERSION) {
            throw refused("is not of a kind that is known", null);
        }
        if (!MessageDigest.isEqual(fingerprint, Arrays.copyOfRange(body, 1, 1 + QueryFingerprint.BYTES))) {
            throw refused("belongs to another query: its range, condition, columns or order differ", null);
        }
        try {
            position = position(Arrays.copyOfRange(body, 1 + QueryFingerprint.BYTES, body.length));
        } catch (IOException | RuntimeException e) {
            throw refused("is damaged", e);
        }
        if (!request.range().contains(position.time())) {
            throw refused("points outside of the query's range", null);
        }
        return position;
    }

    private BadPageTokenException refused(String why, @Nullable Exception cause) {
        return new BadPageTokenException(
                "table '" + request.table().name() + "': the page token " + why
                        + ". Ask for the first page, without a token",
                cause);
    }

    private Position position(byte[] bytes) throws IOException {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            Instant time = (Instant) request.table().timeColumn().type().canonical(instant(in.readLong()));
            List<Object> key = new ArrayList<>();
            for (Column column : request.table().keyColumns()) {
                key.add(column.type().canonical(read(in, column.type())));
            }
            if (in.available() > 0) {
                throw new IOException("something follows the position");
            }
            return new Position(time, key);
        }
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
            out.writeLong(micros(instant));
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
            case TIMESTAMP -> instant(in.readLong());
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

    private static long micros(Instant instant) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
    }

    private static Instant instant(long micros) {
        return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
    }
}
