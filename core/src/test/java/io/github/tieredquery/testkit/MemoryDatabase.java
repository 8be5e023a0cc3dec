package io.github.tieredquery.testkit;

import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.error.SourceUnavailableException;
import io.github.tieredquery.partition.HivePartition;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.spi.VisibleVersions;
import io.github.tieredquery.store.ArchiveAttempt;
import io.github.tieredquery.store.ArchiveHistory;
import io.github.tieredquery.store.ArchiveIdentity;
import io.github.tieredquery.store.ArchiveMark;
import io.github.tieredquery.store.DeadVersion;
import io.github.tieredquery.store.EraseResult;
import io.github.tieredquery.store.FinishedFile;
import io.github.tieredquery.store.JournalState;
import io.github.tieredquery.store.PartitionManifest;
import io.github.tieredquery.store.PendingDelete;
import io.github.tieredquery.store.RowDigest;
import io.github.tieredquery.store.SweepCommit;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.Table;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** What all clients of one memory database share: rows and journal. Each method is one transaction. Thread-safe. */
final class MemoryDatabase {

    /** The database at one moment. Nothing in it changes. */
    record Moment(Collection<Row> rows, JournalState state, List<Written> written, List<Tombstone> tombstones) {}

    /** An erased key and the epoch that its erasure began. */
    record Tombstone(Row key, long epoch) {}

    /** What a version holds. */
    record Written(TimeRange window, List<PartitionManifest> manifests) {

        boolean touches(TimeRange range) {
            return window.from().isBefore(range.to()) && range.from().isBefore(window.to());
        }

        boolean hasRowsIn(TimeRange range) {
            return !manifests.isEmpty() && touches(range);
        }
    }

    private record Lease(long version, Instant until) {}

    private static final AtomicLong ARCHIVES = new AtomicLong();
    /** No two marks have the same, however often the database goes back. */
    private static final AtomicLong NONCES = new AtomicLong();

    private static final TimeRange ALWAYS =
            new TimeRange(Instant.parse("0001-01-01T00:00:00Z"), Instant.parse("9999-12-31T00:00:00Z"));
    /** The epoch is so far beyond all others after a recovery. */
    private static final long LEAP = 1_000_000;

    /** The physical table. */
    volatile Table table;

    final AtomicInteger openCursors = new AtomicInteger();
    final AtomicInteger openSnapshots = new AtomicInteger();
    final AtomicLong queries = new AtomicLong();
    private final InstantSource clock;
    private final AtomicBoolean journalTables;
    /** Never changed, only replaced, so that a moment is a reference. */
    private TreeMap<Row, Row> rows;

    /** Excluded versions and since when they are. */
    private final NavigableMap<Long, Instant> excluded = new TreeMap<>();

    private final List<Tombstone> tombstones = new ArrayList<>();
    private final Map<Long, Written> written = new TreeMap<>();
    private final Map<Long, Instant> committed = new TreeMap<>();
    /** The windows of all versions that aren't forgotten. */
    private final Map<Long, TimeRange> given = new TreeMap<>();

    private final MemoryCopies copies = new MemoryCopies();
    private final List<PendingDelete> undeleted = new ArrayList<>();

    private final NavigableMap<Long, ArchiveMark> marks = new TreeMap<>();
    /** What recoveries have excluded and nobody has removed. */
    private final TreeSet<Long> forgotten = new TreeSet<>();

    private String archive = "archive-" + ARCHIVES.incrementAndGet();

    private @Nullable ArchiveIdentity identity;
    private @Nullable Instant watermark;
    private long epoch;
    private long lastVersion;
    private long lastMark;
    private long erasedKeys;
    private @Nullable Lease lease;
    private volatile @Nullable JournalFault fault;

    MemoryDatabase(Table table, InstantSource clock, AtomicBoolean journalTables) {
        this.table = table;
        this.journalTables = journalTables;
        this.clock = clock;
        this.rows = new TreeMap<>(table.rowOrder(table.rowType()));
    }

    void misbehave(JournalFault newFault) {
        fault = newFault;
    }

