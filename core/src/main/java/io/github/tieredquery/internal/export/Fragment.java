package io.github.tieredquery.internal.export;

import io.github.tieredquery.export.StoredObject;
import io.github.tieredquery.query.TimeRange;
import java.time.Instant;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A stretch of the object that isn't in place yet. What is in place of it is taken off at its start. */
sealed interface Fragment {

    /** Bytes that are known from the beginning. */
    final class Text implements Fragment {
        final byte[] bytes;
        int from;

        Text(byte[] bytes, int from) {
            this.bytes = bytes;
            this.from = from;
        }

        boolean isEqual(byte[] other) {
            return from == 0 && Arrays.equals(bytes, other);
        }
    }

    /** The rows of a statement of the cold source. */
    final class Cold implements Fragment {
        /** Never given out again within an export. */
        final int number;

        final TimeRange range;
        /** Where the fragment starts if not with its range, as the tiers tell it. */
        final byte @Nullable [] after;

        final Instant takenAt;
        final byte[] statementHash;
        int attempt = 1;

        @Nullable
        String executionId;

        @Nullable
        StoredObject result;
        /** From which byte of the result on, once there is one. */
        long from;

        Cold(int number, TimeRange range, byte @Nullable [] after, Instant takenAt, byte[] statementHash) {
            this.number = number;
            this.range = range;
            this.after = after;
            this.takenAt = takenAt;
            this.statementHash = statementHash;
        }
    }

    /** The rows of what remains of the range. */
    final class Hot implements Fragment {}
}
