package io.github.tieredquery.examples.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.github.tieredquery.archive.ArchiveReport;
import io.github.tieredquery.archive.Eraser;
import io.github.tieredquery.archive.RecoveryReport;
import io.github.tieredquery.athena.AthenaSource;
import io.github.tieredquery.athena.aws.AwsAccess;
import io.github.tieredquery.athenalocal.AthenaLocal;
import io.github.tieredquery.error.MissingPartitionException;
import io.github.tieredquery.error.UnknownHistoryException;
import io.github.tieredquery.jdbc.JdbcSource;
import io.github.tieredquery.jdbc.PostgresDatabase;
import io.github.tieredquery.query.Query;
import io.github.tieredquery.table.Row;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.S3Object;

/** What the page on the promise tells operators to do, done. */
class OperatorTest {

    private static final AthenaLocal ATHENA = AthenaLocal.start();
    private static final AtomicInteger DATABASES = new AtomicInteger();
    private static final Pattern VERSION = Pattern.compile("tq_version=(\\d+)/");
    private static final Query EVERYTHING =
            Query.between(Site.START.minus(9, ChronoUnit.DAYS), Site.START.plus(99, ChronoUnit.DAYS));

    private static final String CREATE =
            "CREATE TABLE flights (departed_at timestamptz, id bigint, origin text NOT NULL, delay integer,"
                    + " PRIMARY KEY (departed_at, id))";

    private static final String INSERT = "INSERT INTO flights SELECT timestamptz '2024-02-26 00:00:00Z'"
            + " + n * interval '1 hour', n, CASE n % 3 WHEN 0 THEN 'SFO' ELSE 'BER' END, n % 50"
            + " FROM generate_series(0, 239) n";

    private final String name = "operator_" + DATABASES.incrementAndGet();

    @AfterAll
    static void stop() {
        ATHENA.close();
    }

    @BeforeEach
    void create_the_database() throws SQLException {
        execute(PostgresDatabase.get().url(), "CREATE DATABASE " + name);
        execute(url(name), CREATE);
        execute(url(name), INSERT);
    }

    @AfterEach
    void drop_the_database() throws SQLException {
        execute(PostgresDatabase.get().url(), "DROP DATABASE IF EXISTS " + name + "_restored");
        execute(PostgresDatabase.get().url(), "DROP DATABASE " + name);
    }

    @Test
    void a_partition_that_was_dropped_is_found_again_by_msck_repair() throws Exception {
        try (Client client = new Client(site(name))) {
            client.archive(3);
            List<Row> before = client.everything();
            String dropped = keys(client.site).get(0);
            ATHENA.run("ALTER TABLE " + client.site.coldTable() + " DROP PARTITION (" + partition(dropped) + ")");
            try (Client later = new Client(client.site)) {
                assertThatThrownBy(later::everything)
                        .isInstanceOf(MissingPartitionException.class)
                        .hasMessageContaining("doesn't know 1 of ");
            }

            ATHENA.run("MSCK REPAIR TABLE " + client.site.coldTable());

            try (Client later = new Client(client.site)) {
                assertThat(later.everything()).isEqualTo(before);
            }
        }
    }

    @Test
    void a_file_that_was_deleted_is_put_back() throws Exception {
        try (Client client = new Client(site(name))) {
            client.archive(3);
            List<Row> before = client.everything();
            String key = keys(client.site).get(0);
            byte[] content = content(key);
            ATHENA.s3Client()
                    .deleteObject(delete -> delete.bucket(ATHENA.bucket()).key(key));
            assertThat(client.everything()).hasSizeLessThan(before.size());

            put(key, content);

            assertThat(client.everything()).isEqualTo(before);
        }
    }

