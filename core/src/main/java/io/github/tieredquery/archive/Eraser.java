package io.github.tieredquery.archive;

import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.store.ArchiveJournal;
import io.github.tieredquery.store.EraseResult;
import io.github.tieredquery.store.HotStore;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.RowType;
import io.github.tieredquery.table.Table;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Deletes rows wherever they lie: recent ones, archived ones, late versions of archived ones. A plain DELETE on the hot
 * table is enough for recent rows only; of an archived row it would remove a late version and let the archived one
 * appear again.
 *
 * <p>What is visible when: whoever begins to read afterwards, asks for another page or counts, doesn't see the rows; a
 * stream that is open goes on with what there was. An insert afterwards is seen at once. The files of the archive hold
 * erased rows until a later run of the {@link Archiver} has swept their window, and superseded files until one has
 * removed them; until then, whoever reads the files past the library finds the rows.
 *
 * <pre>{@code
 * EraseResult erased = flights.erase(Query.between(from, to).where(eq("passenger", id)));    // all that a query finds
 * Eraser.of(hot).erase(rows);                                                           // by time and key
 * }</pre>
 *
 * <p>Immutable and thread-safe. It needs no closing: the store belongs to whoever built it.
 */
public final class Eraser {

    private final ArchiveJournal journal;
    private final Table table;

    private Eraser(ArchiveJournal journal, Table table) {
        this.journal = journal;
        this.table = table;
    }

    /**
     * An eraser.
     *
     * @param hot the hot store, with a journal
     * @return the eraser
     * @throws ConfigurationException if the store has no journal
     */
    public static Eraser of(HotStore hot) {
        ArchiveJournal journal = hot.journal()
                .orElseThrow(() -> new ConfigurationException(
                        hot.name() + " has no journal; build it with one to erase archived rows"));
        return new Eraser(journal, hot.table());
    }

    /**
     * The same eraser for a caller that waits no longer than a control allows.
     *
     * @param control tells how long; erasing fails with {@link io.github.tieredquery.error.QueryTimedOutException} or
     *     {@link io.github.tieredquery.error.QueryCancelledException} once it has stopped, and with
     *     {@link io.github.tieredquery.error.OutcomeUnknownException} if the commit was under way
     * @return the eraser
     */
    public Eraser within(ScanControl control) {
        return new Eraser(journal.within(control), table);
    }

    /**
     * Erases rows, all in one transaction. A row that is inserted again afterwards is there again.
     *
     * @param rows rows that have at least the time and the key columns, whose other columns don't matter; held in
     *     memory. Keys that no row has are harmless
     * @return what was done
     * @throws IllegalArgumentException if a row lacks a time or key column; nothing is erased then
     * @throws io.github.tieredquery.error.OutcomeUnknownException if the answer to the commit was lost
     * @throws io.github.tieredquery.error.SourceUnavailableException if the hot store fails
     */
    public EraseResult erase(Collection<Row> rows) {
        RowType keyType = table.keyType();
        List<Row> keys = new ArrayList<>(rows.size());
        for (Row row : rows) {
            @Nullable Object[] values = new @Nullable Object[keyType.columns().size()];
            for (int i = 0; i < values.length; i++) {
                String column = keyType.names().get(i);
                Object value = row.type().has(column) ? row.value(column) : null;
                if (value == null) {
                    throw new IllegalArgumentException(
                            "table '" + table.name() + "': a row to erase has no '" + column + "'; it needs "
                                    + keyType.names() + " and has " + row.type().names());
                }
                values[i] = keyType.columns().get(i).type().canonical(value);
            }
            keys.add(keyType.row(values));
        }
        return keys.isEmpty() ? new EraseResult(0, 0) : journal.erase(keys);
    }
}
