package io.github.tieredquery.simulation;

import io.github.tieredquery.TieredQuery;
import io.github.tieredquery.TieredQueryBuilder;
import io.github.tieredquery.archive.ArchiveReport;
import io.github.tieredquery.archive.Archiver;
import io.github.tieredquery.archive.BudgetedRun;
import io.github.tieredquery.archive.Eraser;
import io.github.tieredquery.archive.RecoveryReport;
import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.error.TieredQueryException;
import io.github.tieredquery.error.UnknownHistoryException;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.query.Order;
import io.github.tieredquery.query.Query;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.store.ColdStore;
import io.github.tieredquery.store.HotSnapshot;
import io.github.tieredquery.store.HotStore;
import io.github.tieredquery.store.StoredFile;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.testkit.ContractRows;
import io.github.tieredquery.testkit.Flights;
import io.github.tieredquery.testkit.MemoryColdStore;
import io.github.tieredquery.testkit.MemoryHotStore;
import io.github.tieredquery.testkit.Model;
import io.github.tieredquery.testkit.StepHook;
import io.github.tieredquery.testkit.TestClock;
import java.time.Duration;
import java.time.Instant;
import java.time.Period;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One schedule of archivers, readers, writers, crashes and failures over stores in memory, which a seed decides.
 * Everything runs in one thread: whenever a process takes a step in a store, others may act before it goes on.
 * Archivers die at any step, outlive their lease and meet each other, and what they have sent is executed when they are
 * long gone; readers stop between any two rows and, themselves, between any two steps. After each answer, and at the
 * end, what was read is compared with {@link Model}.
 */
final class Simulation {

    private static final int TURNS = 30;
    private static final Duration LEASE = Duration.ofMinutes(5);
    private static final Duration MAX_SNAPSHOT_AGE = Duration.ofMinutes(10);
    /** A query ends, or has its rows, so long after it was started. */
    private static final Duration QUERY_TIMEOUT = Duration.ofHours(5);

    private static final Instant LATER = Instant.parse("2100-01-01T00:00:00Z");
    private static final Set<String> ASKS_COLD = Set.of("cold.open", "cold.count", "cold.unregistered");
    /** Steps that are rare, so that archivers die there more often than elsewhere. */
    private static final Set<String> DEADLY = Set.of(
            "journal.suspend",
            "journal.suspended",
            "cold.removeLeftover",
            "cold.leftoversRemoved",
            "journal.delete",
            "journal.deleted",
            "journal.deleteUnchanged",
            "journal.unchangedDeleted");

    private static final Duration GRACE = QUERY_TIMEOUT.plus(MAX_SNAPSHOT_AGE);
    /** With a key, pages go on in an earlier page's scan. */
    private static final byte[] TOKEN_KEY = new byte[16];

    /** A process is gone: it takes no further step. */
    private static final class Crash extends Error {
        private static final long serialVersionUID = 1L;

        Crash() {
            super("the process is gone", null, false, false);
        }
    }

    private final Draw draw;
    private final TestClock clock;
    private final MemoryHotStore hot;
    private final MemoryColdStore cold;
    private final Model model = new Model(Flights.TABLE);
    private final Readers readers;
    /** What was erased, to be inserted again now and then. */
    private final List<Row> erased = new ArrayList<>();
    /** How deep processes stand within each other's steps. */
    private int depth;

    private long steps;
    /** How many archivers there were. */
    private int archivers;

    private final LateStatements late;
    private final Coverage coverage = new Coverage();
    private final @Nullable ProtocolFault fault;
    /** Whether the layout has versions; if not, one archiver works at a time, and nothing is swept. */
    private final boolean versioned;

    private boolean archiving;
    /** Whether the database is restored now and then. */
    private final boolean restoring;

    private final List<Backup> backups = new ArrayList<>();
    /** How often the database has lost what was committed. */
    private int losses;
    /** Whether it has, and nobody has recovered from that. */
    private boolean lost;

    /** The database at a moment, and what was to be read then. */
    private record Backup(Runnable restore, List<Row> rows, Instant taken) {}

    Simulation(long seed) {
        this(seed, null);
    }

