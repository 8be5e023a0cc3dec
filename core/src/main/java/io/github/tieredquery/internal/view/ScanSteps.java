package io.github.tieredquery.internal.view;

import io.github.tieredquery.internal.bound.BoundQuery;
import io.github.tieredquery.partition.HivePartition;
import io.github.tieredquery.partition.HivePartitionPlanner;
import io.github.tieredquery.query.Order;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.store.ColdStore;
import io.github.tieredquery.store.PartitionManifest;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Cuts what is left of the archive's part of a range into steps, for a query that wants so many rows and no more: so
 * that fifty rows of the newest day don't take a scan of five years. The first step is of the fewest partitions that
 * hold as many rows as are wanted, if all of them matched. A filter may leave few of them: each further step holds
 * eight times the rows of the one before then. ScanSteps don't overlap, so in all no more is scanned than without them,
 * and their number grows with the logarithm of the rows. Without manifests nothing tells how many rows a day has: the
 * first step is a day, and each further one eight times as many days. Where a step is cut decides nothing but what it
 * costs.
 */
public final class ScanSteps {

    private static final int GROWTH = 8;
    /** A page starts within a day, and the next day tells where the step can end. */
    private static final long FIRST_LOOK_DAYS = 2;

    private static final long MOST_DAYS = 10_000L * 366;

    private final BoundQuery request;
    private final @Nullable ColdStore cold;
    private final @Nullable HivePartitionPlanner planner;
    /** The step before, null if there was none. */
    private @Nullable Progress before;

    private long wantedBefore;
    private long days = 1;

    public ScanSteps(TierSet tiers, BoundQuery request) {
        this.request = request;
        this.cold = tiers.coldStore();
        this.planner = cold == null ? null : HivePartitionPlanner.of(request.table(), cold.layout());
    }

    /**
     * The part of a range that is to be read next.
     *
     * @param view whose manifests tell how many rows there are, if there is a journal
     * @param below what is left of the archive's part, not empty
     * @param wanted how many rows are still wanted, {@link Long#MAX_VALUE} for all
     * @return a part that begins where the order begins
     */
    public TimeRange next(ReadView view, TimeRange below, long wanted) {
        if (wanted == Long.MAX_VALUE) {
            return below;
        }
        if (view.journal() == null || planner == null) {
            TimeRange step = someDays(below, days);
            days = grown(days);
            return step;
        }
        long target = target(wanted);
        Progress progress = reach(planner, view, below, reached -> reached.rows >= target);
        before = progress;
        wantedBefore = wanted;
        return progress.part;
    }

    /** Where all rows have come that the step before had for certain, nothing was filtered out. */
    private long target(long wanted) {
        Progress last = before;
        if (last == null || wantedBefore - wanted >= last.rowsInside) {
            return wanted;
        }
        return Math.max(wanted, last.rows > Long.MAX_VALUE / GROWTH ? Long.MAX_VALUE : last.rows * GROWTH);
    }

    /**
     * The part of a range that no {@linkplain #next steps} go beyond if every row of a selected partition matches that
     * lies in the range.
     *
     * @param view whose manifests tell how many rows there are
     * @param below the archive's part, not empty
     * @param wanted how many rows are wanted
     * @return a part that begins where the order begins
     */
    public TimeRange enough(ReadView view, TimeRange below, long wanted) {
        return planner == null ? below : reach(planner, view, below, reached -> reached.rowsInside >= wanted).part;
    }

    /** Goes from partition to partition until there is enough. Few manifests are read at first, since few may do. */
    private Progress reach(HivePartitionPlanner plan, ReadView view, TimeRange below, Predicate<Progress> isEnough) {
        Predicate<HivePartition> selected = plan.matcher(below, request.condition());
        long lookDays = FIRST_LOOK_DAYS;
        while (true) {
            TimeRange look = someDays(below, lookDays);
            Progress progress = new Progress(below);
            for (PartitionSpan span : spans(plan, view.manifests(look), selected)) {
                if (isEnough.test(progress) && progress.isBeyond(span.range())) {
                    progress.cut();
                    return progress;
                }
                progress.take(span);
            }
            if (look.equals(below)) {
                return progress;
            }
            lookDays = grown(lookDays);
        }
    }

    private List<PartitionSpan> spans(
            HivePartitionPlanner plan, List<PartitionManifest> manifests, Predicate<HivePartition> selected) {
        Comparator<PartitionSpan> order = request.order() == Order.OLDEST_FIRST
                ? Comparator.comparing(span -> span.range().from())
                : Comparator.comparing((PartitionSpan span) -> span.range().to())
                        .reversed();
        return manifests.stream()
                .filter(manifest -> manifest.rows() > 0 && selected.test(manifest.partition()))
                .map(manifest -> new PartitionSpan(plan.timeRange(manifest.partition()), manifest.rows()))
                .sorted(order)
                .toList();
    }

    private static long grown(long days) {
        return Math.min(days * GROWTH, MOST_DAYS);
    }

    /** Whole days of the layout's zone, so that no partition of a day is read twice. */
    private TimeRange someDays(TimeRange below, long length) {
        ZoneId zone = cold == null ? ZoneOffset.UTC : cold.layout().zone();
        TimeRange years = below.clamped();
        if (years.isEmpty()) {
            return below;
        }
        if (request.order() == Order.OLDEST_FIRST) {
            LocalDate end = LocalDate.ofInstant(years.from(), zone).plusDays(length);
            Instant cut = end.atStartOfDay(zone).toInstant();
            return cut.isBefore(years.to()) ? below.before(cut) : below;
        }
        LocalDate first = LocalDate.ofInstant(years.to().minusNanos(1), zone).minusDays(length - 1);
        Instant cut = first.atStartOfDay(zone).toInstant();
        return cut.isAfter(years.from()) ? below.since(cut) : below;
    }

    /** A partition, from its first instant to the end of its last, so that no cut goes through it. */
    private record PartitionSpan(TimeRange range, long rows) {}

    /** The partitions that a step has so far. */
    private final class Progress {

        private final TimeRange below;
        private final boolean oldestFirst = request.order() == Order.OLDEST_FIRST;
        private TimeRange part;
        private Instant cut;
        private long rows;
        /** Those of partitions of which no row can lie outside of the range. */
        private long rowsInside;

        Progress(TimeRange below) {
            this.below = below;
            this.part = below;
            this.cut = oldestFirst ? below.from() : below.to();
        }

        void take(PartitionSpan span) {
            rows += span.rows();
            rowsInside += below.encloses(span.range()) ? span.rows() : 0;
            Instant end = oldestFirst ? span.range().to() : span.range().from();
            cut = isFurther(end) ? end : cut;
        }

        /** Whether a partition lies outside of the step altogether; if not, it is read anyhow. */
        boolean isBeyond(TimeRange partition) {
            return oldestFirst
                    ? !partition.from().isBefore(cut)
                    : !partition.to().isAfter(cut);
        }

        private boolean isFurther(Instant end) {
            return oldestFirst ? end.isAfter(cut) : end.isBefore(cut);
        }

        void cut() {
            part = oldestFirst ? below.before(cut) : below.since(cut);
        }
    }
}
