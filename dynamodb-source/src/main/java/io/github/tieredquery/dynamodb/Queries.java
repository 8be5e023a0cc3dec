package io.github.tieredquery.dynamodb;

import io.github.tieredquery.query.Order;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.RowType;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.QueryRequest;
import software.amazon.awssdk.services.dynamodb.model.QueryResponse;
import software.amazon.awssdk.services.dynamodb.model.ReturnConsumedCapacity;
import software.amazon.awssdk.services.dynamodb.model.ScanRequest;
import software.amazon.awssdk.services.dynamodb.model.ScanResponse;
import software.amazon.awssdk.services.dynamodb.model.Select;

/** The Query calls of one scan. */
final class Queries {

    private static final String WHAT = "Query";
    private static final int MAX_PAGE = 1_000;

    private final DynamoDbTable declared;
    private final Reading reading;
    private final boolean consistent;
    private final Order order;
    private final long pageItems;

    /**
     * The calls of a scan.
     *
     * @param pageItems how many items of each range are likely to be needed, {@link Long#MAX_VALUE} for all
     */
    Queries(DynamoDbTable declared, Reading reading, boolean consistent, Order order, long pageItems) {
        this.declared = declared;
        this.reading = reading;
        this.consistent = consistent;
        this.order = order;
        this.pageItems = pageItems;
    }

    Comparator<Found> order() {
        Comparator<Row> oldestFirst = declared.keys().order();
        return Comparator.comparing(Found::order, order == Order.OLDEST_FIRST ? oldestFirst : oldestFirst.reversed());
    }

    /** Rows by their own keys, with some columns. */
    FoundStream rows(List<String> partitions, TimeRange range, RowType type) {
        KeyForm keys = declared.keys();
        List<FoundStream> streams = new ArrayList<>();
        for (String partition : partitions) {
            streams.add(stream(
                    partition,
                    keys.rowsFrom(range),
                    keys.rowsTo(range),
                    declared.items().attributes(type)));
        }
        return MergedStream.of(streams, order());
    }

    /** Index items that all lookups found, those of the first. */
    FoundStream index(Access access) {
        List<FoundStream> streams = new ArrayList<>();
        for (String partition : access.partitions()) {
            streams.add(IntersectedStream.of(
                    access.lookups().stream()
                            .map(lookup -> lookup(lookup, partition, access.range()))
                            .toList(),
                    order()));
        }
        return MergedStream.of(streams, order());
    }

    private FoundStream lookup(Access.Lookup lookup, String partition, TimeRange range) {
        KeyForm keys = declared.keys();
        AccessPattern pattern = lookup.pattern();
        List<FoundStream> streams = new ArrayList<>();
        for (Object value : lookup.values()) {
            for (String shard : keys.shards(pattern, partition)) {
                streams.add(stream(
                        shard, keys.indexFrom(pattern, value, range), keys.indexTo(pattern, value, range), null));
            }
        }
        return MergedStream.of(streams, order());
    }

    private FoundStream stream(String partition, String from, String to, @Nullable List<String> attributes) {
        QueryRequest.Builder request = keyRange(partition, from, to)
                .scanIndexForward(order == Order.OLDEST_FIRST)
                .limit(pageItems <= MAX_PAGE ? (int) Math.max(1, pageItems) : null);
        if (attributes != null) {
            Map<String, String> names = BatchReader.names(attributes);
            request.projectionExpression(String.join(", ", names.keySet()));
            names.putAll(request.build().expressionAttributeNames());
            request.expressionAttributeNames(names);
        }
        Pages pages = new Pages(reading, WHAT, pageItems == Long.MAX_VALUE, after -> page(request, after));
        return new PagedStream(pages, this::found);
    }

    private QueryRequest.Builder keyRange(String partition, String from, String to) {
        return QueryRequest.builder()
                .tableName(declared.tableName())
                .keyConditionExpression("#pk = :pk AND #sk BETWEEN :from AND :to")
                .expressionAttributeNames(Map.of("#pk", declared.partitionKey(), "#sk", declared.sortKey()))
                .expressionAttributeValues(Map.of(
                        ":pk", AttributeValue.fromS(partition),
                        ":from", AttributeValue.fromS(from),
                        ":to", AttributeValue.fromS(to)))
                .consistentRead(consistent)
                .returnConsumedCapacity(ReturnConsumedCapacity.TOTAL);
    }

    private Pages.Page page(QueryRequest.Builder request, Map<String, AttributeValue> after) {
        QueryRequest page = request.build().toBuilder()
                .exclusiveStartKey(after.isEmpty() ? null : after)
                .build();
        QueryResponse response =
                reading.call(WHAT, () -> reading.calls().client().query(page));
        reading.meter().add(response.consumedCapacity());
        return new Pages.Page(response.items(), response.lastEvaluatedKey());
    }

    private Found found(Map<String, AttributeValue> item) {
        ItemKey key = declared.items().key(item);
        return new Found(
                declared.keys().values(key),
                declared.keys().isRow(key) ? key : declared.keys().pointedAt(key),
                item);
    }

    /** How many rows a key range holds, at most so many. */
    long count(String partition, TimeRange range, long atMost) {
        KeyForm keys = declared.keys();
        QueryRequest.Builder request = keyRange(partition, keys.rowsFrom(range), keys.rowsTo(range))
                .select(Select.COUNT)
                .limit(atMost <= MAX_PAGE ? (int) atMost : null);
        long count = 0;
        Map<String, AttributeValue> position = Map.of();
        do {
            reading.check();
            QueryRequest page = request.build().toBuilder()
                    .exclusiveStartKey(position.isEmpty() ? null : position)
                    .build();
            QueryResponse response = reading.await(
                    reading.start(() ->
                            reading.call(WHAT, () -> reading.calls().client().query(page))),
                    WHAT);
            reading.meter().add(response.consumedCapacity());
            count += response.count();
            position = response.lastEvaluatedKey();
        } while (!position.isEmpty() && count < atMost);
        return Math.min(count, atMost);
    }

    /** All rows of the table, in no order. */
    ItemStream wholeTable(RowType type) {
        Map<String, String> names =
                new HashMap<>(BatchReader.names(declared.items().attributes(type)));
        String projection = String.join(", ", names.keySet());
        names.put("#sk", declared.sortKey());
        ScanRequest.Builder request = ScanRequest.builder()
                .tableName(declared.tableName())
                .filterExpression("begins_with(#sk, :row)")
                .projectionExpression(projection)
                .expressionAttributeNames(names)
                .expressionAttributeValues(Map.of(":row", AttributeValue.fromS(declared.rowName() + KeyText.SEPARATOR)))
                .consistentRead(consistent)
                .returnConsumedCapacity(ReturnConsumedCapacity.TOTAL);
        return ItemStream.of(new PagedStream(
                new Pages(reading, "Scan", true, after -> {
                    ScanRequest page = request.build().toBuilder()
                            .exclusiveStartKey(after.isEmpty() ? null : after)
                            .build();
                    ScanResponse response =
                            reading.call("Scan", () -> reading.calls().client().scan(page));
                    reading.meter().add(response.consumedCapacity());
                    return new Pages.Page(response.items(), response.lastEvaluatedKey());
                }),
                this::found));
    }
}
