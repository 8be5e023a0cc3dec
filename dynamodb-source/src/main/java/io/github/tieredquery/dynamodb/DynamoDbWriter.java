package io.github.tieredquery.dynamodb;

import io.github.tieredquery.dynamodb.internal.calls.Backoff;
import io.github.tieredquery.dynamodb.internal.calls.DynamoCalls;
import io.github.tieredquery.dynamodb.internal.model.DeclaredTable;
import io.github.tieredquery.dynamodb.internal.model.ItemKey;
import io.github.tieredquery.dynamodb.internal.write.IndexItems;
import io.github.tieredquery.dynamodb.internal.write.RowTransaction;
import io.github.tieredquery.dynamodb.model.WriteConflictException;
import io.github.tieredquery.dynamodb.model.WriteRefusedException;
import io.github.tieredquery.error.OutcomeUnknownException;
import io.github.tieredquery.error.ThrottledException;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.table.Row;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * Writes rows together with their index items: each row in one transaction, which writes what differs between the old
 * index items and the new ones, and only if the row is still as it was when it was read. So readers never see a row
 * that an index denies, and writers that meet on a row are made to take turns.
 *
 * <p>A row is found by time, key and partition column; where one of these changes, the row moves. What a table doesn't
 * know of an item is kept by {@link #update} and replaced by {@link #put}. A row whose item has no version was written
 * past the library, and gets its index items before it is changed; what index items it has that it shouldn't have,
 * {@link IndexCheck} finds. Thread-safe. Needs no closing; the client stays the caller's.
 *
 * <h2>Exception handling</h2>
 *
 * <p>All methods throw {@link WriteRefusedException} for what DynamoDB can't hold or not change at once (an item over
 * 400 KB, a transaction over 100 items or 4 MB, a key that is too long), {@link WriteConflictException} if others
 * change the row again and again, {@link ThrottledException} if DynamoDB goes on refusing, and
 * {@link OutcomeUnknownException} if an answer was lost: then all of the row was written, or nothing. A row or key that
 * lacks a column, or has a value that its column can't hold, is an {@link IllegalArgumentException}.
 */
public final class DynamoDbWriter {

    /** What is to become of a row, by what it is: null is no row. */
    @FunctionalInterface
    private interface Change {
        @Nullable
        Map<String, AttributeValue> of(@Nullable Map<String, AttributeValue> item, String version);
    }

    private final DeclaredTable declared;
    private final DynamoCalls calls;
    private final IndexItems index;

    private DynamoDbWriter(DeclaredTable declared, DynamoCalls calls) {
        this.declared = declared;
        this.calls = calls;
        this.index = new IndexItems(declared, calls);
    }

    /**
     * A writer.
     *
     * @param client the client; stays the caller's to close
     * @param table how the table's rows lie in DynamoDB
     * @return the writer
     */
    public static DynamoDbWriter of(DynamoDbClient client, DynamoDbTable table) {
        return of(client, table, Backoff.standard());
    }

    /** For tests that don't wait. */
    static DynamoDbWriter of(DynamoDbClient client, DynamoDbTable table, Backoff backoff) {
        return new DynamoDbWriter(table.declared(), new DynamoCalls(client, "dynamodb:" + table.tableName(), backoff));
    }

    /**
     * Writes a row, over one with the same time, key and partition if there is one.
     *
     * @param row has all columns of the table
     */
    public void put(Row row) {
        put(row, Map.of());
    }

    /**
     * Writes a row with attributes that its table doesn't know, over one with the same time, key and partition if there
     * is one.
     *
     * @param row has all columns of the table
     * @param document further attributes. A list of maps may be among them: its entries that have an element of the
     *     row's list are taken over with all their members
     */
    public void put(Row row, Map<String, AttributeValue> document) {
        Row whole = declared.items().whole(row);
        write(declared.keys().row(whole), (item, version) -> declared.items().item(whole, document, version));
    }

    /**
     * Changes a row, if there is one. The change sees the row as it is, and is applied again if others were faster.
     *
     * @param key a row that has time, key and partition column at least
     * @param change gives the new row, with all columns of the table; without side effects
     * @return whether there was a row
     */
    public boolean update(Row key, UnaryOperator<Row> change) {
        return write(declared.keys().row(key), (item, version) -> {
            if (item == null) {
                return null;
            }
            Row changed =
                    change.apply(declared.items().row(item, declared.table().rowType()));
            return declared.items()
                    .item(declared.items().whole(changed), declared.items().document(item), version);
        });
    }

    /**
     * Reads a row, consistently.
     *
     * @param key a row that has time, key and partition column at least
     * @return the row and its version, empty if there is none
     */
    public Optional<VersionedRow> read(Row key) {
        Map<String, AttributeValue> item = index.read(declared.keys().row(key));
        return item == null
                ? Optional.empty()
                : Optional.of(new VersionedRow(
                        declared.items().row(item, declared.table().rowType()),
                        declared.items().version(item)));
    }

