package io.github.tieredquery.dynamodb.internal.model;

import io.github.tieredquery.table.ColumnType;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * Columns' values as attributes, without loss. Numbers are N, decimals in the form that DynamoDB gives them back in; a
 * double that an N can't hold exactly (NaN, the infinities, -0.0, and magnitudes beyond DynamoDB's) is S in Java's
 * notation. Dates and timestamps are S as in keys. NULL is no attribute.
 */
public final class Attributes {

    /** DynamoDB's numbers go from 1E-130 to 9.99…E+125. */
    private static final double LEAST = 1e-130;

    private static final double GREATEST = 9.9e125;

    private Attributes() {}

    static AttributeValue of(ColumnType type, Object value) {
        return switch (type.kind()) {
            case BOOLEAN -> AttributeValue.fromBool((Boolean) value);
            case INT32, INT64 -> AttributeValue.fromN(value.toString());
            case DECIMAL ->
                AttributeValue.fromN(((BigDecimal) value).stripTrailingZeros().toPlainString());
            case DOUBLE -> ofDouble((Double) value);
            case STRING -> AttributeValue.fromS((String) value);
            case DATE -> AttributeValue.fromS(value.toString());
            case TIMESTAMP -> AttributeValue.fromS(KeyText.time((Instant) value));
            case BINARY -> AttributeValue.fromB(SdkBytes.fromByteArray((byte[]) value));
        };
    }

    private static AttributeValue ofDouble(double value) {
        double magnitude = Math.abs(value);
        boolean isNumber = Double.doubleToRawLongBits(value) == 0 || (magnitude >= LEAST && magnitude <= GREATEST);
        return isNumber
                ? AttributeValue.fromN(new BigDecimal(Double.toString(value)).toString())
                : AttributeValue.fromS(Double.toString(value));
    }

    /**
     * The value of an attribute.
     *
     * @param attribute null for none
     * @return the value in its Java form, null for NULL
     * @throws RuntimeException if the attribute is of another type
     */
    static @Nullable Object value(ColumnType type, @Nullable AttributeValue attribute) {
        if (attribute == null || Boolean.TRUE.equals(attribute.nul())) {
            return null;
        }
        return switch (type.kind()) {
            case BOOLEAN -> present(attribute.bool());
            case INT32 -> new BigDecimal(present(attribute.n())).intValueExact();
            case INT64 -> new BigDecimal(present(attribute.n())).longValueExact();
            case DECIMAL -> new BigDecimal(present(attribute.n())).setScale(type.scale(), RoundingMode.UNNECESSARY);
            case DOUBLE -> Double.valueOf(attribute.n() == null ? present(attribute.s()) : attribute.n());
            case STRING -> present(attribute.s());
            case DATE -> LocalDate.parse(present(attribute.s()));
            case TIMESTAMP -> KeyText.value(type, present(attribute.s()));
            case BINARY -> present(attribute.b()).asByteArray();
        };
    }

    private static <T> T present(@Nullable T value) {
        if (value == null) {
            throw new IllegalArgumentException("it is of another type");
        }
        return value;
    }

    /** How many bytes an item takes, by DynamoDB's own rules; numbers a little more than they really take. */
    public static long bytes(Map<String, AttributeValue> item) {
        long bytes = 0;
        for (Map.Entry<String, AttributeValue> attribute : item.entrySet()) {
            bytes += utf8(attribute.getKey()) + bytes(attribute.getValue());
        }
        return bytes;
    }

    private static long bytes(AttributeValue value) {
        return switch (value.type()) {
            case S -> utf8(value.s());
            case N -> value.n().length() / 2 + 2;
            case B -> value.b().asByteArrayUnsafe().length;
            case SS -> value.ss().stream().mapToLong(Attributes::utf8).sum();
            case NS -> value.ns().stream().mapToLong(n -> n.length() / 2 + 2).sum();
            case BS ->
                value.bs().stream().mapToLong(b -> b.asByteArrayUnsafe().length).sum();
            case M -> 3 + value.m().size() + bytes(value.m());
            case L ->
                3 + value.l().stream().mapToLong(entry -> 1 + bytes(entry)).sum();
            default -> 1;
        };
    }

    static int utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}
