package io.github.tieredquery.athena.internal.codec;

import java.time.Instant;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads times, and remembers the day of the last one: rows come by time, so that most are of the same. For one thread.
 */
final class CachedDay implements Decoder {

    private static final int DAY_BYTES = 10;

    private final Decoder decoder;
    private final byte[] day = new byte[DAY_BYTES];
    private long epochDay;

    /**
     * Reads what a decoder reads.
     *
     * @param decoder reads {@code yyyy-MM-dd HH:mm:ss} as {@link Decoder#timestamp} does, if anything
     */
    CachedDay(Decoder decoder) {
        this.decoder = decoder;
    }

    @Override
    public @Nullable Object decode(byte[] bytes, int from, int to) {
        if (Decoder.isTimestamp(bytes, from, to) && Arrays.equals(day, 0, DAY_BYTES, bytes, from, from + DAY_BYTES)) {
            return Decoder.timeOn(epochDay, bytes, from, to);
        }
        Object value = decoder.decode(bytes, from, to);
        if (value instanceof Instant time) {
            System.arraycopy(bytes, from, day, 0, DAY_BYTES);
            epochDay = Math.floorDiv(time.getEpochSecond(), 86_400L);
        }
        return value;
    }
}