    synchronized Moment moment() {
        List<Written> visible = new ArrayList<>();
        VisibleVersions versions = new VisibleVersions(lastVersion, new TreeSet<>(excluded.keySet()));
        written.forEach((version, content) -> {
            if (versions.shows(version)) {
                visible.add(content);
            }
        });
        return new Moment(
                rows.values(),
                new JournalState(watermark, epoch, versions, identity == null ? null : identity.text()),
                visible,
                List.copyOf(tombstones));
    }

    /** For whoever needs the journal's tables. */
    Moment journaledMoment() {
        if (!journalTables.get()) {
            throw new ConfigurationException(
                    "the journal of table '" + table.name() + "' has no tables; prepare it, or run the archiver");
        }
        return moment();
    }

    /** Appends columns, which are NULL in all rows. */
    synchronized void alter(Table wider) {
        TreeMap<Row, Row> changed = new TreeMap<>(wider.rowOrder(wider.rowType()));
        rows.keySet().forEach(row -> {
            Row widened = MemoryRows.as(wider.rowType(), row);
            changed.put(widened, widened);
        });
        rows = changed;
        table = wider;
    }

    /** The database as it is now, rows and journal; running it brings that back, as often as one likes. */
    synchronized Runnable backup() {
        TreeMap<Row, Row> rowsThen = rows;
        Map<Long, Instant> excludedThen = Map.copyOf(excluded);
        List<Tombstone> tombstonesThen = List.copyOf(tombstones);
        Map<Long, Written> writtenThen = Map.copyOf(written);
        Map<Long, Instant> committedThen = Map.copyOf(committed);
        Map<Long, TimeRange> givenThen = Map.copyOf(given);
        Map<Long, ArchiveMark> marksThen = Map.copyOf(marks);
        List<PendingDelete> undeletedThen = List.copyOf(undeleted);
        Set<Long> forgottenThen = Set.copyOf(forgotten);
        Runnable copiesThen = copies.backup();
        String archiveThen = archive;
        ArchiveIdentity identityThen = identity;
        Instant watermarkThen = watermark;
        Lease leaseThen = lease;
        long[] numbersThen = {epoch, lastVersion, lastMark, erasedKeys};
        return () -> {
            synchronized (this) {
                rows = rowsThen;
                replace(excluded, excludedThen);
                replace(written, writtenThen);
                replace(committed, committedThen);
                replace(given, givenThen);
                replace(marks, marksThen);
                tombstones.clear();
                tombstones.addAll(tombstonesThen);
                undeleted.clear();
                undeleted.addAll(undeletedThen);
                forgotten.clear();
                forgotten.addAll(forgottenThen);
                copiesThen.run();
                archive = archiveThen;
                identity = identityThen;
                watermark = watermarkThen;
                lease = leaseThen;
                epoch = numbersThen[0];
                lastVersion = numbersThen[1];
                lastMark = numbersThen[2];
                erasedKeys = numbersThen[3];
            }
        };
    }

    private static <V> void replace(Map<Long, V> now, Map<Long, V> then) {
        now.clear();
        now.putAll(then);
    }

    synchronized void put(Collection<Row> newRows) {
        TreeMap<Row, Row> changed = new TreeMap<>(rows);
        for (Row each : newRows) {
            if (!table.rowType().names().containsAll(each.type().names())) {
                throw new IllegalArgumentException(each + " has other columns than " + table);
            }
            Row row = MemoryRows.as(table.rowType(), each);
            // The key is replaced too: it is the whole row.
            changed.remove(row);
            changed.put(row, row);
        }
        rows = changed;
    }

    synchronized void adopt(TimeRange window, List<PartitionManifest> manifests) {
        for (PartitionManifest manifest : manifests) {
            lastVersion = Math.max(lastVersion, manifest.version());
            Written before = written.get(manifest.version());
            List<PartitionManifest> all = new ArrayList<>(before == null ? List.of() : before.manifests());
            all.add(manifest);
            written.put(manifest.version(), new Written(window, List.copyOf(all)));
        }
        watermark = window.to();
        epoch++;
    }

    synchronized boolean delete(Row row) {
        TreeMap<Row, Row> changed = new TreeMap<>(rows);
        boolean was = changed.remove(row) != null;
        rows = changed;
        return was;
    }

