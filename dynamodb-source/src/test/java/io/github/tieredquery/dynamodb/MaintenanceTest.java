package io.github.tieredquery.dynamodb;

import static io.github.tieredquery.dynamodb.Workflows.AT_ONCE;
import static io.github.tieredquery.dynamodb.Workflows.START;
import static io.github.tieredquery.dynamodb.Workflows.TABLE;
import static io.github.tieredquery.dynamodb.Workflows.read;
import static io.github.tieredquery.dynamodb.Workflows.scan;
import static io.github.tieredquery.dynamodb.Workflows.tenant;
import static io.github.tieredquery.dynamodb.Workflows.workflow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tieredquery.dynamodb.internal.calls.Backoff;
import io.github.tieredquery.dynamodb.model.AccessPattern;
import io.github.tieredquery.dynamodb.model.WriteConflictException;
import io.github.tieredquery.error.OutcomeUnknownException;
import io.github.tieredquery.error.SourceUnavailableException;
import io.github.tieredquery.error.ThrottledException;
import io.github.tieredquery.query.Filter;
import io.github.tieredquery.table.ListText;
import io.github.tieredquery.table.Row;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ScanRequest;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItemsRequest;

/** Patterns that come later, and index items that have drifted. */
class MaintenanceTest {

    private final DynamoDbClient client = LocalDynamo.instance().client();
    private final DynamoDbTable plain =
            LocalDynamo.instance().create(Workflows.declare().build());

    private DynamoDbTable with(AccessPattern... patterns) {
        DynamoDbTable.Builder builder = DynamoDbTable.builder(TABLE, plain.tableName())
                .partition("tenant")
                .list("contexts", "contexts[].id");
        List.of(patterns).forEach(builder::pattern);
        return builder.build();
    }

