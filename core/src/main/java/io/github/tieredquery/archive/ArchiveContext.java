package io.github.tieredquery.archive;

import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.spi.RowCursor;
import io.github.tieredquery.spi.Scan;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.spi.VisibleVersions;
import io.github.tieredquery.store.ArchiveIdentity;
import io.github.tieredquery.store.ArchiveJournal;
import io.github.tieredquery.store.ColdStore;
import io.github.tieredquery.store.HotStore;
import io.github.tieredquery.store.JournalState;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.RowType;
import io.github.tieredquery.table.Table;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;

/**
 * What an archiver works on.
 *
 * @param layout bound to the table
 */
record ArchiveContext(HotStore hot, ColdStore cold, ArchiveJournal journal, Table table, HivePartitionLayout layout) {

    /**
     * What works on two stores.
     *
     * @throws ConfigurationException if the hot one has no journal, or if they have different tables
     */
    static ArchiveContext of(HotStore hot, ColdStore cold) {
        ArchiveJournal journal = hot.journal()
                .orElseThrow(() -> new ConfigurationException(
                        hot.name() + " has no journal; build it with one to archive from it"));
        if (!hot.table().equals(cold.table())) {
            throw new ConfigurationException(
                    hot.name() + " holds\n  " + hot.table() + "\nbut " + cold.name() + " holds\n  " + cold.table());
        }
        return new ArchiveContext(hot, cold, journal, hot.table(), cold.layout().checkedAgainst(hot.table()));
    }

    /**
     * Makes both stores ready, with nothing read or written if this isn't the archive that the journal tells of.
     *
     * @throws ConfigurationException if it is another one, or doesn't fit
     */
    void prepare(ScanControl control) {
        ArchiveIdentity identity = ArchiveIdentity.of(hot, cold, layout);
        journal.check(identity);
        cold.prepare(control);
        journal.prepare(identity);
    }

    /** What tells whether the cold store's place and the journal know of the same versions. */
    PlaceMarks marks() {
        return new PlaceMarks(this);
    }

    /** For so long the journal is still told how a run has ended whose time is over. */
    private static final Duration GRACE = Duration.ofMillis(400);

    /** The control of what is said and asked at the end of a run, which has {@link #GRACE} beyond its time. */
    static ScanControl withGrace(ScanControl control) {
        return control.later(GRACE);
    }

    /** The same stores for one run, whose journal answers within the run's time and a little more, or fails. */
    ArchiveContext until(ScanControl grace) {
        return new ArchiveContext(hot, cold, journal.within(grace), table, layout);
    }

    /** The time of the oldest row of a range in the hot store. */
    Optional<Instant> oldestHotRow(TimeRange range, ScanControl control) {
        Scan scan = Scan.of(table, range)
                .rowType(RowType.of(List.of(table.timeColumn())))
                .limit(1);
        try (RowCursor rows = hot.open(scan, control)) {
            Row row = rows.next();
            return Optional.ofNullable(row == null ? null : timeOf(row));
        }
    }

    /** Which versions count by now: none before there is a watermark, as while an archive is being adopted. */
    VisibleVersions counted() {
        JournalState state = journal.state();
        return state.watermark() == null ? new VisibleVersions(0, new TreeSet<>()) : state.versions();
    }

    Instant timeOf(Row row) {
        return Objects.requireNonNull(row.timestamp(table.timeColumn().name()));
    }
}
