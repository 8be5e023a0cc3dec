package io.github.tieredquery.jdbc;

import static io.github.tieredquery.testkit.ArchiveSteps.EVENTS;
import static io.github.tieredquery.testkit.ArchiveSteps.LAYOUT;
import static io.github.tieredquery.testkit.ArchiveSteps.prepared;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.tieredquery.TieredQuery;
import io.github.tieredquery.archive.ArchiveReport;
import io.github.tieredquery.archive.Archiver;
import io.github.tieredquery.archive.Eraser;
import io.github.tieredquery.jdbc.internal.journal.JdbcJournal;
import io.github.tieredquery.query.Query;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.testkit.ContractRows;
import io.github.tieredquery.testkit.MemoryColdStore;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.Period;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Behind a pooler that gives each transaction another connection to the server. */
@Timeout(120)
class PoolerTest {

    private static final int DAYS = 12;
    private static final int ROWS_A_DAY = 30;
    private static final Instant FIRST = Instant.parse("2024-01-01T00:00:00Z");
    private static final Query EVERYTHING = Query.between(FIRST, FIRST.plus(Duration.ofDays(100)));
    private static final List<String> SETTINGS = List.of(
            "transaction_isolation",
            "transaction_read_only",
            "default_transaction_isolation",
            "default_transaction_read_only",
            "synchronous_commit",
            "lock_timeout",
            "statement_timeout");

    /** What a row's note has to be by now, by its key; a row that is erased has none. */
    private final Map<Long, String> expected = new ConcurrentHashMap<>();

    /** Rows that are erased or about to be: whoever reads meanwhile sees them or not. */
    private final Set<Long> erasing = ConcurrentHashMap.newKeySet();

    private final AtomicBoolean over = new AtomicBoolean();

