package io.github.tieredquery.simulation;

import io.github.tieredquery.internal.cursor.TombstoneMatcher;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.query.Filter;
import io.github.tieredquery.query.Query;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.spi.RowCursor;
import io.github.tieredquery.spi.Scan;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.spi.VisibleVersions;
import io.github.tieredquery.store.ArchiveAttempt;
import io.github.tieredquery.store.ArchiveIdentity;
import io.github.tieredquery.store.ArchiveJournal;
import io.github.tieredquery.store.ArchiveMark;
import io.github.tieredquery.store.CleanUpResult;
import io.github.tieredquery.store.ColdStore;
import io.github.tieredquery.store.DeadVersion;
import io.github.tieredquery.store.HotSnapshot;
import io.github.tieredquery.store.HotStore;
import io.github.tieredquery.store.JournalState;
import io.github.tieredquery.store.PartitionManifest;
import io.github.tieredquery.store.RowDigest;
import io.github.tieredquery.store.StoredFile;
import io.github.tieredquery.store.SweepAttempt;
import io.github.tieredquery.store.SweepCommit;
import io.github.tieredquery.store.WindowAttempt;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.testkit.Interception;
import io.github.tieredquery.testkit.JournalFault;
import io.github.tieredquery.testkit.MemoryHotStore;
import io.github.tieredquery.testkit.StepHook;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A deliberate mistake in the protocol. Archiver and readers are the production ones; what they stand on does, in their
 * place, what a wrong implementation would do. A simulation that doesn't notice proves nothing.
 */
