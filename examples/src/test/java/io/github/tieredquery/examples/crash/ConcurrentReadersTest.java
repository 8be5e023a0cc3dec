package io.github.tieredquery.examples.crash;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.github.tieredquery.TieredQuery;
import io.github.tieredquery.archive.ArchivePhase;
import io.github.tieredquery.archive.ArchiveProgress;
import io.github.tieredquery.archive.ArchiveReport;
import io.github.tieredquery.athena.AthenaSource;
import io.github.tieredquery.athena.aws.AwsAccess;
import io.github.tieredquery.athenalocal.AthenaLocal;
import io.github.tieredquery.jdbc.JdbcSource;
import io.github.tieredquery.jdbc.PostgresDatabase;
import io.github.tieredquery.query.Query;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.testkit.Flights;
import io.github.tieredquery.testkit.Model;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Many streams are open across the boundary at any time. Each has read a row, and reads the others when some more
 * windows have moved; then the next one is opened. {@code -Dreaders=…} says how many readers,
 * {@code -Dreaders.windows=…} how many windows there are.
 */
class ConcurrentReadersTest {

    private static final int READERS = Integer.getInteger("readers", 40);
    private static final int WINDOWS = Integer.getInteger("readers.windows", 9);
    private static final int DAYS = WINDOWS + 6;
    private static final int FLIGHTS_PER_DAY = 20;
    /** How many windows move while a stream is open. */
    private static final int PACE = WINDOWS / 3;

    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final Query EVERYTHING = Query.between(Site.START, Site.START.plus(DAYS + 9, ChronoUnit.DAYS));

    private final PostgresDatabase database = PostgresDatabase.get();
    private final AtomicBoolean goingOn = new AtomicBoolean(true);
    private final Differences differences = new Differences();
    private final Reader.Tally tally = new Reader.Tally();
    private final Model model = new Model(Flights.TABLE);
    private int moved;

    @Test
    void many_readers_see_every_row_once_while_windows_are_archived() throws Exception {
        int connectionsBefore = database.connections();
        try (AthenaLocal athena = AthenaLocal.start()) {
            Site site = Site.of(database, athena);
            try (HikariDataSource pool = site.pool(READERS + 5);
                    AwsAccess access = site.access(READERS + 20);
                    JdbcSource hot = site.hot(pool);
                    AthenaSource cold = site.cold(access)) {
                site.archiver(hot, cold, Site.START).build().run();
                Writer writer =
                        new Writer(database, site.hotTable(), hot, model, 0, 1, goingOn::get, differences, tally);
                writer.begin(DAYS, FLIGHTS_PER_DAY);
                for (int i = 0; i < 2; i++) {
                    site.archiver(hot, cold, Site.dayAfter(hot)).build().run();
                }
                ArchiveReport report = readAndArchive(site, hot, cold, writer);

                assertThat(report.windows()).hasSizeGreaterThanOrEqualTo(WINDOWS);
                assertThat(pool.getHikariPoolMXBean().getActiveConnections()).isZero();
                assertThat(database.idleInTransaction()).isZero();
                // A stopped query ends a moment later.
                Threads.awaitThat(() -> athena.counters().activeQueries() == 0, PATIENCE);
                assertThat(athena.counters().activeQueries()).isZero();
                assertThat(athena.counters().openMultipartUploads()).isZero();
            }
        }
        differences.first().forEach(System.out::println);
        System.out.println(
                "readers: " + READERS + " readers, " + WINDOWS + " windows, " + differences.count() + " wrong answers");
        assertThat(differences.first()).isEmpty();
        assertThat(database.dataSource().open()).isZero();
        assertThat(tally.of("read across the move")).isGreaterThanOrEqualTo((long) READERS * (WINDOWS / PACE));
        Threads.awaitThat(() -> database.connections() <= connectionsBefore, PATIENCE);
        assertThat(database.connections()).isLessThanOrEqualTo(connectionsBefore);
    }

    private ArchiveReport readAndArchive(Site site, JdbcSource hot, AthenaSource cold, Writer writer) throws Exception {
        CyclicBarrier opened = new CyclicBarrier(READERS + 1);
        TieredQuery<Row> flights = site.flights(hot, cold);
        ExecutorService threads = Executors.newFixedThreadPool(READERS + 1);
        long start = System.nanoTime();
        try {
            List<Future<?>> work = new ArrayList<>();
            for (int i = 0; i < READERS; i++) {
                Query query = i % 2 == 0 ? EVERYTHING : EVERYTHING.newestFirst();
                Reader reader = new Reader(flights, hot, model, i, goingOn::get, differences, tally);
                work.add(threads.submit(() -> {
                    for (int from = 0; from < WINDOWS; from += PACE) {
                        int until = from + PACE;
                        CyclicBarrier together = from == 0 ? opened : null;
                        differences.check(
                                "a reader across the move", () -> readAcross(flights, query, together, until));
                        differences.check("a reader", reader::readSomething);
                    }
                }));
            }
            opened.await(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            work.add(threads.submit(writer));
            ArchiveReport report;
            try {
                report = site.archiver(hot, cold, Site.dayAfter(hot).plus(WINDOWS - 1, ChronoUnit.DAYS))
                        .removeAfter(PATIENCE.multipliedBy(2))
                        .listener(this::moved)
                        .build()
                        .run();
            } finally {
                end();
            }
            Threads.await(work, PATIENCE);
            long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
            System.out.println("in " + millis + " ms, " + report.sweeps().size() + " sweeps: " + tally);
            return report;
        } finally {
            end();
            threads.shutdownNow();
            threads.awaitTermination(Site.PATIENCE.toSeconds(), TimeUnit.SECONDS);
        }
    }

    private synchronized void moved(ArchiveProgress progress) {
        if (progress.phase() == ArchivePhase.DONE) {
            moved++;
            notifyAll();
        }
    }

    private synchronized void end() {
        goingOn.set(false);
        notifyAll();
    }

    private synchronized void awaitMoved(int windows) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (moved < windows && goingOn.get()) {
            long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            if (left <= 0) {
                throw new AssertionError("only " + moved + " windows have moved:\n" + Threads.dump());
            }
            wait(left);
        }
    }

    /**
     * Has read a row before, and reads the last one after so many windows have moved.
     *
     * @param together where all wait for each other with an open stream; null if they don't
     */
    private void readAcross(TieredQuery<Row> flights, Query query, @Nullable CyclicBarrier together, int windows)
            throws Exception {
        long since = model.moment();
        List<Row> seen = new ArrayList<>();
        try (Stream<Row> stream = flights.stream(query)) {
            Iterator<Row> rows = stream.iterator();
            seen.add(rows.next());
            if (together != null) {
                together.await(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            }
            awaitMoved(windows);
            rows.forEachRemaining(seen::add);
        }
        model.check(query, since, model.moment(), seen, true, null);
        tally.add("read across the move");
    }
}
