package io.github.tieredquery.athena.parquet;

import io.github.tieredquery.athena.format.FileFormat.FileColumn;
import io.github.tieredquery.table.ColumnType;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.conf.ParquetConfiguration;
import org.apache.parquet.hadoop.api.WriteSupport;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.RecordConsumer;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;
import org.apache.parquet.schema.Types;
import org.jspecify.annotations.Nullable;

/** Puts rows into Parquet's columns. */
final class RowWriteSupport extends WriteSupport<@Nullable Object[]> {

    private final List<FileColumn> columns;
    private final MessageType schema;
    private @Nullable RecordConsumer consumer;

    RowWriteSupport(List<FileColumn> columns) {
        this.columns = List.copyOf(columns);
        Types.MessageTypeBuilder message = Types.buildMessage();
        columns.forEach(each -> message.addField(field(each)));
        this.schema = message.named("row");
    }

    private static PrimitiveType field(FileColumn column) {
        Type.Repetition repetition = column.nullable() ? Type.Repetition.OPTIONAL : Type.Repetition.REQUIRED;
        ColumnType type = column.type();
        return switch (type.kind()) {
            case BOOLEAN ->
                Types.primitive(PrimitiveTypeName.BOOLEAN, repetition).named(column.name());
            case INT32 -> Types.primitive(PrimitiveTypeName.INT32, repetition).named(column.name());
            case INT64 -> Types.primitive(PrimitiveTypeName.INT64, repetition).named(column.name());
            case DOUBLE -> Types.primitive(PrimitiveTypeName.DOUBLE, repetition).named(column.name());
            case DECIMAL ->
                Types.primitive(PrimitiveTypeName.FIXED_LEN_BYTE_ARRAY, repetition)
                        .length(decimalBytes(type.precision()))
                        .as(LogicalTypeAnnotation.decimalType(type.scale(), type.precision()))
                        .named(column.name());
            case STRING ->
                Types.primitive(PrimitiveTypeName.BINARY, repetition)
                        .as(LogicalTypeAnnotation.stringType())
                        .named(column.name());
            case DATE ->
                Types.primitive(PrimitiveTypeName.INT32, repetition)
                        .as(LogicalTypeAnnotation.dateType())
                        .named(column.name());
            case BINARY -> Types.primitive(PrimitiveTypeName.BINARY, repetition).named(column.name());
            // Only in tables that another job has made: Athena reads no more of a timestamp than this.
            case TIMESTAMP ->
                Types.primitive(PrimitiveTypeName.INT64, repetition)
                        .as(LogicalTypeAnnotation.timestampType(false, LogicalTypeAnnotation.TimeUnit.MILLIS))
                        .named(column.name());
        };
    }

    /** The fewest bytes that hold every number of so many digits. */
    static int decimalBytes(int precision) {
        return BigInteger.TEN.pow(precision).subtract(BigInteger.ONE).bitLength() / 8 + 1;
    }

    @Override
    @SuppressWarnings("deprecation")
    public WriteContext init(Configuration configuration) {
        return new WriteContext(schema, Map.of());
    }

    @Override
    public WriteContext init(ParquetConfiguration configuration) {
        return new WriteContext(schema, Map.of());
    }

    @Override
    public void prepareForWrite(RecordConsumer recordConsumer) {
        consumer = recordConsumer;
    }

    @Override
    public void write(@Nullable Object[] values) {
        RecordConsumer out = consumer;
        if (out == null) {
            throw new IllegalStateException("the file isn't open");
        }
        out.startMessage();
        for (int i = 0; i < values.length; i++) {
            Object value = values[i];
            if (value != null) {
                FileColumn column = columns.get(i);
                out.startField(column.name(), i);
                write(out, column.type(), value);
                out.endField(column.name(), i);
            }
        }
        out.endMessage();
    }

    private static void write(RecordConsumer out, ColumnType type, Object value) {
        switch (type.kind()) {
            case BOOLEAN -> out.addBoolean((Boolean) value);
            case INT32 -> out.addInteger((Integer) value);
            case INT64 -> out.addLong((Long) value);
            case DOUBLE -> out.addDouble((Double) value);
            case DECIMAL -> out.addBinary(Binary.fromConstantByteArray(decimal(type, (BigDecimal) value)));
            case STRING -> out.addBinary(Binary.fromString((String) value));
            case DATE -> out.addInteger(Math.toIntExact(((LocalDate) value).toEpochDay()));
            case BINARY -> out.addBinary(Binary.fromConstantByteArray((byte[]) value));
            case TIMESTAMP -> out.addLong(((Instant) value).toEpochMilli());
        }
    }

    /** Two's complement, filled up with the sign. */
    private static byte[] decimal(ColumnType type, BigDecimal value) {
        byte[] shortest = value.unscaledValue().toByteArray();
        byte[] bytes = new byte[decimalBytes(type.precision())];
        Arrays.fill(bytes, 0, bytes.length - shortest.length, (byte) (value.signum() < 0 ? -1 : 0));
        System.arraycopy(shortest, 0, bytes, bytes.length - shortest.length, shortest.length);
        return bytes;
    }
}