    /**
     * A schedule.
     *
     * @param fault a mistake that somebody makes, null for none
     */
    Simulation(long seed, @Nullable ProtocolFault fault) {
        draw = new Draw(new Random(seed));
        this.fault = fault;
        versioned = fault == null ? seed % 14 != 13 : !fault.isWithoutVersions();
        restoring = fault == null ? seed % 5 == 4 : fault.isOfRestores();
        clock = new TestClock(draw.start().plus(3, ChronoUnit.DAYS));
        hot = new MemoryHotStore("hot:flights", Flights.TABLE, clock);
        HivePartitionLayout layout = draw.layout();
        cold = new MemoryColdStore("cold:flights", Flights.TABLE, versioned ? layout : layout.withoutVersion());
        cold.catalogLags(draw.below(3));
        late = new LateStatements(cold, clock, GRACE);
        readers = new Readers(draw, model, coverage, hot, this::flights, this::counted, this::meanwhile);
        for (int i = 0; i < 18; i++) {
            put(draw.row());
        }
    }

    /** Runs it; what happened. */
    Coverage run() {
        if (fault != null) {
            fault.infect(hot);
        }
        for (int turn = 0; turn < TURNS; turn++) {
            if (restoring && draw.oneIn(5)) {
                goBack();
            } else if (lost && draw.oneIn(4)) {
                work(4, this::recover);
            } else if (draw.oneIn(4)) {
                archive(4);
            } else {
                act();
            }
        }
        Instant end = draw.start().plus(Draw.DAYS + 4, ChronoUnit.DAYS);
        clock.advance(LEASE);
        clock.set(clock.instant().isBefore(end) ? end : clock.instant());
        if (lost) {
            recover(archiver(StepHook.NONE));
        }
        archiver(StepHook.NONE).run();
        clock.advance(Duration.ofHours(1));
        ArchiveReport last = archiver(StepHook.NONE).run();
        note(last);
        if (last.laterDeletes().left() != 0) {
            throw new AssertionError("still to be deleted: " + last.laterDeletes());
        }
        if (last.stop() != ArchiveReport.Stop.NOTHING_LEFT) {
            throw new AssertionError("the last run stopped for " + last.stop());
        }
        if (versioned) {
            checkSwept(last);
        } else {
            checkCleared(last);
        }
        readers.drainAll();
        readers.checkAtOnce(draw.everything());
        readers.checkAtOnce(draw.everything().newestFirst());
        if (hot.openCursors() + hot.openSnapshots() + cold.openCursors() + cold.openFiles() != 0) {
            throw new AssertionError("left open: " + hot.openCursors() + " hot cursors, " + hot.openSnapshots()
                    + " snapshots, " + cold.openCursors() + " cold cursors, " + cold.openFiles() + " files");
        }
        return coverage;
    }

    /** After a run that nobody disturbed, the archive alone has what lies below the watermark. */
    private void checkSwept(ArchiveReport last) {
        Instant watermark = Objects.requireNonNull(last.watermark());
        List<Row> left = hot.rows().stream()
                .filter(row -> timeOf(row).isBefore(watermark))
                .toList();
        try (HotSnapshot snapshot = hot.snapshot(ScanControl.unlimited())) {
            long tombstones = snapshot.tombstones(draw.everything().range());
            if (!left.isEmpty() || tombstones != 0 || !last.unswept().isEmpty()) {
                throw new AssertionError("not swept: " + left + " and " + tombstones + " tombstones");
            }
        }
    }

    /** After a run that nobody disturbed, no attempt has left a file or is remembered. */
    private void checkCleared(ArchiveReport last) {
        try (HotSnapshot snapshot = hot.snapshot(ScanControl.unlimited())) {
            List<String> counting = snapshot.manifests(draw.everything().range(), cold.layout()).stream()
                    .flatMap(manifest -> manifest.files().stream())
                    .map(StoredFile::location)
                    .sorted()
                    .toList();
            Set<Long> excluded = snapshot.journal().versions().excluded();
            if (!counting.equals(cold.files())
                    || !excluded.isEmpty()
                    || !last.unswept().isEmpty()) {
                throw new AssertionError("not cleared: there are " + cold.files() + ", and " + counting
                        + " count; excluded are " + excluded);
            }
        }
        coverage.add("schedule without versions");
    }

    /** Something that anybody may do at any time. */
    private void act() {
        switch (draw.below(18)) {
            case 0 -> put(draw.row());
            case 1, 2 -> change();
            case 3 -> delete();
            case 4, 5 -> readers.open();
            case 6, 7, 8 -> readers.readOn();
            case 9 -> readers.checkAtOnce(draw.query());
            case 10 -> readers.closeEarly();
            case 11, 12 -> readers.page();
            case 13 -> erase();
            case 14 -> insertAgain();
            case 15 -> readers.count();
            case 16 -> executeLate();
            default -> clock.advance(Duration.ofMinutes(draw.oneIn(4) ? 60 * draw.below(30) : 4));
        }
    }