    private List<Row> fill(int count) {
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            rows.add(workflow("t1", i, i % 2 == 0 ? "open" : null, List.of("c" + i % 3, "all")));
        }
        DynamoDbWriter.of(client, plain).load(rows.iterator());
        return rows;
    }

    private List<Row> inContext(DynamoDbTable table, String context) {
        try (DynamoDbSource source = DynamoDbSource.builder(client, table).build(AT_ONCE)) {
            return read(source, scan(tenant("t1"), Filter.hasElement("contexts", context)));
        }
    }

    @Test
    void a_pattern_is_added_to_a_full_table_step_by_step() {
        List<Row> rows = fill(250);
        DynamoDbTable building = with(AccessPattern.of("CTX", "contexts").building());
        Backfill backfill = Backfill.of(client, building, "CTX", AT_ONCE);
        BackfillProgress progress = backfill.run(null, Duration.ZERO);
        assertThat(progress.isDone()).isFalse();
        assertThat(progress.rows()).isPositive().isLessThanOrEqualTo(100);

        // A writer that knows the pattern works beside it.
        Row changed = with(rows.get(200), "contexts", ListText.of(List.of("c7")));
        DynamoDbWriter.of(client, building, AT_ONCE).put(changed);
        rows.set(200, changed);

        int runs = 1;
        while (!progress.isDone()) {
            progress = Backfill.of(client, building, "CTX", AT_ONCE).run(progress.position(), Duration.ZERO);
            runs++;
        }
        assertThat(runs).isGreaterThan(2);
        DynamoDbTable ready = with(AccessPattern.of("CTX", "contexts"));
        assertThat(inContext(ready, "all"))
                .containsExactlyElementsOf(
                        rows.stream().filter(row -> !row.equals(changed)).toList());
        assertThat(inContext(ready, "c7")).containsExactly(changed);
        assertThat(IndexCheck.of(client, ready, AT_ONCE).check())
                .isEqualTo(new IndexReport(250, 249 * 2 + 1, 0, 0, 0, 0, 0, 0, List.of()));
    }

    @Test
    void a_row_that_changes_under_the_backfill_gets_the_index_items_that_it_wants_then() {
        List<Row> rows = fill(20);
        DynamoDbTable building = with(AccessPattern.of("CTX", "contexts").building());
        DynamoDbWriter writer = DynamoDbWriter.of(client, building, AT_ONCE);
        AtomicInteger transactions = new AtomicInteger();
        DynamoDbClient racing = FaultyClient.of(client, (request, call) -> {
            if (request instanceof TransactWriteItemsRequest) {
                int number = transactions.getAndIncrement();
                if (number == 3) {
                    writer.update(rows.get(3), row -> with(row, "contexts", ListText.of(List.of("late"))));
                } else if (number == 9) {
                    writer.delete(rows.get(8));
                }
            }
            return call.make();
        });
        Backfill.of(racing, building, "CTX", AT_ONCE).run(null, Duration.ofMinutes(1));
        IndexReport report = IndexCheck.of(client, with(AccessPattern.of("CTX", "contexts")), AT_ONCE)
                .check();
        assertThat(report).isEqualTo(new IndexReport(19, 18 * 2 + 1, 0, 0, 0, 0, 0, 0, List.of()));
    }

    @Test
    void a_backfill_that_is_throttled_for_long_keeps_what_it_has_done() {
        fill(250);
        DynamoDbTable building = with(AccessPattern.of("CTX", "contexts").building());
        AtomicInteger scans = new AtomicInteger();
        DynamoDbClient busy = FaultyClient.of(client, (request, call) -> {
            if (request instanceof ScanRequest && scans.incrementAndGet() > 2) {
                throw FaultyClient.throttling();
            }
            return call.make();
        });
        BackfillProgress stopped = Backfill.of(busy, building, "CTX", AT_ONCE).run(null, Duration.ofMinutes(1));
        assertThat(stopped.isDone()).isFalse();
        assertThat(stopped.rows()).isPositive();
        BackfillProgress rest = Backfill.of(client, building, "CTX", AT_ONCE)
                .run(Objects.requireNonNull(stopped.position()), Duration.ofMinutes(1));
        assertThat(rest.isDone()).isTrue();
        assertThat(stopped.rows() + rest.rows()).isEqualTo(250);
        assertThat(stopped.indexItems() + rest.indexItems()).isEqualTo(500);
    }

    /** Every third transaction is made and its answer lost. */
    private DynamoDbClient losing() {
        AtomicInteger transactions = new AtomicInteger();
        return FaultyClient.of(client, (request, call) -> {
            Object answer = call.make();
            if (request instanceof TransactWriteItemsRequest && transactions.incrementAndGet() % 3 == 0) {
                throw FaultyClient.lostAnswer();
            }
            return answer;
        });
    }

    @Test
    void answers_that_are_lost_stop_neither_a_backfill_nor_a_repair() {
        List<Row> rows = fill(20);
        DynamoDbTable table = with(AccessPattern.of("CTX", "contexts"));
        assertThat(Backfill.of(losing(), table, "CTX", AT_ONCE).run(null, Duration.ofMinutes(1)))
                .isEqualTo(new BackfillProgress(null, 20, 40));
        rows.subList(0, 10)
                .forEach(row -> client.deleteItem(call -> call.tableName(table.tableName())
                        .key(table.declared()
                                .items()
                                .keyAttributes(table.declared().keys().row(row)))));
        IndexReport repaired = IndexCheck.of(losing(), table, AT_ONCE).repair();
        assertThat(repaired.stale()).isEqualTo(20);
        assertThat(repaired.repaired()).isEqualTo(20);
        assertThat(IndexCheck.of(client, table, AT_ONCE).check())
                .isEqualTo(new IndexReport(10, 20, 0, 0, 0, 0, 0, 0, List.of()));

        DynamoDbClient deaf = FaultyClient.of(client, (request, call) -> {
            if (request instanceof TransactWriteItemsRequest) {
                throw FaultyClient.lostAnswer();
            }
            return call.make();
        });
        assertThatThrownBy(() -> Backfill.of(deaf, table, "CTX", AT_ONCE).run(null, Duration.ofMinutes(1)))
                .isInstanceOf(OutcomeUnknownException.class);
    }

    @Test
    void a_backfill_that_meets_a_row_that_it_cannot_read_keeps_what_it_has_done_and_then_says_so() {
        List<Row> rows = fill(250);
        DynamoDbTable building = with(AccessPattern.of("CTX", "contexts").building());
        Map<String, AttributeValue> broken = building.declared().items().item(rows.get(249), Map.of(), "other");
        broken.put("contexts", AttributeValue.fromBool(true));
        client.putItem(call -> call.tableName(building.tableName()).item(broken));
        Backfill backfill = Backfill.of(client, building, "CTX", AT_ONCE);
        BackfillProgress stopped = backfill.run(null, Duration.ofMinutes(1));
        assertThat(stopped.isDone()).isFalse();
        assertThat(stopped.rows()).isEqualTo(200);
        assertThatThrownBy(() -> backfill.run(stopped.position(), Duration.ofMinutes(1)))
                .isInstanceOf(SourceUnavailableException.class)
                .hasMessage(
                        "dynamodb:" + building.tableName() + ": the item (t1, ROW#2026-01-01T00:04:09.000000Z#wf-249)"
                                + " has in attribute 'contexts' no STRING for column 'contexts': it is of another type");
        overwrite(building, rows.get(249));
        assertThat(backfill.run(stopped.position(), Duration.ofMinutes(1)))
                .isEqualTo(new BackfillProgress(null, 50, 100));
    }

    /** Before each of the repair's calls others write, also rows whose index items have drifted. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void drift_is_repaired_while_writers_run(long seed) {
        DynamoDbTable table = with(
                AccessPattern.of("CTX", "contexts").shards(2),
                AccessPattern.of("STATUS", "status").projecting("name"));
        DynamoDbWriter writer = DynamoDbWriter.of(client, table, AT_ONCE);
        Random random = new Random(seed);
        for (int i = 0; i < 12; i++) {
            writer.put(workflow("t1", i, "open", List.of("c" + i % 3, "all")));
        }
        for (int i = 0; i < 12; i++) {
            Row drifted = workflow("t1", i, i % 2 == 0 ? "open" : "done", List.of("c" + random.nextInt(5)));
            if (random.nextInt(3) == 0) {
                client.deleteItem(call -> call.tableName(table.tableName())
                        .key(table.declared()
                                .items()
                                .keyAttributes(table.declared().keys().row(drifted))));
            } else {
                overwrite(table, drifted);
            }
        }
        DynamoDbClient racing = FaultyClient.of(client, (request, call) -> {
            write(writer, random);
            return call.make();
        });
        IndexReport found = IndexCheck.of(racing, table, new Backoff(100, 1, 1, () -> 0.5, (time, control, what) -> {}))
                .repair();
        assertThat(found.isInLine()).isFalse();
        assertThat(found.repaired()).isPositive();
        IndexReport after = IndexCheck.of(client, table, AT_ONCE).check();
        assertThat(after.isInLine()).as(after.toString()).isTrue();
    }

    private static void write(DynamoDbWriter writer, Random random) {
        Row row = workflow("t1", random.nextInt(12), "open", List.of("c" + random.nextInt(5), "all"));
        Object contexts = Objects.requireNonNull(row.value("contexts"));
        try {
            switch (random.nextInt(6)) {
                case 0 -> writer.put(row);
                case 1 -> writer.delete(row);
                case 2 -> writer.update(row, old -> old.with("contexts", contexts));
                case 3 -> writer.update(row, old -> old.with("name", "name " + random.nextInt(3)));
                case 4 -> writer.update(row, old -> old.with("created_at", START.plusSeconds(random.nextInt(12))));
                default -> {}
            }
        } catch (WriteConflictException e) {
            // It would have moved onto another row.
            assertThat(e).hasMessageContaining("can't move to");
        }
    }

    @Test
    void a_row_that_others_write_all_the_time_does_not_keep_the_rest_from_being_repaired() {
        List<Row> rows = fill(10);
        DynamoDbTable table = with(AccessPattern.of("CTX", "contexts"));
        Row hot = rows.get(2);
        String hotSort = table.declared().keys().row(hot).sort();
        AtomicInteger version = new AtomicInteger();
        DynamoDbClient racing = FaultyClient.of(client, (request, call) -> {
            if (request instanceof TransactWriteItemsRequest
                    && request.toString().contains(hotSort)) {
                client.putItem(put -> put.tableName(table.tableName())
                        .item(table.declared().items().item(hot, Map.of(), "v" + version.incrementAndGet())));
            }
            return call.make();
        });
        IndexReport report = IndexCheck.of(racing, table, AT_ONCE).repair();
        assertThat(report.missing()).isEqualTo(20);
        assertThat(report.repaired()).isEqualTo(18);
        assertThat(IndexCheck.of(client, table, AT_ONCE).repair().repaired()).isEqualTo(2);
        assertThat(inContext(table, "all")).isEqualTo(rows);
    }

    @Test
    void what_cannot_be_read_is_reported_and_does_not_keep_the_rest_from_being_repaired() {
        List<Row> rows = fill(3);
        DynamoDbTable table = with(AccessPattern.of("CTX", "contexts"));
        Map<String, AttributeValue> broken = table.declared().items().item(rows.get(1), Map.of(), "other");
        broken.put("contexts", AttributeValue.fromBool(true));
        client.putItem(call -> call.tableName(table.tableName()).item(broken));
        Map<String, AttributeValue> tooShort =
                Map.of("pk", AttributeValue.fromS("t1"), "sk", AttributeValue.fromS("CTX#c1"));
        client.putItem(call -> call.tableName(table.tableName()).item(tooShort));

        IndexReport report = IndexCheck.of(client, table, AT_ONCE).repair();
        assertThat(report)
                .isEqualTo(new IndexReport(
                        3,
                        1,
                        4,
                        0,
                        0,
                        0,
                        2,
                        4,
                        List.of(
                                "unreadable (t1, CTX#c1)",
                                "unreadable (t1, ROW#2026-01-01T00:00:01.000000Z#wf-1)",
                                "missing (t1, CTX#c0#2026-01-01T00:00:00.000000Z#wf-0)",
                                "missing (t1, CTX#all#2026-01-01T00:00:00.000000Z#wf-0)",
                                "missing (t1, CTX#c2#2026-01-01T00:00:02.000000Z#wf-2)",
                                "missing (t1, CTX#all#2026-01-01T00:00:02.000000Z#wf-2)")));
        assertThat(report.isInLine()).isFalse();
        assertThat(inContext(table, "all")).containsExactly(rows.get(0), rows.get(2));
        IndexReport after = IndexCheck.of(client, table, AT_ONCE).check();
        assertThat(after.missing() + after.stale() + after.different()).isZero();
        assertThat(after.unreadable()).isEqualTo(2);
    }

    @Test
    void rows_with_more_index_items_than_a_transaction_takes_are_filled_in_several() {
        List<String> contexts = IntStream.range(0, 250).mapToObj(i -> "c" + i).toList();
        Row row = workflow("t1", 1, null, contexts);
        DynamoDbWriter.of(client, plain, AT_ONCE).put(row);
        DynamoDbTable building = with(AccessPattern.of("CTX", "contexts").building());
        BackfillProgress progress =
                Backfill.of(client, building, "CTX", AT_ONCE).run(null, Duration.ofMinutes(1));
        assertThat(progress).isEqualTo(new BackfillProgress(null, 1, 250));
        assertThat(inContext(with(AccessPattern.of("CTX", "contexts")), "c249")).containsExactly(row);
    }

    @Test
    void a_backfill_keeps_to_its_speed_and_backs_off_when_it_is_throttled() {
        fill(200);
        AtomicLong paused = new AtomicLong();
        Backoff measuring = new Backoff(4, 1, 1, () -> 0.5, (time, control, what) -> paused.addAndGet(time.toMillis()));
        DynamoDbTable building = with(AccessPattern.of("CTX", "contexts").building());
        Backfill.of(client, building, "CTX", measuring).readUnitsPerSecond(2).run(null, Duration.ofMinutes(1));
        // 200 rows of about 160 bytes are 8 units or more, read consistently at two units a second.
        assertThat(paused.get()).isBetween(4_000L, 6_000L);

        DynamoDbClient busy = FaultyClient.of(client, (request, call) -> {
            if (request instanceof ScanRequest) {
                throw FaultyClient.throttling();
            }
            return call.make();
        });
        assertThatThrownBy(() -> Backfill.of(busy, building, "CTX", measuring).run(null, Duration.ofMinutes(1)))
                .isInstanceOf(ThrottledException.class)
                .hasMessage("dynamodb:" + plain.tableName()
                        + ": Scan was throttled 4 times in a row. Try again later, raise"
                        + " the table's capacity, or spread a hot key with shards(…)");
        assertThatThrownBy(() -> Backfill.of(client, building, "CTX", AT_ONCE).run("nonsense", Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("dynamodb:" + plain.tableName()
                        + ": 'nonsense' is no position of a walk over the table; give what one returned");
        assertThatThrownBy(() -> Backfill.of(client, building, "NAME"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("table '" + plain.tableName() + "' declares no pattern 'NAME'; it declares [CTX]");
    }

    @Test
    void drift_is_reported_and_repaired() {
        DynamoDbTable table = with(
                AccessPattern.of("CTX", "contexts"),
                AccessPattern.of("STATUS", "status").projecting("name"));
        List<Row> rows = new ArrayList<>();
        DynamoDbWriter writer = DynamoDbWriter.of(client, table, AT_ONCE);
        for (int i = 0; i < 5; i++) {
            rows.add(workflow("t1", i, "open", List.of("c1")));
            writer.put(rows.get(i));
        }
        // A row that went without its index items, one that changed, and one that came without any.
        client.deleteItem(call -> call.tableName(table.tableName())
                .key(table.declared()
                        .items()
                        .keyAttributes(table.declared().keys().row(rows.get(0)))));
        Row renamed = with(rows.get(1), "name", "new name");
        overwrite(table, renamed);
        Row elsewhere = with(rows.get(2), "contexts", ListText.of(List.of("c2")));
        overwrite(table, elsewhere);
        overwrite(table, workflow("t1", 9, "open", List.of("c1", "c2")));
        client.putItem(call -> call.tableName(table.tableName())
                .item(Map.of("pk", AttributeValue.fromS("t1"), "sk", AttributeValue.fromS("USER#7"))));

        IndexCheck check = IndexCheck.of(client, table, AT_ONCE);
        IndexReport found = check.check();
        assertThat(found)
                .usingRecursiveComparison()
                .ignoringFields("examples")
                .isEqualTo(new IndexReport(5, 10, 4, 1, 3, 1, 0, 0, List.of()));
        assertThat(found.isInLine()).isFalse();
        assertThat(found.examples())
                .contains(
                        "stale (t1, CTX#c1#2026-01-01T00:00:00.000000Z#wf-0)",
                        "different (t1, STATUS#open#2026-01-01T00:00:01.000000Z#wf-1)",
                        "missing (t1, CTX#c2#2026-01-01T00:00:02.000000Z#wf-2)");

        assertThat(check.repair().repaired()).isEqualTo(8);
        assertThat(check.check()).isEqualTo(new IndexReport(5, 11, 0, 0, 0, 1, 0, 0, List.of()));
        assertThat(inContext(table, "c2")).containsExactly(elsewhere, workflow("t1", 9, "open", List.of("c1", "c2")));
    }

    private void overwrite(DynamoDbTable table, Row row) {
        client.putItem(call ->
                call.tableName(table.tableName()).item(table.declared().items().item(row, Map.of(), "other")));
    }

    private static Row with(Row row, String column, Object value) {
        return Workflows.with(row, column, value);
    }

    @Test
    void index_items_move_when_the_number_of_shards_changes() {
        List<Row> rows = fill(60);
        DynamoDbTable one = with(AccessPattern.of("CTX", "contexts"));
        IndexCheck.of(client, one, AT_ONCE).repair();
        DynamoDbTable five = with(AccessPattern.of("CTX", "contexts").shards(5));
        IndexReport moved = IndexCheck.of(client, five, AT_ONCE).repair();
        assertThat(moved.missing()).isEqualTo(120);
        assertThat(IndexCheck.of(client, five, AT_ONCE).check())
                .isEqualTo(new IndexReport(60, 120, 0, 0, 0, 0, 0, 0, List.of()));
        assertThat(inContext(five, "all")).isEqualTo(rows);
        assertThat(IntStream.range(0, 5)
                        .map(shard -> client.query(call -> call.tableName(plain.tableName())
                                        .keyConditionExpression("pk = :pk")
                                        .expressionAttributeValues(Map.of(":pk", AttributeValue.fromS("t1#" + shard))))
                                .count()))
                .allMatch(count -> count > 0);
    }
}
