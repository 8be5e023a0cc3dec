package io.github.tieredquery.dynamodb;

import io.github.tieredquery.dynamodb.internal.calls.Backoff;
import io.github.tieredquery.dynamodb.internal.calls.BatchReader;
import io.github.tieredquery.dynamodb.internal.calls.DynamoCalls;
import io.github.tieredquery.dynamodb.internal.calls.ScanSession;
import io.github.tieredquery.dynamodb.internal.model.DeclaredTable;
import io.github.tieredquery.dynamodb.internal.model.ItemKey;
import io.github.tieredquery.dynamodb.internal.model.KeyForm;
import io.github.tieredquery.dynamodb.internal.write.IndexItems;
import io.github.tieredquery.dynamodb.model.WriteConflictException;
import io.github.tieredquery.dynamodb.model.WriteRefusedException;
import io.github.tieredquery.error.SourceUnavailableException;
import io.github.tieredquery.spi.ScanControl;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ScanResponse;

/**
 * Compares rows with their index items, and brings index items into line: after something has written past the library,
 * after the number of a pattern's shards has changed, or to be sure. It reads the whole table. Writers may go on
 * meanwhile: what they change between two reads may be reported, but is never broken, since each repair demands that
 * the row is still as it was.
 *
 * <p>Immutable and thread-safe. Needs no closing; the client stays the caller's.
 */
public final class IndexCheck {

    private static final int PAGE_ITEMS = 100;
    private static final int EXAMPLES = 20;

    private final DeclaredTable declared;
    private final DynamoCalls calls;
    private final TableScanner walk;

    private IndexCheck(DeclaredTable declared, DynamoCalls calls, double unitsPerSecond) {
        this.declared = declared;
        this.calls = calls;
        this.walk = new TableScanner(declared, calls, PAGE_ITEMS, unitsPerSecond);
    }

    /**
     * A check that reads 100 units a second at most.
     *
     * @param client the client; stays the caller's to close
     * @param table how the table's rows lie in DynamoDB
     * @return the check
     */
    public static IndexCheck of(DynamoDbClient client, DynamoDbTable table) {
        return of(client, table, Backoff.standard());
    }

    /** For tests that don't wait. */
    static IndexCheck of(DynamoDbClient client, DynamoDbTable table, Backoff backoff) {
        return new IndexCheck(table.declared(), new DynamoCalls(client, "dynamodb:" + table.tableName(), backoff), 100);
    }

    /**
     * The same check at another speed.
     *
     * @param units how many read units a second its walk over the table consumes at most, positive
     * @return the check
     * @throws IllegalArgumentException if {@code units} isn't positive
     */
    public IndexCheck readUnitsPerSecond(double units) {
        if (!(units > 0)) {
            throw new IllegalArgumentException("the check may read " + units + " units a second; it is more than 0");
        }
        return new IndexCheck(declared, calls, units);
    }

    /**
     * Compares, and changes nothing.
     *
     * @return what was found
     */
    public IndexReport check() {
        return new Run(false).walk();
    }

    /**
     * Compares, and writes and deletes index items until they are in line. Those of a row that others change at each
     * attempt are left for another run.
     *
     * @return what was found, and how much of it was repaired
     */
    public IndexReport repair() {
        return new Run(true).walk();
    }

    /** One walk over the table. Not thread-safe. */
    private final class Run {

        private final boolean repairing;
        private final ScanControl control = ScanControl.unlimited();
        private final IndexItems index = new IndexItems(declared, calls);
        private final List<String> examples = new ArrayList<>();
        private long rows;
        private long indexItems;
        private long missing;
        private long different;
        private long stale;
        private long foreign;
        private long unreadable;
        private long repaired;

        Run(boolean repairing) {
            this.repairing = repairing;
        }

        IndexReport walk() {
            ExecutorService executor = Executors.newSingleThreadExecutor();
            try {
                String position = null;
                do {
                    ScanResponse page = walk.page(position, null, control);
                    try (ScanSession reading = new ScanSession(calls, executor, control, closed -> {})) {
                        page(page.items(), new BatchReader(declared, reading, true, null));
                    }
                    position = walk.position(page);
                } while (position != null);
            } finally {
                executor.shutdownNow();
            }
            return new IndexReport(
                    rows, indexItems, missing, different, stale, foreign, unreadable, repaired, examples);
        }

