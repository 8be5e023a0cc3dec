package io.github.tieredquery.spi;

import io.github.tieredquery.query.Aggregation;
import io.github.tieredquery.query.Measure;
import io.github.tieredquery.query.TimeBucket;
import io.github.tieredquery.table.Column;
import io.github.tieredquery.table.RowType;
import io.github.tieredquery.table.Table;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a source is asked to aggregate: the rows of a scan, grouped, and measures of each group that can be put together
 * with those of other sources. There are no averages among them: these are made of sums and counts at the end.
 * Immutable and thread-safe.
 */
public final class GroupedScan {

    private final Scan scan;
    private final Aggregation aggregation;
    private final List<Measure> measures;
    private final RowType rowType;

    private GroupedScan(Scan scan, Aggregation aggregation, List<Measure> measures, RowType rowType) {
        this.scan = scan;
        this.aggregation = aggregation;
        this.measures = measures;
        this.rowType = rowType;
    }

    /**
     * The part of an aggregation that a source can do.
     *
     * @param scan which rows, without a limit; their columns are those that the aggregation reads
     * @param aggregation what to make of them
     * @return the grouped scan
     * @throws io.github.tieredquery.error.BadQueryException if the aggregation doesn't fit the scan's table
     */
    public static GroupedScan of(Scan scan, Aggregation aggregation) {
        Table table = scan.table();
        Set<Measure> measures = new LinkedHashSet<>();
        for (Measure measure : aggregation.measures()) {
            if (measure.function() == Measure.Function.AVG) {
                measures.add(new Measure(Measure.Function.SUM, measure.column()));
                measures.add(new Measure(Measure.Function.COUNT, measure.column()));
            } else {
                measures.add(measure);
            }
        }
        List<Column> columns = new ArrayList<>(aggregation
                .resultOf(table)
                .subList(0, aggregation.columns().size() + (aggregation.bucket().isPresent() ? 1 : 0)));
        measures.forEach(measure -> columns.add(measure.resultOf(table)));
        RowType read =
                RowType.of(aggregation.read(table).stream().map(table::column).toList());
        return new GroupedScan(scan.rowType(read), aggregation, List.copyOf(measures), RowType.of(columns));
    }

    /**
     * The same aggregation of other rows.
     *
     * @param rows which rows
     * @return the grouped scan
     */
    public GroupedScan scan(Scan rows) {
        return new GroupedScan(rows.rowType(scan.rowType()), aggregation, measures, rowType);
    }

    /**
     * Which rows are aggregated. Their order doesn't matter, and there is no limit.
     *
     * @return the scan, with the columns that the aggregation needs
     */
    public Scan scan() {
        return scan;
    }

    /**
     * The days or months that part the groups.
     *
     * @return the buckets; empty if there are none
     */
    public Optional<TimeBucket> bucket() {
        return aggregation.bucket();
    }

    /**
     * The columns that rows are grouped by.
     *
     * @return the table's columns in order, none for one group of all rows unless there is a bucket
     */
    public List<Column> groups() {
        return aggregation.columns().stream().map(scan.table()::column).toList();
    }

    /**
     * What is made of each group.
     *
     * @return counts, sums, least and greatest values, each once
     */
    public List<Measure> measures() {
        return measures;
    }

    /**
     * How many groups the caller holds at most; a source needs to give one more and no more.
     *
     * @return the bound, positive
     */
    public int maxGroups() {
        return aggregation.maxGroups();
    }

    /**
     * The columns of a group: the bucket, the grouped columns, the measures.
     *
     * @return the type of the rows that {@link Source#aggregate} gives
     */
    public RowType rowType() {
        return rowType;
    }
}
