package io.github.tieredquery.query;

import java.math.BigDecimal;
import java.util.AbstractList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.RandomAccess;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Values, each once and in the order given, that can be asked for one of them at the cost of a hash. Equal is what
 * {@link Filter.Comparison} finds equal: byte strings by content, decimals whatever their scale, 0.0 and -0.0, and
 * never NaN. Immutable and thread-safe as long as nobody writes into a {@code byte[]}.
 */
final class DistinctValues extends AbstractList<Object> implements RandomAccess {

    private final List<Object> values;
    /** Of a hash map: those that a stranger makes collide are put in order there, as each is {@link Comparable}. */
    private final Set<Object> keys;

    /** Ordered, unlike a {@link java.nio.ByteBuffer} in the eyes of a hash map, which looks at the class itself. */
    private static final class ByteString implements Comparable<ByteString> {

        private final byte[] bytes;

        ByteString(byte[] bytes) {
            this.bytes = bytes;
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof ByteString that && Arrays.equals(bytes, that.bytes);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(bytes);
        }

        @Override
        public int compareTo(ByteString other) {
            return Arrays.compare(bytes, other.bytes);
        }
    }

    private DistinctValues(List<Object> values, Set<Object> keys) {
        this.values = values;
        this.keys = keys;
    }

    static DistinctValues of(Collection<?> values) {
        if (values instanceof DistinctValues distinct) {
            return distinct;
        }
        Map<Object, Object> byKey = new LinkedHashMap<>();
        for (Object value : values) {
            byKey.putIfAbsent(key(value), value);
        }
        return new DistinctValues(List.copyOf(byKey.values()), byKey.keySet());
    }

    /** What equals exactly what the value equals. Its class compares itself with itself, or a hash map can't do it. */
    static Object key(Object value) {
        if (value instanceof byte[] bytes) {
            return new ByteString(bytes);
        } else if (value instanceof BigDecimal decimal) {
            return decimal.stripTrailingZeros();
        }
        return value instanceof Double number ? (Object) (number + 0.0) : value;
    }

    @Override
    public boolean contains(@Nullable Object value) {
        return value != null && !(value instanceof Double number && number.isNaN()) && keys.contains(key(value));
    }

    @Override
    public Object get(int index) {
        return values.get(index);
    }

    @Override
    public int size() {
        return values.size();
    }
}
