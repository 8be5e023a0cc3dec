package io.github.tieredquery.internal.fold;

import io.github.tieredquery.internal.bound.BoundQuery;
import io.github.tieredquery.internal.view.ReadView;
import io.github.tieredquery.internal.view.Segment;
import io.github.tieredquery.partition.HivePartition;
import io.github.tieredquery.partition.HivePartitionPlanner;
import io.github.tieredquery.query.Order;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.spi.RowCursor;
import io.github.tieredquery.spi.Scan;
import io.github.tieredquery.store.PartitionManifest;
import io.github.tieredquery.table.Row;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;

/**
 * What the manifests tell of a count, and what is left to ask the cold tier for. Whole {@linkplain TimeRun runs} are
 * counted by their manifests, unless a late row or a tombstone lies in one and may hide an archived row; between runs
 * there is nothing to be hidden, and late rows are counted as they are.
 *
 * @param rows how many rows need no cold query
 * @param partitions how many partitions are counted by their manifests
 * @param partitionRows how many rows these hold
 * @param asked the parts that the cold tier has to be asked for, disjoint, in the order of time
 */
public record ManifestCount(long rows, int partitions, long partitionRows, List<TimeRange> asked) {

    /**
     * Each query takes seconds, however little it reads; beyond so many, what lies between two is asked for as well.
     */
    private static final int MOST_QUERIES = 8;

    /**
     * Counts by one view.
     *
     * @param archived the segment of the range that the archive answers for
     */
    public static ManifestCount of(ReadView view, Segment archived, BoundQuery query, HivePartitionPlanner planner) {
        TimeRange range = archived.range();
        Predicate<HivePartition> selected = planner.matcher(range, query.filter());
        List<PartitionManifest> manifests = view.manifests(range).stream()
                .filter(manifest -> selected.test(manifest.partition()))
                .toList();
        RunTally tally = new RunTally(TimeRun.of(manifests, range), range);
        if (view.hasLateRows(archived)) {
            Scan late = Scan.of(query.table(), range).rowType(query.mergeType());
            try (RowCursor rows = view.openHot(late)) {
                tally.addLateRows(rows, query);
            }
        }
        if (view.tombstones(archived) > 0) {
            try (RowCursor erased = view.openTombstones(archived, Order.OLDEST_FIRST)) {
                tally.addTombstones(erased, query);
            }
        }
        return tally.count();
    }

    /** Time runs, and what late rows and tombstones say of each. */
    private static final class RunTally {

        private final List<TimeRun> timeRuns;
        private final TimeRange archived;
        /** Whether the manifests don't tell how many of the run's rows count. */
        private final boolean[] unclear;
        /** How many late rows count before each run and after the one before it; one more for those after all. */
        private final long[] between;

        RunTally(List<TimeRun> timeRuns, TimeRange archived) {
            this.timeRuns = timeRuns;
            this.archived = archived;
            this.unclear = new boolean[timeRuns.size()];
            this.between = new long[timeRuns.size() + 1];
            for (int i = 0; i < unclear.length; i++) {
                unclear[i] = !timeRuns.get(i).isIn(archived);
            }
        }

        /** Takes late rows, oldest first. */
        void addLateRows(RowCursor late, BoundQuery query) {
            String time = query.table().timeColumn().name();
            int next = 0;
            for (Row row = late.next(); row != null; row = late.next()) {
                Instant at = Objects.requireNonNull(row.timestamp(time));
                while (next < timeRuns.size() && timeRuns.get(next).last().isBefore(at)) {
                    next++;
                }
                if (next < timeRuns.size() && timeRuns.get(next).contains(at)) {
                    unclear[next] = true;
                } else if (query.filter().matches(row)) {
                    between[next]++;
                }
            }
        }

        /** Takes the keys of erased rows, oldest first. */
        void addTombstones(RowCursor erased, BoundQuery query) {
            String time = query.table().timeColumn().name();
            int next = 0;
            for (Row key = erased.next(); key != null && next < timeRuns.size(); key = erased.next()) {
                Instant at = Objects.requireNonNull(key.timestamp(time));
                while (next < timeRuns.size() && timeRuns.get(next).last().isBefore(at)) {
                    next++;
                }
                if (next < timeRuns.size() && timeRuns.get(next).contains(at)) {
                    unclear[next] = true;
                }
            }
        }

        ManifestCount count() {
            List<int[]> runs = runs();
            List<TimeRange> asked = new ArrayList<>();
            long archivedRows = 0;
            int partitions = 0;
            long late = 0;
            int run = 0;
            for (int i = 0; i < timeRuns.size(); i++) {
                boolean inRun = run < runs.size() && runs.get(run)[0] <= i;
                if (!inRun) {
                    archivedRows += timeRuns.get(i).rows();
                    partitions += timeRuns.get(i).partitions();
                }
                if (!inRun || runs.get(run)[0] == i) {
                    late += between[i];
                }
                if (inRun && runs.get(run)[1] == i) {
                    asked.add(span(runs.get(run)));
                    run++;
                }
            }
            late += between[timeRuns.size()];
            return new ManifestCount(archivedRows + late, partitions, archivedRows, List.copyOf(asked));
        }

        private TimeRange span(int[] run) {
            TimeRange span = new TimeRange(
                    timeRuns.get(run[0]).first(), timeRuns.get(run[1]).span().to());
            return span.since(archived.from()).before(archived.to());
        }

        /** First and last of the unclear runs that stand next to each other, and of those that few bytes part. */
        private List<int[]> runs() {
            List<int[]> runs = new ArrayList<>();
            for (int i = 0; i < unclear.length; i++) {
                if (!unclear[i]) {
                    continue;
                }
                if (!runs.isEmpty() && runs.get(runs.size() - 1)[1] == i - 1) {
                    runs.get(runs.size() - 1)[1] = i;
                } else {
                    runs.add(new int[] {i, i});
                }
            }
            while (runs.size() > MOST_QUERIES) {
                int smallest = 1;
                for (int i = 2; i < runs.size(); i++) {
                    if (gap(runs, i) < gap(runs, smallest)) {
                        smallest = i;
                    }
                }
                runs.get(smallest - 1)[1] = runs.remove(smallest)[1];
            }
            return runs;
        }

        private long gap(List<int[]> runs, int index) {
            long bytes = 0;
            for (int i = runs.get(index - 1)[1] + 1; i < runs.get(index)[0]; i++) {
                bytes += timeRuns.get(i).bytes();
            }
            return bytes;
        }
    }
}