    private void executeLate() {
        if (late.executeOne(draw)) {
            coverage.add("DDL executed late");
        }
    }

    /** Backs the database up, or restores it: its last commits are lost, of a moment or of hours. */
    private void goBack() {
        // What was removed by then, nobody counted on within the time that removals wait for.
        backups.removeIf(backup -> !clock.instant().isBefore(backup.taken().plus(GRACE)));
        if (backups.isEmpty() || draw.oneIn(2)) {
            backups.add(new Backup(hot.backup(), model.rows(), clock.instant()));
            return;
        }
        if (readers.areWithinAStep() || (depth > 0 && !versioned)) {
            return;
        }
        Backup backup = backups.get(draw.below(backups.size()));
        backups.removeIf(each -> each.taken().isAfter(backup.taken()));
        backup.restore().run();
        Set<Row> then = new TreeSet<>(model.order(Order.OLDEST_FIRST));
        then.addAll(backup.rows());
        model.rows().stream().filter(row -> !then.contains(row)).forEach(model::delete);
        then.forEach(model::put);
        readers.disconnect();
        losses++;
        lost = true;
        coverage.add(depth > 0 ? "last commits lost under an archiver" : "database restored");
        readers.checkAtOnce(draw.everything());
    }

    /** As an operator does. */
    private void recover(Archiver archiver) {
        int before = losses;
        Set<Long> unknown = versioned ? unknownVersions() : Set.of();
        try {
            RecoveryReport report = archiver.recover();
            coverage.add(report.hasFound() ? "recovered" : "nothing to recover from");
            if (versioned && losses == before) {
                checkReported(unknown, report);
            }
        } catch (UnknownHistoryException e) {
            throw new AssertionError("a recovery is refused", e);
        } catch (ConfigurationException e) {
            if (versioned) {
                throw e;
            }
            List<String> counting = hot.manifests().stream()
                    .flatMap(manifest -> manifest.files().stream())
                    .map(StoredFile::location)
                    .toList();
            cold.files().stream().filter(file -> !counting.contains(file)).forEach(cold::moveAway);
            coverage.add("files of lost windows moved away");
            archiver.recover();
        }
        lost &= losses != before;
    }

    /** Those with files that the journal doesn't know, or that a recovery has excluded before. */
    private Set<Long> unknownVersions() {
        Set<Long> excluded = hot.excludedByRecoveries();
        long known = hot.journal().orElseThrow().history().version();
        Set<Long> unknown = storedVersions();
        unknown.removeIf(version -> version <= known && !excluded.contains(version));
        return unknown;
    }

    private Set<Long> storedVersions() {
        Set<Long> stored = new TreeSet<>();
        cold.stored(0, ScanControl.unlimited()).forEach(each -> stored.add(each.version()));
        return stored;
    }

    /** Nothing is removed that nobody has told the operator of. */
    private void checkReported(Set<Long> unknown, RecoveryReport report) {
        Set<Long> unreported = new TreeSet<>(unknown);
        unreported.retainAll(hot.excludedByRecoveries());
        unreported.retainAll(storedVersions());
        report.forgotten().forEach(each -> unreported.remove(each.version()));
        if (!unreported.isEmpty()) {
            throw new AssertionError("a recovery has excluded " + unreported + " without a word: " + report);
        }
        if (report.excluded() == 0 && !report.forgotten().isEmpty()) {
            coverage.add("reported what another recovery has excluded");
        }
    }

    /** One archiver in three dies, and stores fail another one in four now and then. */
    private void archive(int oddsOfAct) {
        work(oddsOfAct, null);
    }

    private void work(int oddsOfAct, @Nullable Consumer<Archiver> instead) {
        if (archiving && !versioned) {
            return;
        }
        archiving = true;
        try {
            workAlone(oddsOfAct, instead);
        } finally {
            archiving = false;
        }
    }

