package io.github.tieredquery.jdbc;

import io.github.tieredquery.error.SourceUnavailableException;
import io.github.tieredquery.jdbc.internal.connection.BorrowedConnection;
import io.github.tieredquery.jdbc.internal.dialect.SqlErrors;
import io.github.tieredquery.jdbc.internal.journal.JdbcJournal;
import io.github.tieredquery.jdbc.internal.journal.JdbcSnapshot;
import io.github.tieredquery.jdbc.internal.scan.PhysicalTable;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.spi.GroupedScan;
import io.github.tieredquery.spi.RowCursor;
import io.github.tieredquery.spi.Scan;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.spi.ScanCount;
import io.github.tieredquery.spi.ScanGroups;
import io.github.tieredquery.spi.ScanPlan;
import io.github.tieredquery.spi.ScanStats;
import io.github.tieredquery.store.ArchiveJournal;
import io.github.tieredquery.store.ArchiveSource;
import io.github.tieredquery.store.HotSnapshot;
import io.github.tieredquery.store.HotStore;
import io.github.tieredquery.store.PartitionManifest;
import io.github.tieredquery.table.Column;
import io.github.tieredquery.table.Table;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import javax.sql.DataSource;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/**
 * Rows of a database table, over JDBI. It uses connections of its own that it takes from the {@link Jdbi} for one scan
 * each and gives back when the cursor is closed; it never joins a transaction of the caller's. Thread-safe.
 * {@link #close} closes nothing: the {@code Jdbi} and its pool are the service's.
 *
 * <p>It reads with SELECT and nothing else, snapshots included, so a reader needs no other right. Only an archiver that
 * is given the source writes: it deletes what is archived and keeps the {@linkplain JdbcSourceBuilder#journal journal}.
 *
 * <p>Results are streamed: memory is bounded by the fetch size, not by the rows. A cursor holds its connection, so a
 * pool must have one for each stream that is open at a time.
 *
 * <h2>Exception handling</h2>
 *
 * <p>{@link io.github.tieredquery.error.ConfigurationException} from {@link JdbcSourceBuilder#build} if the table
 * doesn't fit, and from a cursor if a row holds a value that the table's column can't;
 * {@link SourceUnavailableException} with the SQL state if the database fails or can't be reached.
 */
public final class JdbcSource implements HotStore, ArchiveSource {

    private final Jdbi jdbi;
    private final PhysicalTable physical;
    private final @Nullable JdbcJournal journal;

    JdbcSource(Jdbi jdbi, PhysicalTable physical, @Nullable JdbcJournal journal) {
        this.jdbi = jdbi;
        this.physical = physical;
        this.journal = journal;
    }

    /**
     * Starts a source. The table is looked for under its own name, its time in UTC, 3,000 rows are fetched at a time,
     * and the dialect is the one of the database that answers.
     *
     * @param database where connections come from, usually a pool; stays the caller's to close
     * @param table the table
     * @return a builder
     */
    public static JdbcSourceBuilder builder(DataSource database, Table table) {
        return builder(Jdbi.create(Objects.requireNonNull(database, "database")), table);
    }

    /**
     * Starts a source for those who have a {@link Jdbi}, with the defaults of {@link #builder(DataSource, Table)}. The
     * source uses its connections alone: plug-ins and mappers don't matter.
     *
     * @param jdbi where connections come from; stays the caller's
     * @param table the table
     * @return a builder
     */
    public static JdbcSourceBuilder builder(Jdbi jdbi, Table table) {
        return new JdbcSourceBuilder(jdbi, table);
    }

    @Override
    public String name() {
        return physical.name();
    }

    @Override
    public Table table() {
        return physical.table();
    }

    @Override
    public RowCursor open(Scan scan, ScanControl control) {
        control.check("opening " + name());
        if (physical.isEmpty(scan)) {
            return physical.noRows();
        }
        BorrowedConnection borrowed = BorrowedConnection.take(jdbi, physical, control);
        try {
            physical.beginScan(borrowed.connection());
        } catch (SQLException e) {
            borrowed.release(physical::endScan);
            control.check("opening " + name());
            throw SqlErrors.failure(name(), "beginning to read", e);
        }
        return physical.open(borrowed.connection(), scan, control, () -> borrowed.release(physical::endScan));
    }

    @Override
    public ScanCount count(Scan scan, ScanControl control) {
        control.check("counting in " + name());
        if (physical.isEmpty(scan)) {
            return new ScanCount(0, ScanStats.UNKNOWN);
        }
        BorrowedConnection borrowed = BorrowedConnection.take(jdbi, physical, control);
        try {
            physical.beginScan(borrowed.connection());
            return new ScanCount(physical.count(borrowed.connection(), scan, control), ScanStats.UNKNOWN);
        } catch (SQLException e) {
            control.check("counting in " + name());
            throw SqlErrors.failure(name(), "beginning to count", e);
        } finally {
            borrowed.release(physical::endScan);
        }
    }

