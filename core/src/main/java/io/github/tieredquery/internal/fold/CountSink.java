package io.github.tieredquery.internal.fold;

import io.github.tieredquery.internal.bound.BoundQuery;
import io.github.tieredquery.internal.cursor.ReportingCursor;
import io.github.tieredquery.internal.view.ReadView;
import io.github.tieredquery.internal.view.Segment;
import io.github.tieredquery.internal.view.TierSet;
import io.github.tieredquery.partition.HivePartitionPlanner;
import io.github.tieredquery.plan.Tier;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.spi.Scan;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.spi.ScanCount;
import io.github.tieredquery.spi.ScanStats;
import io.github.tieredquery.spi.Source;
import io.github.tieredquery.store.ColdStore;
import io.github.tieredquery.table.Row;
import java.util.List;

/**
 * Counts rows up to the query's limit. Of an archive with manifests, whole partitions that the filter selects or leaves
 * out as a whole are counted by these.
 */
public final class CountSink implements Sink {

    private final TierSet tiers;
    private final BoundQuery query;
    private long count;

    public CountSink(TierSet tiers, BoundQuery query) {
        this.tiers = tiers;
        this.query = query;
    }

    /** How many rows there are, at most as many as the query's limit. */
    public long count() {
        return count;
    }

    @Override
    public long wanted() {
        return query.isLimited() ? query.limit() - count : Long.MAX_VALUE;
    }

    @Override
    public List<TimeRange> takeKnown(ReadView view, Segment archived) {
        ColdStore store = tiers.coldStore();
        if (store == null || view.journal() == null) {
            return List.of(archived.range());
        }
        HivePartitionPlanner planner = HivePartitionPlanner.of(query.table(), store.layout());
        if (!planner.isExact(query.filter())) {
            return List.of(archived.range());
        }
        long start = System.nanoTime();
        ManifestCount known = ManifestCount.of(view, archived, query, planner);
        if (known.partitionRows() > 0) {
            ScanStats free = new ScanStats(null, 0);
            ReportingCursor.report(
                    Tier.COLD, store, archived.range(), known.partitionRows(), free, start, tiers.listener());
        }
        count += Math.min(known.rows(), wanted());
        return known.asked();
    }

    @Override
    public Answer askHot(ReadView view, Scan scan) {
        return answer(view.countHot(scan));
    }

    @Override
    public Answer askCold(Source cold, Scan scan, ScanControl control) {
        return answer(cold.count(scan, control));
    }

    private static Answer answer(ScanCount counted) {
        return new Answer(counted.rows(), List.of(), counted.stats());
    }

    @Override
    public void take(Answer answer) {
        count += answer.rows();
    }

    @Override
    public void add(Row row) {
        count++;
    }
}
