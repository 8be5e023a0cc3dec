package io.github.tieredquery.archive;

import io.github.tieredquery.partition.HivePartition;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.query.Filter;
import io.github.tieredquery.query.Filter.Operator;
import io.github.tieredquery.query.Order;
import io.github.tieredquery.spi.RowPosition;
import io.github.tieredquery.store.FinishedFile;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.Table;
import java.util.List;
import java.util.Objects;

/**
 * What follows the last finished file in the order of the copy, as a filter. Values ascend, but where NULL stands is
 * the store's own affair: it came first if there is a file of it beside files of others. A row that came since may be
 * counted to either side; the commit finds it, as it finds every row that changed in the part that is copied.
 */
final class ResumePoint {

    private final List<String> clusters;
    private final Table table;
    private final Row last;
    private final HivePartition lastPartition;

    private ResumePoint(Table table, HivePartitionLayout layout, FinishedFile end) {
        this.clusters = layout.filterColumns();
        this.table = table;
        this.last = end.last();
        this.lastPartition = end.manifest().partition();
    }

    /**
     * The filter.
     *
     * @param finished in the order of the copy; none if it starts
     */
    static Filter filter(Table table, HivePartitionLayout layout, List<FinishedFile> finished) {
        if (finished.isEmpty()) {
            return Filter.all();
        }
        List<HivePartition> partitions =
                finished.stream().map(file -> file.manifest().partition()).toList();
        return new ResumePoint(table, layout, finished.get(finished.size() - 1)).behindCluster(0, partitions);
    }

    /** Behind the last row in a column that clusters, or equal there and behind it in what follows. */
    private Filter behindCluster(int index, List<HivePartition> partitions) {
        if (index == clusters.size()) {
            return RowPosition.of(table, last).toFilter(table, Order.OLDEST_FIRST);
        }
        String column = clusters.get(index);
        List<HivePartition> beside = partitions.stream()
                .filter(each -> Objects.equals(each.value(column), lastPartition.value(column)))
                .toList();
        boolean others = beside.size() < partitions.size();
        boolean nullCame = partitions.stream().anyMatch(each -> each.value(column) == null);
        Object value = last.value(column);
        Filter isNull = new Filter.IsNull(column);
        Filter after;
        Filter equal;
        if (value == null) {
            equal = isNull;
            after = others ? Filter.none() : Filter.not(isNull);
        } else {
            equal = new Filter.Comparison(column, Operator.EQ, value);
            Filter greater = new Filter.Comparison(column, Operator.GT, value);
            after = nullCame ? greater : Filter.or(greater, isNull);
        }
        return Filter.or(after, Filter.and(equal, behindCluster(index + 1, beside)));
    }
}
