package io.github.tieredquery;

import io.github.tieredquery.partition.HivePartition;
import io.github.tieredquery.partition.HivePartitionPlanner;
import io.github.tieredquery.query.Order;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.store.ColdStore;
import io.github.tieredquery.store.HotSnapshot;
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
 * eight times the rows of the one before. Steps don't overlap, so in all no more is scanned than without them, and
 * their number grows with the logarithm of the rows. Without manifests nothing tells how many rows a day has: the first
 * step is a day, and each further one eight times as many days. Where a step is cut decides nothing but what it costs.
 */
final class Steps {

    private static final int GROWTH = 8;
    private static final long MOST_DAYS = 10_000L * 366;
    private static final Instant FIRST = Instant.parse("0001-01-01T00:00:00Z");
    private static final Instant END = Instant.parse("+10000-01-01T00:00:00Z");

    private final Request request;
    private final @Nullable ColdStore cold;
    private final @Nullable HivePartitionPlanner planner;
    private long rowsBefore;
    private long days = 1;

    Steps(Request request, @Nullable ColdStore cold) {
        this.request = request;
        this.cold = cold;
        this.planner = cold == null ? null : HivePartitionPlanner.of(request.table(), cold.layout());
    }

    /**
     * The part of a range that is to be read next.
     *
     * @param snapshot whose manifests tell how many rows there are, null if there are no manifests
     * @param below what is left of the archive's part, not empty
     * @param wanted how many rows are still wanted, {@link Long#MAX_VALUE} for all
     * @return a part that begins where the order begins
     */
    TimeRange next(@Nullable HotSnapshot snapshot, TimeRange below, long wanted) {
        if (wanted == Long.MAX_VALUE) {
            return below;
        }
        if (snapshot == null || cold == null || planner == null) {
            return someDays(below);
        }
        boolean oldestFirst = request.order() == Order.OLDEST_FIRST;
        Predicate<HivePartition> selected = planner.matcher(below, request.filter());
        List<Stretch> inOrder = snapshot.manifests(below, cold.layout()).stream()
                .filter(manifest -> manifest.rows() > 0 && selected.test(manifest.partition()))
                .map(manifest -> new Stretch(planner.timeRange(manifest.partition()), manifest.rows()))
                .sorted(
                        oldestFirst
                                ? Comparator.comparing(
                                        stretch -> stretch.range().from())
                                : Comparator.comparing((Stretch stretch) ->
                                                stretch.range().to())
                                        .reversed())
                .toList();
        long target = Math.max(wanted, rowsBefore > Long.MAX_VALUE / GROWTH ? Long.MAX_VALUE : rowsBefore * GROWTH);
        long rows = 0;
        Instant cut = oldestFirst ? below.from() : below.to();
        for (Stretch stretch : inOrder) {
            if (rows >= target && isBeyond(stretch.range(), cut)) {
                rowsBefore = rows;
                return oldestFirst ? below.before(cut) : below.since(cut);
            }
            rows += stretch.rows();
            cut = further(stretch.range(), cut);
        }
        rowsBefore = rows;
        return below;
    }

    /** Whole days of the layout's zone, so that no partition of a day is read twice. */
    private TimeRange someDays(TimeRange below) {
        ZoneId zone = cold == null ? ZoneOffset.UTC : cold.layout().zone();
        TimeRange years = below.since(FIRST).before(END);
        long length = days;
        days = Math.min(days * GROWTH, MOST_DAYS);
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
    private record Stretch(TimeRange range, long rows) {}

    /** Whether a partition lies outside of the step altogether; if not, it is read anyhow. */
    private boolean isBeyond(TimeRange partition, Instant cut) {
        return request.order() == Order.OLDEST_FIRST
                ? !partition.from().isBefore(cut)
                : !partition.to().isAfter(cut);
    }

    private Instant further(TimeRange partition, Instant cut) {
        if (request.order() == Order.OLDEST_FIRST) {
            return partition.to().isAfter(cut) ? partition.to() : cut;
        }
        return partition.from().isBefore(cut) ? partition.from() : cut;
    }
}
