package io.github.tieredquery.store;

import io.github.tieredquery.internal.bound.Sha256;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.RowType;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.LocalDate;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * The number of rows in a set and a fingerprint that doesn't depend on their order: the sum of 128 bits of each row's
 * SHA-256, over a canonical form of its values. Two sets with equal digests hold the same rows, short of a collision.
 * Immutable and thread-safe.
 *
 * <p>NULLs at the end of a row leave no trace in its form. So the digest of rows that were written before nullable
 * columns were appended to the table is also their digest with those columns, which read as NULL.
 *
 * @param rows how many rows
 * @param high the upper half of the sum modulo 2<sup>128</sup>
 * @param low the lower half
 */
public record RowDigest(long rows, long high, long low) {

    /** Of no rows. */
    public static final RowDigest EMPTY = new RowDigest(0, 0, 0);

    /**
     * The digest of both sets together.
     *
     * @param other another set, disjoint from this one
     * @return the sum
     */
    public RowDigest plus(RowDigest other) {
        long sumLow = low + other.low;
        long carry = Long.compareUnsigned(sumLow, low) < 0 ? 1 : 0;
        return new RowDigest(rows + other.rows, high + other.high + carry, sumLow);
    }

    /**
     * The fingerprint as text, without the count.
     *
     * @return 32 hexadecimal digits
     */
    public String fingerprint() {
        return HexFormat.of().toHexDigits(high) + HexFormat.of().toHexDigits(low);
    }

    /**
     * Reads a fingerprint back.
     *
     * @param rows how many rows
     * @param fingerprint what {@link #fingerprint()} gave
     * @return the digest
     * @throws IllegalArgumentException if the text isn't 32 hexadecimal digits
     */
    public static RowDigest of(long rows, String fingerprint) {
        if (fingerprint.length() != 32) {
            throw new IllegalArgumentException("a fingerprint has 32 hexadecimal digits, not " + fingerprint.length());
        }
        return new RowDigest(
                rows,
                HexFormat.fromHexDigitsToLong(fingerprint, 0, 16),
                HexFormat.fromHexDigitsToLong(fingerprint, 16, 32));
    }

    /** Adds up rows. Not thread-safe. */
    public static final class Builder {

        private final MessageDigest sha256;
        private final RowType type;
        private RowType rowsType;
        private int[] indexes;
        private ByteBuffer buffer = ByteBuffer.allocate(1024);
        private RowDigest sum = EMPTY;

        /**
         * Starts with no rows.
         *
         * @param type the columns that count, in the order that counts; rows may have more
         */
        public Builder(RowType type) {
            this.type = type;
            this.rowsType = type;
            this.indexes = positions(type);
            this.sha256 = Sha256.start();
        }

        /**
         * Adds a row.
         *
         * @param row a row that has all columns of the type
         * @return the digest of this row alone
         */
        public RowDigest add(Row row) {
            buffer.clear();
            if (!row.type().equals(rowsType)) {
                rowsType = row.type();
                indexes = positions(rowsType);
            }
            int end = 0;
            for (int index : indexes) {
                Object value = row.value(index);
                put(value);
                end = value == null ? end : buffer.position();
            }
            sha256.update(buffer.array(), 0, end);
            ByteBuffer hash = ByteBuffer.wrap(sha256.digest());
            RowDigest one = new RowDigest(1, hash.getLong(), hash.getLong());
            sum = sum.plus(one);
            return one;
        }

        private int[] positions(RowType rows) {
            return type.names().stream().mapToInt(rows::indexOf).toArray();
        }

        /**
         * The digest of the rows so far.
         *
         * @return the digest
         */
        public RowDigest build() {
            return sum;
        }

        /** Each value is its length in bytes and its bytes; NULL has the length -1, which no value has. */
        private void put(@Nullable Object value) {
            if (value == null) {
                room(4).putInt(-1);
            } else if (value instanceof String text) {
                putBytes(text.getBytes(StandardCharsets.UTF_8));
            } else if (value instanceof Long number) {
                room(12).putInt(8).putLong(number);
            } else if (value instanceof Integer number) {
                room(8).putInt(4).putInt(number);
            } else if (value instanceof Double number) {
                room(12).putInt(8).putLong(Double.doubleToLongBits(number));
            } else if (value instanceof Boolean bool) {
                room(5).putInt(1).put((byte) (bool ? 1 : 0));
            } else if (value instanceof Instant instant) {
                room(16).putInt(12).putLong(instant.getEpochSecond()).putInt(instant.getNano());
            } else if (value instanceof LocalDate date) {
                room(12).putInt(8).putLong(date.toEpochDay());
            } else if (value instanceof BigDecimal decimal) {
                putBytes(decimal.unscaledValue().toByteArray());
            } else if (value instanceof byte[] bytes) {
                putBytes(bytes);
            } else {
                throw new IllegalArgumentException("no column has values of " + value.getClass());
            }
        }

        private void putBytes(byte[] bytes) {
            room(4 + bytes.length).putInt(bytes.length).put(bytes);
        }

        private ByteBuffer room(int bytes) {
            if (buffer.remaining() < bytes) {
                int capacity = Math.max(buffer.capacity() * 2, buffer.position() + bytes);
                ByteBuffer larger = ByteBuffer.allocate(capacity);
                larger.put(buffer.flip());
                buffer = larger;
            }
            return buffer;
        }
    }
}
