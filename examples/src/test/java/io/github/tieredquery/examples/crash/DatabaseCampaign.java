package io.github.tieredquery.examples.crash;

import static io.github.tieredquery.testkit.Flights.flight;
import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.github.tieredquery.archive.Archiver;
import io.github.tieredquery.archive.Eraser;
import io.github.tieredquery.archive.RecoveryReport;
import io.github.tieredquery.athena.AthenaSource;
import io.github.tieredquery.athena.aws.AwsAccess;
import io.github.tieredquery.athenalocal.AthenaLocal;
import io.github.tieredquery.error.TieredQueryException;
import io.github.tieredquery.error.UnknownHistoryException;
import io.github.tieredquery.jdbc.JdbcSource;
import io.github.tieredquery.query.Query;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.store.ArchiveAttempt;
import io.github.tieredquery.store.ArchiveJournal;
import io.github.tieredquery.store.ColdStore;
import io.github.tieredquery.store.HotStore;
import io.github.tieredquery.store.StoredMark;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.testkit.Flights;
import io.github.tieredquery.testkit.Interception;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Kills the database at some call of an archiver, starts it again, and compares what is read with what was written and
 * acknowledged. Every few kills it is started over the files of an earlier one: then the archiver is refused if it has
 * begun anything since, until an operator recovers.
 */
final class DatabaseCampaign {

    private static final Query EVERYTHING =
            Query.between(Site.START.minus(9, ChronoUnit.DAYS), Site.START.plus(9_999, ChronoUnit.DAYS));
    /** Calls that no store is asked for: a kill there is one before the next. */
    private static final Set<String> ANSWERED_BY_MEMORY =
            Set.of("name", "table", "layout", "requiresAdoption", "window", "version", "schemaVersion", "copiedFiles");

    private static final int DAYS = 3;
    private static final int FLIGHTS_PER_ROUND = 24;
    /** Archivers make so many calls in a round, roughly. */
    private static final int LONGEST_LIFE_CALLS = 120;

    private final MortalServer server;
    private final Path copies;
    private final AthenaLocal athena;
    private final Site site;
    private final Random random;
    /** By time and key. */
    private TreeMap<String, Row> model = new TreeMap<>();

    private final Map<String, Integer> killed = new TreeMap<>();
    private @Nullable Backup backup;
    private long nextId = 1;
    private int kills;
    private int restores;
    private int refusals;

    /** The files of the database, and what was in it. */
    private record Backup(
            Path files, Map<String, Row> model, @Nullable StoredMark mark) {}

    /** What a campaign was like. */
    record Result(int kills, int restores, int refusals, Map<String, Integer> killsByCall) {}

    DatabaseCampaign(MortalServer server, Path copies, AthenaLocal athena, String coldTable, long seed) {
        this.server = server;
        this.copies = copies;
        this.athena = athena;
        this.site = Site.of(server.url(), "flights", athena, coldTable);
        this.random = new Random(seed);
    }

    /**
     * Runs it.
     *
     * @param most how often the database is killed
     * @param restoreEvery how many kills there are for each restore
     */
    Result run(int most, int restoreEvery) throws Exception {
        server.start();
        execute(server.createTable());
        try (Client client = new Client()) {
            site.archiver(client.hot, client.cold, Site.START).build().run();
        }
        while (kills < most) {
            write();
            archiveUntilKilled();
            boolean restore = backup != null && kills % restoreEvery == 0;
            if (restore) {
                server.restore(Objects.requireNonNull(backup).files());
                model = new TreeMap<>(Objects.requireNonNull(backup).model());
                restores++;
            }
            server.start();
            compare("after kill " + kills + (restore ? " and a restore" : ""));
            if (restore) {
                recover(Objects.requireNonNull(backup));
            }
            finish("after the run that followed kill " + kills);
        }
        return new Result(kills, restores, refusals, killed);
    }

    /** New flights, late ones, changed ones and erased ones. */
    private void write() throws SQLException {
        try (Client client = new Client();
                Connection connection = connection();
                PreparedStatement put = connection.prepareStatement(server.put())) {
            Instant watermark = Site.watermark(client.hot);
            for (int i = 0; i < FLIGHTS_PER_ROUND; i++) {
                Instant time = watermark.plus(random.nextInt(DAYS * 24 * 60), ChronoUnit.MINUTES);
                put(put, flight(time.toString(), nextId++, Writer.origin(random), random.nextInt(50)));
            }
            for (Row row : some(5)) {
                put(
                        put,
                        flight(
                                Objects.requireNonNull(row.timestamp("departed_at"))
                                        .toString(),
                                Objects.requireNonNull(row.int64("id")),
                                Writer.origin(random),
                                random.nextInt(50)));
            }
            for (Row row : some(3)) {
                Eraser.of(client.hot).erase(List.of(row));
                model.remove(key(row));
            }
        }
    }

    private List<Row> some(int most) {
        List<Row> rows = new ArrayList<>(model.values());
        List<Row> some = new ArrayList<>();
        for (int i = 0; i < most && !rows.isEmpty(); i++) {
            some.add(rows.remove(random.nextInt(rows.size())));
        }
        return some;
    }

    private void put(PreparedStatement put, Row row) throws SQLException {
        put.setObject(1, server.time(Objects.requireNonNull(row.timestamp("departed_at"))));
        put.setLong(2, Objects.requireNonNull(row.int64("id")));
        put.setString(3, row.string("origin"));
        put.setObject(4, row.value("delay"));
        put.executeUpdate();
        model.put(key(row), row);
    }