        private void page(List<Map<String, AttributeValue>> items, BatchReader reader) {
            Map<ItemKey, Map<String, AttributeValue>> rowItems = new LinkedHashMap<>();
            Map<ItemKey, Map<String, AttributeValue>> pointers = new LinkedHashMap<>();
            for (Map<String, AttributeValue> item : items) {
                ItemKey key = declared.items().key(item);
                boolean row = declared.keys().isRow(key);
                if (!row && declared.find(KeyForm.kind(key)).isEmpty()) {
                    foreign++;
                    continue;
                }
                rows += row ? 1 : 0;
                indexItems += row ? 0 : 1;
                if (!isReadable(item, key)) {
                    unreadable++;
                    note("unreadable ", key);
                } else if (row) {
                    rowItems.put(key, item);
                } else {
                    pointers.put(key, item);
                }
            }
            checkRows(rowItems, reader);
            checkPointers(pointers, reader);
        }

        /** One item that isn't what is declared must not keep the others from being checked. */
        private boolean isReadable(Map<String, AttributeValue> item, ItemKey key) {
            try {
                declared.keys().values(key);
                if (declared.keys().isRow(key)) {
                    declared.items().row(item, declared.table().rowType());
                    declared.items().indexItems(item);
                }
                return true;
            } catch (SourceUnavailableException | WriteRefusedException e) {
                return false;
            }
        }

        private void checkRows(Map<ItemKey, Map<String, AttributeValue>> rowItems, BatchReader reader) {
            Map<ItemKey, Map<ItemKey, Map<String, AttributeValue>>> wanted = new LinkedHashMap<>();
            Set<ItemKey> all = new LinkedHashSet<>();
            rowItems.forEach((key, item) -> {
                Map<ItemKey, Map<String, AttributeValue>> own = declared.items().indexItems(item);
                wanted.put(key, own);
                all.addAll(own.keySet());
            });
            Map<ItemKey, Map<String, AttributeValue>> found = reader.all(all);
            wanted.forEach((row, own) -> {
                long lacking = 0;
                for (Map.Entry<ItemKey, Map<String, AttributeValue>> entry : own.entrySet()) {
                    Map<String, AttributeValue> there = found.get(entry.getKey());
                    if (!entry.getValue().equals(there)) {
                        lacking++;
                        missing += there == null ? 1 : 0;
                        different += there == null ? 0 : 1;
                        note(there == null ? "missing " : "different ", entry.getKey());
                    }
                }
                Map<String, AttributeValue> item = rowItems.get(row);
                if (lacking > 0 && repairing && item != null) {
                    repaired += didWrite(item) ? lacking : 0;
                }
            });
        }

        private void checkPointers(Map<ItemKey, Map<String, AttributeValue>> pointers, BatchReader reader) {
            Map<ItemKey, Map<String, AttributeValue>> pointedAt = reader.all(
                    pointers.keySet().stream().map(declared.keys()::pointedAt).toList());
            for (ItemKey pointer : pointers.keySet()) {
                ItemKey key = declared.keys().pointedAt(pointer);
                Map<String, AttributeValue> row = pointedAt.get(key);
                boolean wanted = row != null
                        && (!isReadable(row, key)
                                || declared.items().indexItems(row).containsKey(pointer));
                if (!wanted) {
                    stale++;
                    note("stale ", pointer);
                    repaired += repairing && didDelete(pointer) ? 1 : 0;
                }
            }
        }

        /** One row that others write all the time must not keep the others from being repaired. */
        private boolean didWrite(Map<String, AttributeValue> row) {
            try {
                index.write(row, declared.patterns(), control);
                return true;
            } catch (WriteConflictException e) {
                return false;
            }
        }

        private boolean didDelete(ItemKey pointer) {
            try {
                return index.delete(pointer, control);
            } catch (WriteConflictException e) {
                return false;
            }
        }

        private void note(String what, ItemKey key) {
            if (examples.size() < EXAMPLES) {
                examples.add(what + key);
            }
        }
    }
}
