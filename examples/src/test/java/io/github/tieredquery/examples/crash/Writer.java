package io.github.tieredquery.examples.crash;

import static io.github.tieredquery.testkit.Flights.flight;

import io.github.tieredquery.archive.Eraser;
import io.github.tieredquery.jdbc.TestServer;
import io.github.tieredquery.store.HotStore;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.testkit.Flights;
import io.github.tieredquery.testkit.Model;
import java.sql.SQLException;
import java.sql.SQLTransientException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Writes flights on both sides of the watermark and erases some, as an application does that knows nothing of what is
 * archived by now. What it does is in the model. For one thread; there is one writer.
 */
final class Writer implements Runnable {

    /** Days above the watermark in which new flights appear. */
    private static final int DAYS_AHEAD = 4;
    /** Days below it in which flights come late, change and go. */
    private static final int DAYS_LATE = 3;

    /** Days above it in which flights seldom change: a window that never comes to rest isn't archived. */
    private static final int DAYS_AT_REST = 2;

    private static final int MOST_ROWS_AHEAD = 500;
    private static final int WRITES_PER_LOOK = 10;
    private static final int RETRIES = 50;
    private static final Duration PAUSE = Duration.ofMillis(8);

    private final TestServer database;
    private final String table;
    private final HotStore hot;
    private final Eraser eraser;
    private final Model model;
    private final int unrest;
    private final Random random;
    private final BooleanSupplier goingOn;
    private final Differences differences;
    private final Reader.Tally tally;
    private Instant watermark = Site.START;
    private int daysSpared = DAYS_AT_REST;
    private List<Row> around = List.of();
    private long nextId = 1;

    /**
     * A writer.
     *
     * @param unrest how often, one look around in so many, it doesn't spare the days that are being archived; never if
     *     it is 0
     */
    Writer(
            TestServer database,
            String table,
            HotStore hot,
            Model model,
            int unrest,
            long seed,
            BooleanSupplier goingOn,
            Differences differences,
            Reader.Tally tally) {
        this.database = database;
        this.table = table;
        this.hot = hot;
        this.eraser = Eraser.of(hot);
        this.model = model;
        this.unrest = unrest;
        this.random = new Random(seed);
        this.goingOn = goingOn;
        this.differences = differences;
        this.tally = tally;
    }

    static String origin(Random random) {
        return List.of("SFO", "BER", "\ud83d\ude00").get(random.nextInt(3));
    }

    /** Flights of the first days, before anything else happens. */
    void begin(int days, int flightsPerDay) throws SQLException {
        for (int i = 0; i < days * flightsPerDay; i++) {
            put(newFlight(Site.START, days));
        }
    }

    @Override
    public void run() {
        for (int writes = 0; goingOn.getAsBoolean(); writes++) {
            boolean look = writes % WRITES_PER_LOOK == 0;
            differences.check("the writer", () -> {
                if (look) {
                    lookAround();
                }
                writeSomething();
            });
            LockSupport.parkNanos(PAUSE.toNanos());
        }
    }

    private void lookAround() {
        watermark = Site.watermark(hot);
        daysSpared = unrest > 0 && random.nextInt(unrest) == 0 ? 0 : DAYS_AT_REST;
        Instant from = watermark.minus(DAYS_LATE, ChronoUnit.DAYS);
        around = model.rows().stream()
                .filter(row -> !timeOf(row).isBefore(from) && !isQuiet(timeOf(row)))
                .toList();
    }

    private Instant quietUntil() {
        return watermark.plus(daysSpared, ChronoUnit.DAYS);
    }

    private boolean isQuiet(Instant time) {
        return !time.isBefore(watermark) && time.isBefore(quietUntil());
    }

    private void writeSomething() throws SQLException {
        Row known = around.isEmpty() ? null : around.get(random.nextInt(around.size()));
        switch (random.nextInt(20)) {
            case 0, 1, 2 -> {
                tally.add("late row written");
                put(newFlight(watermark.minus(DAYS_LATE, ChronoUnit.DAYS), DAYS_LATE));
            }
            case 3, 4, 5, 6, 7 -> change(known);
            case 8, 9 -> erase(known);
            case 10 -> moveTo(known, 1_000_000 + nextId++);
            case 11 -> delete(known);
            default -> {
                if (around.stream()
                                .filter(row -> !timeOf(row).isBefore(watermark))
                                .count()
                        < MOST_ROWS_AHEAD) {
                    put(newFlight(quietUntil(), DAYS_AHEAD));
                }
            }
        }
    }

    private Row newFlight(Instant from, int days) {
        return flight(
                from.plusSeconds(random.nextInt(days * 86_400)),
                nextId++,
                origin(random),
                random.nextInt(5) == 0 ? null : random.nextInt(10));
    }

    /** Sometimes the column that partitions are told apart by changes too. */
    private void change(@Nullable Row known) throws SQLException {
        if (known != null) {
            tally.add(timeOf(known).isBefore(watermark) ? "row below the watermark changed" : "row changed");
            String origin = random.nextInt(3) == 0 ? origin(random) : Objects.requireNonNull(known.string("origin"));
            put(flight(timeOf(known), idOf(known), origin, random.nextInt(10)));
        }
    }

    private void moveTo(@Nullable Row known, long id) throws SQLException {
        if (known != null) {
            tally.add("key changed");
            erase(known);
            put(flight(timeOf(known), id, Objects.requireNonNull(known.string("origin")), random.nextInt(10)));
        }
    }

    private void erase(@Nullable Row known) {
        if (known != null) {
            tally.add(timeOf(known).isBefore(watermark) ? "row below the watermark erased" : "row erased");
            Model.Change change = model.beginDelete(known);
            eraser.erase(List.of(known));
            change.end();
        }
    }

    /** A plain DELETE, of what can't be archived meanwhile; otherwise it would have to be an erasure. */
    private void delete(@Nullable Row known) throws SQLException {
        if (known != null && timeOf(known).isAfter(watermark.plus(2, ChronoUnit.DAYS))) {
            tally.add("row deleted");
            Model.Change change = model.beginDelete(known);
            retried(() -> database.delete(table, Flights.TABLE, known));
            change.end();
        }
    }

    private void put(Row row) throws SQLException {
        Model.Change change = model.beginPut(row);
        retried(() -> database.put(table, Flights.TABLE, row));
        change.end();
    }

    private interface Write {
        void run() throws SQLException;
    }

    /** A statement that meets the archiver's may have to give way to it: nothing was written then. */
    private static void retried(Write write) throws SQLException {
        for (int i = 0; ; i++) {
            try {
                write.run();
                return;
            } catch (SQLTransientException e) {
                if (i == RETRIES) {
                    throw e;
                }
            }
        }
    }

    private static Instant timeOf(Row row) {
        return Objects.requireNonNull(row.timestamp("departed_at"));
    }

    private static long idOf(Row row) {
        return Objects.requireNonNull(row.int64("id"));
    }
}
