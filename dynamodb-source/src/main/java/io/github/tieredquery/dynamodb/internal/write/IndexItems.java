package io.github.tieredquery.dynamodb.internal.write;

import io.github.tieredquery.dynamodb.internal.calls.DynamoCalls;
import io.github.tieredquery.dynamodb.internal.model.DeclaredTable;
import io.github.tieredquery.dynamodb.internal.model.ItemKey;
import io.github.tieredquery.dynamodb.model.AccessPattern;
import io.github.tieredquery.dynamodb.model.WriteConflictException;
import io.github.tieredquery.error.OutcomeUnknownException;
import io.github.tieredquery.spi.ScanControl;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * Brings index items into line with a row that others may be writing meanwhile: each transaction demands that the row
 * is still as it was when its index items were worked out, and starts over if it isn't.
 */
public final class IndexItems {

    private static final int MOST_IN_ONE = RowTransaction.MAX_ACTIONS - 1;

    private final DeclaredTable declared;
    private final DynamoCalls calls;

    public IndexItems(DeclaredTable declared, DynamoCalls calls) {
        this.declared = declared;
        this.calls = calls;
    }

    /**
     * Writes a row's index items of some patterns.
     *
     * @param item the row's item as it was read
     * @return how many were written; none if the row has gone
     */
    public long write(Map<String, AttributeValue> item, Collection<AccessPattern> patterns, ScanControl control) {
        ItemKey key = declared.items().key(item);
        Map<String, AttributeValue> current = item;
        for (int failed = 1; current != null; failed++) {
            Map<String, AttributeValue> row = current;
            List<Map<String, AttributeValue>> wanted =
                    new ArrayList<>(declared.items().indexItems(row, patterns).values());
            boolean done = true;
            for (int from = 0; from < wanted.size() && done; from += MOST_IN_ONE) {
                RowTransaction transaction = new RowTransaction(declared, calls);
                transaction.demand(key, row);
                wanted.subList(from, Math.min(from + MOST_IN_ONE, wanted.size()))
                        .forEach(transaction::put);
                done = isDone(transaction, key, failed, control);
            }
            if (done) {
                return wanted.size();
            }
            retry(key, failed, control);
            current = read(key);
        }
        return 0;
    }

    /**
     * Deletes an index item whose row doesn't want it.
     *
     * @return whether it was deleted; not if the row has come to want it
     */
    public boolean delete(ItemKey index, ScanControl control) {
        ItemKey key = declared.keys().pointedAt(index);
        for (int failed = 1; ; failed++) {
            Map<String, AttributeValue> row = read(key);
            if (row != null && declared.items().indexItems(row).containsKey(index)) {
                return false;
            }
            RowTransaction transaction = new RowTransaction(declared, calls);
            transaction.demand(key, row);
            transaction.delete(index);
            if (isDone(transaction, key, failed, control)) {
                return true;
            }
            retry(key, failed, control);
        }
    }

    /** Whether a transaction was made for sure. One whose answer was lost may be made again. */
    private boolean isDone(RowTransaction transaction, ItemKey key, int failed, ScanControl control) {
        try {
            return transaction.run(key, control) == RowTransaction.Outcome.DONE;
        } catch (OutcomeUnknownException e) {
            if (failed >= calls.backoff().attempts()) {
                throw e;
            }
            return false;
        }
    }

    private void retry(ItemKey key, int failed, ScanControl control) {
        if (failed >= calls.backoff().attempts()) {
            throw new WriteConflictException(calls.name() + ": the row " + key + " was changed by others, or busy, at"
                    + " each of " + failed + " attempts to bring its index items into line. Go on later");
        }
        calls.backoff().await(failed, control, calls.doing("a turn at writing"));
    }

    @Nullable
    public Map<String, AttributeValue> read(ItemKey key) {
        return calls.repeatable("GetItem", ScanControl.unlimited(), () -> {
            var response = calls.client()
                    .getItem(call -> call.tableName(declared.tableName())
                            .key(declared.items().keyAttributes(key))
                            .consistentRead(true));
            return response.hasItem() ? response.item() : null;
        });
    }
}
