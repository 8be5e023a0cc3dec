package io.github.tieredquery.athena.internal.codec;

import org.jspecify.annotations.Nullable;

/**
 * Reads texts, and remembers short ones: codes and names of states come again and again, and one object for all of them
 * costs neither time nor memory. For one thread.
 */
final class InternedText implements Decoder {

    /** So many fit into a number, with their own count. */
    private static final int LONGEST_BYTES = 7;

    private static final int SLOT_BITS = 8;

    private final Decoder decoder;
    /** The bytes of the texts, each text at the place that its bytes choose; 0 where there is none. */
    private final long[] keys = new long[1 << SLOT_BITS];

    private final @Nullable Object[] texts = new @Nullable Object[1 << SLOT_BITS];

    InternedText(Decoder decoder) {
        this.decoder = decoder;
    }

    @Override
    public @Nullable Object decode(byte[] bytes, int from, int to) {
        int length = to - from;
        if (length > LONGEST_BYTES) {
            return decoder.decode(bytes, from, to);
        }
        long key = length + 1L;
        for (int i = from; i < to; i++) {
            key = (key << 8) | (bytes[i] & 0xFF);
        }
        int slot = (int) ((key * 0x9E37_79B9_7F4A_7C15L) >>> (Long.SIZE - SLOT_BITS));
        if (keys[slot] != key) {
            texts[slot] = decoder.decode(bytes, from, to);
            keys[slot] = key;
        }
        return texts[slot];
    }
}
