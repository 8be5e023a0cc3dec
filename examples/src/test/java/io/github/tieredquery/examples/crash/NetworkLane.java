package io.github.tieredquery.examples.crash;

import com.zaxxer.hikari.HikariDataSource;
import io.github.tieredquery.TieredQuery;
import io.github.tieredquery.archive.ArchiveReport;
import io.github.tieredquery.athena.AthenaSource;
import io.github.tieredquery.athena.aws.AwsAccess;
import io.github.tieredquery.athena.export.S3ExportStore;
import io.github.tieredquery.athenalocal.AthenaLocal;
import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.error.TieredQueryException;
import io.github.tieredquery.export.ExportStatus;
import io.github.tieredquery.export.ExportTicket;
import io.github.tieredquery.export.Exporter;
import io.github.tieredquery.jdbc.JdbcSource;
import io.github.tieredquery.jdbc.TestServer;
import io.github.tieredquery.query.Aggregation;
import io.github.tieredquery.query.Filter;
import io.github.tieredquery.query.Page;
import io.github.tieredquery.query.Query;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.testkit.FaultyProxy;
import io.github.tieredquery.testkit.FaultyProxy.Fault;
import io.github.tieredquery.testkit.Flights;
import io.github.tieredquery.testkit.Hiccups;
import io.github.tieredquery.testkit.Model;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * A service with a table of its own, whose network to its database, to Athena and to S3 fails while it does one thing
 * after the other, each with a time. After each fault the network heals, and a neighbour whose network never fails
 * looks whether all is as it should be. For one thread.
 */
final class NetworkLane implements AutoCloseable {

    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Pattern PORT = Pattern.compile("localhost:(\\d+)");
    private static final int DAYS = 6;
    private static final int FLIGHTS_A_DAY = 12;
    private static final int SHORTEST_MILLIS = 200;
    private static final int SPREAD_MILLIS = 400;
    private static final int FAULTS_BETWEEN_DAYS = 8;
    private static final byte[] KEY = "a key of thirty-two bytes or more".getBytes(StandardCharsets.UTF_8);
    private static final int ADVANCES = 200;

    /** The most milliseconds that a call took beyond its time, of all lanes. */
    static final AtomicLong slowest = new AtomicLong();

    private final Random random;
    private final TestServer database;
    private final Site direct;
    private final Map<String, FaultyProxy> networks;
    private final HikariDataSource directPool;
    private final HikariDataSource pool;
    private final AwsAccess directAws;
    private final AwsAccess aws;
    private final JdbcSource directHot;
    private final JdbcSource hot;
    private final AthenaSource directCold;
    private final AthenaSource cold;
    private final TieredQuery<Row> directFlights;
    private final TieredQuery<Row> flights;
    private final String exports;
    private final S3Client s3;
    private final String bucket;
    private final Model model = new Model(Flights.TABLE);
    private final Differences differences;
    private final Reader.Tally tally;
    private long nextId = 1;
    private int day;
    private @Nullable ExportTicket ticket;
    /** Flights with ids below this one were there when the export was started. */
    private long exportedBelow;

    NetworkLane(TestServer database, AthenaLocal athena, long seed, Differences differences, Reader.Tally tally)
            throws SQLException {
        this.random = new Random(seed);
        this.database = database;
        this.differences = differences;
        this.tally = tally;
        this.direct = Site.of(database, athena);
        this.networks = Map.of("database", to(direct.url()), "Athena", to(direct.athena()), "S3", to(direct.s3()));
        Site site = direct.behind(
                through("database", direct.url()), through("Athena", direct.athena()), through("S3", direct.s3()));
        this.directPool = direct.pool(3);
        this.pool = site.pool(4);
        this.directAws = direct.access(20);
        this.aws = site.access(20);
        this.directHot = direct.hot(directPool);
        this.hot = site.hot(pool);
        this.directCold = direct.cold(directAws);
        this.cold = site.cold(aws);
        this.directFlights = flights(directHot, directCold);
        this.flights = flights(hot, cold);
        this.bucket = athena.bucket();
        this.exports = "s3://" + bucket + "/exports/" + direct.hotTable() + "/";
        this.s3 = athena.s3Client();
        for (int i = 0; i < DAYS; i++) {
            writeDay();
        }
        // The first day is in the archive before the network fails.
        direct.archiver(directHot, directCold, Site.START).build().run();
        archive(directHot, directCold, null);
    }