enum ProtocolFault {
    /** The rows are deleted and the watermark moved while the partitions aren't registered yet. */
    WATERMARK_BEFORE_PUBLISH {
        @Override
        Archive archive(Archive sound, MemoryHotStore database, StepHook hook) {
            List<Runnable> postponed = new ArrayList<>();
            List<PartitionManifest> claimed = new ArrayList<>();
            ColdStore cold = Interception.before(ColdStore.class, sound.cold(), call -> {
                if (call.name().equals("publish")) {
                    claimed.addAll(manifests(call.argument(0, Collection.class)));
                    postponed.add(call::proceed);
                    return null;
                }
                return call.name().equals("listVisibleFiles")
                        ? claimedFiles(claimed, call.argument(1, Long.class))
                        : call.proceed();
            });
            return new Archive(
                    onCommit(sound.hot(), (attempt, copied, commit) -> {
                        ArchiveAttempt.Outcome outcome = commit.get();
                        hook.at("fault.unpublished");
                        postponed.forEach(Runnable::run);
                        postponed.clear();
                        return outcome;
                    }),
                    cold);
        }
    },
    /** What the cold store sees isn't asked before the commit. */
    NOT_VERIFIED {
        @Override
        Archive archive(Archive sound, MemoryHotStore database, StepHook hook) {
            List<PartitionManifest> claimed = new ArrayList<>();
            return new Archive(sound.hot(), Interception.before(ColdStore.class, sound.cold(), call -> {
                if (call.name().equals("publish")) {
                    claimed.addAll(manifests(call.argument(0, Collection.class)));
                }
                return call.name().equals("listVisibleFiles")
                        ? claimedFiles(claimed, call.argument(1, Long.class))
                        : call.proceed();
            }));
        }
    },
    /** The commit deletes whatever the window holds by now. */
    NO_REREAD_IN_COMMIT(JournalFault.ROWS_NOT_COMPARED),
    /** What is re-read is older than what the DELETE finds, as InnoDB's plain read is; as many rows are deleted. */
    PLAIN_REREAD_ON_INNODB(JournalFault.ROWS_NOT_COMPARED) {
        @Override
        Archive archive(Archive sound, MemoryHotStore database, StepHook hook) {
            return new Archive(
                    onCommit(sound.hot(), (attempt, copied, commit) -> {
                        if (!digest(database, attempt.window()).equals(copied)) {
                            return ArchiveAttempt.Outcome.ROWS_CHANGED;
                        }
                        hook.at("fault.reread");
                        return rows(database, attempt.window()).size() == copied.rows()
                                ? commit.get()
                                : ArchiveAttempt.Outcome.ROWS_CHANGED;
                    }),
                    sound.cold());
        }
    },
    /** The window is compared, and then deleted by its range, without a look at how many rows that are. */
    DELETED_BY_RANGE_AFTER_THE_REREAD(JournalFault.ROWS_NOT_COMPARED) {
        @Override
        Archive archive(Archive sound, MemoryHotStore database, StepHook hook) {
            return new Archive(
                    onCommit(sound.hot(), (attempt, copied, commit) -> {
                        if (!digest(database, attempt.window()).equals(copied)) {
                            return ArchiveAttempt.Outcome.ROWS_CHANGED;
                        }
                        hook.at("fault.compared");
                        return commit.get();
                    }),
                    sound.cold());
        }
    },
    /** One transaction deletes the rows and another moves the watermark. */
    DELETED_BEFORE_THE_WATERMARK_MOVES(JournalFault.ROWS_NOT_COMPARED) {
        @Override
        Archive archive(Archive sound, MemoryHotStore database, StepHook hook) {
            return new Archive(
                    onCommit(sound.hot(), (attempt, copied, commit) -> {
                        if (!digest(database, attempt.window()).equals(copied)) {
                            return ArchiveAttempt.Outcome.ROWS_CHANGED;
                        }
                        rows(database, attempt.window()).forEach(database::delete);
                        hook.at("fault.deleted");
                        return commit.get();
                    }),
                    sound.cold());
        }
    },
    /** A commit that deletes nothing doesn't look at the rows, of which one may be gone. */
    ROWS_THAT_STAY_NOT_COMPARED(JournalFault.ROWS_THAT_STAY_NOT_COMPARED),
    /** Rows that a commit has left are deleted without being compared with the archived ones. */
    DELETED_LATER_BY_RANGE(JournalFault.DELETED_LATER_BY_RANGE),
    /** Rows that a commit has left are deleted although they were erased and inserted again since. */
    ERASED_ROWS_DELETED_LATER(JournalFault.ERASED_ROWS_DELETED_LATER),
    /** An archiver goes on although its lease is another's. */
    LEASE_NOT_CHECKED(JournalFault.LEASE_NOT_CHECKED),
    /** Two attempts write under one version. */
    VERSION_USED_TWICE(JournalFault.VERSION_USED_TWICE),
    /** What a dead attempt has begun is gone on with under its version. */
    DEAD_VERSION_GONE_ON_WITH(JournalFault.DEAD_VERSION_GONE_ON_WITH),
    /** An attempt counts from its start. */
    VERSION_NOT_EXCLUDED_AT_ITS_START(JournalFault.VERSION_NOT_EXCLUDED),
    /** Readers ask for all versions up to their ceiling, those of dead attempts too. */
    EXCLUDED_VERSIONS_NOT_LEFT_OUT {
        @Override
        ColdStore readerCold(ColdStore sound) {
            return onVersions(sound, versions -> new VisibleVersions(versions.ceiling(), new TreeSet<>()));
        }
    },
    /** Readers ask for versions that were given out after their snapshot too. */
    NO_VERSION_CEILING {
        @Override
        ColdStore readerCold(ColdStore sound) {
            return onVersions(sound, versions -> new VisibleVersions(Long.MAX_VALUE, versions.excluded()));
        }
    },
    /** Late rows are read when it is decided already what the archive is asked for. */
    LATE_ROWS_READ_AFTER_COLD_HAS_STARTED {
        @Override
        HotStore readerHot(HotStore sound, Query query) {
            return onSnapshot(
                    sound,
                    (snapshot, call) -> call.name().equals("open") && isLate(snapshot, call.argument(0, Scan.class))
                            ? openedLater(sound, call.argument(0, Scan.class), (RowCursor)
                                    Objects.requireNonNull(call.proceed()))
                            : call.proceed());
        }

        /** Its first row opens it. */
        private RowCursor openedLater(HotStore sound, Scan scan, RowCursor inTime) {
            RowCursor[] late = {null};
            return Interception.before(RowCursor.class, inTime, call -> {
                if (call.name().equals("next")) {
                    late[0] = late[0] == null ? sound.open(scan, ScanControl.unlimited()) : late[0];
                    return late[0].next();
                }
                if (call.name().equals("close") && late[0] != null) {
                    late[0].close();
                }
                return call.proceed();
            });
        }
    },
    /** Each statement of a snapshot sees its own moment. */
    NO_SNAPSHOT {
        @Override
        HotStore readerHot(HotStore sound, Query query) {
            return onSnapshot(
                    sound,
                    (snapshot, call) -> call.has(0, Scan.class) && call.name().equals("open")
                            ? sound.open(call.argument(0, Scan.class), ScanControl.unlimited())
                            : call.proceed());
        }
    },
    /** A query that was planned before the move is run after it. */
    PLANNED_BEFORE_THE_SNAPSHOT {
        @Override
        HotStore readerHot(HotStore sound, Query query) {
            JournalState planned = sound.journal().orElseThrow().state();
            return onSnapshot(sound, (snapshot, call) -> call.name().equals("journal") ? planned : call.proceed());
        }
    },
    /** The query's filter is asked of the late rows, so that one that no longer matches hides nothing. */
    FILTER_PUSHED_INTO_THE_LATE_SLICE {
        @Override
        HotStore readerHot(HotStore sound, Query query) {
            return onSnapshot(
                    sound,
                    (snapshot, call) -> call.name().equals("open") && isLate(snapshot, call.argument(0, Scan.class))
                            ? call.proceedWith(
                                    0,
                                    call.argument(0, Scan.class)
                                            .filter(query.filter().boundTo(sound.table())))
                            : call.proceed());
        }
    },
    /** Nobody looks for late rows. */
    LATE_ROWS_FORGOTTEN {
        @Override
        HotStore readerHot(HotStore sound, Query query) {
            return onSnapshot(sound, (snapshot, call) -> call.name().equals("hasRows") ? false : call.proceed());
        }
    },
    /** A scan with a limit ends one row before it. */
    LIMIT_CUTS_OFF_A_ROW {
        @Override
        ColdStore readerCold(ColdStore sound) {
            return Interception.before(
                    ColdStore.class,
                    sound,
                    call -> call.name().equals("open")
                            ? call.proceedWith(0, oneFewer(call.argument(0, Scan.class)))
                            : call.proceed());
        }

        private Scan oneFewer(Scan scan) {
            long limit = scan.limit().orElse(0);
            return limit > 1 ? scan.limit(limit - 1) : scan;
        }
    },
    /** Nobody looks for erased rows. */
    TOMBSTONES_FORGOTTEN {
        @Override
        HotStore readerHot(HotStore sound, Query query) {
            return withoutTombstones(sound);
        }
    },
    /** Manifests are counted as if nothing had been erased since. */
    TOMBSTONES_FORGOTTEN_BY_COUNTS {
        @Override
        HotStore counterHot(HotStore sound, Query query) {
            return withoutTombstones(sound);
        }
    },
    /** A tombstone hides a row that was inserted after the erasure. */
    TOMBSTONES_HIDE_LATE_ROWS {
        @Override
        HotStore readerHot(HotStore sound, Query query) {
            return onSnapshot(
                    sound,
                    (snapshot, call) -> call.name().equals("open") && isLate(snapshot, call.argument(0, Scan.class))
                            ? withoutErased(snapshot, call.argument(0, Scan.class), (RowCursor)
                                    Objects.requireNonNull(call.proceed()))
                            : call.proceed());
        }

        private RowCursor withoutErased(HotSnapshot snapshot, Scan scan, RowCursor late) {
            TombstoneMatcher erased = new TombstoneMatcher(
                    scan.table(),
                    snapshot.openTombstones(scan.range(), scan.order()),
                    scan.table().keyType(),
                    scan.rowType(),
                    scan.order());
            return Interception.before(RowCursor.class, late, call -> {
                Object answer = call.proceed();
                while (answer instanceof Row row && erased.hide(row)) {
                    answer = call.proceed();
                }
                return answer;
            });
        }
    },
    /** A page goes on in a result from before an erasure. */
    ERASURE_DOES_NOT_RAISE_THE_EPOCH(JournalFault.ERASURE_KEEPS_THE_EPOCH),
    /** One transaction deletes the late rows and another lets their new version count. */
    SWEEP_DELETES_BEFORE_IT_COMMITS(JournalFault.SWEPT_ROWS_NOT_COMPARED) {
        @Override
        Archive archive(Archive sound, MemoryHotStore database, StepHook hook) {
            return new Archive(
                    onAttempt(sound.hot(), (attempt, call) -> {
                        if (attempt instanceof SweepAttempt && call.name().equals("commit")) {
                            call.argument(1, SweepCommit.class).late().forEach(database::delete);
                            hook.at("fault.deleted");
                        }
                        return call.proceed();
                    }),
                    sound.cold());
        }
    },
    /** A sweep deletes late rows that have changed since it has copied them. */
    SWEEP_DOES_NOT_COMPARE(JournalFault.SWEPT_ROWS_NOT_COMPARED),
    /** A sweep deletes late rows that it hasn't copied. */
    SWEEP_DELETES_BY_RANGE(JournalFault.SWEPT_BY_RANGE),
    /** A row that is erased and inserted again during a sweep is taken for the copied one. */
    SWEEP_IGNORES_NEWER_TOMBSTONES(JournalFault.ERASED_DURING_A_SWEEP_IGNORED),
    /** The version that a sweep has replaced counts beside the new one. */
    SWEEP_KEEPS_THE_OLD_VERSION(JournalFault.REPLACED_VERSION_COUNTS),
    /** The version that a sweep replaces doesn't count while the new one is being written. */
    SWEEP_EXCLUDES_THE_OLD_VERSION_EARLY(JournalFault.REPLACED_VERSION_EXCLUDED_EARLY),
    /** A late row is taken to be in the partition of the archived row that it replaces. */
    SWEEP_LOOKS_IN_THE_LATE_ROWS_PARTITION_ONLY {
        @Override
        Archive archive(Archive sound, MemoryHotStore database, StepHook hook) {
            boolean partitioned = !sound.cold().layout().filterColumns().isEmpty();
            return new Archive(sound.hot(), Interception.before(ColdStore.class, sound.cold(), call -> {
                boolean looking = partitioned
                        && call.name().equals("open")
                        && call.argument(0, Scan.class).clusteredBy().isEmpty();
                return looking
                        ? call.proceedWith(0, call.argument(0, Scan.class).filter(Filter.none()))
                        : call.proceed();
            }));
        }
    },
    /** Without versions: what a failed attempt has left of a window stays beside what the next one writes. */
    LEFTOVERS_NOT_CLEARED(Setting.WITHOUT_VERSIONS) {
        @Override
        Archive archive(Archive sound, MemoryHotStore database, StepHook hook) {
            return withoutLooking(
                    sound, call -> call.name().equals("removeLeftovers") ? CleanUpResult.NOTHING : call.proceed());
        }
    },
    /** Without versions: what windows before have written into a partition that clocks go back over is cleared. */
    COMMITTED_FILES_CLEARED(Setting.WITHOUT_VERSIONS) {
        @Override
        Archive archive(Archive sound, MemoryHotStore database, StepHook hook) {
            return withoutLooking(
                    sound,
                    call -> call.name().equals("removeLeftovers")
                                    && !call.argument(2, Collection.class).isEmpty()
                            ? call.proceedWith(1, List.of())
                            : call.proceed());
        }
    },
    /** Without versions: late rows and tombstones are swept as if what is replaced could be left out. */
    SWEPT_WITHOUT_VERSIONS(Setting.WITHOUT_VERSIONS) {
        @Override
        Archive archive(Archive sound, MemoryHotStore database, StepHook hook) {
            HivePartitionLayout plain = sound.cold().layout();
            HivePartitionLayout versioned = (plain.timeColumns().contains("hour")
                            ? HivePartitionLayout.hourly(plain.zone())
                            : HivePartitionLayout.daily(plain.zone()))
                    .thenBy(plain.filterColumns().toArray(String[]::new));
            ArchiveIdentity identity = ArchiveIdentity.of(database.table(), plain.checkedAgainst(database.table()));
            Archive swept = withoutLooking(sound, call -> call.name().equals("layout") ? versioned : call.proceed());
            return new Archive(
                    onJournal(
                            swept.hot(),
                            (journal, call) ->
                                    call.name().equals("prepare") ? call.proceedWith(0, identity) : call.proceed()),
                    swept.cold());
        }
    },
    /** After a restore: what is at the place isn't compared with what the journal remembers. */
    MARKS_NOT_COMPARED(Setting.RESTORES) {
        @Override
        Archive archive(Archive sound, MemoryHotStore database, StepHook hook) {
            return new Archive(
                    onJournal(
                            sound.hot(),
                            (journal, call) -> call.name().equals("remembers") ? Boolean.TRUE : call.proceed()),
                    sound.cold());
        }
    },
    /** The place knows of a version only when its files are there, which a journal may have forgotten by then. */
    MARK_LEFT_AFTER_THE_FILES(Setting.RESTORES) {
        @Override
        Archive archive(Archive sound, MemoryHotStore database, StepHook hook) {
            List<Interception.Call> postponed = new ArrayList<>();
            return new Archive(
                    onJournal(
                            sound.hot(),
                            (journal, call) -> call.name().equals("remembers")
                                            && postponed.stream()
                                                    .anyMatch(mark -> mark.argument(0, ArchiveMark.class)
                                                            .isSameAs(call.argument(0, ArchiveMark.class)))
                                    ? Boolean.TRUE
                                    : call.proceed()),
                    Interception.before(ColdStore.class, sound.cold(), call -> {
                        if (call.name().equals("mark") && call.has(0, ArchiveMark.class)) {
                            postponed.add(call);
                            return Boolean.TRUE;
                        }
                        Object answer = call.proceed();
                        if (call.name().equals("publish")) {
                            postponed.forEach(Interception.Call::proceed);
                            postponed.clear();
                        }
                        return answer;
                    }));
        }
    },
    /** A recovery gives out numbers again that are known elsewhere. */
    RECOVERY_NUMBERS_NOT_BEYOND(JournalFault.RECOVERY_NUMBERS_NOT_BEYOND, Setting.RESTORES),
    /** A recovery lets forgotten versions count. */
    RECOVERY_EXCLUDES_NOTHING(JournalFault.RECOVERY_EXCLUDES_NOTHING, Setting.RESTORES),
    /** A recovery that goes on with one that was broken off reports nothing of what that has excluded. */
    RECOVERY_FORGETS_WHAT_IT_EXCLUDED(JournalFault.RECOVERY_FORGETS_WHAT_IT_EXCLUDED, Setting.RESTORES),
    /** What was replaced is removed at once, while queries may still be reading it. */
    CLEAN_UP_WITHOUT_GRACE {
        @Override
        Archive archive(Archive sound, MemoryHotStore database, StepHook hook) {
            return new Archive(
                    onJournal(
                            sound.hot(),
                            (journal, call) -> call.name().equals("listDeadVersions")
                                    ? call.proceedWith(0, Duration.ZERO)
                                    : call.proceed()),
                    sound.cold());
        }
    },
    /** A dead version's number leaves the list while its files are still there. */
    NUMBER_FORGOTTEN_BEFORE_ITS_FILES_ARE_REMOVED {
        @Override
        Archive archive(Archive sound, MemoryHotStore database, StepHook hook) {
            return new Archive(
                    onJournal(sound.hot(), (journal, call) -> {
                        Object answer = call.proceed();
                        if (call.name().equals("listDeadVersions") && answer instanceof List<?> dead) {
                            journal.forgetVersions(
                                    dead.stream().map(DeadVersion.class::cast).toList());
                        }
                        return answer;
                    }),
                    sound.cold());
        }
    };

