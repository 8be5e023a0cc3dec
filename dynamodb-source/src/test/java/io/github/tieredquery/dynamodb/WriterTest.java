package io.github.tieredquery.dynamodb;

import static io.github.tieredquery.dynamodb.Workflows.AT_ONCE;
import static io.github.tieredquery.dynamodb.Workflows.read;
import static io.github.tieredquery.dynamodb.Workflows.scan;
import static io.github.tieredquery.dynamodb.Workflows.tenant;
import static io.github.tieredquery.dynamodb.Workflows.with;
import static io.github.tieredquery.dynamodb.Workflows.workflow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tieredquery.dynamodb.internal.model.DeclaredTable;
import io.github.tieredquery.dynamodb.model.AccessPattern;
import io.github.tieredquery.dynamodb.model.WriteConflictException;
import io.github.tieredquery.dynamodb.model.WriteRefusedException;
import io.github.tieredquery.error.OutcomeUnknownException;
import io.github.tieredquery.error.ThrottledException;
import io.github.tieredquery.query.Filter;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.table.ListText;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.RowType;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItemsRequest;

class WriterTest {

    private final DynamoDbClient client = LocalDynamo.instance().client();
    private final DynamoDbTable table =
            LocalDynamo.instance().create(Workflows.declareBoth().build());
    private final DynamoDbWriter writer = DynamoDbWriter.of(client, table, AT_ONCE);
    private final DynamoDbSource source = DynamoDbSource.builder(client, table).build(AT_ONCE);

    @AfterEach
    void close() {
        source.close();
    }

    private List<Row> inContext(String context) {
        return read(source, scan(tenant("t1"), Filter.hasElement("contexts", context)));
    }

    @Test
    void a_row_is_found_by_what_it_has_and_no_longer_by_what_it_had() {
        Row row = workflow("t1", 1, "open", List.of("c1", "c2"));
        writer.put(row);
        assertThat(inContext("c1")).containsExactly(row);

        Row changed = with(with(row, "contexts", ListText.of(List.of("c2", "c3"))), "status", null);
        assertThat(writer.update(row, old -> changed)).isTrue();
        assertThat(inContext("c1")).isEmpty();
        assertThat(inContext("c2")).containsExactly(changed);
        assertThat(inContext("c3")).containsExactly(changed);
        assertThat(read(source, scan(tenant("t1"), Filter.eq("status", "open"))))
                .isEmpty();
        assertThat(source.stalePointersSkipped()).isZero();

        assertThat(writer.delete(row)).isTrue();
        assertThat(inContext("c2")).isEmpty();
        assertThat(writer.delete(row)).isFalse();
        assertThat(writer.update(row, old -> changed)).isFalse();
        assertThat(client.scan(call -> call.tableName(table.tableName())).items())
                .isEmpty();
    }

    @Test
    void a_row_whose_time_changes_moves_with_its_index_items() {
        Row row = workflow("t1", 1, "open", List.of("c1"));
        writer.put(row);
        Row moved = with(row, "created_at", Instant.parse("2026-02-01T00:00:00Z"));
        writer.update(row, old -> moved);

        assertThat(read(source, scan(tenant("t1")))).containsExactly(moved);
        assertThat(inContext("c1")).containsExactly(moved);
        assertThat(IndexCheck.of(client, table, AT_ONCE).check())
                .isEqualTo(new IndexReport(1, 2, 0, 0, 0, 0, 0, 0, List.of()));
    }

    @Test
    void a_row_cannot_move_onto_another() {
        Row row = workflow("t1", 1, "open", List.of("c1"));
        Row other = with(row, "created_at", Instant.parse("2026-02-01T00:00:00Z"));
        writer.put(row);
        writer.put(other);
        assertThatThrownBy(() -> writer.update(row, old -> other))
                .isInstanceOf(WriteConflictException.class)
                .hasMessage(
                        "dynamodb:" + table.tableName() + ": the row (t1, ROW#2026-01-01T00:00:01.000000Z#wf-1) can't"
                                + " move to (t1, ROW#2026-02-01T00:00:00.000000Z#wf-1), where there is a row; delete one of them");
        assertThat(inContext("c1")).containsExactly(row, other);
    }

