package io.github.tieredquery.partition;

import io.github.tieredquery.error.ArchiveRefusedException;
import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.table.ColumnType;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.Table;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How cold rows are spread over Hive partitions: first by local time, then by columns of the table, last by the version
 * of the archiving attempt, unless it is {@linkplain #withoutVersion() left out}. All partition columns are text.
 *
 * <pre>{@code
 * HivePartitionLayout.daily(ZoneOffset.UTC).thenBy("origin")
 * // year=2024/month=01/day=05/origin=SFO/tq_version=0000000042
 * }</pre>
 *
 * <p>A row's time columns are those of its local time in the layout's zone. Where clocks go back, the repeated time
 * falls into the partitions of its first pass. A window, the unit of archiving, is one local day (a local month in a
 * monthly layout) from its first instant to the first instant of the next; windows follow one another without a gap. In
 * the few zones that turned their clocks back across midnight, the repeated end of a day is in the next day's window,
 * though its rows stay in the partition of their local date.
 *
 * <p>Each method returns a new layout. Immutable and thread-safe.
 */
public final class HivePartitionLayout {

    /** The partition column of the version, the last one in a versioned layout. */
    public static final String VERSION_COLUMN = "tq_version";

    static final int VERSION_DIGITS = 10;
    private static final long LAST_VERSION = 9_999_999_999L;

    /** The kinds whose values have one short text from which they can be read back. */
    private static final Set<ColumnType.Kind> FILTER_KINDS = EnumSet.of(
            ColumnType.Kind.STRING,
            ColumnType.Kind.INT32,
            ColumnType.Kind.INT64,
            ColumnType.Kind.BOOLEAN,
            ColumnType.Kind.DATE);

    private final TimeGrain grain;
    private final ZoneId zone;
    private final List<String> filterColumns;
    private final boolean versioned;
    private final List<String> partitionColumns;
    private final @Nullable Table table;

    private HivePartitionLayout(
            TimeGrain grain, ZoneId zone, List<String> filterColumns, boolean versioned, @Nullable Table table) {
        this.grain = grain;
        this.zone = Objects.requireNonNull(zone, "zone");
        this.filterColumns = List.copyOf(filterColumns);
        this.versioned = versioned;
        this.table = table;
        List<String> columns = new ArrayList<>(grain.columns());
        columns.addAll(filterColumns);
        this.partitionColumns = List.copyOf(columns);
    }

    /**
     * Partitions by {@code year} and {@code month}; a window is a month. Versioned.
     *
     * @param zone the zone of the local time
     * @return the layout
     */
    public static HivePartitionLayout monthly(ZoneId zone) {
        return new HivePartitionLayout(TimeGrain.MONTH, zone, List.of(), true, null);
    }

    /**
     * Partitions by {@code year}, {@code month} and {@code day}; a window is a day. Versioned.
     *
     * @param zone the zone of the local time
     * @return the layout
     */
    public static HivePartitionLayout daily(ZoneId zone) {
        return new HivePartitionLayout(TimeGrain.DAY, zone, List.of(), true, null);
    }

    /**
     * Partitions by {@code year}, {@code month}, {@code day} and {@code hour}; a window is a day. Versioned.
     *
     * @param zone the zone of the local time
     * @return the layout
     */
    public static HivePartitionLayout hourly(ZoneId zone) {
        return new HivePartitionLayout(TimeGrain.HOUR, zone, List.of(), true, null);
    }

    /**
     * Partitions further, by columns of the table. Only columns with few values serve: each combination of them is a
     * directory of its own for each day.
     *
     * @param columns names of STRING, INT32, INT64, BOOLEAN or DATE columns, after those that the layout has
     * @return the layout
     * @throws IllegalArgumentException if a column is in the layout already
     */
    public HivePartitionLayout thenBy(String... columns) {
        List<String> all = new ArrayList<>(filterColumns);
        for (String column : columns) {
            Objects.requireNonNull(column, "column");
            if (grain.columns().contains(column) || all.contains(column) || column.equals(VERSION_COLUMN)) {
                throw new IllegalArgumentException(
                        "the layout has the partition column '" + column + "' already: " + describe());
            }
            all.add(column);
        }
        return new HivePartitionLayout(grain, zone, all, versioned, null);
    }

    /**
     * Leaves the version out: to read an archive that somebody else fills, or to archive where the partition columns
     * can't change, into exactly {@code year=…/month=…/day=…/origin=…/part-00001.csv.gz}. Reads are as exact, but where
     * versions keep what doesn't count apart, here other things must, and some can't be done at all:
     *
     * <ul>
     *   <li>One archiver only. The lease keeps two from beginning a window at once, but it doesn't stop one that is
     *       merely slow: an archiver whose lease runs out must be gone, its last request included, before another one
     *       runs. Otherwise a file that it still writes is read as well, and rows come twice. A file that is there is
     *       never replaced.
     *   <li>No sweeps. Late rows stay in the hot store and tombstones in the journal, for good; they win over archived
     *       rows as ever, and readers of their stretch are slower. What is erased stays in the files.
     *   <li>What a failed attempt has left of a window is deleted when the next one begins. Nobody reads it until then,
     *       since it is at or above the watermark. Other Athena users do see it. A finished file isn't taken over from
     *       an attempt that has died, only from one that a time budget has suspended.
     *   <li>The archive's place is its own. Files that somebody else has put where a window is to be archived are
     *       refused, never deleted; so is any file at all before the first window.
     *   <li>An archive that another job has filled can't be taken over.
     * </ul>
     *
     * @return the layout
     */
    public HivePartitionLayout withoutVersion() {
        return new HivePartitionLayout(grain, zone, filterColumns, false, table);
    }

    /**
     * Binds the layout to a table, which {@link #partitionOf} needs.
     *
     * @param boundTable the table
     * @return the same layout, bound
     * @throws ConfigurationException if the layout doesn't fit the table: a filter column that is unknown, is the time
     *     column, or is of a kind that can't be in a path, or a column of the table that has the name of a time column
     *     of the layout
     */
    public HivePartitionLayout checkedAgainst(Table boundTable) {
        String subject = "table '" + boundTable.name() + "' with the layout " + describe() + ": ";
        for (String column : grain.columns()) {
            if (boundTable.rowType().has(column)) {
                throw new ConfigurationException(subject + "the table's column '" + column
                        + "' has the name of a partition column; give it another name in the Table and map it in the"
                        + " source");
            }
        }
        for (String column : filterColumns) {
            if (!boundTable.rowType().has(column)) {
                throw new ConfigurationException(subject + "the table has no column '" + column
                        + "' to partition by; it has " + boundTable.rowType().names());
            }
            if (boundTable.timeColumn().name().equals(column)) {
                throw new ConfigurationException(subject + "the time column '" + column + "' is partitioned by "
                        + grain.columns() + " already; leave it out of thenBy(…)");
            }
            ColumnType type = boundTable.column(column).type();
            if (!FILTER_KINDS.contains(type.kind())) {
                throw new ConfigurationException(subject + "column '" + column + "' is " + type + "; only columns of "
                        + FILTER_KINDS + " can be partitioned by");
            }
        }
        return new HivePartitionLayout(grain, zone, filterColumns, versioned, boundTable);
    }

    /**
     * The zone of the local time.
     *
     * @return the zone as it was given
     */
    public ZoneId zone() {
        return zone;
    }

    /**
     * The partition columns but the version.
     *
     * @return the names of the time columns, then of the filter columns
     */
    public List<String> partitionColumns() {
        return partitionColumns;
    }

    /**
     * The columns that the time is spread over.
     *
     * @return {@code year} and {@code month}, then {@code day} and {@code hour} if the layout has them
     */
    public List<String> timeColumns() {
        return grain.columns();
    }

    /**
     * The columns of the table that are partition columns too.
     *
     * @return their names in the order of the path
     */
    public List<String> filterColumns() {
        return filterColumns;
    }

    /**
     * Whether the last directory is the version.
     *
     * @return whether it is
     */
    public boolean isVersioned() {
        return versioned;
    }

    /**
     * A version as it stands in a path, at a fixed width, so that the order of texts is that of versions.
     *
     * @param version the version, 0 to 9999999999
     * @return ten digits
     * @throws IllegalArgumentException if the version is out of range
     */
    public static String versionText(long version) {
        if (version < 0 || version > LAST_VERSION) {
            throw new IllegalArgumentException("the version is " + version + "; it is 0 to " + LAST_VERSION);
        }
        return Long.toString(LAST_VERSION + 1 + version).substring(1);
    }

    /**
     * The layout as one line of text. Layouts with the same description put each row into the same partition and are
     * equal; archives keep it.
     *
     * @return for example {@code year, month, day, origin, tq_version in Europe/Berlin}; all zones of a fixed offset go
     *     by the offset
     */
    public String describe() {
        return String.join(", ", partitionColumns)
                + (versioned ? ", " + VERSION_COLUMN : "")
                + " in " + zone.normalized().getId();
    }

    /**
     * The window that an instant is in.
     *
     * @param instant an instant of the years 1 to 9999
     * @return its local day in the layout's zone, or its local month in a monthly layout; never empty
     */
    public TimeRange windowContaining(Instant instant) {
        LocalDate date = grain.windowDate(LocalDate.ofInstant(instant, zone));
        LocalDate next = grain.nextWindow(date);
        // A repeated end of a day is past the next day's first instant, and so in the next day's window. A skipped day
        // starts where the day after it does.
        while (!instant.isBefore(windowStart(next))) {
            date = next;
            next = grain.nextWindow(date);
        }
        return new TimeRange(windowStart(date), windowStart(next));
    }

    /**
     * The start of the window that an instant is in.
     *
     * @param instant an instant of the years 1 to 9999
     * @return the window's first instant
     */
    public Instant windowStart(Instant instant) {
        return windowContaining(instant).from();
    }

    /**
     * When the rows of a partition are.
     *
     * @param partition a partition of this layout
     * @return from inclusive, to exclusive; empty where clocks skipped its local time
     * @throws IllegalArgumentException if a time column is NULL or no number of its kind, written as this layout does
     */
    public TimeRange timeOf(HivePartition partition) {
        LocalDateTime key = grain.read(partition.values());
        return LocalSpan.instantsOf(key, grain, zone);
    }

    private Instant windowStart(LocalDate date) {
        return date.atStartOfDay(zone).toInstant();
    }

    /**
     * The partition that a row belongs to.
     *
     * @param row a row that has the table's time and key columns and all filter columns
     * @return the partition
     * @throws ArchiveRefusedException if a filter column holds what a partition can't: the empty string and
     *     {@code __HIVE_DEFAULT_PARTITION__}, which read back as NULL; or if the local year is past 9999
     * @throws IllegalStateException if the layout isn't bound to a table
     */
    public HivePartition partitionOf(Row row) {
        Table bound = table;
        if (bound == null) {
            throw new IllegalStateException(
                    "the layout " + describe() + " isn't bound to a table; bind it with checkedAgainst(table)");
        }
        Instant time = Objects.requireNonNull(row.timestamp(bound.timeColumn().name()), "the row's time is null");
        LocalDateTime local = LocalDateTime.ofInstant(time, zone);
        if (local.getYear() > TimeGrain.LAST_YEAR) {
            throw new ArchiveRefusedException(subject(bound, row) + " is in the year " + local.getYear() + " in " + zone
                    + "; partitions hold years up to " + TimeGrain.LAST_YEAR);
        }
        @Nullable String[] values = new @Nullable String[partitionColumns.size()];
        grain.write(local, values);
        for (int i = grain.depth(); i < values.length; i++) {
            Object value = row.value(partitionColumns.get(i));
            String text = value == null ? null : text(value);
            if (text != null && HivePartition.readsAsNull(text)) {
                throw new ArchiveRefusedException(subject(bound, row) + " has '" + text + "' in the partition column '"
                        + partitionColumns.get(i) + "', which a Hive partition reads back as NULL; change the value,"
                        + " or leave the column out of the layout");
            }
            values[i] = text;
        }
        return new HivePartition(this, values);
    }

    /** A value's canonical text in a partition. Dates are of the years 1 to 9999, so they come out as yyyy-MM-dd. */
    static String text(Object value) {
        return value.toString();
    }

    private static String subject(Table table, Row row) {
        List<Object> key = new ArrayList<>();
        for (String column : table.orderColumns()) {
            key.add(column + "=" + row.value(column));
        }
        return "table '" + table.name() + "': the row " + key;
    }

    TimeGrain grain() {
        return grain;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof HivePartitionLayout that && describe().equals(that.describe());
    }

    @Override
    public int hashCode() {
        return describe().hashCode();
    }

    /** The description. */
    @Override
    public String toString() {
        return describe();
    }
}