    private static TieredQuery<Row> flights(JdbcSource hot, AthenaSource cold) {
        return TieredQuery.builder(Flights.TABLE)
                .hot(hot)
                .cold(cold)
                .maxSnapshotAge(Duration.ofSeconds(2))
                .tokenKeys(KEY)
                .build();
    }

    private static FaultyProxy to(String address) {
        Matcher port = PORT.matcher(address);
        if (!port.find()) {
            throw new IllegalArgumentException(address);
        }
        return FaultyProxy.to(Integer.parseInt(port.group(1)));
    }

    private String through(String network, String address) {
        return PORT.matcher(address)
                .replaceFirst("localhost:" + network(network).port());
    }

    private FaultyProxy network(String name) {
        return Objects.requireNonNull(networks.get(name), name);
    }

    private void writeDay() throws SQLException {
        for (int i = 0; i < FLIGHTS_A_DAY; i++) {
            Instant time = Site.START.plus(day, ChronoUnit.DAYS).plus(random.nextInt(86_400), ChronoUnit.SECONDS);
            Row row = Flights.flight(time, nextId++, Writer.origin(random), random.nextInt(20));
            database.put(direct.hotTable(), Flights.TABLE, row);
            model.put(row);
        }
        day++;
    }

    /** Lets faults happen until so many have come. */
    void survive(int faults) throws Exception {
        for (int come = 0; come < faults; ) {
            if (day < DAYS + come / FAULTS_BETWEEN_DAYS) {
                writeDay();
            }
            come += one() ? 1 : 0;
        }
        end();
    }

    /** Does something while a network fails; whether it has come to the fault. */
    private boolean one() throws Exception {
        List<String> names = networks.keySet().stream().sorted().toList();
        String name = names.get(random.nextInt(names.size()));
        Fault fault = Fault.random(random);
        Duration time = Duration.ofMillis(SHORTEST_MILLIS + random.nextInt(SPREAD_MILLIS));
        FaultyProxy network = network(name);
        Work work = work(time);
        String what = work.name() + " in " + time + ", " + name + " " + fault;
        long before = network.faults();
        network.inject(fault);
        Hiccups.Watch watch = Hiccups.start();
        boolean failed = false;
        try {
            work.step().run();
        } catch (ConfigurationException e) {
            differences.check(what, () -> {
                throw e;
            });
        } catch (TieredQueryException e) {
            failed = true;
            tally.add(e.getClass().getSimpleName());
        } catch (Exception | AssertionError e) {
            differences.check(what, () -> {
                throw new AssertionError("it fails otherwise than promised, or has shown wrong rows", e);
            });
        }
        Duration took = watch.elapsed();
        if (took.compareTo(work.time().plus(SECOND)) > 0) {
            differences.check(what, () -> {
                throw new AssertionError("it took " + took);
            });
        }
        slowest.accumulateAndGet(took.minus(work.time()).toMillis(), Math::max);
        network.heal();
        boolean come = network.faults() > before;
        if (come) {
            tally.add("fault: " + name);
            tally.add("fault: " + fault.kind());
            tally.add("fault in: " + work.name() + (failed ? ", failed" : ", answered"));
        }
        boolean hasFailed = failed;
        differences.check("afterwards: " + what, () -> {
            work.healed().run(hasFailed);
            if (work.changes() || random.nextInt(10) == 0) {
                compareAll();
            }
        });
        return come;
    }

    /** What is done. */
    private interface Step {
        void run() throws Exception;
    }

    /** What is done when the network has healed. */
    private interface Healed {
        void run(boolean failed) throws Exception;
    }

    /**
     * A call with its time.
     *
     * @param changes whether all rows are compared afterwards
     */
    private record Work(String name, Duration time, boolean changes, Step step, Healed healed) {}

