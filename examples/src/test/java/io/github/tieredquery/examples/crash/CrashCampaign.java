package io.github.tieredquery.examples.crash;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.github.tieredquery.TieredQuery;
import io.github.tieredquery.archive.ArchiveReport;
import io.github.tieredquery.athena.AthenaSource;
import io.github.tieredquery.athena.aws.AwsAccess;
import io.github.tieredquery.athenalocal.AthenaLocal;
import io.github.tieredquery.athenalocal.fault.Counters;
import io.github.tieredquery.jdbc.JdbcSource;
import io.github.tieredquery.jdbc.TestServer;
import io.github.tieredquery.query.Query;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.spi.RowCursor;
import io.github.tieredquery.spi.Scan;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.store.HotSnapshot;
import io.github.tieredquery.store.StoredFile;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.testkit.Flights;
import io.github.tieredquery.testkit.Model;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * Kills archivers, one after the other, while others read and write, lets one finish what they have left, and compares
 * everything with the model.
 */
final class CrashCampaign {

    private static final int READERS = 4;
    /** A short campaign leaves some of the machine to others. */
    private static final int READERS_OF_A_SHORT_ONE = 2;

    /** About every second window changes while it is copied. */
    private static final int UNREST = 10;

    private static final int FIRST_DAYS = 6;
    private static final int FLIGHTS_PER_DAY = 30;
    private static final int LONGEST_DELAY_MILLIS = 40;
    private static final int LONGEST_LIFE_MILLIS = 4_000;
    private static final Query EVERYTHING =
            Query.between(Site.START.minus(9, ChronoUnit.DAYS), Site.START.plus(9_999, ChronoUnit.DAYS));

    private final TestServer database;
    private final AthenaLocal athena;
    private final Site site;
    private final Random random;
    private final Model model = new Model(Flights.TABLE);
    private final Differences differences = new Differences();
    private final Reader.Tally tally = new Reader.Tally();
    private final AtomicBoolean goingOn = new AtomicBoolean(true);
    private final Map<String, Integer> killed = new TreeMap<>();

    CrashCampaign(TestServer database, AthenaLocal athena, long seed) {
        this.database = database;
        this.athena = athena;
        this.site = Site.of(database, athena);
        this.random = new Random(seed);
    }

    /** What a campaign was like. */
    record Result(
            int kills, Map<String, Integer> killsByStep, long windows, Differences differences, Reader.Tally tally) {}

    /**
     * Runs it.
     *
     * @param kills how many archivers are killed
     * @param floor how many of them in each step, at least; the others at random
     */
    Result run(int kills, int floor) throws Exception {
        int connectionsBefore = database.connections();
        int readers = kills < Steps.ALL.size() ? READERS_OF_A_SHORT_ONE : READERS;
        long windows;
        try (HikariDataSource pool = site.pool(readers + 4);
                AwsAccess access = site.access(40);
                JdbcSource hot = site.hot(pool);
                AthenaSource cold = site.cold(access)) {
            site.archiver(hot, cold, Site.START).build().run();
            Writer writer = new Writer(
                    database, site.hotTable(), hot, model, UNREST, random.nextLong(), goingOn::get, differences, tally);
            writer.begin(FIRST_DAYS, FLIGHTS_PER_DAY);
            site.archiver(hot, cold, Site.dayAfter(hot)).build().run();
            ExecutorService threads = Executors.newFixedThreadPool(readers + 1);
            try {
                List<Future<?>> work = new ArrayList<>();
                work.add(threads.submit(writer));
                TieredQuery<Row> flights = site.flights(hot, cold);
                for (int i = 0; i < readers; i++) {
                    work.add(threads.submit(
                            new Reader(flights, hot, model, random.nextLong(), goingOn::get, differences, tally)));
                }
                kill(kills, floor);
                goingOn.set(false);
                Threads.await(work, Site.PATIENCE);
            } finally {
                goingOn.set(false);
                threads.shutdownNow();
                threads.awaitTermination(Site.PATIENCE.toSeconds(), TimeUnit.SECONDS);
            }
            windows = ChronoUnit.DAYS.between(Site.START, Site.watermark(hot));
            differences.check("the end", () -> finish(hot, cold));
            differences.check(
                    "what is left",
                    () -> assertThat(pool.getHikariPoolMXBean().getActiveConnections())
                            .as("connections in use")
                            .isZero());
        }
        differences.check("what is left", () -> assertNothingIsOpen(connectionsBefore));
        return new Result(
                killed.values().stream().mapToInt(Integer::intValue).sum(), killed, windows, differences, tally);
    }

    private void kill(int kills, int floor) throws InterruptedException {
        for (int i = 0; i < kills; i++) {
            String target = target(i, kills, floor);
            MortalArchiver archiver = MortalArchiver.start(site);
            String step = null;
            try {
                boolean anywhere = target.equals(Steps.NONE);
                if (!archiver.awaitStep(target, Site.PATIENCE)) {
                    throw new AssertionError("no archiver came to the step '" + target + "' in " + Site.PATIENCE + ":\n"
                            + archiver.threads() + "\n" + Threads.dump());
                }
                step = archiver.kill(delay(anywhere));
            } finally {
                if (step == null) {
                    archiver.kill(Duration.ZERO);
                }
            }
            killed.merge(step, 1, Integer::sum);
        }
    }

