package io.github.tieredquery.jdbc;

import io.github.tieredquery.query.TimeRange;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What an attempt is asked for.
 *
 * @param kind {@link #WINDOW}, {@link #SWEEP} or {@link #ADOPTION}, as the journal keeps it
 */
record AttemptRequest(TimeRange window, String owner, long leaseMicros, String kind) {

    static final String WINDOW = "WINDOW";
    static final String SWEEP = "SWEEP";
    static final String ADOPTION = "ADOPTION";

    AttemptRequest {
        Objects.requireNonNull(owner, "owner");
    }

    boolean isSweep() {
        return kind.equals(SWEEP);
    }

    boolean isWindow() {
        return kind.equals(WINDOW);
    }

    /**
     * Fails if the window doesn't fit to what is archived.
     *
     * @param watermark null if nothing is
     */
    void check(String tableName, @Nullable Instant watermark) {
        if (isSweep()) {
            if (watermark == null || window.to().isAfter(watermark)) {
                throw new IllegalArgumentException("table '" + tableName + "': the window " + window
                        + " isn't below the watermark " + watermark + "; sweep what is archived");
            }
        } else if (kind.equals(ADOPTION)) {
            if (watermark != null) {
                throw new IllegalArgumentException("table '" + tableName + "': the archive has the watermark "
                        + watermark + "; files of others are taken over before anything is archived");
            }
        } else if (watermark != null && !watermark.equals(window.from())) {
            throw new IllegalArgumentException("table '" + tableName + "': the window " + window
                    + " doesn't start at the watermark " + watermark + "; archive from the watermark on");
        }
    }
}