    private Work work(Duration time) {
        Query query = query().timeout(time);
        return switch (random.nextInt(10)) {
            case 0, 1 -> reading("stream", time, () -> stream(query, Integer.MAX_VALUE));
            case 2 -> reading("stream left early", time, () -> stream(query, 1 + random.nextInt(20)));
            case 3 -> closing();
            case 4 -> reading("page", time, () -> page(query));
            case 5 ->
                reading("count", time, () -> {
                    long moment = model.moment();
                    model.checkCount(query, moment, moment, flights.count(query));
                });
            case 6 -> reading("aggregate", time, () -> aggregate(query));
            case 7 -> erasing(time);
            case 8 ->
                new Work("archive run", time, true, () -> archive(hot, cold, time), failed -> {
                    if (random.nextInt(3) == 0) {
                        archive(directHot, directCold, null);
                    }
                });
            default -> exporting(time);
        };
    }

    private Work reading(String name, Duration time, Step step) {
        return new Work(name, time, false, step, failed -> {});
    }

    private Query query() {
        Instant one = Site.START.plus(random.nextInt(24 * day), ChronoUnit.HOURS);
        Instant other = Site.START.plus(random.nextInt(24 * day), ChronoUnit.HOURS);
        Query query = random.nextInt(3) == 0
                ? Query.between(Site.START, Site.START.plus(day, ChronoUnit.DAYS))
                : one.isBefore(other) ? Query.between(one, other) : Query.between(other, one);
        query = random.nextBoolean() ? query.newestFirst() : query;
        return random.nextInt(4) == 0 ? query.where(Filter.ge("delay", random.nextInt(10))) : query;
    }

    private void stream(Query query, int most) {
        List<Row> seen = new ArrayList<>();
        boolean ended = false;
        try (Stream<Row> stream = flights.stream(query)) {
            Iterator<Row> rows = stream.iterator();
            while (seen.size() < most && !ended) {
                ended = !rows.hasNext();
                if (!ended) {
                    seen.add(rows.next());
                }
            }
        }
        model.check(query, model.moment(), model.moment(), seen, ended, null);
    }

    /** A stream without a timeout is closed while the network fails. */
    private Work closing() {
        Stream<Row> stream = flights.stream(query());
        try {
            Iterator<Row> rows = stream.iterator();
            for (int i = 0; i < 3 && rows.hasNext(); i++) {
                rows.next();
            }
        } catch (TieredQueryException e) {
            // Of the fault before: a connection that it has broken.
            tally.add("a first call after a fault failed");
        }
        return new Work("close", Duration.ZERO, false, stream::close, failed -> {});
    }

    private void page(Query query) {
        Page<Row> page = flights.page(query, 7, null);
        model.check(query, model.moment(), model.moment(), page.rows(), page.nextToken() == null, null);
    }

    private void aggregate(Query query) {
        Map<String, Long> expected = model.answer(query).stream()
                .collect(Collectors.groupingBy(row -> String.valueOf(row.value("origin")), Collectors.counting()));
        Map<String, Long> found = flights
                .aggregate(query, Aggregation.by("origin").count())
                .stream()
                .collect(
                        Collectors.toMap(row -> String.valueOf(row.value("origin")), row -> (Long) row.value("count")));
        if (!found.equals(expected)) {
            throw new AssertionError(query + ": " + found + " rather than " + expected);
        }
    }

    private Work erasing(Duration time) {
        Instant from = Site.START.plus(random.nextInt(24 * day), ChronoUnit.HOURS);
        Query query = Query.between(from, from.plus(2, ChronoUnit.HOURS));
        return new Work("erase", time, true, () -> flights.erase(query.timeout(time)), failed -> {
            if (failed) {
                directFlights.erase(query);
            }
            model.answer(query).forEach(model::delete);
        });
    }

    private void archive(JdbcSource into, AthenaSource store, @Nullable Duration budget) {
        Instant now = Site.dayAfter(directHot);
        if (now.isAfter(Site.START.plus(day + 1, ChronoUnit.DAYS))) {
            now = Site.START.plus(day + 1, ChronoUnit.DAYS);
        }
        var archiver = direct.archiver(into, store, now).build();
        ArchiveReport report = budget == null ? archiver.run() : archiver.run(budget);
        tally.add("archived " + (budget == null ? "with a network that works" : "with one that fails") + ": "
                + report.stop());
    }

