package io.github.tieredquery.jdbc.internal.journal;

import io.github.tieredquery.query.TimeRange;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What an attempt is asked for. */
record AttemptRequest(TimeRange window, String owner, long leaseMicros, Kind kind) {

    /** What an attempt is for, by the names that the journal keeps. */
    enum Kind {
        WINDOW {
            @Override
            void check(String tableName, TimeRange window, @Nullable Instant watermark) {
                if (watermark != null && !watermark.equals(window.from())) {
                    throw new IllegalArgumentException("table '" + tableName + "': the window " + window
                            + " doesn't start at the watermark " + watermark + "; archive from the watermark on");
                }
            }
        },
        SWEEP {
            @Override
            void check(String tableName, TimeRange window, @Nullable Instant watermark) {
                if (watermark == null || window.to().isAfter(watermark)) {
                    throw new IllegalArgumentException("table '" + tableName + "': the window " + window
                            + " isn't below the watermark " + watermark + "; sweep what is archived");
                }
            }
        },
        ADOPTION {
            @Override
            void check(String tableName, TimeRange window, @Nullable Instant watermark) {
                if (watermark != null) {
                    throw new IllegalArgumentException("table '" + tableName + "': the archive has the watermark "
                            + watermark + "; files of others are taken over before anything is archived");
                }
            }
        };

        /**
         * Fails if the window doesn't fit to what is archived.
         *
         * @param watermark null if nothing is
         */
        abstract void check(String tableName, TimeRange window, @Nullable Instant watermark);
    }

    AttemptRequest {
        Objects.requireNonNull(owner, "owner");
    }
}
