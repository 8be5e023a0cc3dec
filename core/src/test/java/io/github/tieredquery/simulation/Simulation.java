package io.github.tieredquery.simulation;

import static io.github.tieredquery.testkit.Flights.flight;

import io.github.tieredquery.TieredQuery;
import io.github.tieredquery.TieredQueryBuilder;
import io.github.tieredquery.archive.ArchiveReport;
import io.github.tieredquery.archive.Archiver;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.query.Filter;
import io.github.tieredquery.query.Query;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.testkit.ContractRows;
import io.github.tieredquery.testkit.Flights;
import io.github.tieredquery.testkit.MemoryColdStore;
import io.github.tieredquery.testkit.MemoryHotStore;
import io.github.tieredquery.testkit.StepHook;
import io.github.tieredquery.testkit.TestClock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.Period;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One schedule of archivers, readers, writers and crashes over stores in memory, which a seed decides. Everything runs
 * in one thread: whenever a process takes a step in a store, others may act before it goes on. Archivers die at any
 * step, outlive their lease and meet each other; readers stop between any two rows and, themselves, between any two
 * steps. After each answer, and at the end, what was read is compared with {@link Model}.
 */
final class Simulation {

    /** Where and when: without clock changes, over one, and over one that leads back across midnight. */
    private enum Place {
        UTC("UTC", "2024-02-26"),
        BERLIN("Europe/Berlin", "2024-10-24"),
        ST_JOHNS("America/St_Johns", "2010-11-04");

        final ZoneId zone;
        final LocalDate firstDay;

        Place(String zone, String firstDay) {
            this.zone = ZoneId.of(zone);
            this.firstDay = LocalDate.parse(firstDay);
        }
    }

    private static final int DAYS = 5;
    private static final int TURNS = 30;
    private static final Duration LEASE = Duration.ofMinutes(5);

    /** A process is gone: it takes no further step. */
    private static final class Crash extends Error {
        private static final long serialVersionUID = 1L;

        Crash() {
            super("the process is gone", null, false, false);
        }
    }

    private record Reader(Query query, long since, Stream<Row> stream, Iterator<Row> rows, List<Row> seen) {}

    private final Random random;
    private final Place place;
    private final TestClock clock;
    private final MemoryHotStore hot;
    private final MemoryColdStore cold;
    private final Model model = new Model(Flights.TABLE);
    private final List<Reader> readers = new ArrayList<>();
    private final Instant start;
    private long nextId;
    /** How deep processes stand within each other's steps. */
    private int depth;

    private int crashes;
    private int committed;

    Simulation(long seed) {
        random = new Random(seed);
        place = pick(Place.values());
        start = place.firstDay.atStartOfDay(place.zone).toInstant();
        clock = new TestClock(start.plus(3, ChronoUnit.DAYS));
        HivePartitionLayout layout =
                random.nextBoolean() ? HivePartitionLayout.daily(place.zone) : HivePartitionLayout.hourly(place.zone);
        hot = new MemoryHotStore("hot:flights", Flights.TABLE, clock);
        cold = new MemoryColdStore(
                "cold:flights", Flights.TABLE, random.nextBoolean() ? layout : layout.thenBy("origin"));
        cold.catalogLags(random.nextInt(3));
        for (int i = 0; i < 18; i++) {
            put(randomRow());
        }
    }

    /** How often a process died and how many windows with rows were archived: to see that something happens. */
    record Outcome(int crashes, int committed) {}