    @Override
    public ScanGroups aggregate(GroupedScan grouped, ScanControl control) {
        control.check("aggregating in " + name());
        if (physical.isEmpty(grouped.scan())) {
            return new ScanGroups(List.of(), ScanStats.UNKNOWN);
        }
        BorrowedConnection borrowed = BorrowedConnection.take(jdbi, physical, control);
        try {
            physical.beginScan(borrowed.connection());
            return new ScanGroups(physical.aggregate(borrowed.connection(), grouped, control), ScanStats.UNKNOWN);
        } catch (SQLException e) {
            control.check("aggregating in " + name());
            throw SqlErrors.failure(name(), "beginning to aggregate", e);
        } finally {
            borrowed.release(physical::endScan);
        }
    }

    @Override
    public ScanPlan explain(Scan scan) {
        return physical.explain(scan);
    }

    @Override
    public Duration timeUnit(Column column) {
        return physical.timeUnit(column);
    }

    @Override
    public Optional<String> localTimes() {
        return physical.localTimes();
    }

    @Override
    public Optional<ArchiveJournal> journal() {
        return Optional.ofNullable(journal);
    }

    /**
     * Takes a snapshot: one read-only transaction, which holds one connection until the snapshot is closed.
     *
     * @throws IllegalStateException if the source was built without {@link JdbcSourceBuilder#journal}
     */
    @Override
    public HotSnapshot snapshot(ScanControl control) {
        return JdbcSnapshot.take(jdbi, physical, requireJournal(), control);
    }

    /** The layout that it was built with ({@link JdbcSourceBuilder#layout}). */
    @Override
    public Optional<HivePartitionLayout> archiveLayout() {
        return physical.layout();
    }

    /**
     * Asks for the partitions that have rows: one query, which needs no column of the files but those that stand in
     * their paths. A partition without a row that the database shows is missing.
     *
     * @throws IllegalStateException if the source was built without {@link JdbcSourceBuilder#layout}
     */
    @Override
    public List<PartitionManifest> unregistered(Collection<PartitionManifest> expected, ScanControl control) {
        if (expected.isEmpty()) {
            return List.of();
        }
        control.check("looking for partitions of " + name());
        Instant from = Collections.min(
                expected.stream().map(PartitionManifest::minTime).toList());
        Instant last = Collections.max(
                expected.stream().map(PartitionManifest::maxTime).toList());
        Scan scan = Scan.of(table(), new TimeRange(from, last.plus(1, ChronoUnit.MICROS)));
        BorrowedConnection borrowed = BorrowedConnection.take(jdbi, physical, control);
        try {
            physical.beginScan(borrowed.connection());
            Set<String> shown = physical.partitions(borrowed.connection(), scan, control);
            return expected.stream()
                    .filter(manifest -> !shown.contains(path(manifest)))
                    .toList();
        } catch (SQLException e) {
            control.check("looking for partitions of " + name());
            throw SqlErrors.failure(name(), "beginning to look for partitions", e);
        } finally {
            borrowed.release(physical::endScan);
        }
    }

    private String path(PartitionManifest manifest) {
        boolean versioned =
                archiveLayout().filter(HivePartitionLayout::isVersioned).isPresent();
        return versioned
                ? manifest.partition().path(manifest.version())
                : manifest.partition().path();
    }

    /**
     * The statements that create the journal's tables, for a DBA to run where the archiver's user may not create any.
     * Afterwards that user needs SELECT, INSERT, UPDATE and DELETE on them, and DELETE on the hot table, with
     * {@link io.github.tieredquery.archive.ArchiverBuilder#rowsPerDelete} UPDATE too; a reader needs SELECT only, on
     * both. In MariaDB and MySQL the archiver, and whoever erases, also needs TRIGGER on the hot table and PROCESS, to
     * see what hangs on its rows, and SHOW VIEW where the source names a view.
     *
     * @return SQL statements in their order, without semicolons
     * @throws IllegalStateException if the source was built without {@link JdbcSourceBuilder#journal}
     */
    public List<String> journalDdl() {
        return requireJournal().tables.script();
    }

    private JdbcJournal requireJournal() {
        JdbcJournal present = journal;
        if (present == null) {
            throw new IllegalStateException(
                    name() + " was built without a journal; name one with JdbcSourceBuilder.journal(…)");
        }
        return present;
    }

    /** Does nothing: the connections belong to the {@link Jdbi}, which is the service's. */
    @Override
    public void close() {}
}
