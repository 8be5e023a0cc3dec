package io.github.tieredquery.testkit;

import io.github.tieredquery.partition.HivePartition;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.spi.RowCursor;
import io.github.tieredquery.spi.Scan;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.store.ArchiveAttempt;
import io.github.tieredquery.store.ArchiveIdentity;
import io.github.tieredquery.store.ArchiveJournal;
import io.github.tieredquery.store.HotStore;
import io.github.tieredquery.store.PartitionManifest;
import io.github.tieredquery.store.RowDigest;
import io.github.tieredquery.store.StoredFile;
import io.github.tieredquery.store.WindowAttempt;
import io.github.tieredquery.table.ColumnType;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.Table;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The steps of an archiver as the contracts take them, and the rows that they take them with. */
public final class ArchiveSteps {

    /** A table with a column to partition by that may be NULL. */
    public static final Table EVENTS = events("events");

    /** Where its rows would go. */
    public static final HivePartitionLayout LAYOUT =
            HivePartitionLayout.daily(ZoneOffset.UTC).thenBy("tenant");

    /** How long an archiver holds the lease, far longer than any test. */
    public static final Duration LONG_LEASE = Duration.ofHours(1);

    private ArchiveSteps() {}

    /**
     * The table under another logical name.
     *
     * @param name the name
     * @return the table
     */
    public static Table events(String name) {
        return Table.builder(name)
                .time("at")
                .key("id", ColumnType.INT64)
                .column("tenant", ColumnType.STRING)
                .column("note", ColumnType.STRING)
                .build();
    }

    /**
     * A row.
     *
     * @param at its time
     * @param id its key
     * @param tenant its tenant
     * @return the row
     */
    public static Row event(String at, long id, @Nullable String tenant) {
        return ContractRows.row(EVENTS.rowType(), Instant.parse(at), id, tenant, "note " + id);
    }

    /** Where a table's rows would go; one that isn't like {@link #EVENTS} goes by months. */
    static HivePartitionLayout layoutOf(Table table) {
        return table.rowType().has("tenant") ? LAYOUT : HivePartitionLayout.monthly(ZoneOffset.UTC);
    }

    /**
     * One day in UTC.
     *
     * @param date the day as 2024-01-01
     * @return from its first instant inclusive, to the next day's exclusive
     */
    public static TimeRange day(String date) {
        Instant from = Instant.parse(date + "T00:00:00Z");
        return new TimeRange(from, from.plus(Duration.ofDays(1)));
    }

    /**
     * The journal of a store, prepared.
     *
     * @param store the store
     * @return its journal
     */
    public static ArchiveJournal prepared(HotStore store) {
        ArchiveJournal journal = store.journal().orElseThrow();
        journal.prepare(ArchiveIdentity.of(store.table(), layoutOf(store.table())));
        return journal;
    }

    /**
     * Archives one window from begin to close.
     *
     * @param store the store, prepared
     * @param window the window
     * @return the version that it was archived under
     */
    public static long archive(HotStore store, TimeRange window) {
        try (WindowAttempt attempt = begin(store, window, LONG_LEASE)) {
            RowDigest copied = copy(store, attempt);
            ArchiveAttempt.Outcome outcome = attempt.commit(copied, Long.MAX_VALUE);
            if (outcome != ArchiveAttempt.Outcome.COMMITTED) {
                throw new AssertionError(window + " was not archived: " + outcome);
            }
            return attempt.version();
        }
    }

    /**
     * Step 1, for a lease that is free.
     *
     * @param store the store, prepared
     * @param window the window
     * @param lease how long to hold it
     * @return the attempt
     */
    public static WindowAttempt begin(HotStore store, TimeRange window, Duration lease) {
        return store.journal()
                .orElseThrow()
                .beginWindow(window, "contract", lease)
                .orElseThrow();
    }

    /**
     * Step 2 without files: reads the window and records a manifest for each partition.
     *
     * @param store the store
     * @param attempt the attempt
     * @return the digest of what was read
     */
    public static RowDigest copy(HotStore store, ArchiveAttempt attempt) {
        List<PartitionManifest> manifests =
                manifests(store.table(), attempt, rows(store.open(scan(store, attempt), ScanControl.unlimited())));
        attempt.recordManifests(manifests);
        return manifests.stream().map(PartitionManifest::digest).reduce(RowDigest.EMPTY, RowDigest::plus);
    }

    private static Scan scan(HotStore store, ArchiveAttempt attempt) {
        return Scan.of(store.table(), attempt.window());
    }

    private static List<PartitionManifest> manifests(Table table, ArchiveAttempt attempt, List<Row> rows) {
        HivePartitionLayout layout = layoutOf(table).checkedAgainst(table);
        Map<HivePartition, List<Row>> partitions = new TreeMap<>();
        rows.forEach(row -> partitions
                .computeIfAbsent(layout.partitionOf(row), absent -> new ArrayList<>())
                .add(row));
        List<PartitionManifest> manifests = new ArrayList<>();
        partitions.forEach((partition, members) -> {
            RowDigest.Builder digest = new RowDigest.Builder(table.rowType());
            members.forEach(digest::add);
            List<Instant> times = members.stream()
                    .map(row -> Objects.requireNonNull(
                            row.timestamp(table.timeColumn().name())))
                    .sorted()
                    .toList();
            StoredFile file = new StoredFile(
                    "s3://lake/" + partition.path(attempt.version()) + "/part-00001.csv.gz", members.size(), 100);
            manifests.add(new PartitionManifest(
                    partition,
                    attempt.version(),
                    List.of(file),
                    members.size(),
                    file.bytes(),
                    times.get(0),
                    times.get(times.size() - 1),
                    digest.build(),
                    attempt.schemaVersion()));
        });
        return manifests;
    }

    /**
     * Reads a cursor to its end and closes it.
     *
     * @param cursor the cursor
     * @return its rows
     */
    public static List<Row> rows(RowCursor cursor) {
        List<Row> rows = new ArrayList<>();
        try (cursor) {
            for (Row row = cursor.next(); row != null; row = cursor.next()) {
                rows.add(row);
            }
        }
        return rows;
    }
}