    Outcome run() {
        for (int turn = 0; turn < TURNS; turn++) {
            if (random.nextInt(4) == 0) {
                archive(4);
            } else {
                act();
            }
        }
        Instant end = start.plus(DAYS + 4, ChronoUnit.DAYS);
        clock.advance(LEASE);
        clock.set(clock.instant().isBefore(end) ? end : clock.instant());
        ArchiveReport last = archiver(StepHook.NONE).run();
        committed += last.windows().size();
        if (last.stop() != ArchiveReport.Stop.NOTHING_LEFT) {
            throw new AssertionError("the last run stopped for " + last.stop());
        }
        while (!readers.isEmpty()) {
            drain(readers.remove(0));
        }
        Query everything = Query.between(start.minus(9, ChronoUnit.DAYS), start.plus(99, ChronoUnit.DAYS));
        checkAtOnce(everything);
        checkAtOnce(everything.newestFirst());
        if (hot.openCursors() + hot.openSnapshots() + cold.openCursors() + cold.openFiles() != 0) {
            throw new AssertionError("left open: " + hot.openCursors() + " hot cursors, " + hot.openSnapshots()
                    + " snapshots, " + cold.openCursors() + " cold cursors, " + cold.openFiles() + " files");
        }
        return new Outcome(crashes, committed);
    }

    /** Something that anybody may do at any time. */
    private void act() {
        switch (random.nextInt(12)) {
            case 0 -> put(randomRow());
            case 1, 2 -> change();
            case 3 -> delete();
            case 4, 5 -> open();
            case 6, 7, 8 -> readOn();
            case 9 -> checkAtOnce(randomQuery());
            case 10 -> closeEarly();
            default -> clock.advance(Duration.ofMinutes(random.nextInt(4) == 0 ? 60 * random.nextInt(30) : 4));
        }
    }

    private void archive(int oddsOfAct) {
        int dieAt = random.nextInt(3) == 0 ? random.nextInt(50) : -1;
        int[] steps = new int[2];
        try {
            ArchiveReport report = archiver(step -> {
                        if (steps[0]++ == dieAt || steps[1] == 1) {
                            steps[1] = 1;
                            throw new Crash();
                        }
                        meanwhile(oddsOfAct);
                    })
                    .run();
            committed += report.windows().size();
        } catch (Crash e) {
            crashes++;
        }
    }

    /**
     * Others act before a process takes its step; now and then another archiver comes, or the lease runs out. The
     * deeper, the less, so that a schedule comes to its end.
     */
    private void meanwhile(int odds) {
        if (depth >= 3 || random.nextInt(odds * (1 + 3 * depth)) != 0) {
            return;
        }
        depth++;
        try {
            switch (random.nextInt(8)) {
                case 0 -> {
                    clock.advance(Duration.ofHours(random.nextInt(48)));
                    archive(8);
                }
                case 1 -> {
                    clock.advance(LEASE);
                    archive(8);
                }
                default -> act();
            }
        } finally {
            depth--;
        }
    }

    private Archiver archiver(StepHook hook) {
        return Archiver.builder(hot.client(hook), cold.client(hook))
                .keep(Period.ofDays(2))
                .clock(clock)
                .lease(LEASE)
                .settle(Duration.ZERO)
                .rowsPerFile(1 + random.nextInt(4))
                .build();
    }

    private TieredQuery<Row> flights(StepHook hook) {
        TieredQueryBuilder builder = TieredQuery.builder(Flights.TABLE)
                .hot(hot.client(hook))
                .cold(cold.client(hook))
                .clock(clock)
                .maxSnapshotAge(Duration.ofMinutes(10));
        switch (random.nextInt(4)) {
            case 0 -> builder.executor(Runnable::run);
            case 1 -> builder.executor(task -> {});
            case 2 ->
                builder.executor(task -> {
                    throw new RejectedExecutionException("no thread is free");
                });
            default -> {}
        }
        return builder.build();
    }

    private void open() {
        if (readers.size() < 4) {
            Query query = randomQuery();
            long since = model.moment();
            Stream<Row> stream = flights(step -> meanwhile(step.endsWith(".next") ? 12 : 2)).stream(query);
            readers.add(new Reader(query, since, stream, stream.iterator(), new ArrayList<>()));
        }
    }

    private @Nullable Reader takeReader() {
        return readers.isEmpty() ? null : readers.remove(random.nextInt(readers.size()));
    }