    @Test
    void attributes_that_the_table_does_not_know_survive_an_update() {
        Row row = workflow("t1", 1, "open", List.of("c1"));
        AttributeValue context =
                AttributeValue.fromM(Map.of("id", AttributeValue.fromS("c1"), "title", AttributeValue.fromS("First")));
        AttributeValue stray = AttributeValue.fromM(Map.of("title", AttributeValue.fromS("Without an id")));
        AttributeValue body = AttributeValue.fromS("body");
        writer.put(row, Map.of("contexts", AttributeValue.fromL(List.of(stray, context)), "body", body));
        assertThat(contextsOf(row)).containsExactly(stray, context);
        writer.update(row, old -> with(old, "status", "done"));
        assertThat(contextsOf(row)).containsExactly(stray, context);
        writer.update(row, old -> with(old, "contexts", ListText.of(List.of("c2", "c1"))));

        assertThat(item(row)).containsEntry("body", body);
        assertThat(contextsOf(row))
                .containsExactly(AttributeValue.fromM(Map.of("id", AttributeValue.fromS("c2"))), context, stray);
    }

    private Map<String, AttributeValue> item(Row row) {
        return client.getItem(call -> call.tableName(table.tableName())
                        .key(table.declared()
                                .items()
                                .keyAttributes(table.declared().keys().row(row))))
                .item();
    }

    private List<AttributeValue> contextsOf(Row row) {
        return item(row).getOrDefault("contexts", AttributeValue.fromNul(true)).l();
    }

    @Test
    void replacing_needs_the_row_as_it_was_read() {
        Row row = workflow("t1", 1, "open", List.of("c1"));
        writer.put(row);
        VersionedRow read = writer.read(row).orElseThrow();
        writer.replace(read, with(row, "status", "done"));

        assertThatThrownBy(() -> writer.replace(read, row))
                .isInstanceOf(WriteConflictException.class)
                .hasMessage("dynamodb:" + table.tableName() + ": the row (t1, ROW#2026-01-01T00:00:01.000000Z#wf-1) was"
                        + " changed since it was read; read it again");
        writer.delete(row);
        assertThatThrownBy(() -> writer.replace(read, row))
                .hasMessage("dynamodb:" + table.tableName() + ": the row (t1, ROW#2026-01-01T00:00:01.000000Z#wf-1) was"
                        + " deleted since it was read; read it again");
        assertThat(writer.read(row)).isEmpty();
    }

    @Test
    void more_index_items_than_a_transaction_takes_are_refused() {
        Row most = workflow("t1", 1, null, contexts(0, 99));
        writer.put(most);
        assertThat(inContext("c98")).containsExactly(most);

        assertThatThrownBy(() -> writer.put(workflow("t1", 2, null, contexts(0, 100))))
                .isInstanceOf(WriteRefusedException.class)
                .hasMessage("dynamodb:" + table.tableName() + ": writing the row (t1,"
                        + " ROW#2026-01-01T00:00:02.000000Z#wf-2) changes 100 index items, and a transaction takes 100"
                        + " items with the row itself. Let its lists grow or shrink in several updates, or index fewer"
                        + " elements");
        // Only what differs counts.
        writer.update(most, old -> with(old, "contexts", ListText.of(contexts(0, 150))));
        assertThat(inContext("c149")).hasSize(1);
    }