    private static String key(Row row) {
        return row.timestamp("departed_at") + " " + row.int64("id");
    }

    /** Half of the kills come when a call is about to be made, the others when it was. */
    private void archiveUntilKilled() throws Exception {
        int[] left = {random.nextInt(LONGEST_LIFE_CALLS)};
        boolean after = random.nextBoolean();
        String[] call = {"between runs"};
        try (Client client = new Client()) {
            Interception killing = made -> {
                if (ANSWERED_BY_MEMORY.contains(made.name())) {
                    return made.proceed();
                }
                boolean now = left[0]-- == 0;
                if (now) {
                    call[0] = made.name() + (after ? ", done" : "");
                }
                if (now && !after) {
                    kill();
                }
                Object answer = made.proceed();
                if (now && after) {
                    kill();
                }
                return answer;
            };
            try {
                client.archiver(hot(client.hot, killing), Interception.before(ColdStore.class, client.cold, killing))
                        .run();
            } catch (TieredQueryException e) {
                if (left[0] >= 0) {
                    throw e;
                }
            }
        }
        if (left[0] >= 0) {
            kill();
        }
        kills++;
        killed.merge(call[0], 1, Integer::sum);
        if (backup == null || random.nextInt(3) == 0) {
            backup = backUp();
        }
    }

    private static HotStore hot(HotStore hot, Interception killing) {
        ArchiveJournal journal = hot.journal().orElseThrow();
        return Interception.before(
                HotStore.class,
                hot,
                call -> call.name().equals("journal")
                        ? Optional.of(Interception.before(ArchiveJournal.class, journal, made -> {
                            Object answer = killing.answer(made);
                            return answer instanceof Optional<?> begun
                                            && begun.orElse(null) instanceof ArchiveAttempt attempt
                                    ? Optional.of(Interception.beforeAttempt(attempt, killing))
                                    : answer;
                        }))
                        : call.proceed());
    }

    private void kill() {
        try {
            server.kill();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private Backup backUp() throws IOException {
        Path files = copies.resolve("backup-" + kills);
        if (backup != null) {
            MortalServer.delete(backup.files());
        }
        server.backUp(files);
        return new Backup(files, new TreeMap<>(model), mark());
    }

    private @Nullable StoredMark mark() {
        try (AwsAccess access = site.access(2);
                AthenaSource cold = site.cold(access)) {
            return cold.mark(ScanControl.unlimited()).orElse(null);
        }
    }

    /** Nothing but the marks tells whether anything was begun since the files were copied. */
    private void recover(Backup restored) {
        StoredMark now = mark();
        boolean lost = !Objects.equals(now, restored.mark());
        try (Client client = new Client()) {
            if (lost) {
                try {
                    client.archiver(client.hot, client.cold).run();
                    throw new AssertionError("an archiver wasn't refused over the files of before " + now);
                } catch (UnknownHistoryException e) {
                    refusals++;
                }
                compare("after a refusal");
            }
            RecoveryReport report = client.archiver(client.hot, client.cold).recover();
            assertThat(report.hasFound()).as("%s", report).isEqualTo(lost);
            assertThat(report.lacking()).isEmpty();
        }
    }

    private void compare(String when) {
        try (Client client = new Client()) {
            List<Row> rows = site.flights(client.hot, client.cold).list(EVERYTHING);
            assertSame(when, rows);
            assertThat(site.flights(client.hot, client.cold).count(EVERYTHING))
                    .as("counted %s", when)
                    .isEqualTo(model.size());
        }
    }

    private void assertSame(String when, List<Row> rows) {
        List<Row> expected = model.values().stream()
                .sorted(Flights.TABLE.rowOrder(Flights.TABLE.rowType()))
                .toList();
        if (!rows.equals(expected)) {
            List<Row> missing = new ArrayList<>(expected);
            rows.forEach(missing::remove);
            List<Row> surplus = new ArrayList<>(rows);
            expected.forEach(surplus::remove);
            throw new AssertionError(when + ": " + rows.size() + " rows instead of " + expected.size() + "; missing "
                    + missing + ", surplus " + surplus);
        }
    }

    /** One run that nobody disturbs, whatever lease the dead have left. */
    private void finish(String when) {
        try (Client client = new Client()) {
            site.archiver(client.hot, client.cold, Site.dayAfter(client.hot))
                    .lease(Duration.ofNanos(500))
                    .removeAfter(Duration.ofHours(12))
                    .build()
                    .run();
        }
        compare(when);
    }

    private Connection connection() throws SQLException {
        Connection connection = DriverManager.getConnection(site.url());
        try (Statement statement = connection.createStatement()) {
            for (String each : server.durable()) {
                statement.execute(each);
            }
        }
        return connection;
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = connection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** Somebody who archives and reads, with connections of its own. */
    private final class Client implements AutoCloseable {

        private final HikariDataSource pool;
        private final AwsAccess access;
        private final JdbcSource hot;
        private final AthenaSource cold;

        Client() {
            pool = site.pool(4);
            // A pool that can't connect is a database that is dead.
            pool.setConnectionTimeout(2_000);
            access = site.access(10);
            hot = site.hot(pool);
            cold = site.cold(access);
        }

        Archiver archiver(HotStore hotStore, ColdStore coldStore) {
            return site.archiver(hotStore, coldStore, Site.dayAfter(hot).plus(1, ChronoUnit.DAYS))
                    .lease(Duration.ofSeconds(1))
                    .removeAfter(Duration.ofHours(12))
                    .build();
        }

        @Override
        public void close() {
            cold.close();
            hot.close();
            access.close();
            pool.close();
        }
    }
}
