package io.github.tieredquery.store;

import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.Table;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * Archived rows that the hot store still has, since their commit has moved the watermark alone. To a reader they are
 * late rows that equal the archived ones. Immutable.
 *
 * @param version the version that they are archived under
 * @param range from inclusive, to exclusive
 * @param digest of the archived rows in the range, over all columns of the table
 */
public record PendingDelete(long version, TimeRange range, RowDigest digest) {

    /**
     * Parts the rows of a window by time, so that they can be deleted one part after the other. Holds a digest for each
     * of some thousand stretches of the window. Not thread-safe.
     */
    public static final class Builder {

        private static final long MOST_STRETCHES = 10_000;

        private final String timeColumn;
        private final RowDigest.Builder digest;
        private final TimeRange window;
        private final Duration stretch;
        private final Map<Long, RowDigest> stretches = new TreeMap<>();

        /**
         * For one window.
         *
         * @param table the table
         * @param window from inclusive, to exclusive
         */
        public Builder(Table table, TimeRange window) {
            this.timeColumn = table.timeColumn().name();
            this.digest = new RowDigest.Builder(table.rowType());
            this.window = window;
            Duration part = Duration.between(window.from(), window.to()).dividedBy(MOST_STRETCHES);
            this.stretch = part.compareTo(Duration.ofSeconds(1)) < 0 ? Duration.ofSeconds(1) : part;
        }

        /**
         * Adds a row.
         *
         * @param row a row of the window, with all columns of the table
         */
        public void add(Row row) {
            Instant time = Objects.requireNonNull(row.timestamp(timeColumn));
            long number = Duration.between(window.from(), time).dividedBy(stretch);
            stretches.merge(number, digest.add(row), RowDigest::plus);
        }

        /**
         * Of all rows so far.
         *
         * @return the digest
         */
        public RowDigest digest() {
            return digest.build();
        }

        /**
         * The parts.
         *
         * @param version the version that the rows are archived under
         * @param most about how many rows a part has at most; more if they stand in one instant, or close to it
         * @return the parts with rows, oldest first
         */
        public List<PendingDelete> parts(long version, long most) {
            List<PendingDelete> parts = new ArrayList<>();
            Instant from = window.from();
            RowDigest part = RowDigest.EMPTY;
            for (Map.Entry<Long, RowDigest> each : stretches.entrySet()) {
                Instant start = window.from().plus(stretch.multipliedBy(each.getKey()));
                if (part.rows() > 0 && part.rows() + each.getValue().rows() > most) {
                    parts.add(new PendingDelete(version, new TimeRange(from, start), part));
                    from = start;
                    part = RowDigest.EMPTY;
                }
                part = part.plus(each.getValue());
            }
            if (part.rows() > 0) {
                parts.add(new PendingDelete(version, new TimeRange(from, window.to()), part));
            }
            return parts;
        }
    }
}