    /** The stores that an archiver works on. */
    record Archive(HotStore hot, ColdStore cold) {}

    /** In place of a commit. */
    private interface Commit {
        ArchiveAttempt.Outcome answer(
                ArchiveAttempt attempt, RowDigest copied, java.util.function.Supplier<ArchiveAttempt.Outcome> commit);
    }

    /** In place of a call of a snapshot. */
    private interface OnSnapshot {
        @Nullable
        Object answer(HotSnapshot snapshot, Interception.Call call);
    }

    /** In place of a call of an attempt. */
    private interface OnAttempt {
        @Nullable
        Object answer(ArchiveAttempt attempt, Interception.Call call);
    }

    /** In place of a call of a journal. */
    private interface OnJournal {
        @Nullable
        Object answer(ArchiveJournal journal, Interception.Call call);
    }

    /** Where a mistake is made. */
    private enum Setting {
        WITH_VERSIONS,
        WITHOUT_VERSIONS,
        /** With versions, where the database is restored now and then. */
        RESTORES
    }

    private final @Nullable JournalFault journalFault;
    private final Setting setting;

    ProtocolFault() {
        this(null, Setting.WITH_VERSIONS);
    }

    ProtocolFault(JournalFault journalFault) {
        this(journalFault, Setting.WITH_VERSIONS);
    }