    synchronized EraseResult erase(List<Row> keys) {
        journaledMoment();
        erasedKeys += keys.size();
        Comparator<Row> order = table.rowOrder(table.keyType(), table.rowType());
        TreeMap<Row, Row> rest = new TreeMap<>(rows);
        List<Row> archived = new ArrayList<>();
        for (Row key : keys) {
            rest.keySet().removeIf(row -> order.compare(key, row) == 0);
            if (watermark != null
                    && Objects.requireNonNull(key.timestamp(table.timeColumn().name()))
                            .isBefore(watermark)) {
                archived.add(key);
            }
        }
        if (!archived.isEmpty()) {
            epoch += fault == JournalFault.ERASURE_KEEPS_THE_EPOCH ? 0 : 1;
            archived.forEach(key -> tombstones.add(new Tombstone(key, epoch)));
        }
        EraseResult erased = new EraseResult(rows.size() - rest.size(), archived.size());
        rows = rest;
        return erased;
    }

    Instant clock() {
        return clock.instant();
    }

    synchronized void check(ArchiveIdentity archiver) {
        if (identity != null) {
            binding(identity).continuedBy(archiver);
        }
    }

    private ArchiveIdentity binding(ArchiveIdentity known) {
        return lastVersion == 0 ? known.beforeAnyVersion() : known;
    }

    synchronized ArchiveIdentity prepare(Table client, ArchiveIdentity newIdentity) {
        ArchiveIdentity known = identity;
        ArchiveIdentity continued = known == null ? newIdentity : binding(known).continuedBy(newIdentity);
        checkColumns(client);
        journalTables.set(true);
        if (known != null && !continued.equals(known)) {
            declareDead();
            lease = null;
        }
        identity = continued;
        return continued;
    }

    /**
     * A version that was given out, the window that it is for, the schema that it is written with, what was copied of
     * the window before, and what is left at the archive's place before anything is written.
     */
    record Begun(long version, TimeRange window, int schemaVersion, List<FinishedFile> copied, ArchiveMark mark) {}

    private Begun begun(long version, TimeRange window, List<FinishedFile> copied) {
        return new Begun(version, window, identity == null ? 1 : identity.schemaVersion(), copied, mark());
    }

    synchronized ArchiveHistory history() {
        return new ArchiveHistory(
                archive, marks.isEmpty() ? null : marks.firstEntry().getValue(), lastVersion, epoch);
    }

    synchronized boolean remembers(ArchiveMark mark) {
        ArchiveMark own = marks.get(mark.number());
        if (own == null || !own.isSameAs(mark)) {
            return false;
        }
        marks.headMap(mark.number()).clear();
        return true;
    }

    synchronized ArchiveMark mark() {
        lastMark++;
        ArchiveMark mark = new ArchiveMark(
                archive,
                lastMark,
                Long.toString(NONCES.incrementAndGet()),
                lastVersion,
                epoch,
                erasedKeys,
                clock.instant());
        marks.put(lastMark, mark);
        return mark;
    }

    synchronized Set<Long> excludedByRecoveries() {
        return Set.copyOf(forgotten);
    }

    synchronized SortedSet<Long> forgotten() {
        return new TreeSet<>(fault == JournalFault.RECOVERY_FORGETS_WHAT_IT_EXCLUDED ? Set.of() : forgotten);
    }

    /** The journal as one of before there were marks. */
    synchronized void forgetMarks() {
        marks.clear();
        lastMark = 0;
        archive = "archive-" + ARCHIVES.incrementAndGet();
    }

    synchronized ArchiveMark recover(String place, long excludedUntil, long version, long otherEpoch) {
        if (!place.equals(archive) && lastMark > 0) {
            throw new IllegalArgumentException(
                    "the archive of table '" + table.name() + "' is " + archive + ", not " + place);
        }
        archive = place;
        declareDead();
        lease = null;
        for (long suspended : copies.wake()) {
            excluded.put(suspended, clock.instant());
        }
        copies.clear();
        long beyond = fault == JournalFault.RECOVERY_NUMBERS_NOT_BEYOND ? lastVersion : version;
        for (long each = lastVersion + 1; each <= Math.min(beyond, excludedUntil); each++) {
            if (fault != JournalFault.RECOVERY_EXCLUDES_NOTHING) {
                excluded.put(each, clock.instant());
            }
            given.put(each, ALWAYS);
            forgotten.add(each);
        }
        lastVersion = Math.max(lastVersion, beyond);
        epoch = Math.max(epoch, otherEpoch) + LEAP;
        return mark();
    }

