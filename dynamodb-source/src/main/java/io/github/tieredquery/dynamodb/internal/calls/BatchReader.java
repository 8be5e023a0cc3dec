package io.github.tieredquery.dynamodb.internal.calls;

import io.github.tieredquery.dynamodb.internal.model.DeclaredTable;
import io.github.tieredquery.dynamodb.internal.model.ItemKey;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BatchGetItemResponse;
import software.amazon.awssdk.services.dynamodb.model.KeysAndAttributes;
import software.amazon.awssdk.services.dynamodb.model.ReturnConsumedCapacity;

/**
 * Gets items by their keys, 100 in a call, several calls at a time. What a call leaves unprocessed (it was throttled,
 * or the response would pass 16 MB) is asked for again until it is there; what then isn't there doesn't exist.
 */
public final class BatchReader {

    public static final int MAX_KEYS = 100;

    private static final String WHAT = "BatchGetItem";

    private final DeclaredTable declared;
    private final ScanSession reading;
    private final boolean consistent;
    private final @Nullable List<String> attributes;

    /**
     * A reader.
     *
     * @param consistent whether each read sees all writes before it, at twice the price
     * @param attributes what to get of each item, null for everything
     */
    public BatchReader(
            DeclaredTable declared, ScanSession reading, boolean consistent, @Nullable List<String> attributes) {
        this.declared = declared;
        this.reading = reading;
        this.consistent = consistent;
        this.attributes = attributes;
    }

    /**
     * The items of any number of keys. Each key is asked for once, however often it stands there.
     *
     * @return an item for each key that has one
     */
    public Map<ItemKey, Map<String, AttributeValue>> all(Collection<ItemKey> keys) {
        List<ItemKey> distinct = new ArrayList<>(new LinkedHashSet<>(keys));
        List<Future<Map<ItemKey, Map<String, AttributeValue>>>> chunks = new ArrayList<>();
        for (int from = 0; from < distinct.size(); from += MAX_KEYS) {
            chunks.add(start(distinct.subList(from, Math.min(from + MAX_KEYS, distinct.size()))));
        }
        Map<ItemKey, Map<String, AttributeValue>> items = new HashMap<>();
        chunks.forEach(chunk -> items.putAll(reading.await(chunk, WHAT)));
        return items;
    }

    /**
     * Starts getting a chunk.
     *
     * @param keys at most {@link #MAX_KEYS}, each once
     */
    public Future<Map<ItemKey, Map<String, AttributeValue>>> start(List<ItemKey> keys) {
        return reading.start(() -> chunk(keys));
    }

    private Map<ItemKey, Map<String, AttributeValue>> chunk(List<ItemKey> keys) {
        Map<ItemKey, Map<String, AttributeValue>> items = new HashMap<>();
        List<Map<String, AttributeValue>> wanted =
                keys.stream().map(declared.items()::keyAttributes).toList();
        int failed = 0;
        while (!wanted.isEmpty()) {
            KeysAndAttributes request = request(wanted);
            BatchGetItemResponse response = reading.call(
                    WHAT,
                    () -> reading.calls()
                            .client()
                            .batchGetItem(call -> call.requestItems(Map.of(declared.tableName(), request))
                                    .returnConsumedCapacity(ReturnConsumedCapacity.TOTAL)));
            reading.meter().add(response.consumedCapacity());
            List<Map<String, AttributeValue>> got = response.responses().getOrDefault(declared.tableName(), List.of());
            got.forEach(item -> items.put(declared.items().key(item), item));
            KeysAndAttributes left = response.unprocessedKeys().get(declared.tableName());
            wanted = left == null ? List.of() : left.keys();
            if (!wanted.isEmpty()) {
                failed = got.isEmpty() ? failed + 1 : 1;
                if (failed >= reading.calls().backoff().attempts()) {
                    throw reading.calls().throttled(WHAT, failed, new IllegalStateException("unprocessed keys"));
                }
                reading.backOff(failed, WHAT);
            }
        }
        return items;
    }

    private KeysAndAttributes request(List<Map<String, AttributeValue>> keys) {
        KeysAndAttributes.Builder request =
                KeysAndAttributes.builder().keys(keys).consistentRead(consistent);
        if (attributes != null) {
            Map<String, String> names = names(attributes);
            request.projectionExpression(String.join(", ", names.keySet())).expressionAttributeNames(names);
        }
        return request.build();
    }

    /** Placeholders for attributes, whose names may be reserved words. */
    public static Map<String, String> names(List<String> attributes) {
        return attributes.stream()
                .collect(Collectors.toMap(
                        attribute -> "#a" + attributes.indexOf(attribute),
                        attribute -> attribute,
                        (left, right) -> left,
                        LinkedHashMap::new));
    }
}