    ProtocolFault(Setting setting) {
        this(null, setting);
    }

    ProtocolFault(@Nullable JournalFault journalFault, Setting setting) {
        this.journalFault = journalFault;
        this.setting = setting;
    }

    /** Whether it is one in a layout without versions; others are looked for where there are some. */
    boolean isWithoutVersions() {
        return setting == Setting.WITHOUT_VERSIONS;
    }

    /** Whether it is one that only a database shows that loses what was committed. */
    boolean isOfRestores() {
        return setting == Setting.RESTORES;
    }

    /** Makes the database misbehave if that is where the mistake is. */
    void infect(MemoryHotStore database) {
        if (journalFault != null) {
            database.misbehave(journalFault);
        }
    }

    /**
     * What an archiver works on.
     *
     * @param database without a hook
     * @param hook lets others act
     */
    Archive archive(Archive sound, MemoryHotStore database, StepHook hook) {
        return sound;
    }

    /** What a reader of one query works on. */
    HotStore readerHot(HotStore sound, Query query) {
        return sound;
    }

    /** What a count of one query works on. */
    HotStore counterHot(HotStore sound, Query query) {
        return readerHot(sound, query);
    }

    /** What a reader works on. */
    ColdStore readerCold(ColdStore sound) {
        return sound;
    }

