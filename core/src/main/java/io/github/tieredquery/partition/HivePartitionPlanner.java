package io.github.tieredquery.partition;

import io.github.tieredquery.error.BadQueryException;
import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.query.Filter;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.table.Column;
import io.github.tieredquery.table.ColumnType;
import io.github.tieredquery.table.RowType;
import io.github.tieredquery.table.Table;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Turns a time range and a filter into the partitions that they need: as a condition on the partition columns, as a
 * test, as a list.
 *
 * <p>It never leaves out a partition that may hold a matching row. By time it is exact: a partition is in if and only
 * if at least one instant of the range falls into it, or a row of it may lie there for what the layout says of rows
 * that are {@linkplain HivePartitionLayout#rowsLateBy late} or {@linkplain HivePartitionLayout#rowsEarlyBy early}. By
 * the filter it uses what is said about partition columns: {@code eq}, {@code ne}, {@code in}, {@code isNull} and
 * {@code prefix} on all of them, {@code lt}, {@code le}, {@code gt} and {@code ge} on STRING, DATE and BOOLEAN columns
 * (the texts of integers are not in the order of their values), and all combinations of these with {@code and},
 * {@code or} and {@code not}. What is said about other columns may be true or false for a partition's rows. A NULL
 * keeps SQL's meaning: {@code ne} and {@code not} don't find it.
 *
 * <p>Filters must be bound to the table ({@link Filter#boundTo}). Immutable and thread-safe.
 */
public final class HivePartitionPlanner {

    private final HivePartitionLayout layout;
    private final Table table;
    private final FilterPruning pruning;
    private final RowType textRow;
    private final KeptTimes keptTimes;

    private HivePartitionPlanner(Table table, HivePartitionLayout layout, KeptTimes keptTimes) {
        this.keptTimes = keptTimes;
        this.table = table;
        this.layout = layout.checkedAgainst(table);
        this.pruning = new FilterPruning(table, layout);
        this.textRow = RowType.of(layout.partitionColumns().stream()
                .map(column -> new Column(column, ColumnType.STRING, true))
                .toList());
    }

    /**
     * A planner.
     *
     * @param table the table
     * @param layout how its cold rows are spread
     * @return the planner
     * @throws ConfigurationException if the layout doesn't fit the table
     */
    public static HivePartitionPlanner of(Table table, HivePartitionLayout layout) {
        return new HivePartitionPlanner(table, layout, KeptTimes.EXACT);
    }

    /**
     * The same planner for rows whose times are read as the nearest of a coarser unit, the half upwards, after they
     * were sorted into partitions. A row's time is the one that is read; so the first of a day may lie in the partition
     * of the day before.
     *
     * @param unit the unit of the times that are read, a microsecond or longer
     * @return the planner
     */
    public HivePartitionPlanner timesRoundedTo(Duration unit) {
        return new HivePartitionPlanner(table, layout, KeptTimes.rounded(unit));
    }

    /**
     * The same planner for rows whose times have been cut to a coarser unit after they were sorted into partitions. A
     * row's time is the one that is read; where a partition doesn't begin with a unit, a row may lie in a later one.
     *
     * @param unit the unit of the times that are read, a microsecond or longer
     * @return the planner
     */
    public HivePartitionPlanner timesCutTo(Duration unit) {
        return new HivePartitionPlanner(table, layout, KeptTimes.cut(unit));
    }

    /**
     * The layout, bound to the table.
     *
     * @return the layout
     */
    public HivePartitionLayout layout() {
        return layout;
    }

    /**
     * The smallest condition on the partition columns' texts, such as {@code (year = '2023' and month = '12' and day >=
     * '15') or (year = '2024' and month = '01')}. Its size depends on the layout's depth and on the filter, not on the
     * length of the range. The version isn't in it.
     *
     * @param range from inclusive, to exclusive
     * @param bound the filter, bound to the table
     * @return a filter on the names of {@link HivePartitionLayout#partitionColumns()} with String values;
     *     {@link Filter#all()} if every partition is needed, {@link Filter#none()} if none is
     */
    public Filter predicate(TimeRange range, Filter bound) {
        return Filter.and(TimePredicate.of(spans(range), layout.times()), pruning.canBeTrue(bound));
    }

    /**
     * The deepest directory below which all partitions of a range lie.
     *
     * @param range from inclusive, to exclusive
     * @return relative to the table's location and with a slash at its end, such as {@code year=2024/month=01/}; empty
     *     if the range has the whole table, or has no partition
     */
    public String directory(TimeRange range) {
        List<LocalSpan> spans = spans(range);
        if (spans.isEmpty()) {
            return "";
        }
        @Nullable String[] low = new @Nullable String[layout.times().depth()];
        @Nullable String[] high = new @Nullable String[low.length];
        layout.times().write(spans.get(0).low(), low);
        layout.times().write(spans.get(spans.size() - 1).high(), high);
        StringBuilder path = new StringBuilder();
        for (int i = 0; i < low.length && Objects.equals(low[i], high[i]); i++) {
            path.append(layout.timeColumns().get(i)).append('=').append(low[i]).append('/');
        }
        return path.toString();
    }

    /**
     * Whether a partition may hold a row of a range and a filter: whether {@link #predicate} is true for it, and it
     * isn't one of an hour or a day that the zone skipped. For many partitions take {@link #matcher}.
     *
     * @param partition a partition of this layout
     * @param range from inclusive, to exclusive
     * @param bound the filter, bound to the table
     * @return false if it certainly holds none
     */
    public boolean mayContain(HivePartition partition, TimeRange range, Filter bound) {
        return matcher(range, bound).test(partition);
    }

    /**
     * {@link #mayContain} for many partitions.
     *
     * @param range from inclusive, to exclusive
     * @param bound the filter, bound to the table
     * @return the test, thread-safe
     */
    public Predicate<HivePartition> matcher(TimeRange range, Filter bound) {
        Filter predicate = predicate(range, bound);
        return partition ->
                matches(predicate, partition) && !timeRange(partition).isEmpty();
    }

    /**
     * Whether partitions alone answer a filter: a partition for which {@link #mayContain} is true then holds matching
     * rows only, as far as it is {@linkplain #coveredBy covered} by the range.
     *
     * @param bound the filter, bound to the table
     * @return whether it says nothing that {@link #predicate} can't say
     */
    public boolean isExact(Filter bound) {
        return pruning.isExact(bound);
    }

    /**
     * From the first instant that falls into a partition to the end of the last. Where clocks went back far there may
     * be instants between that fall into another.
     *
     * @param partition a partition of this layout
     * @return the range, empty if the partition is of an hour or a day that the zone skipped
     */
    public TimeRange timeRange(HivePartition partition) {
        return LocalSpan.instantsOf(layout.times().read(partition.values()), layout.grain(), layout.zone());
    }

    /**
     * Whether all rows of a partition lie in a range.
     *
     * @param partition a partition of this layout
     * @param range from inclusive, to exclusive
     * @return whether the range contains the time of each row that may lie in the partition
     */
    public boolean coveredBy(HivePartition partition, TimeRange range) {
        TimeRange whole = timeRange(partition);
        return whole.isEmpty() || range.encloses(keptTimes.read(whole, layout.drift()));
    }

    /**
     * Whether {@link #partitions} can list the partitions of a filter: whether it leaves finitely many values of each
     * filter column, with {@code eq}, {@code in} or {@code isNull}. BOOLEAN columns have finitely many anyhow.
     *
     * @param bound the filter, bound to the table
     * @return whether they can be listed
     */
    public boolean isEnumerable(Filter bound) {
        Filter onText = pruning.canBeTrue(bound);
        return layout.filterColumns().stream().allMatch(column -> candidates(onText, column) != null);
    }

    /**
     * The partitions that may hold a row of a range and a filter, whether they exist in the archive or not.
     *
     * @param range from inclusive, to exclusive
     * @param bound the filter, bound to the table
     * @param maximum how many partitions may have to be looked at, at most
     * @return exactly those for which {@link #mayContain} is true, in their natural order
     * @throws BadQueryException if the filter leaves a filter column open ({@link #isEnumerable}), or there are more
     *     than the maximum
     */
    public List<HivePartition> partitions(TimeRange range, Filter bound, int maximum) {
        Filter onText = pruning.canBeTrue(bound);
        List<Set<@Nullable String>> values = new ArrayList<>();
        long combinations = 1;
        for (String column : layout.filterColumns()) {
            Set<@Nullable String> candidates = candidates(onText, column);
            if (candidates == null) {
                throw new BadQueryException("table '" + table.name() + "': the partitions of " + range + " where "
                        + bound + " can't be listed, since any value of '" + column
                        + "' may match; name its values with eq, in or isNull");
            }
            values.add(candidates);
            combinations = Math.min(Integer.MAX_VALUE, combinations * candidates.size());
        }
        List<LocalSpan> spans = spans(range);
        long keys = 0;
        for (LocalSpan span : spans) {
            keys += layout.grain().count(span.low(), span.high());
        }
        if (keys * combinations > maximum) {
            throw new BadQueryException("table '" + table.name() + "': " + range + " where " + bound + " has up to "
                    + keys * combinations + " partitions, more than the " + maximum
                    + " that may be listed; ask for a shorter range or fewer values");
        }
        return list(spans, values, matcher(range, bound));
    }

    private List<HivePartition> list(
            List<LocalSpan> spans, List<Set<@Nullable String>> values, Predicate<HivePartition> matcher) {
        Set<HivePartition> found = new TreeSet<>();
        for (LocalSpan span : spans) {
            for (LocalDateTime key = span.low();
                    !key.isAfter(span.high());
                    key = layout.grain().next(key)) {
                @Nullable
                String[] texts = new @Nullable String[layout.partitionColumns().size()];
                layout.times().write(key, texts);
                add(texts, layout.times().depth(), values, matcher, found);
            }
        }
        return List.copyOf(found);
    }

    private void add(
            @Nullable String[] texts,
            int index,
            List<Set<@Nullable String>> values,
            Predicate<HivePartition> matcher,
            Set<HivePartition> found) {
        if (index == texts.length) {
            HivePartition partition = new HivePartition(layout, texts.clone());
            if (matcher.test(partition)) {
                found.add(partition);
            }
            return;
        }
        for (String value : values.get(index - layout.times().depth())) {
            texts[index] = value;
            add(texts, index + 1, values, matcher, found);
        }
    }

    /** The values to try for a column, null if there is no end of them. Texts that no partition holds are left out. */
    private @Nullable Set<@Nullable String> candidates(Filter onText, String column) {
        Set<@Nullable String> candidates = PartitionCandidates.of(onText, column);
        if (candidates == null && table.column(column).type().equals(ColumnType.BOOLEAN)) {
            candidates = new HashSet<>();
            candidates.add("false");
            candidates.add("true");
            if (table.column(column).nullable()) {
                candidates.add(null);
            }
        }
        if (candidates == null) {
            return null;
        }
        Set<@Nullable String> held = new LinkedHashSet<>(candidates);
        held.removeIf(text -> text != null && HivePartition.readsAsNull(text));
        return held;
    }

    private List<LocalSpan> spans(TimeRange range) {
        return LocalSpan.of(
                range.isEmpty() ? range : keptTimes.sorted(range, layout.drift()), layout.grain(), layout.zone());
    }

    private boolean matches(Filter predicate, HivePartition partition) {
        return predicate.matches(textRow.row(partition.values().toArray(new @Nullable Object[0])));
    }
}
