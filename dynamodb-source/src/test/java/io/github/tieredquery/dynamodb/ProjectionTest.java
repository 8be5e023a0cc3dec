package io.github.tieredquery.dynamodb;

import static io.github.tieredquery.dynamodb.Workflows.AT_ONCE;
import static io.github.tieredquery.dynamodb.Workflows.TABLE;
import static io.github.tieredquery.dynamodb.Workflows.read;
import static io.github.tieredquery.dynamodb.Workflows.scan;
import static io.github.tieredquery.dynamodb.Workflows.tenant;
import static io.github.tieredquery.dynamodb.Workflows.with;
import static io.github.tieredquery.dynamodb.Workflows.workflow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tieredquery.dynamodb.model.AccessPattern;
import io.github.tieredquery.error.SourceUnavailableException;
import io.github.tieredquery.query.Filter;
import io.github.tieredquery.spi.Scan;
import io.github.tieredquery.table.ColumnType;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.RowType;
import io.github.tieredquery.table.Table;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.BatchGetItemRequest;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItemsRequest;

/** List views that are answered from the index alone. */
class ProjectionTest {

    private static final RowType VIEW = RowType.of(List.of(TABLE.column("id"), TABLE.column("name")));

    private final DynamoDbClient client = LocalDynamo.instance().client();
    private final String tableName = LocalDynamo.instance().newName(TABLE);
    private final DynamoDbTable bare = LocalDynamo.instance().create(declare(AccessPattern.of("STATUS", "status")));

    private DynamoDbTable declare(AccessPattern... patterns) {
        DynamoDbTable.Builder builder =
                DynamoDbTable.builder(TABLE, tableName).partition("tenant").list("contexts", "contexts[].id");
        List.of(patterns).forEach(builder::pattern);
        return builder.build();
    }

    private static Scan view() {
        return scan(tenant("t1"), Filter.eq("status", "open")).rowType(VIEW);
    }

    private static Row viewed(Row row) {
        return VIEW.row(new Object[] {row.value("id"), row.value("name")});
    }

    @Test
    void a_column_that_an_index_item_lacks_is_not_taken_for_null() {
        Row row = workflow("t1", 1, "open", List.of());
        Row nameless = with(workflow("t1", 2, "open", List.of()), "name", null);
        DynamoDbWriter.of(client, bare, AT_ONCE).load(List.of(row, nameless).iterator());

        DynamoDbTable projecting = declare(AccessPattern.of("STATUS", "status").projecting("name"));
        try (DynamoDbSource source = DynamoDbSource.builder(client, projecting).build(AT_ONCE)) {
            assertThatThrownBy(() -> read(source, view()))
                    .isInstanceOf(SourceUnavailableException.class)
                    .hasMessage("dynamodb:" + tableName + ": the index item (t1,"
                            + " STATUS#open#2026-01-01T00:00:01.000000Z#wf-1) lacks column 'name', which its pattern"
                            + " projects now: it was written before. Run IndexCheck.repair()");
            IndexReport report = IndexCheck.of(client, projecting, AT_ONCE).repair();
            assertThat(report.different()).isEqualTo(2);
            assertThat(report.repaired()).isEqualTo(2);
            assertThat(read(source, view())).containsExactly(viewed(row), viewed(nameless));
        }
    }

    @Test
    void of_two_patterns_on_a_column_the_one_that_projects_what_is_wanted_is_read() {
        DynamoDbTable both = declare(
                AccessPattern.of("STATUS", "status"),
                AccessPattern.of("VIEW", "status").projecting("name"));
        Row row = workflow("t1", 1, "open", List.of());
        DynamoDbWriter.of(client, both, AT_ONCE).put(row);
        AtomicInteger batches = new AtomicInteger();
        DynamoDbClient counting = FaultyClient.of(client, (request, call) -> {
            batches.addAndGet(request instanceof BatchGetItemRequest ? 1 : 0);
            return call.make();
        });
        try (DynamoDbSource source = DynamoDbSource.builder(counting, both).build(AT_ONCE)) {
            assertThat(read(source, view())).containsExactly(viewed(row));
            assertThat(batches.get()).isZero();
            assertThat(read(source, scan(tenant("t1"), Filter.eq("status", "open"))))
                    .containsExactly(row);
            assertThat(batches.get()).isEqualTo(1);
        }
    }

    @Test
    void what_does_not_change_is_not_written_whatever_form_its_number_has() {
        Table prices = Table.builder("prices")
                .time("at")
                .key("id", ColumnType.STRING)
                .column("state", ColumnType.STRING)
                .column("price", ColumnType.decimal(38, 10))
                .column("note", ColumnType.STRING)
                .build();
        DynamoDbTable declared = LocalDynamo.instance()
                .create(DynamoDbTable.builder(prices, LocalDynamo.instance().newName(prices))
                        .pattern(AccessPattern.of("STATE", "state").projecting("price"))
                        .build());
        List<Integer> actions = new ArrayList<>();
        DynamoDbClient counting = FaultyClient.of(client, (request, call) -> {
            if (request instanceof TransactWriteItemsRequest transaction) {
                actions.add(transaction.transactItems().size());
            }
            return call.make();
        });
        DynamoDbWriter writer = DynamoDbWriter.of(counting, declared, AT_ONCE);
        for (String price : List.of("12.5", "0", "1200", "-0.0000000001", "9999999999999999999999999999.9999999999")) {
            Object[] values = {Workflows.START, "p" + price, "new", new BigDecimal(price).setScale(10), "a"};
            Row row = prices.rowType().row(values);
            writer.put(row);
            writer.update(row, old -> {
                values[4] = "b";
                values[3] = Objects.requireNonNull(old.value("price"));
                return prices.rowType().row(values);
            });
        }
        assertThat(actions).containsExactly(2, 1, 2, 1, 2, 1, 2, 1, 2, 1);
    }
}