    /** Nothing if the lease is held. */
    synchronized Optional<Begun> beginWindow(Table client, TimeRange window, Duration time) {
        checkAttempt(client, window, time);
        if (isLeased()) {
            return Optional.empty();
        }
        if (watermark == null && !committed.isEmpty()) {
            throw new ConfigurationException("table '" + table.name() + "': an archive is being taken over and not all"
                    + " of it is yet; run Adoption.of(…) until it is complete");
        }
        if (watermark != null && !watermark.equals(window.from())) {
            throw new IllegalArgumentException("table '" + table.name() + "': the window " + window
                    + " doesn't start at the watermark " + watermark + "; archive from the watermark on");
        }
        for (long version : copies.wake()) {
            if (window.equals(given.get(version))) {
                lease = new Lease(version, clock.instant().plus(time));
                return Optional.of(begun(version, window, copied(version, window)));
            }
            excluded.put(version, clock.instant());
        }
        if (fault == JournalFault.DEAD_VERSION_GONE_ON_WITH
                && lease != null
                && excluded.containsKey(lease.version())
                && window.equals(given.get(lease.version()))) {
            lease = new Lease(lease.version(), clock.instant().plus(time));
            written.remove(lease.version());
            return Optional.of(begun(lease.version(), window, copied(lease.version(), window)));
        }
        long version = giveOut(window, time);
        return Optional.of(begun(version, window, copied(version, window)));
    }

    private List<FinishedFile> copied(long version, TimeRange window) {
        List<Long> dead = new ArrayList<>();
        given.forEach((other, range) -> {
            if (other != version && excluded.containsKey(other) && range.equals(window)) {
                dead.add(other);
            }
        });
        return copies.of(version, dead);
    }

    /** As {@link #beginWindow}, while there is no watermark. */
    synchronized Optional<Begun> beginAdoption(Table client, TimeRange window, Duration time) {
        checkAttempt(client, window, time);
        if (isLeased()) {
            return Optional.empty();
        }
        if (watermark != null) {
            throw new IllegalArgumentException("table '" + table.name() + "': the archive has the watermark "
                    + watermark + "; files of others are taken over before anything is archived");
        }
        return Optional.of(begun(giveOut(window, time), window, List.of()));
    }

    synchronized ArchiveAttempt.Outcome commitAdoption(long version, TimeRange window, RowDigest adopted) {
        if (!holds(version) || !excluded.containsKey(version)) {
            return ArchiveAttempt.Outcome.LEASE_LOST;
        }
        checkRecorded(version, window, adopted);
        excluded.remove(version);
        committed.put(version, clock.instant());
        epoch++;
        return ArchiveAttempt.Outcome.COMMITTED;
    }

    synchronized void endAdoption(Instant end) {
        if (watermark == null) {
            watermark = end;
            epoch++;
        }
    }

    /** As {@link #beginWindow}, below the watermark. */
    synchronized Optional<Begun> beginSweep(Table client, TimeRange window, Duration time) {
        checkAttempt(client, window, time);
        if (isLeased()) {
            return Optional.empty();
        }
        if (watermark == null || window.to().isAfter(watermark)) {
            throw new IllegalArgumentException("table '" + table.name() + "': the window " + window
                    + " isn't below the watermark " + watermark + "; sweep what is archived");
        }
        TimeRange reach = window;
        TimeRange before;
        do {
            before = reach;
            for (Written content : moment().written()) {
                if (content.hasRowsIn(reach)) {
                    reach = new TimeRange(
                            earlier(content.window().from(), reach.from()),
                            later(content.window().to(), reach.to()));
                }
            }
        } while (!reach.equals(before));
        long version = giveOut(reach, time);
        if (fault == JournalFault.REPLACED_VERSION_EXCLUDED_EARLY) {
            supersede(version, reach);
        }
        return Optional.of(begun(version, reach, List.of()));
    }