    /** While a reader reads, it isn't in the list: nobody else goes on with it. */
    private void readOn() {
        Reader reader = takeReader();
        if (reader == null) {
            return;
        }
        for (int i = 1 + random.nextInt(8); i > 0; i--) {
            if (!reader.rows().hasNext()) {
                finish(reader, true);
                return;
            }
            reader.seen().add(reader.rows().next());
        }
        readers.add(reader);
    }

    private void drain(Reader reader) {
        reader.rows().forEachRemaining(reader.seen()::add);
        finish(reader, true);
    }

    private void closeEarly() {
        Reader reader = takeReader();
        if (reader != null) {
            finish(reader, false);
        }
    }

    private void finish(Reader reader, boolean ended) {
        reader.stream().close();
        model.check(reader.query(), reader.since(), reader.seen(), ended);
    }

    /** A reader that nobody comes between sees exactly what there is, however far an archiver has come. */
    private void checkAtOnce(Query query) {
        TieredQuery<Row> flights = flights(StepHook.NONE);
        List<Row> expected = model.answer(query);
        List<Row> rows = flights.list(query);
        if (!rows.equals(expected)) {
            throw new AssertionError(query + ":\n  read     " + rows + "\n  expected " + expected);
        }
        long count = flights.count(query);
        if (count != expected.size()) {
            throw new AssertionError(query + ": counted " + count + " of " + expected);
        }
    }

    private Query randomQuery() {
        Instant a = randomTime();
        Instant b = randomTime();
        Query query = random.nextInt(3) == 0
                ? Query.between(start.minus(1, ChronoUnit.DAYS), start.plus(DAYS + 1, ChronoUnit.DAYS))
                : Query.between(a.isBefore(b) ? a : b, a.isBefore(b) ? b : a);
        query = random.nextBoolean() ? query.newestFirst() : query;
        query = random.nextInt(3) == 0 ? query.where(Filter.ge("delay", random.nextInt(10))) : query;
        query = random.nextInt(4) == 0 ? query.where(Filter.eq("origin", randomOrigin())) : query;
        return random.nextInt(3) == 0 ? query.limit(random.nextInt(12)) : query;
    }

    private void put(Row row) {
        hot.put(row);
        model.put(row);
    }

    private void change() {
        List<Row> rows = model.rows();
        if (!rows.isEmpty()) {
            Row row = rows.get(random.nextInt(rows.size()));
            put(ContractRows.row(
                    Flights.TABLE.rowType(), row.value(0), row.value(1), row.value(2), random.nextInt(10)));
        }
    }

    /** Below the watermark a plain DELETE isn't how rows are deleted. */
    private void delete() {
        Instant watermark = hot.journal().orElseThrow().state().watermark();
        List<Row> rows = hot.rows().stream()
                .filter(row -> watermark == null || !timeOf(row).isBefore(watermark))
                .toList();
        if (!rows.isEmpty()) {
            Row row = rows.get(random.nextInt(rows.size()));
            hot.delete(row);
            model.delete(row);
        }
    }

    private static Instant timeOf(Row row) {
        return (Instant) Objects.requireNonNull(row.value(0));
    }

    private Row randomRow() {
        return flight(randomTime(), nextId++ % 30, randomOrigin(), random.nextInt(5) == 0 ? null : random.nextInt(10));
    }

    private String randomOrigin() {
        return pick(new String[] {"SFO", "BER", "\ud83d\ude00"});
    }

    /** Often at, or next to, the end of a day: and where clocks go back, twice an hour later. */
    private Instant randomTime() {
        if (random.nextInt(3) > 0) {
            return start.plusSeconds(random.nextInt(DAYS * 86_400));
        }
        Instant midnight = place.firstDay
                .plusDays(random.nextInt(DAYS))
                .atStartOfDay(place.zone)
                .toInstant();
        return midnight.plusSeconds(60L * random.nextInt(3)).minus(random.nextInt(3) - 1, ChronoUnit.MICROS);
    }

    private <T> T pick(T[] values) {
        return values[random.nextInt(values.length)];
    }
}
