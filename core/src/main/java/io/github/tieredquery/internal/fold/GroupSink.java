package io.github.tieredquery.internal.fold;

import io.github.tieredquery.internal.bound.BoundQuery;
import io.github.tieredquery.internal.view.ReadView;
import io.github.tieredquery.internal.view.Segment;
import io.github.tieredquery.query.Aggregation;
import io.github.tieredquery.query.Measure;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.spi.GroupedScan;
import io.github.tieredquery.spi.Groups;
import io.github.tieredquery.spi.Scan;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.spi.ScanGroups;
import io.github.tieredquery.spi.Source;
import io.github.tieredquery.table.Column;
import io.github.tieredquery.table.ColumnType;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.RowType;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Puts the groups together that the tiers and the rows of both make. */
public final class GroupSink implements Sink {

    private final Aggregation aggregation;
    private final RowType type;
    private final GroupedScan grouped;
    private final Groups groups;

    /**
     * Nothing aggregated yet.
     *
     * @param query with the columns that the aggregation reads, and without a limit
     * @param type the columns of the result
     */
    public GroupSink(BoundQuery query, Aggregation aggregation, RowType type) {
        this.aggregation = aggregation;
        this.type = type;
        this.grouped = GroupedScan.of(query.scan(query.range(), Long.MAX_VALUE), aggregation);
        this.groups = new Groups(grouped);
    }

    @Override
    public long wanted() {
        return Long.MAX_VALUE;
    }

    @Override
    public List<TimeRange> takeKnown(ReadView view, Segment archived) {
        return List.of(archived.range());
    }

    @Override
    public Answer askHot(ReadView view, Scan scan) {
        return answer(view.aggregateHot(grouped.scan(scan)));
    }

    @Override
    public Answer askCold(Source cold, Scan scan, ScanControl control) {
        return answer(cold.aggregate(grouped.scan(scan), control));
    }

    private static Answer answer(ScanGroups made) {
        return new Answer(made.rows().size(), made.rows(), made.stats());
    }

    @Override
    public void take(Answer answer) {
        answer.groups().forEach(groups::addGroup);
    }

    @Override
    public void add(Row row) {
        groups.add(row);
    }

    /** The groups as the caller gets them: averages are made of sums and counts. */
    public List<Row> rows() {
        return groups.rows().stream().map(this::row).toList();
    }

    private Row row(Row group) {
        @Nullable Object[] values = new @Nullable Object[type.columns().size()];
        int keys = values.length - aggregation.measures().size();
        for (int i = 0; i < values.length; i++) {
            Column column = type.columns().get(i);
            Measure measure = i < keys ? null : aggregation.measures().get(i - keys);
            values[i] = measure != null && measure.function() == Measure.Function.AVG
                    ? average(group, Objects.requireNonNull(measure.column()), column.type())
                    : group.value(column.name());
        }
        return type.row(values);
    }

    private static @Nullable Object average(Row group, String column, ColumnType type) {
        Object sum = group.value(new Measure(Measure.Function.SUM, column).name());
        long count = (Long) Objects.requireNonNull(group.value(new Measure(Measure.Function.COUNT, column).name()));
        if (sum == null) {
            return null;
        }
        return sum instanceof Double number
                ? (Object) (number / count)
                : ((BigDecimal) sum).divide(BigDecimal.valueOf(count), type.scale(), RoundingMode.HALF_UP);
    }
}