    private static ColdStore onVersions(ColdStore sound, UnaryOperator<VisibleVersions> fault) {
        return Interception.before(
                ColdStore.class,
                sound,
                call -> call.has(0, Scan.class)
                        ? call.proceedWith(0, withVersions(call.argument(0, Scan.class), fault))
                        : call.proceed());
    }

    private static Scan withVersions(Scan scan, UnaryOperator<VisibleVersions> fault) {
        return scan.versions()
                .map(versions -> scan.versions(fault.apply(versions)))
                .orElse(scan);
    }

    private static HotStore onCommit(HotStore sound, Commit fault) {
        return onAttempt(
                sound,
                (attempt, call) ->
                        attempt instanceof WindowAttempt && call.name().equals("commit")
                                ? fault.answer(attempt, call.argument(0, RowDigest.class), () ->
                                        (ArchiveAttempt.Outcome) Objects.requireNonNull(call.proceed()))
                                : call.proceed());
    }

    private static HotStore onAttempt(HotStore sound, OnAttempt fault) {
        return onJournal(sound, (journal, call) -> {
            Object answer = call.proceed();
            return answer instanceof Optional<?> begun
                            && begun.isPresent()
                            && begun.get() instanceof ArchiveAttempt attempt
                    ? Optional.of(Interception.beforeAttempt(attempt, step -> fault.answer(attempt, step)))
                    : answer;
        });
    }