    private static List<String> contexts(int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> "c" + i).toList();
    }

    @Test
    void items_and_keys_that_dynamodb_cannot_hold_are_refused() {
        String key = "(t1, ROW#2026-01-01T00:00:01.000000Z#wf-1)";
        assertThatThrownBy(() -> writer.put(with(workflow("t1", 1, null, List.of()), "name", "x".repeat(409_600))))
                .isInstanceOf(WriteRefusedException.class)
                .hasMessageMatching("dynamodb:" + table.tableName() + ": the item \\Q" + key
                        + "\\E takes 409\\d\\d\\d bytes; DynamoDB holds 409600. Keep its large columns elsewhere, or project"
                        + " less");
        assertThatThrownBy(() -> writer.put(with(workflow("t1", 1, null, List.of()), "id", "x".repeat(1_000))))
                .isInstanceOf(WriteRefusedException.class)
                .hasMessage("dynamodb:" + table.tableName() + ": the sort key takes 1032 bytes and DynamoDB holds 1024;"
                        + " shorten the values of created_at, id");
        assertThatThrownBy(() -> writer.put(with(workflow("t1", 1, null, List.of()), "contexts", "c1")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("table 'workflows', column 'contexts': a list text starts with a comma; write it with"
                        + " ListText.of(…)");
    }

    @Test
    void more_than_four_megabytes_at_once_are_refused() {
        DynamoDbTable wide = LocalDynamo.instance()
                .create(Workflows.declare()
                        .pattern(AccessPattern.of("CTX", "contexts").projecting("name"))
                        .build());
        Row row = with(workflow("t1", 1, null, contexts(0, 20)), "name", "x".repeat(300_000));
        assertThatThrownBy(() -> DynamoDbWriter.of(client, wide, AT_ONCE).put(row))
                .isInstanceOf(WriteRefusedException.class)
                .hasMessageMatching(
                        "dynamodb:" + wide.tableName() + ": writing the row \\(t1, ROW#.*\\) takes 630\\d{4}"
                                + " bytes with its index items, and a transaction takes 4194304. Project fewer columns into its"
                                + " index items");
    }

    @Test
    void values_too_long_for_a_key_are_found_by_their_hash() {
        String longName = "x".repeat(5_000);
        DynamoDbTable byName = LocalDynamo.instance()
                .create(Workflows.declare()
                        .pattern(AccessPattern.of("NAME", "name"))
                        .build());
        Row row = with(workflow("t1", 1, null, List.of()), "name", longName);
        Row other = with(workflow("t1", 2, null, List.of()), "name", longName + "y");
        DynamoDbWriter.of(client, byName, AT_ONCE).put(row);
        DynamoDbWriter.of(client, byName, AT_ONCE).put(other);
        try (DynamoDbSource named = DynamoDbSource.builder(client, byName).build(AT_ONCE)) {
            assertThat(read(named, scan(tenant("t1"), Filter.eq("name", longName))))
                    .containsExactly(row);
        }
    }

    @Test
    void tenants_with_any_name_have_their_own_partitions() {
        List<String> tenants = List.of("", "#", "$", "t#1", "t", "t ", "ä😀");
        for (String tenant : tenants) {
            writer.put(workflow(tenant, 1, "open", List.of("c1")));
        }
        for (String tenant : tenants) {
            assertThat(read(source, scan(tenant(tenant), Filter.eq("status", "open"))))
                    .containsExactly(workflow(tenant, 1, "open", List.of("c1")));
        }
    }

    @Test
    void a_load_writes_new_rows_in_batches_and_others_as_put_does() {
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < 130; i++) {
            rows.add(workflow("t1", i, "open", List.of("c" + i % 3, "all")));
        }
        writer.put(workflow("t1", 5, "done", List.of("old")));

        LoadReport report = writer.load(rows.iterator());
        assertThat(report.rows()).isEqualTo(130);
        assertThat(report.replaced()).isEqualTo(1);
        assertThat(report.indexItems()).isEqualTo(129 * 3);
        assertThat(report.capacityUnits()).isEqualTo(129.0 * 4);
        assertThat(inContext("all")).containsExactlyElementsOf(rows);
        assertThat(inContext("old")).isEmpty();
        assertThat(source.stalePointersSkipped()).isZero();
    }

    @Test
    void a_load_of_a_row_without_all_columns_is_refused_and_not_written_with_nulls() {
        RowType some = RowType.of(Workflows.TABLE.rowType().columns().subList(0, 3));
        Row row = some.row(new Object[] {Workflows.START, "t1", "wf-1"});
        String message = "table 'workflows': a row to write has all columns [created_at, tenant, id, name, status,"
                + " contexts, runs], not [created_at, tenant, id]";
        assertThatThrownBy(() -> writer.load(List.of(row).iterator()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
        assertThatThrownBy(() -> writer.put(row)).hasMessage(message);
        assertThat(writer.read(row)).isEmpty();
    }

    @Test
    void values_that_would_come_back_otherwise_are_refused_before_anything_is_asked() {
        Row good = workflow("t1", 1, "open", List.of("c1"));
        writer.put(good);
        assertRefused(
                good,
                "created_at",
                Workflows.START.plusSeconds(1).plusNanos(1),
                "TIMESTAMP holds whole" + " microseconds, not 2026-01-01T00:00:01.000000001Z");
        assertRefused(
                good,
                "created_at",
                Instant.parse("+10000-01-01T00:00:00Z"),
                "TIMESTAMP holds the years 1 to 9999," + " not +10000-01-01T00:00:00Z");
        assertRefused(good, "id", "wf\0", "STRING cannot hold the character NUL (at index 2)");
        assertRefused(good, "tenant", "\ud83d", "STRING cannot hold an unpaired surrogate (at index 0)");
        Row odd = trusted(good, "runs", 1L);
        assertThatThrownBy(() -> writer.put(odd))
                .hasMessage("table 'workflows', column 'runs': INT32 takes a Integer, not a Long");
        assertThatThrownBy(() -> writer.update(good, old -> trusted(old, "name", "\0")))
                .hasMessage("table 'workflows', column 'name': STRING cannot hold the character NUL (at index 0)");
        assertThatThrownBy(() -> writer.put(trusted(good, "id", null)))
                .hasMessage("table 'workflows', column 'id': it is null, and the column never is");
        assertThatThrownBy(() -> writer.delete(trusted(good, "tenant", null)))
                .hasMessage("table 'workflows': column 'tenant' is null; time, key and partition never are");
        assertThat(read(source, scan(tenant("t1")))).containsExactly(good);
    }

    private void assertRefused(Row good, String column, Object value, String why) {
        Row bad = trusted(good, column, value);
        String message = "table 'workflows', column '" + column + "': " + why;
        List<Runnable> calls = List.of(
                () -> writer.put(bad),
                () -> writer.load(List.of(bad).iterator()),
                () -> writer.delete(bad),
                () -> writer.read(bad),
                () -> writer.update(bad, old -> old),
                () -> source.get(List.of(bad), ScanControl.unlimited()));
        for (Runnable call : calls) {
            assertThatThrownBy(call::run)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(message);
        }
    }

    /** A row as a source makes it, which nobody has checked. */
    private static Row trusted(Row row, String column, @Nullable Object value) {
        @Nullable Object[] values = row.type().names().stream().map(row::value).toArray();
        values[row.type().indexOf(column)] = value;
        return row.type().row(values);
    }

    @Test
    void a_row_that_was_written_past_the_library_gets_its_index_items_with_its_first_change() {
        for (int i = 1; i <= 4; i++) {
            Map<String, AttributeValue> item = table.declared()
                    .items()
                    .item(
                            workflow("t1", i, "open", contexts(0, 120)),
                            Map.of("body", AttributeValue.fromS("body")),
                            "none");
            item.remove(DeclaredTable.VERSION);
            client.putItem(call -> call.tableName(table.tableName()).item(item));
        }
        Row put = workflow("t1", 1, "open", contexts(1, 121));
        writer.put(put);
        Row updated = workflow("t1", 2, "done", contexts(0, 120));
        writer.update(updated, old -> with(old, "status", "done"));
        Row replaced = workflow("t1", 3, null, contexts(0, 120));
        VersionedRow read = writer.read(replaced).orElseThrow();
        assertThat(read.version()).isEmpty();
        writer.replace(read, replaced);
        assertThatThrownBy(() -> writer.replace(read, replaced)).isInstanceOf(WriteConflictException.class);
        Row moved = with(workflow("t1", 4, "open", List.of("c1")), "created_at", Workflows.START.plusSeconds(40));
        writer.update(workflow("t1", 4, "open", List.of()), old -> with(old, "contexts", ListText.of(contexts(0, 50))));
        writer.update(workflow("t1", 4, "open", List.of()), old -> with(old, "contexts", ListText.of(List.of("c1"))));
        writer.update(workflow("t1", 4, "open", List.of()), old -> with(moved, "name", old.value("name")));

        assertThat(inContext("c119")).containsExactly(put, updated, replaced);
        assertThat(inContext("c0")).containsExactly(updated, replaced);
        assertThat(inContext("c1")).containsExactly(put, updated, replaced, moved);
        assertThat(item(updated)).containsEntry("body", AttributeValue.fromS("body"));
        assertThat(item(put)).doesNotContainKey("body");
        IndexReport report = IndexCheck.of(client, table, AT_ONCE).check();
        assertThat(report.isInLine()).as(report.toString()).isTrue();
    }

    @Test
    void a_load_that_was_broken_off_is_completed_by_running_it_again() {
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            rows.add(workflow("t1", i, "open", List.of("all")));
        }
        AtomicInteger calls = new AtomicInteger();
        DynamoDbClient dying = FaultyClient.of(client, (request, call) -> {
            if (request instanceof software.amazon.awssdk.services.dynamodb.model.BatchWriteItemRequest
                    && calls.incrementAndGet() > 4) {
                throw FaultyClient.lostAnswer();
            }
            return call.make();
        });
        assertThatThrownBy(() -> DynamoDbWriter.of(dying, table, AT_ONCE).load(rows.iterator()))
                .hasMessage("dynamodb:" + table.tableName() + ": BatchWriteItem failed with Read timed out");
        assertThat(inContext("all")).hasSizeLessThan(60);
        assertThat(writer.load(rows.iterator()).replaced()).isEqualTo(60);
        assertThat(inContext("all")).containsExactlyElementsOf(rows);
        assertThat(IndexCheck.of(client, table, AT_ONCE).check().isInLine()).isTrue();
    }

    @Test
    void a_load_of_rows_with_many_index_items_can_be_run_again() {
        Row row = workflow("t1", 1, "open", contexts(0, 150));
        writer.load(List.of(row).iterator());
        client.deleteItem(call -> call.tableName(table.tableName())
                .key(table.declared()
                        .items()
                        .keyAttributes(table.declared()
                                .keys()
                                .index(
                                        table.declared().pattern("CTX"),
                                        "c149",
                                        table.declared().keys().row(row)))));
        assertThat(inContext("c149")).isEmpty();
        assertThat(writer.load(List.of(row).iterator()).replaced()).isEqualTo(1);
        assertThat(inContext("c149")).containsExactly(row);
    }

    @Test
    void a_lost_answer_is_an_unknown_outcome() {
        DynamoDbClient losing = FaultyClient.of(client, (request, call) -> {
            Object answer = call.make();
            if (request instanceof TransactWriteItemsRequest) {
                throw FaultyClient.lostAnswer();
            }
            return answer;
        });
        Row row = workflow("t1", 1, "open", List.of("c1"));
        assertThatThrownBy(() -> DynamoDbWriter.of(losing, table, AT_ONCE).put(row))
                .isInstanceOf(OutcomeUnknownException.class)
                .hasMessage("dynamodb:" + table.tableName() + ": TransactWriteItems of the row (t1,"
                        + " ROW#2026-01-01T00:00:01.000000Z#wf-1) was sent and its answer lost (Read timed out): all of"
                        + " it was written, or nothing. Read the row before writing it again");
        assertThat(inContext("c1")).containsExactly(row);
    }

    @Test
    void a_writer_that_is_throttled_goes_on_and_gives_up_after_all_attempts() {
        AtomicInteger left = new AtomicInteger(5);
        DynamoDbClient throttling = FaultyClient.of(client, (request, call) -> {
            if (request instanceof TransactWriteItemsRequest && left.getAndDecrement() > 0) {
                throw FaultyClient.throttling();
            }
            return call.make();
        });
        Row row = workflow("t1", 1, "open", List.of("c1"));
        DynamoDbWriter.of(throttling, table, AT_ONCE).put(row);
        assertThat(inContext("c1")).containsExactly(row);

        left.set(1_000);
        assertThatThrownBy(() -> DynamoDbWriter.of(throttling, table, AT_ONCE).put(row))
                .isInstanceOf(ThrottledException.class)
                .hasMessage("dynamodb:" + table.tableName() + ": writing the row (t1,"
                        + " ROW#2026-01-01T00:00:01.000000Z#wf-1) was refused 8 times in a row, since the table or the row"
                        + " was busy. Try again later");
    }
}
