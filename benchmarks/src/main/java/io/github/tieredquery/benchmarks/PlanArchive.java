package io.github.tieredquery.benchmarks;

import io.github.tieredquery.TieredQuery;
import io.github.tieredquery.jdbc.JdbcSource;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.plan.QueryPlan;
import io.github.tieredquery.query.Query;
import io.github.tieredquery.store.ArchiveIdentity;
import io.github.tieredquery.table.ColumnType;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.Table;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.PrintStream;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Locale;
import java.util.Objects;
import javax.sql.DataSource;
import org.jdbi.v3.core.Jdbi;

/**
 * {@code plan-archive}: what an archive of ten years with thirty tenants a day, in whose journal stand 109,500
 * partitions, adds to queries that need few of them: the plan of a week and the newest page of all. The peer is the
 * same over an archive of one week. The journal is a PostgreSQL's; the cold tier answers at once.
 */
final class PlanArchive {

    private static final Instant END = Instant.parse("2024-01-01T00:00:00Z");
    private static final int TENANTS = 30;
    private static final int ROWS_A_PARTITION = 1_000;
    private static final int PAGE_ROWS = 50;
    private static final int WEEK = 7;

    private PlanArchive() {}

    /**
     * Runs it.
     *
     * @param days how many days the big archive has
     * @param rounds how often each side is measured, the median counts
     */
    static void run(PrintStream out, int days, int rounds) throws IOException, SQLException {
        try (EmbeddedPostgres postgres =
                EmbeddedPostgres.builder().setServerConfig("fsync", "on").start()) {
            DataSource database = postgres.getPostgresDatabase();
            try (Side big = new Side("decade", days, database);
                    Side small = new Side("week", WEEK, database)) {
                double ours = 0;
                double peer = 0;
                for (Work work : Work.values()) {
                    double[] millis = new double[rounds];
                    double[] peerMillis = new double[rounds];
                    for (int i = -Math.min(rounds, 5); i < rounds; i++) {
                        double first = big.millis(work);
                        double second = small.millis(work);
                        if (i >= 0) {
                            millis[i] = first;
                            peerMillis[i] = second;
                        }
                    }
                    Arrays.sort(millis);
                    Arrays.sort(peerMillis);
                    out.printf(
                            Locale.ROOT,
                            "%s: %.2f ms of %,d partitions, %.2f ms of %,d%n",
                            work.what,
                            millis[rounds / 2],
                            days * TENANTS,
                            peerMillis[rounds / 2],
                            WEEK * TENANTS);
                    ours += millis[rounds / 2];
                    peer += peerMillis[rounds / 2];
                }
                out.printf(Locale.ROOT, "plan-archive: ratio=%.2f (ours=%.2f peer=%.2f ms)%n", ours / peer, ours, peer);
            }
        }
    }

    /** What is measured. */
    private enum Work {
        PLAN("plan of a week"),
        PAGE("newest page of all");

        private final String what;

        Work(String what) {
            this.what = what;
        }
    }

    private static Query since(int days) {
        return Query.between(END.minus(Duration.ofDays(days)), END).newestFirst();
    }

    /** One archive. */
    private static final class Side implements AutoCloseable {

        private final int days;
        private final JdbcSource hot;
        private final TieredQuery<Row> flights;

        Side(String name, int days, DataSource database) throws SQLException {
            this.days = days;
            Table table = Table.builder(name)
                    .time("departed_at")
                    .key("id", ColumnType.INT64)
                    .required("tenant", ColumnType.STRING)
                    .build();
            HivePartitionLayout layout =
                    HivePartitionLayout.daily(ZoneOffset.UTC).thenBy("tenant");
            try (Connection connection = database.getConnection();
                    Statement statement = connection.createStatement()) {
                statement.execute("CREATE TABLE " + name + " (departed_at timestamptz NOT NULL, id bigint NOT NULL,"
                        + " tenant text COLLATE \"C\" NOT NULL, PRIMARY KEY (departed_at, id))");
            }
            hot = JdbcSource.builder(Jdbi.create(database), table)
                    .journal("tieredquery")
                    .build();
            hot.journal().orElseThrow().prepare(ArchiveIdentity.of(table, layout));
            fill(database, name);
            flights = TieredQuery.builder(table)
                    .hot(hot)
                    .cold(new InstantColdStore(table, layout))
                    .build();
        }

        /** As if the archiver had moved a day after the other, each under a version. */
        private void fill(DataSource database, String name) throws SQLException {
            String archive = "(SELECT archive_id FROM tieredquery.archive WHERE table_name = '" + name + "')";
            long endMicros = END.getEpochSecond() * 1_000_000;
            String from = "(" + endMicros + " - (" + days + " - d + 1) * 86400000000)";
            String day = "to_timestamp(" + from + " / 1000000) AT TIME ZONE 'UTC'";
            String each = " FROM generate_series(1, " + days + ") d, generate_series(1, " + TENANTS + ") t";
            String path = "to_char(" + day + ", '\"year=\"YYYY\"/month=\"MM\"/day=\"DD') || '/tenant=t' || t";
            try (Connection connection = database.getConnection();
                    Statement statement = connection.createStatement()) {
                statement.execute("INSERT INTO tieredquery.archive_version (archive_id, version_number, kind, state,"
                        + " window_from_micros, window_to_micros, attempt_owner, started_micros, committed_micros,"
                        + " committed_epoch) SELECT " + archive + ", d, 'WINDOW', 'COMMITTED', " + from + ", " + from
                        + " + 86400000000, 'bench', 0, 0, d FROM generate_series(1, " + days + ") d");
                statement.execute("INSERT INTO tieredquery.manifest SELECT " + archive + ", d, t, " + path + ", "
                        + ROWS_A_PARTITION + ", 100000, " + from + ", " + from + " + 86399000000, repeat('0', 32), 1"
                        + each);
                statement.execute("INSERT INTO tieredquery.manifest_file SELECT " + archive
                        + ", d, t, 0, 's3://archive/' || " + path + " || '/tq_version=' || d || '/part-00001.csv.gz', "
                        + ROWS_A_PARTITION + ", 100000" + each);
                statement.execute("UPDATE tieredquery.archive SET watermark_micros = " + endMicros + ", epoch = " + days
                        + ", next_version = " + days + " + 1 WHERE table_name = '" + name + "'");
                statement.execute("ANALYZE");
            }
        }

        double millis(Work work) {
            long start = System.nanoTime();
            switch (work) {
                case PLAN -> check(partitions(flights.explain(since(WEEK))), WEEK * TENANTS);
                case PAGE ->
                    check(flights.page(since(days), PAGE_ROWS, null).rows().size(), PAGE_ROWS);
            }
            return (System.nanoTime() - start) / 1e6;
        }

        private static int partitions(QueryPlan plan) {
            return Objects.requireNonNull(plan.slices().get(0).archive()).partitions();
        }

        private static void check(int found, int expected) {
            if (found != expected) {
                throw new IllegalStateException(found + " were found and not " + expected);
            }
        }

        @Override
        public void close() {
            hot.close();
        }
    }
}
