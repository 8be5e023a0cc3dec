package io.github.tieredquery.dynamodb;

import io.github.tieredquery.dynamodb.internal.calls.CapacityMeter;
import io.github.tieredquery.dynamodb.internal.calls.DynamoCalls;
import io.github.tieredquery.dynamodb.internal.model.DeclaredTable;
import io.github.tieredquery.dynamodb.internal.model.ItemKey;
import io.github.tieredquery.dynamodb.internal.write.RowTransaction;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.table.Row;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BatchGetItemResponse;
import software.amazon.awssdk.services.dynamodb.model.BatchWriteItemResponse;
import software.amazon.awssdk.services.dynamodb.model.KeysAndAttributes;
import software.amazon.awssdk.services.dynamodb.model.PutRequest;
import software.amazon.awssdk.services.dynamodb.model.ReturnConsumedCapacity;
import software.amazon.awssdk.services.dynamodb.model.WriteRequest;

/**
 * Writes rows in batches. The rows of a batch are written before their index items: when the load breaks off between,
 * no index item points to nothing, and the same load, run again, finds the rows and completes them.
 */
final class BatchLoad {

    private static final int MAX_ITEMS = 25;
    private static final int MAX_KEYS = 100;

    private final DeclaredTable declared;
    private final DynamoCalls calls;
    private final Consumer<Row> replace;
    private final ScanControl control = ScanControl.unlimited();
    private final CapacityMeter meter = new CapacityMeter();
    private long rows;
    private long replaced;
    private long indexItems;

    /**
     * A load.
     *
     * @param replace writes a row that is there already, with all its index items
     */
    BatchLoad(DeclaredTable declared, DynamoCalls calls, Consumer<Row> replace) {
        this.declared = declared;
        this.calls = calls;
        this.replace = replace;
    }

    LoadReport run(Iterator<Row> source) {
        Map<ItemKey, Row> batch = new LinkedHashMap<>();
        while (source.hasNext()) {
            Row row = declared.items().whole(source.next());
            if (batch.containsKey(declared.keys().row(row))) {
                write(batch);
            }
            batch.put(declared.keys().row(row), row);
            if (batch.size() == MAX_KEYS) {
                write(batch);
            }
        }
        write(batch);
        return new LoadReport(rows, replaced, indexItems, meter.units());
    }

    private void write(Map<ItemKey, Row> batch) {
        Set<ItemKey> known = existing(batch.keySet());
        List<Map<String, AttributeValue>> items = new ArrayList<>();
        List<Map<String, AttributeValue>> index = new ArrayList<>();
        batch.forEach((key, row) -> {
            if (!known.contains(key)) {
                Map<String, AttributeValue> item =
                        declared.items().item(row, Map.of(), UUID.randomUUID().toString());
                RowTransaction.measure(declared, calls, item);
                items.add(item);
                index.addAll(declared.items().indexItems(item).values());
            }
        });
        writeAll(items);
        writeAll(index);
        known.forEach(key -> replace.accept(batch.get(key)));
        rows += batch.size();
        replaced += known.size();
        indexItems += index.size();
        batch.clear();
    }

    private Set<ItemKey> existing(Set<ItemKey> keys) {
        Set<ItemKey> existing = new HashSet<>();
        List<Map<String, AttributeValue>> wanted =
                keys.stream().map(declared.items()::keyAttributes).toList();
        for (int failed = 0; !wanted.isEmpty(); ) {
            KeysAndAttributes request = KeysAndAttributes.builder()
                    .keys(wanted)
                    .consistentRead(true)
                    .projectionExpression("#pk, #sk")
                    .expressionAttributeNames(Map.of("#pk", declared.partitionKey(), "#sk", declared.sortKey()))
                    .build();
            BatchGetItemResponse response = calls.repeatable(
                    "BatchGetItem",
                    control,
                    () -> calls.client()
                            .batchGetItem(call -> call.requestItems(Map.of(declared.tableName(), request))));
            List<Map<String, AttributeValue>> got = response.responses().getOrDefault(declared.tableName(), List.of());
            got.forEach(item -> existing.add(declared.items().key(item)));
            KeysAndAttributes left = response.unprocessedKeys().get(declared.tableName());
            int leftKeys = left == null ? 0 : left.keys().size();
            failed = backOff("BatchGetItem", failed, leftKeys, wanted.size());
            wanted = left == null ? List.of() : left.keys();
        }
        return existing;
    }

    private void writeAll(List<Map<String, AttributeValue>> items) {
        for (int from = 0; from < items.size(); from += MAX_ITEMS) {
            List<WriteRequest> wanted = items.subList(from, Math.min(from + MAX_ITEMS, items.size())).stream()
                    .map(item -> WriteRequest.builder()
                            .putRequest(PutRequest.builder().item(item).build())
                            .build())
                    .toList();
            for (int failed = 0; !wanted.isEmpty(); ) {
                Map<String, List<WriteRequest>> request = new HashMap<>(Map.of(declared.tableName(), wanted));
                BatchWriteItemResponse response = calls.repeatable(
                        "BatchWriteItem",
                        control,
                        () -> calls.client()
                                .batchWriteItem(call -> call.requestItems(request)
                                        .returnConsumedCapacity(ReturnConsumedCapacity.TOTAL)));
                meter.add(response.consumedCapacity());
                List<WriteRequest> left = response.unprocessedItems().getOrDefault(declared.tableName(), List.of());
                failed = backOff("BatchWriteItem", failed, left.size(), wanted.size());
                wanted = left;
            }
        }
    }

    /** Waits if something is left, longer if all of it is. */
    private int backOff(String what, int failed, int left, int asked) {
        if (left == 0) {
            return 0;
        }
        int now = left < asked ? 1 : failed + 1;
        if (now >= calls.backoff().attempts()) {
            throw calls.throttled(what, now, new IllegalStateException("unprocessed items"));
        }
        calls.backoff().await(now, control, calls.doing(what));
        return now;
    }
}
