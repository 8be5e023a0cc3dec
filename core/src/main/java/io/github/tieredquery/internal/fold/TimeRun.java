package io.github.tieredquery.internal.fold;

import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.store.PartitionManifest;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A run of time that holds every row of some partitions and no row of another one, by what the manifests say of their
 * oldest and newest rows. Neither windows nor days tell as much: where clocks go back across midnight a window writes
 * partitions of two days, whose rows lie between each other.
 *
 * @param first the time of the oldest row
 * @param last the time of the newest row, inclusive
 * @param partitions how many partitions it has
 * @param rows how many rows they hold
 * @param bytes how many bytes their files have
 */
record TimeRun(Instant first, Instant last, int partitions, long rows, long bytes) {

    /** The runs that a range touches, in the order of time; of partitions that hold rows. */
    static List<TimeRun> of(List<PartitionManifest> manifests, TimeRange range) {
        List<PartitionManifest> oldestFirst = manifests.stream()
                .filter(manifest -> manifest.rows() > 0)
                .sorted(Comparator.comparing(PartitionManifest::minTime))
                .toList();
        List<TimeRun> runs = new ArrayList<>();
        for (PartitionManifest manifest : oldestFirst) {
            TimeRun next = new TimeRun(manifest.minTime(), manifest.maxTime(), 1, manifest.rows(), manifest.bytes());
            int end = runs.size() - 1;
            if (end >= 0 && !next.first.isAfter(runs.get(end).last)) {
                runs.set(end, runs.get(end).with(next));
            } else {
                runs.add(next);
            }
        }
        runs.removeIf(run -> run.last.isBefore(range.from()) || !run.first.isBefore(range.to()));
        return runs;
    }

    private TimeRun with(TimeRun later) {
        return new TimeRun(
                first,
                later.last.isAfter(last) ? later.last : last,
                partitions + later.partitions,
                rows + later.rows,
                bytes + later.bytes);
    }

    /** Whether all of its rows lie in a range. */
    boolean isIn(TimeRange range) {
        return !first.isBefore(range.from()) && last.isBefore(range.to());
    }

    boolean contains(Instant time) {
        return !time.isBefore(first) && !time.isAfter(last);
    }

    /** From its oldest row to the end of the newest one's microsecond. */
    TimeRange span() {
        return new TimeRange(first, last.plus(1, ChronoUnit.MICROS));
    }
}
