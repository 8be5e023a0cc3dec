package io.github.tieredquery.examples.crash;

import static io.github.tieredquery.testkit.Flights.flight;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.github.tieredquery.TieredQuery;
import io.github.tieredquery.archive.AdoptionReport;
import io.github.tieredquery.archive.ArchiveListener;
import io.github.tieredquery.archive.ArchivePhase;
import io.github.tieredquery.archive.ArchiveReport;
import io.github.tieredquery.archive.ArchiverBuilder;
import io.github.tieredquery.archive.Eraser;
import io.github.tieredquery.athena.AthenaSource;
import io.github.tieredquery.athena.aws.AwsAccess;
import io.github.tieredquery.athenalocal.AthenaLocal;
import io.github.tieredquery.examples.flights.PostgresFlights;
import io.github.tieredquery.jdbc.JdbcSource;
import io.github.tieredquery.jdbc.TestServer;
import io.github.tieredquery.query.Page;
import io.github.tieredquery.query.Query;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.store.ArchiveIdentity;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.testkit.Flights;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Fourteen days of real flights of which another job has archived nine, and lost one and forgotten to register another:
 * the application's table, which still has the last two of them, and a table that plain SQL alone reads and writes, to
 * compare with. Whoever opens it closes it.
 */
final class Adoption implements AutoCloseable {

    /** All that the old job has registered, less the two days that it has lost and forgotten. */
    static final int WINDOWS = 7;

    private static final int SAMPLE = 25_000;
    private static final int PAGE_ROWS = 500;
    private static final String ORIGINS = "origin IN ('ATL', 'DFW', 'ORD', 'PHX')";
    private static final String ALL = ORIGINS + " AND " + days(0, 14);
    private static final String LOST = days(2, 3);
    private static final String FORGOTTEN = days(5, 6);
    /** Rows that came when the old job had archived their day. */
    private static final String CAME_LATER = days(8, 9) + " AND id % 97 = 3";
    /** Rows that have changed since. */
    private static final String CHANGED = days(7, 8) + " AND id % 53 = 5";

    private static final Query EVERYTHING = Query.between(day(-9), day(99));
    private static final AtomicInteger ADOPTIONS = new AtomicInteger();

    private final TestServer database;
    private final OldArchive old;
    private final String flights;
    private final String truth;
    private final Site site;
    private final HikariDataSource pool;
    private final AwsAccess access;
    private final JdbcSource hot;
    private final AthenaSource cold;

    /** A new adoption of an archive, by {@link #oldArchive}. */
    Adoption(TestServer database, AthenaLocal athena, OldArchive old) throws IOException, SQLException {
        this.database = database;
        this.old = old;
        int number = ADOPTIONS.incrementAndGet();
        flights = "adopting_flights_" + number;
        truth = "adopted_truth_" + number;
        create(flights, ALL + " AND departed_at >= timestamptz '" + day(7) + "'");
        create(truth, ALL + " AND NOT (" + LOST + ") AND NOT (" + FORGOTTEN + ")");
        for (String table : List.of(flights, truth)) {
            execute("UPDATE " + table + " SET delay = delay + 1000 WHERE " + CHANGED);
        }
        site = Site.of(database.url(), flights, athena, flights).adopting(old);
        pool = site.pool(4);
        access = site.access(10);
        hot = site.hot(pool);
        cold = site.cold(access);
        // Somebody reads before anything is taken over.
        hot.journal()
                .orElseThrow()
                .prepare(ArchiveIdentity.of(Flights.TABLE, cold.layout().checkedAgainst(Flights.TABLE)));
    }

    /** What the other job has left. */
    static OldArchive oldArchive(AthenaLocal athena, OldArchive.Form form) throws IOException, SQLException {
        OldArchive old = new OldArchive(
                athena, "old_flights_" + form.name().toLowerCase(Locale.ROOT) + ADOPTIONS.incrementAndGet(), form);
        String archived = ORIGINS + " AND " + days(0, 9) + " AND NOT (" + LOST + ") AND NOT (" + CAME_LATER + ")";
        old.write(archived + " AND NOT (" + FORGOTTEN + ")");
        old.register();
        old.write(archived + " AND " + FORGOTTEN);
        return old;
    }

