package io.github.tieredquery.dynamodb.internal.read;

import io.github.tieredquery.dynamodb.internal.calls.BatchReader;
import io.github.tieredquery.dynamodb.internal.calls.ScanSession;
import io.github.tieredquery.dynamodb.internal.model.DeclaredTable;
import io.github.tieredquery.dynamodb.internal.model.ItemKey;
import io.github.tieredquery.dynamodb.internal.model.KeyForm;
import io.github.tieredquery.dynamodb.internal.model.KeyText;
import io.github.tieredquery.dynamodb.internal.plan.Access;
import io.github.tieredquery.dynamodb.model.AccessPattern;
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
public final class KeyQueries {

    private static final String WHAT = "Query";
    private static final int MAX_PAGE = 1_000;

    /** Each range holds a page and the next one: many ranges have smaller pages. */
    private static final long MOST_HELD_ITEMS = 20_000;

    private static final long LEAST_PAGE = 20;

    private final DeclaredTable declared;
    private final ScanSession reading;
    private final boolean consistent;
    private final Order order;
    private final long pageItems;

    /**
     * The calls of a scan.
     *
     * @param pageItems how many items of each range are likely to be needed, {@link Long#MAX_VALUE} for all
     */
    public KeyQueries(DeclaredTable declared, ScanSession reading, boolean consistent, Order order, long pageItems) {
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
    public FoundStream rows(Access access, RowType type) {
        String start = declared.keys().rows();
        int streams = access.partitions().size();
        return MergedStream.of(
                access.partitions().stream()
                        .map(partition -> stream(
                                access,
                                partition,
                                start,
                                streams,
                                declared.items().attributes(type)))
                        .toList(),
                order());
    }

    /** Index items that all lookups found, those of the first. */
    public FoundStream index(Access access) {
        int streams = access.partitions().size()
                * access.lookups().stream()
                        .mapToInt(lookup ->
                                lookup.values().size() * lookup.pattern().shards())
                        .sum();
        return MergedStream.of(
                access.partitions().stream()
                        .map(partition -> IntersectedStream.of(
                                access.lookups().stream()
                                        .map(lookup -> lookup(access, lookup, partition, streams))
                                        .toList(),
                                order()))
                        .toList(),
                order());
    }

    private FoundStream lookup(Access access, Access.Lookup lookup, String partition, int streamsInAll) {
        KeyForm keys = declared.keys();
        AccessPattern pattern = lookup.pattern();
        List<FoundStream> streams = new ArrayList<>();
        for (Object value : lookup.values()) {
            for (String shard : keys.shards(pattern, partition)) {
                streams.add(stream(access, shard, keys.index(pattern, value), streamsInAll, null));
            }
        }
        return MergedStream.of(streams, order());
    }

    /**
     * One key range, page by page.
     *
     * @param start what its sort keys start with
     * @param streams how many such ranges are read at a time
     * @param attributes what is read of each item, null for everything
     */
    private FoundStream stream(
            Access access, String partition, String start, int streams, @Nullable List<String> attributes) {
        long page = Math.min(pageItems, Math.max(LEAST_PAGE, MOST_HELD_ITEMS / streams));
        QueryRequest.Builder request = keyRange(partition, start, access.range())
                .scanIndexForward(order == Order.OLDEST_FIRST)
                .limit(page <= MAX_PAGE ? (int) Math.max(1, page) : null);
        if (attributes != null) {
            Map<String, String> names = BatchReader.names(attributes);
            request.projectionExpression(String.join(", ", names.keySet()));
            names.putAll(request.build().expressionAttributeNames());
            request.expressionAttributeNames(names);
        }
        Map<String, AttributeValue> position = access.after() == null
                ? Map.of()
                : declared.items().keyAttributes(new ItemKey(partition, start + access.after()));
        Pages pages = new Pages(reading, WHAT, pageItems == Long.MAX_VALUE, position, after -> page(request, after));
        return new PagedStream(pages, this::found);
    }

    private QueryRequest.Builder keyRange(String partition, String start, TimeRange range) {
        return QueryRequest.builder()
                .tableName(declared.tableName())
                .keyConditionExpression("#pk = :pk AND #sk BETWEEN :from AND :to")
                .expressionAttributeNames(Map.of("#pk", declared.partitionKey(), "#sk", declared.sortKey()))
                .expressionAttributeValues(Map.of(
                        ":pk", AttributeValue.fromS(partition),
                        ":from", AttributeValue.fromS(KeyForm.from(start, range)),
                        ":to", AttributeValue.fromS(KeyForm.to(start, range))))
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
    public long count(String partition, TimeRange range, long atMost) {
        QueryRequest.Builder request = keyRange(partition, declared.keys().rows(), range)
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
    public ItemStream wholeTable(RowType type) {
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
                new Pages(reading, "Scan", true, Map.of(), after -> {
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