    @Test
    void nothing_is_lost_and_nobody_else_is_disturbed() throws Exception {
        Optional<Path> binary = PgBouncer.binary();
        assumeTrue(binary.isPresent(), "PgBouncer isn't there, so it isn't tested; install the package pgbouncer");
        PostgresDatabase database = PostgresDatabase.get();
        List<Row> rows = rows();
        String name = database.createTable(EVENTS, rows);
        try (PgBouncer pooler = PgBouncer.start(binary.get(), database.server().getPort(), 3)) {
            CountingDataSource pooled = pooler.dataSource();
            JdbcSource hot = JdbcSource.builder(Jdbi.create(pooled), EVENTS)
                    .table("public", name)
                    .fetchSize(10)
                    .journal("journal_of_pooler")
                    .build();
            MemoryColdStore cold = new MemoryColdStore("cold", EVENTS, LAYOUT);
            TieredQuery<Row> events =
                    TieredQuery.builder(EVENTS).hot(hot).cold(cold).build();
            Map<String, String> usual = settings(pooled);
            AtomicInteger updates = new AtomicInteger();
            ((JdbcJournal) hot.journal().orElseThrow()).betweenRereadAndDelete =
                    () -> updates.addAndGet(updateFirst(pooled, name));
            ExecutorService threads = Executors.newCachedThreadPool();
            try {
                CountDownLatch firstRead = new CountDownLatch(2);
                prepared(hot);
                Future<Integer> archiver = threads.submit(() -> archive(hot, cold, firstRead));
                Future<Integer> eraser = threads.submit(() -> erase(hot, rows));
                List<Future<Integer>> readers = List.of(
                        threads.submit(() -> read(events, firstRead)), threads.submit(() -> read(events, firstRead)));
                Future<Map<String, Integer>> stranger = threads.submit(() -> strangeSettings(pooled, usual));
                int windows = archiver.get();
                int erased = eraser.get();
                over.set(true);
                assertAll(
                        () -> assertThat(windows).isEqualTo(DAYS),
                        () -> assertThat(erased).isEqualTo(DAYS),
                        () -> assertThat(updates.get())
                                .as("updates between a commit's two looks at its window")
                                .isEqualTo(DAYS),
                        () -> assertThat(notes(events.list(EVERYTHING))).isEqualTo(new TreeMap<>(expected)),
                        () -> assertThat(readers.get(0).get()).as("reads").isPositive(),
                        () -> assertThat(readers.get(1).get()).as("reads").isPositive(),
                        () -> assertThat(stranger.get())
                                .as("settings that another application met")
                                .isEmpty(),
                        () -> assertThat(pooled.open()).isZero());
            } finally {
                over.set(true);
                threads.shutdownNow();
                assertThat(threads.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
            }
        }
    }

    private List<Row> rows() {
        List<Row> rows = new ArrayList<>();
        for (int day = 0; day < DAYS; day++) {
            for (int i = 0; i < ROWS_A_DAY; i++) {
                long id = rows.size() + 1;
                rows.add(ContractRows.row(
                        EVENTS.rowType(),
                        FIRST.plus(Duration.ofDays(day)).plusSeconds(60L * i),
                        id,
                        "tenant " + id % 3,
                        "new"));
                expected.put(id, "new");
            }
        }
        return rows;
    }

    private int archive(JdbcSource hot, MemoryColdStore cold, CountDownLatch firstRead) throws Exception {
        firstRead.await();
        int windows = 0;
        for (int day = 1; day <= DAYS; day++) {
            Instant now = FIRST.plus(Duration.ofDays(day + 1));
            ArchiveReport report = Archiver.builder(hot, cold)
                    .keep(Period.ofDays(1))
                    .clock(() -> now)
                    .settle(Duration.ZERO)
                    .sweepEvery(Duration.ZERO)
                    .build()
                    .run();
            windows += report.windows().size();
        }
        return windows;
    }

    /** The first row that is left, which is one of the window that is being committed; once each. */
    private int updateFirst(CountingDataSource pooled, String name) {
        try (Connection connection = pooled.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("UPDATE " + name + " SET note = 'updated' WHERE id = (SELECT"
                        + " min(id) FROM " + name + ") AND note = 'new' RETURNING id")) {
            if (!row.next()) {
                return 0;
            }
            expected.put(row.getLong(1), "updated");
            return 1;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The tenth row of each day, days that are archived, are being archived, and are in hot. */
    private int erase(JdbcSource hot, List<Row> rows) {
        Eraser eraser = Eraser.of(hot);
        int erased = 0;
        for (int day = 0; day < DAYS; day++) {
            Row row = rows.get(day * ROWS_A_DAY + 9);
            long id = Objects.requireNonNull(row.int64("id"));
            erasing.add(id);
            eraser.erase(List.of(row));
            expected.remove(id);
            erased++;
        }
        return erased;
    }

    /** What was there before a read and is there after it comes once, and nothing that was erased or changed before. */
    private int read(TieredQuery<Row> events, CountDownLatch firstReads) {
        int reads = 0;
        while (!over.get()) {
            Map<Long, String> before = Map.copyOf(expected);
            Map<Long, String> seen = notes(events.list(EVERYTHING));
            Set<Long> throughout = new TreeSet<>(before.keySet());
            throughout.removeAll(erasing);
            assertThat(seen.keySet()).containsAll(throughout);
            assertThat(before.keySet()).as("not erased before").containsAll(seen.keySet());
            seen.forEach((id, note) -> assertThat(note)
                    .as("the note of " + id)
                    .matches(read -> read.equals(before.get(id)) || read.equals("updated")));
            reads++;
            firstReads.countDown();
        }
        return reads;
    }

    private static Map<Long, String> notes(List<Row> rows) {
        Map<Long, String> notes = new TreeMap<>();
        for (Row row : rows) {
            assertThat(notes.put(row.int64("id"), row.string("note")))
                    .as("a second row " + row)
                    .isNull();
        }
        return notes;
    }

    /** What another application, which sets nothing, finds set otherwise than it was. */
    private Map<String, Integer> strangeSettings(CountingDataSource pooled, Map<String, String> usual)
            throws SQLException {
        Map<String, Integer> strange = new TreeMap<>();
        while (!over.get()) {
            settings(pooled).forEach((setting, value) -> {
                if (!value.equals(usual.get(setting))) {
                    strange.merge(setting + " = " + value, 1, Integer::sum);
                }
            });
        }
        return strange;
    }

    private static Map<String, String> settings(CountingDataSource pooled) throws SQLException {
        Map<String, String> settings = new TreeMap<>();
        for (String setting : SETTINGS) {
            try (Connection connection = pooled.getConnection();
                    Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery("SHOW " + setting)) {
                row.next();
                settings.put(setting, row.getString(1));
            }
        }
        return settings;
    }
}