    /** Fewer kills than steps are spread over them, so that some archiver comes to the last one. */
    private String target(int kill, int kills, int floor) {
        if (kills < Steps.ALL.size()) {
            return Steps.ALL.get((kill + 1) * Steps.ALL.size() / kills - 1);
        }
        return Steps.ALL.stream()
                .filter(step -> killed.getOrDefault(step, 0) < floor)
                .findFirst()
                .orElse(Steps.NONE);
    }

    /** Half of those that are to die in a step do so at once. */
    private Duration delay(boolean anywhere) {
        int longest = anywhere ? LONGEST_LIFE_MILLIS : random.nextInt(2) * LONGEST_DELAY_MILLIS;
        return Duration.ofMillis(random.nextInt(longest + 1));
    }

    /** One more archiver, which nobody disturbs, and then the archive is what the model says. */
    private void finish(JdbcSource hot, AthenaSource cold) {
        ArchiveReport report = runToTheEnd(hot, cold);
        assertThat(report.unswept()).isEmpty();
        List<Row> expected = model.rows();
        Instant watermark = Objects.requireNonNull(report.watermark());
        TieredQuery<Row> flights = site.flights(hot, cold);
        assertSame("oldest first", flights.list(EVERYTHING), expected);
        List<Row> backwards = new ArrayList<>(expected);
        java.util.Collections.reverse(backwards);
        assertSame("newest first", flights.list(EVERYTHING.newestFirst()), backwards);
        assertThat(flights.count(EVERYTHING)).as("counted").isEqualTo(expected.size());
        ScanControl control = ScanControl.unlimited();
        Scan all = Scan.of(Flights.TABLE, EVERYTHING.range());
        assertSame(
                "the hot table",
                rows(hot.open(all, control)),
                expected.stream().filter(row -> !isBelow(row, watermark)).toList());
        try (HotSnapshot snapshot = hot.snapshot(control)) {
            Scan archived = all.versions(snapshot.journal().versions());
            assertSame(
                    "the archive",
                    rows(cold.open(archived, control)),
                    expected.stream().filter(row -> isBelow(row, watermark)).toList());
            assertThat(snapshot.tombstones(EVERYTHING.range())).as("tombstones").isZero();
            assertThat(objects())
                    .as("files under %s", site.location())
                    .containsExactlyInAnyOrderElementsOf(files(snapshot, cold));
        }
    }

    private ArchiveReport runToTheEnd(JdbcSource hot, AthenaSource cold) {
        Instant now = Site.dayAfter(hot).plus(2, ChronoUnit.DAYS);
        long deadline = System.nanoTime() + Site.PATIENCE.toNanos();
        while (true) {
            ArchiveReport report = site.archiver(hot, cold, now)
                    .lease(Duration.ofNanos(500))
                    .removeAfter(Duration.ofNanos(1_000))
                    .build()
                    .run();
            if (report.stop() == ArchiveReport.Stop.NOTHING_LEFT) {
                return report;
            }
            if (System.nanoTime() > deadline) {
                throw new AssertionError("the last run doesn't come to its end: " + report);
            }
        }
    }

    private static void assertSame(String what, List<Row> found, List<Row> expected) {
        if (!found.equals(expected)) {
            List<Row> missing = new ArrayList<>(expected);
            missing.removeAll(found);
            List<Row> surplus = new ArrayList<>(found);
            surplus.removeAll(expected);
            throw new AssertionError(what + ": " + found.size() + " rows instead of " + expected.size() + "; missing "
                    + missing + ", surplus " + surplus);
        }
    }

    private static boolean isBelow(Row row, Instant watermark) {
        return Objects.requireNonNull(row.timestamp("departed_at")).isBefore(watermark);
    }

    private static List<Row> rows(RowCursor opened) {
        List<Row> rows = new ArrayList<>();
        try (RowCursor cursor = opened) {
            for (Row row = cursor.next(); row != null; row = cursor.next()) {
                rows.add(row);
            }
        }
        return rows;
    }

    /** The files that count. */
    static List<String> files(JdbcSource hot, AthenaSource cold) {
        try (HotSnapshot snapshot = hot.snapshot(ScanControl.unlimited())) {
            return files(snapshot, cold);
        }
    }

    private static List<String> files(HotSnapshot snapshot, AthenaSource cold) {
        TimeRange all = EVERYTHING.range();
        return snapshot.manifests(all, cold.layout()).stream()
                .flatMap(manifest -> manifest.files().stream())
                .map(StoredFile::location)
                .toList();
    }

    private List<String> objects() {
        String bucket = athena.bucket();
        String prefix = site.location().substring(("s3://" + bucket + "/").length());
        try (Stream<S3Object> objects =
                athena
                        .s3Client()
                        .listObjectsV2Paginator(list -> list.bucket(bucket).prefix(prefix))
                        .contents()
                        .stream()) {
            return objects.map(object -> "s3://" + bucket + "/" + object.key())
                    .filter(key -> !key.endsWith(Site.MARK))
                    .toList();
        }
    }

    /** A server takes a moment to notice that a client is gone. */
    private void assertNothingIsOpen(int connectionsBefore) throws Exception {
        Threads.awaitThat(
                () -> database.connections() <= connectionsBefore
                        && athena.counters().activeQueries() == 0,
                Site.PATIENCE);
        Counters left = athena.counters();
        assertThat(database.connections()).as("connections").isLessThanOrEqualTo(connectionsBefore);
        assertThat(database.dataSource().open()).as("connections of the writer").isZero();
        assertThat(left.activeQueries()).as("queries").isZero();
        assertThat(left.openMultipartUploads()).as("multipart uploads").isZero();
    }
}