    private void workAlone(int oddsOfAct, @Nullable Consumer<Archiver> instead) {
        int dieAt = draw.oneIn(3) ? draw.below(50) : -1;
        Faults faults = new Faults(draw, coverage, dieAt < 0 && draw.oneIn(4) ? 40 : 0);
        int self = archivers++;
        int lossesBefore = losses;
        Duration budget = draw.oneIn(3) ? Duration.ofSeconds(8L + draw.below(60)) : null;
        int[] taken = new int[2];
        if (depth > 0) {
            coverage.add("archiver started within another's step");
        }
        try {
            Archiver archiver = archiver(step -> {
                if (taken[1] == 1) {
                    throw new Crash();
                }
                boolean dies = taken[0]++ == dieAt || (dieAt >= 0 && DEADLY.contains(step) && draw.oneIn(3));
                if (dies) {
                    taken[1] = 1;
                    coverage.add("crash in " + Coverage.protocolStep(step));
                    throw new Crash();
                }
                coverage.addStep(step);
                meanwhile(oddsOfAct);
                if (losses != lossesBefore && !step.startsWith("cold.")) {
                    throw faults.disconnected(step);
                }
                if (step.equals("journal.committed")) {
                    readers.committed(self);
                }
                faults.at(step);
            });
            if (instead != null) {
                instead.accept(archiver);
                return;
            }
            // Each of its own steps takes a second.
            note(budget == null ? archiver.run() : BudgetedRun.run(archiver, budget, () -> taken[0] * 1_000_000_000L));
        } catch (Crash e) {
            coverage.add("crash");
        } catch (UnknownHistoryException e) {
            if (!lost) {
                throw e;
            }
            coverage.add("archiver refused after a loss");
        } catch (TieredQueryException e) {
            if (!faults.explain(e)) {
                throw e;
            }
            coverage.add("run ended by a failure");
        }
    }

    private void note(ArchiveReport report) {
        coverage.add("window archived", report.windows().size());
        coverage.add("rows deleted after their commit", report.laterDeletes().rows());
        coverage.add("rows left by a run to be deleted", report.laterDeletes().left());
        coverage.add("window swept", report.sweeps().size());
        coverage.add("version removed", report.removed().versions());
        coverage.add("leftover cleared", versioned ? 0 : report.removed().files());
        coverage.add(
                "window archived without versions",
                versioned ? 0 : report.windows().size());
        coverage.add("partition dropped", report.removed().partitions());
        coverage.add(
                "window swept again",
                report.sweeps().stream().filter(sweep -> sweep.attempts() > 1).count());
        coverage.add(
                "window copied again",
                report.windows().stream()
                        .filter(window -> window.attempts() > 1)
                        .count());
        coverage.add("run ended by its budget", report.stop() == ArchiveReport.Stop.BUDGET ? 1 : 0);
        coverage.add(
                "window gone on with",
                report.windows().stream()
                        .filter(window -> window.filesTakenOver() > 0)
                        .count());
        if (report.stop() == ArchiveReport.Stop.LEASE_HELD_ELSEWHERE) {
            coverage.add("run ended by another archiver's lease");
        }
    }