    synchronized Optional<Duration> timeSinceLastCommit(TimeRange window) {
        VisibleVersions versions = moment().state().versions();
        return written.entrySet().stream()
                .filter(each -> versions.shows(each.getKey()) && each.getValue().hasRowsIn(window))
                .map(each -> committed.getOrDefault(each.getKey(), clock.instant()))
                .max(Comparator.naturalOrder())
                .map(since -> Duration.between(since, clock.instant()));
    }

    private static Instant earlier(Instant one, Instant other) {
        return one.isBefore(other) ? one : other;
    }

    private static Instant later(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }

    private void checkWriter(Table client) {
        if (identity != null) {
            identity.checkWrittenBy(client);
        }
    }

    private void checkColumns(Table client) {
        List<String> undeclared = new ArrayList<>(table.rowType().names());
        undeclared.removeAll(client.rowType().names());
        if (!undeclared.isEmpty()) {
            throw new ConfigurationException("the database has the columns " + undeclared + ", which table '"
                    + client.name() + "' doesn't: archiving rows would lose their values. Append them to the Table");
        }
    }

    private void checkAttempt(Table client, TimeRange window, Duration time) {
        checkWriter(client);
        if (time.isNegative()) {
            throw new IllegalArgumentException("the lease is " + time + "; it is zero or more");
        }
        if (window.isEmpty()) {
            throw new IllegalArgumentException("table '" + table.name() + "': the window " + window + " is empty");
        }
    }

    private boolean isLeased() {
        return lease != null && clock.instant().isBefore(lease.until());
    }

    private long giveOut(TimeRange window, Duration time) {
        declareDead();
        if (fault == JournalFault.VERSION_USED_TWICE && excluded.containsKey(lastVersion)) {
            written.remove(lastVersion);
        } else {
            lastVersion++;
        }
        if (fault != JournalFault.VERSION_NOT_EXCLUDED) {
            excluded.put(lastVersion, clock.instant());
        }
        given.put(lastVersion, window);
        lease = new Lease(lastVersion, clock.instant().plus(time));
        return lastVersion;
    }

    /** A lease that has run out is still its holder's until somebody takes it. */
    private boolean holds(long version) {
        return fault == JournalFault.LEASE_NOT_CHECKED || (lease != null && lease.version() == version);
    }

    synchronized boolean renew(long version, Duration time) {
        if (!holds(version)) {
            return false;
        }
        lease = new Lease(version, clock.instant().plus(time));
        return true;
    }

    synchronized boolean recordFile(long version, FinishedFile file) {
        if (file.manifest().version() != version) {
            throw new IllegalArgumentException("version " + version + " has finished no file of version "
                    + file.manifest().version());
        }
        if (!holds(version)) {
            return false;
        }
        copies.add(version, file);
        return true;
    }

    synchronized void suspend(long version) {
        if (holds(version)) {
            written.remove(version);
            copies.suspend(version);
            lease = null;
        }
    }

    synchronized void discard(long version) {
        if (holds(version)) {
            copies.clear();
        }
    }

    synchronized void recordManifests(long version, TimeRange window, List<PartitionManifest> manifests) {
        if (!given.containsKey(version)) {
            throw new SourceUnavailableException(subject(window, version) + ": the version is forgotten");
        }
        Written before = written.get(version);
        List<PartitionManifest> all = new ArrayList<>(before == null ? List.of() : before.manifests());
        if (fault == JournalFault.VERSION_USED_TWICE || fault == JournalFault.DEAD_VERSION_GONE_ON_WITH) {
            manifests.forEach(
                    manifest -> all.removeIf(other -> other.partition().equals(manifest.partition())));
        }
        Set<HivePartition> partitions = new HashSet<>();
        all.forEach(manifest -> partitions.add(manifest.partition()));
        for (PartitionManifest manifest : manifests) {
            String subject = subject(window, version);
            if (manifest.version() != version) {
                throw new IllegalArgumentException(
                        subject + " can't record the manifest of version " + manifest.version() + " of the partition "
                                + manifest.partition().path());
            }
            if (!partitions.add(manifest.partition())) {
                throw new IllegalArgumentException(subject + " has a manifest of the partition "
                        + manifest.partition().path() + " already");
            }
            all.add(manifest);
        }
        written.put(version, new Written(window, List.copyOf(all)));
    }