    private static Instant day(int day) {
        return Instant.parse("2001-01-01T00:00:00Z").plus(day, ChronoUnit.DAYS);
    }

    /** A condition that PostgreSQL and DuckDB read alike. */
    private static String days(int from, int to) {
        return "(departed_at >= timestamp '" + text(day(from)) + "' AND departed_at < timestamp '" + text(day(to))
                + "')";
    }

    private static String text(Instant time) {
        return time.toString().replace('T', ' ').replace("Z", "");
    }

    private void create(String table, String condition) throws IOException, SQLException {
        try (Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("SET TIME ZONE 'UTC'");
            try (ResultSet sample = statement.executeQuery("SELECT to_regclass('adoption_sample')")) {
                sample.next();
                if (sample.getString(1) == null) {
                    PostgresFlights.create(database.dataSource(), "adoption_sample", SAMPLE, count -> {});
                }
            }
            statement.execute("CREATE TABLE " + table + " (departed_at timestamptz NOT NULL, id bigint NOT NULL,"
                    + " origin text COLLATE \"C\" NOT NULL, delay integer, PRIMARY KEY (departed_at, id))");
            statement.execute("INSERT INTO " + table
                    + " SELECT departed_at, id, origin, delay FROM adoption_sample WHERE " + condition);
            statement.execute("ANALYZE " + table);
        }
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("SET TIME ZONE 'UTC'");
            if (statement.executeUpdate(sql) == 0) {
                throw new AssertionError("no row: " + sql);
            }
        }
    }

    private List<Row> plain(String table, String after) throws SQLException {
        List<Row> rows = new ArrayList<>();
        try (Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("SET TIME ZONE 'UTC'");
            try (ResultSet result =
                    statement.executeQuery("SELECT departed_at, id, origin, delay FROM " + table + " " + after)) {
                while (result.next()) {
                    rows.add(flight(
                            result.getObject(1, OffsetDateTime.class).toInstant(),
                            result.getLong(2),
                            result.getString(3),
                            result.getObject(4, Integer.class)));
                }
            }
        }
        return rows;
    }

    private List<Row> rows(String table) throws SQLException {
        return plain(table, "ORDER BY departed_at, id");
    }

    Site site() {
        return site;
    }

    /** One call, by an archiver in this process. */
    AdoptionReport adopt() {
        return site.adoption(hot, cold).run();
    }

    /** A call that fails when it has taken over a day. */
    void adoptUntil(String day) {
        ArchiveListener failing = progress -> {
            if (progress.phase() == ArchivePhase.DONE
                    && progress.window().from().equals(Instant.parse("2001-01-" + day + "T00:00:00Z"))) {
                throw new IllegalStateException("gone after " + day);
            }
        };
        assertThatThrownBy(() -> site.adoption(hot, cold).listener(failing).run())
                .hasMessage("gone after " + day);
    }

    private ArchiverBuilder archiver(Instant now) {
        return site.archiver(hot, cold, now).lease(Site.ADOPTION_LEASE);
    }

    TieredQuery<Row> reader() {
        return site.flights(hot, cold);
    }

    /** As a client of a journal reads them. */
    List<Row> read() {
        return reader().list(EVERYTHING);
    }

    @Nullable
    Instant watermark() {
        return hot.journal().orElseThrow().state().watermark();
    }

    /** What is read until the adoption is complete. */
    List<Row> hotRows() throws SQLException {
        return rows(flights);
    }

    /** What is read from then on. */
    List<Row> truth() throws SQLException {
        return rows(truth);
    }

    /** A report tells what is in both tiers, what is in one of them only, and what is in neither. */
    void checkReport(AdoptionReport report) throws SQLException {
        assertThat(report.isComplete()).isTrue();
        assertThat(report.watermark()).isEqualTo(day(9));
        assertThat(report.windowsLeft()).isZero();
        assertThat(report.duplicates()).isZero();
        assertThat(report.gaps())
                .as("the lost day, and the one that was forgotten")
                .containsExactly(new TimeRange(day(2), day(3)), new TimeRange(day(5), day(6)));
        List<Row> below = plain(flights, "WHERE " + days(7, 9) + " ORDER BY departed_at, id");
        List<Row> changed = plain(flights, "WHERE " + CHANGED + " ORDER BY departed_at, id");
        List<Row> came = plain(flights, "WHERE " + CAME_LATER + " ORDER BY departed_at, id");
        assertThat(changed).isNotEmpty().hasSizeLessThan(100);
        assertThat(came).isNotEmpty();
        assertThat(report.overlap())
                .isEqualTo(new AdoptionReport.Overlap(
                        below.size() - changed.size() - came.size(),
                        changed.size(),
                        changed.stream().map(Flights.TABLE::keyOf).toList(),
                        came.size()));
    }

    /** Every row comes once, in both directions, on pages and in counts. */
    void checkRead() throws SQLException {
        List<Row> expected = truth();
        TieredQuery<Row> reader = reader();
        assertThat(reader.list(EVERYTHING)).isEqualTo(expected);
        assertThat(reader.list(EVERYTHING.newestFirst())).isEqualTo(plain(truth, "ORDER BY departed_at DESC, id DESC"));
        assertThat(reader.count(EVERYTHING)).isEqualTo(expected.size());
        List<Row> paged = new ArrayList<>();
        String token = null;
        do {
            Page<Row> page = reader.page(EVERYTHING, PAGE_ROWS, token);
            paged.addAll(page.rows());
            token = page.nextToken();
        } while (token != null);
        assertThat(paged).isEqualTo(expected);
    }

    /**
     * What comes after an adoption: late rows and erasures, two nights and a clean-up. The files of the old job, its
     * table and what it shows are as they were.
     */
    void goOn(Map<String, String> objects, List<Object> catalog) throws SQLException {
        for (String table : List.of(flights, truth)) {
            execute("INSERT INTO " + table + " SELECT departed_at, id, origin, delay FROM adoption_sample WHERE "
                    + ORIGINS + " AND " + FORGOTTEN);
            execute("INSERT INTO " + table + " VALUES (timestamptz '2001-01-02 03:04:05Z', 900000001, 'ORD', NULL)");
        }
        Row archived = plain(truth, "WHERE " + days(3, 4) + " ORDER BY departed_at, id")
                .get(0);
        execute("INSERT INTO " + flights + " SELECT departed_at, id, origin, -7 FROM " + truth + " WHERE id = "
                + archived.int64("id"));
        execute("UPDATE " + truth + " SET delay = -7 WHERE id = " + archived.int64("id"));
        List<Row> erased = plain(truth, "WHERE " + days(4, 5) + " AND id % 31 = 4 ORDER BY departed_at, id");
        assertThat(erased).isNotEmpty();
        Eraser.of(hot).erase(erased);
        execute("DELETE FROM " + truth + " WHERE " + days(4, 5) + " AND id % 31 = 4");
        checkRead();

        ArchiveReport first = night();
        assertThat(first.sweeps()).hasSize(6);
        checkRead();
        night();
        checkRead();
        ArchiveReport last = archiver(Objects.requireNonNull(watermark()))
                .lease(Duration.ofNanos(500))
                .removeAfter(Duration.ofNanos(1_000))
                .build()
                .run();
        assertThat(last.removed().versions())
                .as("adopted versions that sweeps have replaced among them")
                .isGreaterThanOrEqualTo(5);
        checkRead();
        assertThat(old.objects()).isEqualTo(objects);
        assertThat(old.catalog()).isEqualTo(catalog);
    }

    /** One more day is archived. */
    private ArchiveReport night() throws SQLException {
        Instant before = Objects.requireNonNull(watermark());
        ArchiveReport report = archiver(Site.dayAfter(hot)).build().run();
        assertThat(report.stop()).isEqualTo(ArchiveReport.Stop.NOTHING_LEFT);
        assertThat(report.unswept()).isEmpty();
        assertThat(report.watermark()).isEqualTo(before.plus(1, ChronoUnit.DAYS));
        assertThat(report.rows()).isPositive();
        assertThat(plain(flights, "WHERE departed_at < timestamptz '" + report.watermark() + "'"))
                .as("late rows, and rows that both tiers had")
                .isEmpty();
        return report;
    }

    @Override
    public void close() {
        cold.close();
        hot.close();
        access.close();
        pool.close();
    }
}