    /**
     * Others act before a process takes its step; now and then another archiver comes, or the lease runs out. The
     * deeper, the less, so that a schedule comes to its end.
     */
    private void meanwhile(int odds) {
        if (++steps > 200_000) {
            throw new AssertionError("the schedule doesn't come to its end");
        }
        if (depth >= 3 || !draw.oneIn(odds * (1 + 3 * depth))) {
            return;
        }
        depth++;
        try {
            if (restoring && draw.oneIn(8)) {
                goBack();
                return;
            }
            switch (draw.below(8)) {
                case 0 -> {
                    clock.advance(Duration.ofHours(draw.below(48)));
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
        ProtocolFault.Archive stores = new ProtocolFault.Archive(hot.client(hook), late.of(cold.client(hook)));
        if (fault != null) {
            stores = fault.archive(stores, hot, hook);
        }
        return Archiver.builder(stores.hot(), stores.cold())
                .keep(Period.ofDays(2))
                .clock(clock)
                .lease(LEASE)
                .settle(Duration.ZERO)
                .rowsPerFile(1 + draw.below(4))
                .rowsPerDelete(draw.oneIn(2) ? 1 + draw.below(3) : 1_000)
                .removeAfter(GRACE)
                .sweepEvery(Duration.ofMinutes(15).multipliedBy(draw.below(2)))
                .rowsPerSweep(draw.oneIn(3) ? 1 + draw.below(4) : 1_000)
                .build();
    }

    private TieredQuery<Row> flights(StepHook hook, Query query) {
        StepHook timed = timed(hook);
        HotStore client = hot.client(timed);
        return flights(timed, fault == null ? client : fault.readerHot(client, query));
    }

    /**
     * No reader takes longer from its snapshot to the rows of a query that it started with it than the clean-up waits:
     * one that the clock has left behind ends there, as a query does that has timed out.
     */
    private StepHook timed(StepHook hook) {
        Instant[] snapshot = {LATER};
        return step -> {
            hook.at(step);
            if (step.equals("hot.snapshot")) {
                snapshot[0] = clock.instant();
            } else if (ASKS_COLD.contains(step) && !clock.instant().isBefore(snapshot[0].plus(GRACE))) {
                coverage.add("query timed out");
                throw new Readers.TimedOut();
            }
        };
    }

    private TieredQuery<Row> counted(Query query) {
        HotStore client = hot.client(StepHook.NONE);
        return flights(StepHook.NONE, fault == null ? client : fault.counterHot(client, query));
    }

    private TieredQuery<Row> flights(StepHook hook, HotStore hotClient) {
        ColdStore coldClient = cold.client(hook);
        TieredQueryBuilder builder = TieredQuery.builder(Flights.TABLE)
                .hot(hotClient)
                .cold(fault == null ? coldClient : fault.readerCold(coldClient))
                .clock(clock)
                .tokenKeys(TOKEN_KEY)
                .pagesPerScan(1 + draw.below(4))
                .maxSnapshotAge(MAX_SNAPSHOT_AGE);
        switch (draw.below(4)) {
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

    private @Nullable Instant watermark() {
        return hot.journal().orElseThrow().state().watermark();
    }

    private void put(Row row) {
        Instant watermark = watermark();
        if (watermark != null && timeOf(row).isBefore(watermark)) {
            coverage.add("late row written");
        }
        hot.put(row);
        model.put(row);
    }

    /** Sometimes the column that partitions are told apart by changes too, and sometimes the key. */
    private void change() {
        List<Row> rows = model.rows();
        if (rows.isEmpty()) {
            return;
        }
        Row row = draw.from(rows);
        Object key = row.value(1);
        if (draw.oneIn(8)) {
            erase(row);
            coverage.add("key changed");
            key = 30L + draw.below(10);
        }
        put(ContractRows.row(
                Flights.TABLE.rowType(),
                row.value(0),
                key,
                draw.oneIn(3) ? draw.origin() : row.value(2),
                draw.below(10)));
    }

    /** Through the library, wherever rows lie: some, one that there isn't, or all that a query finds. */
    private void erase() {
        List<Row> rows = model.rows();
        if (draw.oneIn(4)) {
            Query query = draw.unlimitedQuery().limit(1 + draw.below(3));
            List<Row> found = model.answer(query);
            flights(StepHook.NONE, query).erase(query);
            found.forEach(this::forget);
            coverage.add("rows erased by a query", found.size());
            return;
        }
        Row absent = draw.row();
        if (draw.oneIn(4)
                && rows.stream()
                        .noneMatch(row -> model.order(Order.OLDEST_FIRST).compare(row, absent) == 0)) {
            Eraser.of(hot).erase(List.of(absent));
            coverage.add("row erased that there isn't");
        } else if (!rows.isEmpty()) {
            erase(draw.from(rows));
        }
    }

    private void erase(Row row) {
        boolean late = hot.rows().contains(row);
        Instant watermark = watermark();
        if (watermark != null && timeOf(row).isBefore(watermark)) {
            coverage.add(late ? "late row erased" : "archived row erased");
        }
        Eraser.of(hot).erase(List.of(row));
        forget(row);
    }

    private void forget(Row row) {
        model.delete(row);
        erased.add(row);
        coverage.add("row erased");
    }

    /** The same row as before, or another with its key. */
    private void insertAgain() {
        if (!erased.isEmpty()) {
            Row row = erased.remove(draw.below(erased.size()));
            coverage.add("row inserted again");
            put(
                    draw.oneIn(2)
                            ? row
                            : ContractRows.row(
                                    Flights.TABLE.rowType(),
                                    row.value(0),
                                    row.value(1),
                                    draw.origin(),
                                    draw.below(10)));
        }
    }

    /** Below the watermark a plain DELETE isn't how rows are deleted. */
    private void delete() {
        Instant watermark = watermark();
        List<Row> rows = hot.rows().stream()
                .filter(row -> watermark == null || !timeOf(row).isBefore(watermark))
                .toList();
        if (!rows.isEmpty()) {
            Row row = draw.from(rows);
            hot.delete(row);
            model.delete(row);
        }
    }

    private static Instant timeOf(Row row) {
        return (Instant) Objects.requireNonNull(row.value(0));
    }
}
