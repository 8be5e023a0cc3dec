package io.github.tieredquery.dynamodb;

import static io.github.tieredquery.dynamodb.Workflows.AT_ONCE;
import static io.github.tieredquery.dynamodb.Workflows.TABLE;
import static io.github.tieredquery.dynamodb.Workflows.read;
import static io.github.tieredquery.dynamodb.Workflows.scan;
import static io.github.tieredquery.dynamodb.Workflows.tenant;
import static io.github.tieredquery.dynamodb.Workflows.workflow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tieredquery.dynamodb.model.AccessPattern;
import io.github.tieredquery.dynamodb.model.WriteRefusedException;
import io.github.tieredquery.error.SourceUnavailableException;
import io.github.tieredquery.query.Filter;
import io.github.tieredquery.query.Order;
import io.github.tieredquery.spi.Scan;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.table.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Keys that no item can have, that hold anything, and that something else has written. */
class KeysTest {

    private final DynamoDbClient client = LocalDynamo.instance().client();
    private final DynamoDbTable table =
            LocalDynamo.instance().create(Workflows.declareBoth().build());

    @Test
    void a_partition_that_no_row_can_be_in_has_none() {
        DynamoDbWriter.of(client, table, AT_ONCE).put(workflow("t1", 1, "open", List.of()));
        String tooLong = "x".repeat(2_049);
        DynamoDbClient strict = FaultyClient.of(client, (request, call) -> {
            // The service refuses such a key, and DynamoDB Local doesn't.
            assertThat(request.toString()).doesNotContain(tooLong);
            return call.make();
        });
        try (DynamoDbSource source = DynamoDbSource.builder(strict, table).build(AT_ONCE)) {
            assertThat(read(source, scan(tenant(tooLong)))).isEmpty();
            assertThat(read(source, scan(Filter.in("tenant", tooLong, "t1")))).hasSize(1);
            assertThat(read(source, scan(tenant(tooLong), Filter.eq("status", "open"))))
                    .isEmpty();
        }
    }

    @Test
    void a_shard_that_no_row_can_be_in_has_none() {
        DynamoDbTable sharded = DynamoDbTable.builder(TABLE, table.tableName())
                .partition("tenant")
                .list("contexts", "contexts[].id")
                .pattern(AccessPattern.of("STATUS", "status").shards(3))
                .build();
        String longest = "x".repeat(2_047);
        DynamoDbClient strict = FaultyClient.of(client, (request, call) -> {
            assertThat(request.toString()).doesNotContain(longest);
            return call.make();
        });
        try (DynamoDbSource source = DynamoDbSource.builder(strict, sharded).build(AT_ONCE)) {
            assertThat(read(source, scan(tenant(longest), Filter.eq("status", "open"))))
                    .isEmpty();
        }
        assertThatThrownBy(
                        () -> DynamoDbWriter.of(client, sharded, AT_ONCE).put(workflow(longest, 1, "open", List.of())))
                .isInstanceOf(WriteRefusedException.class)
                .hasMessage(
                        "dynamodb:" + table.tableName() + ": the partition key of pattern STATUS takes 2049 bytes and"
                                + " DynamoDB holds 2048; shorten the values of tenant");
    }

