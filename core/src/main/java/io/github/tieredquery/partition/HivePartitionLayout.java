package io.github.tieredquery.partition;

import io.github.tieredquery.error.ArchiveRefusedException;
import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.table.ColumnType;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.Table;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * How cold rows are spread over Hive partitions: first by local time, then by columns of the table, last by the version
 * of the archiving attempt, unless it is {@linkplain #withoutVersion() left out}.
 *
 * <pre>{@code
 * HivePartitionLayout.daily(ZoneOffset.UTC).thenBy("origin")
 * // year=2024/month=01/day=05/origin=SFO/tq_version=0000000042
 * }</pre>
 *
 * <p>An archiver writes these directories and no others, with partition columns of text. What others write in another
 * form can be described, and is then only read: {@link #unpadded}, {@link #dateColumn(String)}, {@link #rowsLateBy} and
 * {@link #rowsEarlyBy}. Of what type a catalog or a database says that the partition columns are, sources see for
 * themselves.
 *
 * <pre>{@code
 * HivePartitionLayout.daily(ZoneOffset.UTC).withoutVersion().unpadded()          // year=2024/month=1/day=5
 * HivePartitionLayout.daily(ZoneOffset.UTC).withoutVersion().dateColumn("dt")    // dt=2024-01-05
 * HivePartitionLayout.hourly(ZoneOffset.UTC).withoutVersion().dateColumn("dt")   // dt=2024-01-05/hour=13
 * HivePartitionLayout.hourly(ZoneOffset.UTC).withoutVersion().dateColumn("dt", "yyyy-MM-dd-HH") // dt=2024-01-05-13
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
    private final TimeColumns times;
    private final ZoneId zone;
    private final List<String> filterColumns;
    private final boolean versioned;
    private final Drift drift;
    private final List<String> partitionColumns;
    private final @Nullable Table table;

    /** How far a row's partition is from its time at most. */
    record Drift(Duration late, Duration early) {

        static final Drift NONE = new Drift(Duration.ZERO, Duration.ZERO);
    }

    private HivePartitionLayout(
            TimeGrain grain,
            TimeColumns times,
            ZoneId zone,
            List<String> filterColumns,
            boolean versioned,
            Drift drift,
            @Nullable Table table) {
        this.grain = grain;
        this.times = times;
        this.zone = Objects.requireNonNull(zone, "zone");
        this.filterColumns = List.copyOf(filterColumns);
        this.versioned = versioned;
        this.drift = drift;
        this.table = table;
        List<String> columns = new ArrayList<>(times.names());
        columns.addAll(filterColumns);
        this.partitionColumns = List.copyOf(columns);
    }

    private static HivePartitionLayout of(TimeGrain grain, ZoneId zone) {
        return new HivePartitionLayout(grain, TimeColumns.numbers(grain), zone, List.of(), true, Drift.NONE, null);
    }

    /**
     * Partitions by {@code year} and {@code month}; a window is a month. Versioned.
     *
     * @param zone the zone of the local time
     * @return the layout
     */
    public static HivePartitionLayout monthly(ZoneId zone) {
        return of(TimeGrain.MONTH, zone);
    }

    /**
     * Partitions by {@code year}, {@code month} and {@code day}; a window is a day. Versioned.
     *
     * @param zone the zone of the local time
     * @return the layout
     */
    public static HivePartitionLayout daily(ZoneId zone) {
        return of(TimeGrain.DAY, zone);
    }

    /**
     * Partitions by {@code year}, {@code month}, {@code day} and {@code hour}; a window is a day. Versioned.
     *
     * @param zone the zone of the local time
     * @return the layout
     */
    public static HivePartitionLayout hourly(ZoneId zone) {
        return of(TimeGrain.HOUR, zone);
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
            if (times.names().contains(column) || all.contains(column) || column.equals(VERSION_COLUMN)) {
                throw new IllegalArgumentException(
                        "the layout has the partition column '" + column + "' already: " + describe());
            }
            all.add(column);
        }
        return new HivePartitionLayout(grain, times, zone, all, versioned, drift, null);
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
        return new HivePartitionLayout(grain, times, zone, filterColumns, false, drift, table);
    }

    /**
     * Reads numbers without zeros before them, as DuckDB and Spark write them: {@code month=1/day=5}. Years have four
     * digits. Such an archive is only read.
     *
     * <p>Where a catalog has the columns as numbers, one may have this or not.
     *
     * @return the layout
     */
    public HivePartitionLayout unpadded() {
        return new HivePartitionLayout(grain, times.unpadded(), zone, filterColumns, versioned, drift, table);
    }

    /**
     * Reads one column for the date, {@code dt=2024-01-05}, in a monthly layout {@code dt=2024-01}; in an hourly one
     * the column {@code hour} follows. Such an archive is only read.
     *
     * @param column its name in the archive
     * @return the layout
     * @throws IllegalArgumentException if the layout has the name already
     */
    public HivePartitionLayout dateColumn(String column) {
        return dateColumn(column, grain == TimeGrain.MONTH ? "yyyy-MM" : "yyyy-MM-dd");
    }

    /**
     * Reads one column for the date, in a form of its own: {@code dt=20240105} or, in an hourly layout,
     * {@code dt=2024-01-05-13}. Such an archive is only read.
     *
     * @param column its name in the archive
     * @param pattern a pattern of {@link java.time.format.DateTimeFormatter} whose texts sort as time does:
     *     {@code yyyy}, {@code MM}, in daily and hourly layouts {@code dd} and in hourly ones {@code HH}, in this
     *     order, with {@code -}, {@code /}, {@code _}, {@code .}, {@code :} or a space between them, or {@code 'T'}
     *     before {@code HH}. In an hourly layout without {@code HH} the column {@code hour} follows
     * @return the layout
     * @throws IllegalArgumentException if the layout has the name already, or the pattern doesn't fit
     */
    public HivePartitionLayout dateColumn(String column, String pattern) {
        TimeColumns dates = times.date(grain, column, pattern);
        if (filterColumns.contains(column)
                || column.equals(VERSION_COLUMN)
                || dates.names().lastIndexOf(column) > 0) {
            throw new IllegalArgumentException(
                    "the layout has the partition column '" + column + "' already: " + describe());
        }
        return new HivePartitionLayout(grain, dates, zone, filterColumns, versioned, drift, table);
    }

    /**
     * Says that a row may lie in a later partition than its time's, as in an archive that a delivery stream fills: it
     * names directories by when a row came. Queries then look into the partitions that follow, too. Such an archive is
     * only read. Zero by default.
     *
     * @param longest how long after its time a row may have come, at most; rows that came later aren't found
     * @return the layout
     * @throws IllegalArgumentException if it is negative
     */
    public HivePartitionLayout rowsLateBy(Duration longest) {
        return drifting(new Drift(notNegative("rowsLateBy", longest), drift.early));
    }

    /**
     * Says that a row may lie in an earlier partition than its time's: because the clock that gave it its time was
     * ahead, or the job that wrote it rounded its time up after it had chosen the directory. Queries then look into the
     * partitions before, too. Such an archive is only read. Zero by default.
     *
     * @param longest how long before its time a row may have been written, at most; others aren't found
     * @return the layout
     * @throws IllegalArgumentException if it is negative
     */
    public HivePartitionLayout rowsEarlyBy(Duration longest) {
        return drifting(new Drift(drift.late, notNegative("rowsEarlyBy", longest)));
    }

    private static Duration notNegative(String what, Duration duration) {
        if (duration.isNegative()) {
            throw new IllegalArgumentException(what + " is " + duration + "; it is zero or more");
        }
        return duration;
    }

    private HivePartitionLayout drifting(Drift other) {
        return new HivePartitionLayout(grain, times, zone, filterColumns, versioned, other, table);
    }

    /**
     * Whether the layout describes what only others write, so that an archive of it is read and never written.
     *
     * @return whether it has unpadded numbers, a date column, or rows in other partitions than their time's
     */
    public boolean isReadOnly() {
        return !times.areHouseForm() || !drift.equals(Drift.NONE);
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
        for (String column : times.names()) {
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
                        + times.names() + " already; leave it out of thenBy(…)");
            }
            ColumnType type = boundTable.column(column).type();
            if (!FILTER_KINDS.contains(type.kind())) {
                throw new ConfigurationException(subject + "column '" + column + "' is " + type + "; only columns of "
                        + FILTER_KINDS + " can be partitioned by");
            }
        }
        return new HivePartitionLayout(grain, times, zone, filterColumns, versioned, drift, boundTable);
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
     * @return {@code year} and {@code month}, then {@code day} and {@code hour} if the layout has them; or the
     *     {@link #dateColumn(String)}, then {@code hour} if the layout has it
     */
    public List<String> timeColumns() {
        return times.names();
    }

    /**
     * Whether a time column may be of a database's integer type.
     *
     * @param timeColumn one of {@link #timeColumns}
     * @return whether its texts are digits alone
     */
    public boolean isNumber(String timeColumn) {
        return times.get(timeColumn).like().chars().allMatch(unit -> unit == '_' || unit == '%');
    }

    /**
     * Whether a time column may be of a database's date type.
     *
     * @param timeColumn one of {@link #timeColumns}
     * @return whether its texts are of the form {@code yyyy-MM-dd}
     */
    public boolean isDate(String timeColumn) {
        return times.get(timeColumn).like().equals("____-__-__");
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
     * @return for example {@code year, month, day, origin, tq_version in Europe/Berlin} or {@code dt (yyyy-MM-dd) in
     *     Z}; all zones of a fixed offset go by the offset
     */
    public String describe() {
        return times.describe()
                + filterColumns.stream().map(column -> ", " + column).collect(Collectors.joining())
                + (versioned ? ", " + VERSION_COLUMN : "")
                + " in " + zone.normalized().getId()
                + (drift.late.isZero() ? "" : ", rows late by " + drift.late)
                + (drift.early.isZero() ? "" : ", rows early by " + drift.early);
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
        LocalDateTime key = times.read(partition.values());
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
     * @throws ArchiveRefusedException if a filter column holds what a partition can't: the empty string,
     *     {@code __HIVE_DEFAULT_PARTITION__} and {@code \N}, which read back as NULL; or if the local year is past 9999
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
        times.write(grain.key(local), values);
        for (int i = times.depth(); i < values.length; i++) {
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

    /**
     * The partition of a local time whose other partition columns are NULL.
     *
     * @param local a date and time of the years 0 to 9999 in the layout's zone
     * @return the partition
     */
    public HivePartition partitionOf(LocalDateTime local) {
        @Nullable String[] values = new @Nullable String[partitionColumns.size()];
        times.write(grain.key(local), values);
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

    TimeColumns times() {
        return times;
    }

    Drift drift() {
        return drift;
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