    private static HotStore onJournal(HotStore sound, OnJournal fault) {
        ArchiveJournal journal = sound.journal().orElseThrow();
        return Interception.before(
                HotStore.class,
                sound,
                call -> call.name().equals("journal")
                        ? Optional.of(Interception.before(
                                ArchiveJournal.class, journal, inner -> fault.answer(journal, inner)))
                        : call.proceed());
    }

    private static HotStore onSnapshot(HotStore sound, OnSnapshot fault) {
        return Interception.before(HotStore.class, sound, call -> {
            Object answer = call.proceed();
            return answer instanceof HotSnapshot snapshot
                    ? Interception.before(HotSnapshot.class, snapshot, inner -> fault.answer(snapshot, inner))
                    : answer;
        });
    }

    private static HotStore withoutTombstones(HotStore sound) {
        return onSnapshot(sound, (snapshot, call) -> call.name().equals("tombstones") ? 0L : call.proceed());
    }

    private static boolean isLate(HotSnapshot snapshot, Scan scan) {
        Instant watermark = snapshot.journal().watermark();
        return watermark != null && scan.range().from().isBefore(watermark);
    }

    private static List<Row> rows(MemoryHotStore database, TimeRange window) {
        String time = database.table().timeColumn().name();
        return database.rows().stream()
                .filter(row -> window.contains(Objects.requireNonNull(row.timestamp(time))))
                .toList();
    }