    @Test
    void a_key_that_the_library_would_write_otherwise_is_reported_and_not_taken_for_a_row() {
        Map<String, AttributeValue> spaced = Map.of(
                "pk", AttributeValue.fromS("t1"), "sk", AttributeValue.fromS("ROW#2026-01-01T00:00:01.000000Z#w 1"));
        Map<String, AttributeValue> elsewhere = Map.of(
                "pk", AttributeValue.fromS("t#1"), "sk", AttributeValue.fromS("ROW#2026-01-01T00:00:01.000000Z#w1"));
        for (Map<String, AttributeValue> item : List.of(spaced, elsewhere)) {
            client.putItem(call -> call.tableName(table.tableName()).item(item));
        }
        DynamoDbWriter.of(client, table, AT_ONCE).put(workflow("t2", 1, "open", List.of("c1")));
        try (DynamoDbSource source =
                DynamoDbSource.builder(client, table).allowFilterScans().build(AT_ONCE)) {
            assertThatThrownBy(() -> read(source, scan(tenant("t1"))))
                    .isInstanceOf(SourceUnavailableException.class)
                    .hasMessage("dynamodb:" + table.tableName() + ": the key (t1, ROW#2026-01-01T00:00:01.000000Z#w 1)"
                            + " isn't one of table 'workflows' as it is declared");
            assertThat(read(source, scan(tenant("t")))).isEmpty();
            assertThatThrownBy(() -> read(source, scan()))
                    .isInstanceOf(SourceUnavailableException.class)
                    .hasMessageEndingWith(" isn't one of table 'workflows' as it is declared");
            assertThat(read(source, scan(tenant("t2")))).hasSize(1);
        }
        IndexReport report = IndexCheck.of(client, table, AT_ONCE).repair();
        assertThat(report.examples())
                .containsExactlyInAnyOrder(
                        "unreadable (t1, ROW#2026-01-01T00:00:01.000000Z#w 1)",
                        "unreadable (t#1, ROW#2026-01-01T00:00:01.000000Z#w1)");
        assertThat(report)
                .usingRecursiveComparison()
                .ignoringFields("examples")
                .isEqualTo(new IndexReport(3, 2, 0, 0, 0, 0, 2, 0, List.of()));
    }

    @Test
    void hostile_texts_are_told_apart_as_ids_values_and_elements_and_keep_their_order() {
        String long1 = "x".repeat(300);
        List<String> texts = List.of(
                "",
                " ",
                "#",
                "##",
                "$",
                "$c",
                "%",
                "%23",
                ",",
                "a",
                "a#",
                "a#b",
                "a ",
                "a$`",
                "\u0001",
                "\u007f",
                "\uffff",
                "\ud83d\ude00",
                "\ue000",
                "e\u0301",
                "\u00e9",
                "ROW#",
                "..",
                "/",
                long1,
                long1 + "#",
                "#".repeat(200));
        DynamoDbTable declared = LocalDynamo.instance()
                .create(Workflows.declare()
                        .pattern(AccessPattern.of("CTX", "contexts").shards(2))
                        .pattern(AccessPattern.of("STATUS", "status").projecting("status"))
                        .pattern(AccessPattern.of("ID", "id"))
                        .build());
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < texts.size(); i++) {
            String next = texts.get((i + 1) % texts.size());
            // At one moment, so that the ids alone make the order.
            Row row = workflow("t1", 0, texts.get(i), List.of(texts.get(i), next, "\0" + i, texts.get(i)));
            rows.add(Workflows.with(row, "id", texts.get(i)));
        }
        DynamoDbWriter.of(client, declared, AT_ONCE).load(rows.iterator());
        try (DynamoDbSource source = DynamoDbSource.builder(client, declared).build(AT_ONCE)) {
            for (Order order : Order.values()) {
                Scan all = scan(tenant("t1")).order(order);
                assertThat(read(source, all))
                        .isEqualTo(Workflows.expected(rows, all))
                        .hasSize(texts.size());
                for (int i = 0; i < texts.size(); i++) {
                    String text = texts.get(i);
                    for (Filter filter : List.of(
                            Filter.eq("status", text),
                            Filter.eq("id", text),
                            Filter.hasElement("contexts", text),
                            Filter.and(Filter.hasElement("contexts", text), Filter.in("status", text, "a", "#")))) {
                        Scan scan = scan(tenant("t1"), filter).order(order);
                        assertThat(read(source, scan)).as(filter.toString()).isEqualTo(Workflows.expected(rows, scan));
                        assertThat(source.count(scan, ScanControl.unlimited()).rows())
                                .isEqualTo(Workflows.expected(rows, scan).size())
                                .isPositive();
                    }
                }
            }
            assertThat(source.stalePointersSkipped()).isZero();
        }
        IndexReport report = IndexCheck.of(client, declared, AT_ONCE).check();
        assertThat(report.isInLine()).as(report.toString()).isTrue();
    }
}