    /**
     * Replaces a row that was read, unless somebody has changed it since.
     *
     * @param old the row as it was read
     * @param row the new row, with all columns of the table
     * @throws WriteConflictException if the row has been changed or deleted since; nothing was written
     */
    public void replace(VersionedRow old, Row row) {
        Row whole = declared.items().whole(row);
        ItemKey key = declared.keys().row(old.row());
        write(key, (item, version) -> {
            if (item == null || !declared.items().version(item).equals(old.version())) {
                throw new WriteConflictException(calls.name() + ": the row " + key + " was "
                        + (item == null ? "deleted" : "changed") + " since it was read; read it again");
            }
            return declared.items().item(whole, declared.items().document(item), version);
        });
    }

    /**
     * Deletes a row, if there is one.
     *
     * @param key a row that has time, key and partition column at least
     * @return whether there was a row
     */
    public boolean delete(Row key) {
        return write(declared.keys().row(key), (item, version) -> null);
    }

    /**
     * Writes many rows, 25 items in a call and without transactions, for rows that nobody else writes meanwhile. Rows
     * that are there already are replaced as {@link #put} does, with all their index items: a load that was broken off
     * is run again from its start.
     *
     * @param rows have all columns of the table
     * @return what was written
     */
    public LoadReport load(Iterator<Row> rows) {
        return new BatchLoad(declared, calls, this::rewrite).run(rows);
    }

    /** A row that hasn't changed is one item to write, whatever its index items: those are brought into line apart. */
    private void rewrite(Row row) {
        ItemKey key = declared.keys().row(row);
        put(row);
        Map<String, AttributeValue> item = index.read(key);
        if (item != null) {
            index.write(item, declared.patterns(), ScanControl.unlimited());
        }
    }

    /** Whether there was a row before. */
    private boolean write(ItemKey key, Change change) {
        ScanControl control = ScanControl.unlimited();
        for (int failed = 1; ; failed++) {
            Map<String, AttributeValue> old = index.read(key);
            Map<String, AttributeValue> fresh = change.of(old, UUID.randomUUID().toString());
            if (old == null && fresh == null) {
                return false;
            }
            if (old != null && fresh != null && !old.containsKey(DeclaredTable.VERSION)) {
                // It may lack index items, of which the transaction would write only those that change.
                index.write(old, declared.patterns(), control);
            }
            RowTransaction.Outcome outcome = transaction(key, old, fresh, control);
            if (outcome == RowTransaction.Outcome.DONE) {
                return old != null;
            }
            refuseToMoveOnto(key, fresh, outcome);
            if (failed >= calls.backoff().attempts()) {
                throw gaveUp(key, failed, outcome);
            }
            calls.backoff().await(failed, control, calls.doing("a turn at writing"));
        }
    }

    private void refuseToMoveOnto(
            ItemKey key, @Nullable Map<String, AttributeValue> fresh, RowTransaction.Outcome outcome) {
        if (outcome == RowTransaction.Outcome.CONFLICT && fresh != null) {
            ItemKey target = declared.items().key(fresh);
            if (!target.equals(key) && index.read(target) != null) {
                throw new WriteConflictException(calls.name() + ": the row " + key + " can't move to " + target
                        + ", where there is a row; delete one of them");
            }
        }
    }

    private RuntimeException gaveUp(ItemKey key, int failed, RowTransaction.Outcome outcome) {
        return outcome == RowTransaction.Outcome.BUSY
                ? new ThrottledException(calls.name() + ": writing the row " + key + " was refused " + failed
                        + " times in a row, since the table or the row was busy. Try again later")
                : new WriteConflictException(calls.name() + ": the row " + key + " was changed by others at each of "
                        + failed + " attempts to write it. Try again later, or let one writer have it");
    }

    private RowTransaction.Outcome transaction(
            ItemKey key,
            @Nullable Map<String, AttributeValue> old,
            @Nullable Map<String, AttributeValue> fresh,
            ScanControl control) {
        RowTransaction transaction = new RowTransaction(declared, calls);
        if (fresh == null) {
            transaction.delete(Objects.requireNonNull(old));
        } else if (old != null && !declared.items().key(fresh).equals(key)) {
            transaction.delete(old);
            transaction.replace(null, fresh);
        } else {
            transaction.replace(old, fresh);
        }
        Map<ItemKey, Map<String, AttributeValue>> before =
                old == null ? Map.of() : declared.items().indexItems(old);
        Map<ItemKey, Map<String, AttributeValue>> after =
                fresh == null ? Map.of() : new LinkedHashMap<>(declared.items().indexItems(fresh));
        after.forEach((wanted, item) -> {
            if (!item.equals(before.get(wanted))) {
                transaction.put(item);
            }
        });
        before.keySet().stream().filter(gone -> !after.containsKey(gone)).forEach(transaction::delete);
        return transaction.run(key, control);
    }
}