    private static RowDigest digest(MemoryHotStore database, TimeRange window) {
        RowDigest.Builder digest = new RowDigest.Builder(database.table().rowType());
        rows(database, window).forEach(digest::add);
        return digest.build();
    }

    private static List<PartitionManifest> manifests(Collection<?> published) {
        return published.stream().map(PartitionManifest.class::cast).toList();
    }

    /**
     * Nobody minds before the commit what is seen beside what was written, and no file has the place of another one:
     * only readers can notice.
     */
    private static Archive withoutLooking(Archive sound, Interception fault) {
        List<PartitionManifest> claimed = new ArrayList<>();
        return new Archive(sound.hot(), Interception.before(ColdStore.class, sound.cold(), call -> {
            if (call.name().equals("publish")) {
                claimed.addAll(manifests(call.argument(0, Collection.class)));
            }
            if (call.name().equals("create")) {
                int part = call.argument(2, Integer.class);
                return call.proceedWith(2, 1_000 * Math.toIntExact(call.argument(1, Long.class)) + part);
            }
            Object answer = fault.answer(call);
            if (call.name().equals("listVisibleFiles") && answer instanceof List<?> seen) {
                Set<String> written = claimedFiles(claimed, call.argument(1, Long.class)).stream()
                        .map(StoredFile::location)
                        .collect(Collectors.toSet());
                return seen.stream()
                        .map(StoredFile.class::cast)
                        .filter(file -> written.contains(file.location()))
                        .toList();
            }
            return answer;
        }));
    }

    private static List<StoredFile> claimedFiles(List<PartitionManifest> claimed, long version) {
        return claimed.stream()
                .filter(manifest -> manifest.version() == version)
                .flatMap(manifest -> manifest.files().stream())
                .toList();
    }
}