    private String subject(TimeRange window, long version) {
        return "table '" + table.name() + "', window " + window + ", version " + version;
    }

    synchronized ArchiveAttempt.Outcome commit(
            Table client, long version, TimeRange window, RowDigest copied, long rowsPerDelete) {
        boolean mayBeShown = excluded.containsKey(version) || fault == JournalFault.VERSION_NOT_EXCLUDED;
        if (!holds(version) || !mayBeShown) {
            return ArchiveAttempt.Outcome.LEASE_LOST;
        }
        checkRecorded(version, window, copied);
        checkColumns(client);
        if (watermark != null && !watermark.equals(window.from()) && fault == null) {
            throw new IllegalStateException("the watermark is " + watermark + " in spite of a lease on " + window);
        }
        boolean later = copied.rows() > rowsPerDelete;
        boolean compared = fault != JournalFault.ROWS_NOT_COMPARED
                && !(later && fault == JournalFault.ROWS_THAT_STAY_NOT_COMPARED);
        PendingDelete.Builder found = read(client, window);
        if (compared && !found.digest().equals(copied)) {
            return ArchiveAttempt.Outcome.ROWS_CHANGED;
        }
        if (later) {
            undeleted.addAll(found.parts(version, rowsPerDelete));
        } else {
            deleteAll(window);
        }
        copies.clear();
        watermark = window.to();
        excluded.remove(version);
        committed.put(version, clock.instant());
        epoch++;
        return ArchiveAttempt.Outcome.COMMITTED;
    }

    private PendingDelete.Builder read(Table client, TimeRange range) {
        PendingDelete.Builder found = new PendingDelete.Builder(client, range);
        rows.keySet().stream().filter(row -> isIn(range, row)).forEach(found::add);
        return found;
    }

    private void deleteAll(TimeRange range) {
        TreeMap<Row, Row> rest = new TreeMap<>(rows);
        rest.keySet().removeIf(row -> isIn(range, row));
        rows = rest;
    }

    private boolean isIn(TimeRange range, Row row) {
        return range.contains(
                Objects.requireNonNull(row.timestamp(table.timeColumn().name())));
    }

    synchronized List<PendingDelete> undeleted() {
        return List.copyOf(undeleted);
    }

    synchronized boolean delete(Table client, PendingDelete part) {
        checkWriter(client);
        checkColumns(client);
        if (!undeleted.remove(part)) {
            return false;
        }
        boolean erased = tombstones.stream().anyMatch(each -> isIn(part.range(), each.key()));
        boolean equal = read(client, part.range()).digest().equals(part.digest());
        if ((erased && fault != JournalFault.ERASED_ROWS_DELETED_LATER)
                || (!equal && fault != JournalFault.DELETED_LATER_BY_RANGE)) {
            return false;
        }
        deleteAll(part.range());
        epoch++;
        return true;
    }

    synchronized ArchiveAttempt.Outcome deleteUnchanged(
            Table client, long version, TimeRange window, SweepCommit unchanged) {
        if (!holds(version) || !excluded.containsKey(version)) {
            return ArchiveAttempt.Outcome.LEASE_LOST;
        }
        ArchiveAttempt.Outcome outcome = deleteLate(client, window, unchanged);
        epoch += outcome == ArchiveAttempt.Outcome.COMMITTED ? 1 : 0;
        return outcome;
    }