    private Exporter exporter(TieredQuery<Row> by, AwsAccess access) {
        return by.exporter(S3ExportStore.of(access, exports))
                .polling(Duration.ofMillis(5), Duration.ofMillis(50))
                .takeOverAfter(Duration.ofMillis(1))
                .build();
    }

    private Work exporting(Duration time) {
        Query query = Query.between(Site.START, Site.START.plus(day, ChronoUnit.DAYS));
        ExportTicket driven = ticket;
        if (driven == null) {
            driven = exporter(directFlights, directAws).start(query);
            ticket = driven;
            exportedBelow = nextId;
        }
        return advancing(driven, time);
    }

    private Work advancing(ExportTicket driven, Duration time) {
        return new Work(
                "export's advance", time, false, () -> exporter(flights, aws).advance(driven, time), failed -> {
                    // Sooner or later an export that is advanced now and then is done, and its object is whole.
                    if (random.nextInt(2) == 0) {
                        finish(driven);
                        ticket = null;
                    }
                });
    }

    private void finish(ExportTicket driven) {
        Exporter exporter = exporter(directFlights, directAws);
        for (int i = 0; i < ADVANCES; i++) {
            ExportStatus status = exporter.advance(driven, Duration.ofSeconds(10));
            if (status instanceof ExportStatus.Done done) {
                tally.add("export done");
                check(done);
                return;
            }
            if (status.isOver()) {
                throw new AssertionError("the export ended as " + status);
            }
        }
        throw new AssertionError("the export doesn't end");
    }

    /** Its rows are of one moment since it was started: none twice, and those that were there all the time. */
    private void check(ExportStatus.Done done) {
        String key = done.object().location().substring(("s3://" + bucket + "/").length());
        String text = s3.getObjectAsBytes(get -> get.bucket(bucket).key(key)).asString(StandardCharsets.UTF_8);
        List<String> lines = text.lines().skip(1).toList();
        List<String> ids = lines.stream()
                .map(line -> line.split(",", -1)[1].replace("\"", ""))
                .toList();
        if (ids.stream().distinct().count() != ids.size()) {
            throw new AssertionError("the export has rows twice: " + ids);
        }
        List<String> there = model.rows().stream()
                .map(row -> String.valueOf(row.value("id")))
                .filter(id -> Long.parseLong(id) < exportedBelow)
                .toList();
        if (!ids.containsAll(there)) {
            throw new AssertionError("the export lacks some of " + there + ": " + ids);
        }
    }

    private void compareAll() {
        Query all = Query.between(Site.START, Site.START.plus(day, ChronoUnit.DAYS));
        try (Stream<Row> rows = directFlights.stream(all)) {
            List<Row> seen = rows.toList();
            List<Row> expected = model.answer(all);
            if (!seen.equals(expected)) {
                throw new AssertionError("there are " + seen + " rather than " + expected);
            }
        }
        tally.add("all rows compared");
    }

    /** Nothing is left of all that was broken off. */
    private void end() {
        ExportTicket open = ticket;
        if (open != null) {
            differences.check("the last export", () -> finish(open));
        }
        differences.check("the end", () -> {
            archive(directHot, directCold, null);
            compareAll();
            await(
                    "connections are out",
                    () -> pool.getHikariPoolMXBean().getActiveConnections() == 0
                            && directPool.getHikariPoolMXBean().getActiveConnections() == 0);
            List<?> uploads = s3.listMultipartUploads(
                            list -> list.bucket(bucket).prefix("exports/" + direct.hotTable()))
                    .uploads();
            if (!uploads.isEmpty()) {
                throw new AssertionError("uploads are left: " + uploads);
            }
            // The service works on with what it has.
            await("the service doesn't recover", () -> {
                try {
                    stream(Query.between(Site.START, Site.START.plus(day, ChronoUnit.DAYS)), Integer.MAX_VALUE);
                    return true;
                } catch (TieredQueryException e) {
                    return false;
                }
            });
        });
    }

    private static void await(String what, java.util.function.BooleanSupplier condition) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                throw new AssertionError(what);
            }
            Thread.onSpinWait();
        }
    }

    @Override
    public void close() {
        cold.close();
        directCold.close();
        aws.close();
        directAws.close();
        s3.close();
        networks.values().forEach(FaultyProxy::close);
        pool.close();
        directPool.close();
    }
}
