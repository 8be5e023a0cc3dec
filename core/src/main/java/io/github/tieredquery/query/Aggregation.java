package io.github.tieredquery.query;

import io.github.tieredquery.error.BadQueryException;
import io.github.tieredquery.query.Measure.Function;
import io.github.tieredquery.table.Column;
import io.github.tieredquery.table.ColumnType;
import io.github.tieredquery.table.Table;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is to be made of the rows of a query instead of giving them: groups, and {@linkplain Measure measures} of each.
 * Each method returns a new aggregation. Immutable and thread-safe.
 *
 * <pre>{@code
 * Aggregation perDay = Aggregation.by("origin").perDay(ZoneId.of("Europe/Berlin")).count().avg("delay");
 * }</pre>
 *
 * <p>NULL is a value of its own where rows are grouped, and no value where they are measured. Counts, least and
 * greatest values, and sums and averages of integers and decimals are exact; so is their type
 * ({@link Measure#resultOf}). Of doubles each tier adds up in its own order, so the last digits of a sum may differ
 * from run to run; NaN is the greatest double, and 0.0 and -0.0 are one.
 */
public final class Aggregation {

    private static final int MOST_GROUPS = 10_000;

    private static final Set<ColumnType.Kind> GROUPED = EnumSet.of(
            ColumnType.Kind.BOOLEAN,
            ColumnType.Kind.INT32,
            ColumnType.Kind.INT64,
            ColumnType.Kind.DECIMAL,
            ColumnType.Kind.STRING,
            ColumnType.Kind.DATE,
            ColumnType.Kind.TIMESTAMP);

    private final @Nullable TimeBucket bucket;
    private final List<String> columns;
    private final List<Measure> measures;
    private final int maxGroups;

    private Aggregation(@Nullable TimeBucket bucket, List<String> columns, List<Measure> measures, int maxGroups) {
        this.bucket = bucket;
        this.columns = columns;
        this.measures = measures;
        this.maxGroups = maxGroups;
    }

    /**
     * One group of all rows, which is there even if no row is: its counts are then 0 and everything else NULL.
     *
     * @return an aggregation without measures yet, of at most 10,000 groups
     */
    public static Aggregation overall() {
        return new Aggregation(null, List.of(), List.of(), MOST_GROUPS);
    }

    /**
     * A group for each combination of values that rows have.
     *
     * @param columns the columns' names, at least one; doubles and byte strings can't be grouped by
     * @return an aggregation without measures yet, of at most 10,000 groups
     */
    public static Aggregation by(String... columns) {
        if (columns.length == 0) {
            throw new IllegalArgumentException("by() takes columns; overall() is the group of all rows");
        }
        return new Aggregation(null, List.of(columns), List.of(), MOST_GROUPS);
    }

    /**
     * Parts the groups by days of a zone; the day is the first column of the result, {@code day}.
     *
     * @param zone whose midnights part the days
     * @return the finer aggregation
     */
    public Aggregation perDay(ZoneId zone) {
        return per(new TimeBucket(TimeBucket.Unit.DAY, zone));
    }

    /**
     * Parts the groups by months of a zone; the month's first day is the first column of the result, {@code month}.
     *
     * @param zone whose midnights part the months
     * @return the finer aggregation
     */
    public Aggregation perMonth(ZoneId zone) {
        return per(new TimeBucket(TimeBucket.Unit.MONTH, zone));
    }

    private Aggregation per(TimeBucket newBucket) {
        if (bucket != null) {
            throw new IllegalArgumentException("the groups are parted by " + bucket.name() + " already");
        }
        return new Aggregation(newBucket, columns, measures, maxGroups);
    }

    /**
     * Adds the number of rows, {@code count}.
     *
     * @return the aggregation with the measure
     */
    public Aggregation count() {
        return with(new Measure(Function.COUNT, null));
    }

    /**
     * Adds the number of rows whose value isn't NULL, {@code count_column}.
     *
     * @param column the column's name
     * @return the aggregation with the measure
     */
    public Aggregation countOf(String column) {
        return with(new Measure(Function.COUNT, column));
    }

    /**
     * Adds a sum, {@code sum_column}.
     *
     * @param column the name of a column of numbers
     * @return the aggregation with the measure
     */
    public Aggregation sum(String column) {
        return with(new Measure(Function.SUM, column));
    }

    /**
     * Adds the least value, {@code min_column}; of texts the first by code point.
     *
     * @param column the name of a column that is no BOOLEAN and no BINARY
     * @return the aggregation with the measure
     */
    public Aggregation min(String column) {
        return with(new Measure(Function.MIN, column));
    }

    /**
     * Adds the greatest value, {@code max_column}; of texts the last by code point.
     *
     * @param column the name of a column that is no BOOLEAN and no BINARY
     * @return the aggregation with the measure
     */
    public Aggregation max(String column) {
        return with(new Measure(Function.MAX, column));
    }

    /**
     * Adds an average, {@code avg_column}: the sum of all tiers through the count of all tiers.
     *
     * @param column the name of a column of numbers
     * @return the aggregation with the measure
     */
    public Aggregation avg(String column) {
        return with(new Measure(Function.AVG, column));
    }

    private Aggregation with(Measure measure) {
        List<Measure> more = new ArrayList<>(measures);
        more.add(measure);
        return new Aggregation(bucket, columns, List.copyOf(more), maxGroups);
    }

    /**
     * Bounds how many groups are held in memory. An aggregation that has more fails.
     *
     * @param groups how many at most, positive
     * @return the aggregation with the bound
     */
    public Aggregation maxGroups(int groups) {
        if (groups <= 0) {
            throw new IllegalArgumentException("the bound on groups is " + groups + "; it is positive");
        }
        return new Aggregation(bucket, columns, measures, groups);
    }

    /**
     * The days or months that part the groups.
     *
     * @return the buckets; empty if there are none
     */
    public Optional<TimeBucket> bucket() {
        return Optional.ofNullable(bucket);
    }

    /**
     * The columns that rows are grouped by.
     *
     * @return their names in order
     */
    public List<String> columns() {
        return columns;
    }

    /**
     * What is made of each group.
     *
     * @return the measures in order
     */
    public List<Measure> measures() {
        return measures;
    }

    /**
     * How many groups are held at most.
     *
     * @return the bound, positive
     */
    public int maxGroups() {
        return maxGroups;
    }

    /**
     * The columns of the result: the bucket, the grouped columns, the measures.
     *
     * @param table the table whose rows are aggregated
     * @return the columns in order
     * @throws BadQueryException if the aggregation doesn't fit the table: a column is unknown or of a wrong type, a
     *     name stands twice, or nothing is measured
     */
    public List<Column> resultOf(Table table) {
        String subject = "table '" + table.name() + "': ";
        if (measures.isEmpty()) {
            throw new BadQueryException(subject + "the aggregation measures nothing; add count(), sum(…) or another");
        }
        List<Column> result = new ArrayList<>();
        if (bucket != null) {
            result.add(new Column(bucket.name(), ColumnType.DATE, false));
        }
        for (String name : columns) {
            Column column = column(table, name);
            if (!GROUPED.contains(column.type().kind())) {
                throw new BadQueryException(subject + "column '" + name + "' is " + column.type()
                        + ", and rows are grouped by columns of " + GROUPED);
            }
            result.add(column);
        }
        measures.forEach(measure -> result.add(measure.resultOf(table)));
        Set<String> names = new HashSet<>();
        result.forEach(column -> {
            if (!names.add(column.name())) {
                throw new BadQueryException(
                        subject + "the aggregation's result has two columns '" + column.name() + "'; leave one out");
            }
        });
        return List.copyOf(result);
    }

    /**
     * The columns of rows that the aggregation looks at.
     *
     * @param table the table whose rows are aggregated
     * @return their names; the time if there is no other
     */
    public List<String> read(Table table) {
        Set<String> names = new LinkedHashSet<>(columns);
        for (Measure measure : measures) {
            String column = measure.column();
            if (column != null) {
                names.add(column);
            }
        }
        if (bucket != null || names.isEmpty()) {
            names.add(table.timeColumn().name());
        }
        return List.copyOf(names);
    }

    static Column column(Table table, String name) {
        if (!table.rowType().has(name)) {
            throw new BadQueryException("table '" + table.name() + "' has no column '" + name
                    + "' to aggregate; it has " + table.rowType().names());
        }
        return table.column(name);
    }
}