    /** Deletes the late rows that are as they were seen, unless one is gone or something was erased since. */
    private ArchiveAttempt.Outcome deleteLate(Table client, TimeRange window, SweepCommit swept) {
        checkColumns(client);
        boolean erasedSince =
                tombstones.stream().anyMatch(each -> each.epoch() > swept.epoch() && isIn(window, each.key()));
        if (erasedSince && fault != JournalFault.ERASED_DURING_A_SWEEP_IGNORED) {
            return ArchiveAttempt.Outcome.ROWS_CHANGED;
        }
        boolean compared =
                fault != JournalFault.SWEPT_ROWS_NOT_COMPARED && fault != JournalFault.ERASED_DURING_A_SWEEP_IGNORED;
        if (compared && !rows.keySet().containsAll(swept.late())) {
            return ArchiveAttempt.Outcome.ROWS_CHANGED;
        }
        TreeMap<Row, Row> rest = new TreeMap<>(rows);
        for (Row late : swept.late()) {
            Row now = rows.get(late);
            boolean same = now != null && MemoryRows.as(client.rowType(), now).equals(late);
            if (same || fault == JournalFault.SWEPT_ROWS_NOT_COMPARED) {
                rest.remove(late);
            }
        }
        rows = rest;
        return ArchiveAttempt.Outcome.COMMITTED;
    }

    synchronized ArchiveAttempt.Outcome commitSweep(
            Table client, long version, TimeRange window, RowDigest rewritten, SweepCommit swept) {
        if (!holds(version) || !excluded.containsKey(version)) {
            return ArchiveAttempt.Outcome.LEASE_LOST;
        }
        checkRecorded(version, window, rewritten);
        ArchiveAttempt.Outcome outcome = deleteLate(client, window, swept);
        if (outcome != ArchiveAttempt.Outcome.COMMITTED) {
            return outcome;
        }
        if (fault == JournalFault.SWEPT_BY_RANGE) {
            deleteAll(swept.range());
        }
        tombstones.removeIf(each -> isIn(swept.range(), each.key()));
        undeleted.removeIf(part -> part.range().from().isBefore(window.to())
                && window.from().isBefore(part.range().to()));
        if (fault != JournalFault.REPLACED_VERSION_COUNTS) {
            supersede(version, window);
        }
        excluded.remove(version);
        committed.put(version, clock.instant());
        epoch++;
        return ArchiveAttempt.Outcome.COMMITTED;
    }

    private void supersede(long version, TimeRange window) {
        written.forEach((older, content) -> {
            if (older != version && !excluded.containsKey(older) && content.hasRowsIn(window)) {
                if (content.window().from().isBefore(window.from())
                        || content.window().to().isAfter(window.to())) {
                    throw new IllegalStateException("version " + older + " of " + content.window() + " reaches beyond "
                            + subject(window, version));
                }
                excluded.put(older, clock.instant());
            }
        });
    }

    private void checkRecorded(long version, TimeRange window, RowDigest copied) {
        RowDigest recorded = written.getOrDefault(version, new Written(window, List.of())).manifests().stream()
                .map(PartitionManifest::digest)
                .reduce(RowDigest.EMPTY, RowDigest::plus);
        if (!recorded.equals(copied)) {
            throw new IllegalArgumentException(subject(window, version) + ": " + copied.rows()
                    + " rows with the fingerprint " + copied.fingerprint()
                    + " were copied, but the recorded manifests are of " + recorded.rows()
                    + " rows with the fingerprint " + recorded.fingerprint()
                    + "; record every partition before the commit");
        }
    }

    /** Until now it may have written: it counts as excluded from now on. */
    private void declareDead() {
        if (lease != null) {
            excluded.computeIfPresent(lease.version(), (version, since) -> clock.instant());
        }
    }

    synchronized void release(long version) {
        if (holds(version)) {
            declareDead();
            lease = null;
        }
    }

    synchronized List<DeadVersion> listDeadVersions(Duration excludedFor) {
        Instant limit = clock.instant().minus(excludedFor);
        List<DeadVersion> dead = new ArrayList<>();
        excluded.forEach((version, since) -> {
            if (!since.isAfter(limit) && !isOpen(version)) {
                dead.add(new DeadVersion(version, Objects.requireNonNull(given.get(version))));
            }
        });
        copies.forget(dead.stream().map(DeadVersion::version).toList());
        return dead;
    }

    synchronized void forgetVersions(Collection<DeadVersion> versions) {
        for (DeadVersion each : versions) {
            if (excluded.containsKey(each.version()) && !isOpen(each.version())) {
                excluded.remove(each.version());
                written.remove(each.version());
                given.remove(each.version());
                forgotten.remove(each.version());
            }
        }
    }

    private boolean isOpen(long version) {
        return copies.isSuspended(version) || (lease != null && lease.version() == version);
    }
}