    /** The one that is lost had swept a window and removed the files that the backup knows. */
    @Test
    void after_a_restore_forgotten_versions_are_excluded_and_removed_files_put_back() throws Exception {
        Site site = site(name);
        List<Row> before;
        Map<String, byte[]> keptByTheBucket = new TreeMap<>();
        try (Client client = new Client(site)) {
            client.archive(2);
            before = client.everything();
        }
        keys(site).forEach(key -> keptByTheBucket.put(key, content(key)));
        execute(PostgresDatabase.get().url(), "CREATE DATABASE " + name + "_restored TEMPLATE " + name);
        try (Client client = new Client(site)) {
            execute(site.url(), "INSERT INTO flights VALUES ('2024-02-26 00:30:00Z', 1000, 'SFO', 1)");
            client.erase(before.get(0));
            client.archive(3);
            assertThat(client.everything()).hasSize(before.size());
        }

        Site restored = site(name + "_restored");
        try (Client client = new Client(restored)) {
            assertThatThrownBy(client::everything).isInstanceOf(MissingPartitionException.class);
            assertThatThrownBy(() -> client.archive(5)).isInstanceOf(UnknownHistoryException.class);
            RecoveryReport report = client.recover();
            assertThat(report.forgotten()).hasSize(4);
            assertThat(report.version()).isEqualTo(greatestVersion(restored));
            assertThat(report.erasedKeys()).isEqualTo(1);
            assertThat(report.lacking()).isNotEmpty();
            for (String location : report.lacking()) {
                String key = location.substring(("s3://" + ATHENA.bucket() + "/").length());
                put(key, Objects.requireNonNull(keptByTheBucket.get(key)));
            }
            RecoveryReport again = client.recover();
            assertThat(again.hasFound()).isFalse();
            assertThat(again.lacking()).isEmpty();
        }

        try (Client client = new Client(restored)) {
            assertThat(client.everything()).as("before the archiver").isEqualTo(before);
            client.archive(5);
            assertThat(client.everything()).as("after the archiver").isEqualTo(before);
            ArchiveReport report = client.archive(5);
            assertThat(report.stop()).isEqualTo(ArchiveReport.Stop.NOTHING_LEFT);
            assertThat(keys(restored)).hasSameSizeAs(client.archivedFiles());
            assertThat(client.everything()).as("after the clean-up").isEqualTo(before);
        }
    }

    private static long greatestVersion(Site site) {
        return keys(site).stream()
                .map(VERSION::matcher)
                .filter(Matcher::find)
                .mapToLong(version -> Long.parseLong(version.group(1)))
                .max()
                .orElseThrow();
    }

    private static byte[] content(String key) {
        return ATHENA.s3Client()
                .getObjectAsBytes(get -> get.bucket(ATHENA.bucket()).key(key))
                .asByteArray();
    }

    private static void put(String key, byte[] content) {
        ATHENA.s3Client().putObject(put -> put.bucket(ATHENA.bucket()).key(key), RequestBody.fromBytes(content));
    }

    private static String url(String database) {
        return PostgresDatabase.get().url().replaceFirst("/postgres\\?", "/" + database + "?");
    }

    /** One archive, whatever database it is that has its journal. */
    private Site site(String database) {
        return Site.of(url(database), "flights", ATHENA, name);
    }

    private static void execute(String url, String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static List<String> keys(Site site) {
        String prefix = site.location().substring(("s3://" + ATHENA.bucket() + "/").length());
        return ATHENA
                .s3Client()
                .listObjectsV2(list -> list.bucket(ATHENA.bucket()).prefix(prefix))
                .contents()
                .stream()
                .map(S3Object::key)
                .filter(key -> !key.endsWith(Site.MARK))
                .toList();
    }

    private static String partition(String key) {
        return key.substring(key.indexOf('/') + 1, key.lastIndexOf('/'))
                .replaceAll("([a-z_]+)=([^/]*)", "$1 = '$2'")
                .replace("/", ", ");
    }

    /** Somebody who archives and reads. */
    private static final class Client implements AutoCloseable {

        private final Site site;
        private final HikariDataSource pool;
        private final AwsAccess access;
        private final JdbcSource hot;
        private final AthenaSource cold;

        Client(Site site) {
            this.site = site;
            pool = site.pool(4);
            access = site.access(10);
            hot = site.hot(pool);
            cold = site.cold(access);
        }

        /** So many days, and what is late; what is dead goes at once. */
        ArchiveReport archive(int days) {
            site.archiver(hot, cold, Site.START).build().run();
            Instant now = Site.dayAfter(hot).plus(days - 1L, ChronoUnit.DAYS);
            return site.archiver(hot, cold, now)
                    .lease(Duration.ofNanos(500))
                    .removeAfter(Duration.ofNanos(1_000))
                    .build()
                    .run();
        }

        RecoveryReport recover() {
            return site.archiver(hot, cold, Site.START).build().recover();
        }

        void erase(Row row) {
            Eraser.of(hot).erase(List.of(row));
        }

        List<Row> everything() {
            return site.flights(hot, cold).list(EVERYTHING);
        }

        List<String> archivedFiles() {
            return CrashCampaign.files(hot, cold);
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
