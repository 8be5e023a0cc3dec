package io.github.tieredquery.dynamodb.guide;

import static io.github.tieredquery.query.Filter.eq;
import static io.github.tieredquery.query.Filter.gt;
import static io.github.tieredquery.query.Filter.hasElement;
import static io.github.tieredquery.table.ColumnType.INT32;
import static io.github.tieredquery.table.ColumnType.STRING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tieredquery.TieredQuery;
import io.github.tieredquery.dynamodb.Backfill;
import io.github.tieredquery.dynamodb.BackfillProgress;
import io.github.tieredquery.dynamodb.DynamoDbSource;
import io.github.tieredquery.dynamodb.DynamoDbTable;
import io.github.tieredquery.dynamodb.DynamoDbWriter;
import io.github.tieredquery.dynamodb.IndexCheck;
import io.github.tieredquery.dynamodb.LocalDynamo;
import io.github.tieredquery.dynamodb.model.AccessPattern;
import io.github.tieredquery.error.BadQueryException;
import io.github.tieredquery.query.Boundary;
import io.github.tieredquery.query.Query;
import io.github.tieredquery.spi.AccessPath;
import io.github.tieredquery.spi.Source;
import io.github.tieredquery.table.ListText;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/**
 * The documents' Java, region by region: text between "snippet" and "end" stands there to the letter, and runs here.
 */
class GuideTest {

    // snippet: record
    record Workflow(
            Instant createdAt, String tenant, String id, String name, String status, String contexts, Integer runs) {}
    // end

    private static final Instant FROM = Instant.parse("2026-01-01T00:00:00Z");
    private static final Instant TO = Instant.parse("2026-02-01T00:00:00Z");

    private final DynamoDbClient client = LocalDynamo.instance().client();

    private static Table table() {
        // snippet: table
        Table table = Table.builder("workflows")
                .time("created_at")
                .key("tenant", STRING)
                .key("id", STRING)
                .column("name", STRING)
                .column("status", STRING)
                .column("contexts", STRING) // a list, as ListText writes it
                .column("runs", INT32)
                .build();
        // end
        return table;
    }

    private static DynamoDbTable declaration(Table table) {
        // snippet: declaration
        DynamoDbTable workflows = DynamoDbTable.builder(table, "workflows")
                .partition("tenant")
                .list("contexts", "contexts[].id") // [{id: c1, title: …}, …]
                .pattern(AccessPattern.of("CTX", "contexts"))
                .pattern(AccessPattern.of("STATUS", "status").projecting("name", "status"))
                .build();
        // end
        return workflows;
    }

    private static void write(
            DynamoDbClient client,
            Table table,
            DynamoDbTable workflows,
            String tenant,
            Instant now,
            Iterator<Row> rows) {
        // snippet: writer
        DynamoDbWriter writer = DynamoDbWriter.of(client, workflows);
        Row row = table.row(now, tenant, "wf-1", "Import", "open", ListText.of(List.of("c1", "c2")), 0);
        writer.put(row); // or with attributes that the table doesn't know
        writer.update(row, old -> old.with("status", "done")); // applied again if another writer was faster
        writer.delete(row); // time, key and partition would do
        writer.load(rows); // an Iterator<Row>, 25 items in a call, for rows that nobody else writes
        // end
    }

    private static List<Workflow> read(
            DynamoDbClient client, Table table, DynamoDbTable workflows, String tenant, Instant from, Instant to) {
        // snippet: reader
        DynamoDbSource hot = DynamoDbSource.builder(client, workflows).build();
        TieredQuery<Workflow> query =
                TieredQuery.builder(table).hot(hot).buildFor(Workflow.class).restrictedTo(eq("tenant", tenant));

        Stream<Workflow> found = query.stream(Query.between(from, to)
                .where(hasElement("contexts", "c1"))
                .newestFirst()
                .limit(50));
        // end
        try (hot;
                found) {
            return found.toList();
        }
    }

    private static BackfillProgress fill(DynamoDbClient client, DynamoDbTable workflows) {
        // snippet: backfill
        Backfill backfill = Backfill.of(client, workflows, "NAME").readUnitsPerSecond(200);
        BackfillProgress progress = backfill.run(null, Duration.ofMinutes(10));
        while (!progress.isDone()) {
            progress = backfill.run(progress.position(), Duration.ofMinutes(10));
        }
        // end
        return progress;
    }

    private static TieredQuery<Workflow> archived(Table table, DynamoDbSource hot, Source athena, String tenant) {
        // snippet: archive
        TieredQuery<Workflow> workflows = TieredQuery.builder(table)
                .hot(hot)
                .cold(athena)
                .boundary(Boundary.daysAgo(30, ZoneOffset.UTC).overlapDays(2))
                .buildFor(Workflow.class)
                .restrictedTo(eq("tenant", tenant));
        // end
        return workflows;
    }

    private static Row workflow(Table table, int number) {
        return table.row(
                FROM.plusSeconds(number),
                "t1",
                "wf-" + number,
                "n",
                "open",
                ListText.of(List.of("c" + number % 2)),
                number);
    }

    @Test
    void the_guide_does_what_it_says() throws IOException {
        Table table = table();
        DynamoDbTable workflows = declaration(table);
        client.createTable(workflows.createTableRequest());
        try {
            List<Row> rows = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                rows.add(workflow(table, i));
            }
            write(client, table, workflows, "t1", FROM, rows.subList(1, 10).iterator());
            assertThat(read(client, table, workflows, "t1", FROM, TO))
                    .extracting(Workflow::id)
                    .containsExactly("wf-9", "wf-7", "wf-5", "wf-3", "wf-1");

            DynamoDbTable building = DynamoDbTable.builder(table, "workflows")
                    .partition("tenant")
                    .list("contexts", "contexts[].id")
                    .pattern(AccessPattern.of("NAME", "name").building())
                    .build();
            assertThat(fill(client, building).indexItems()).isEqualTo(9);
            assertThat(IndexCheck.of(client, workflows).check().isInLine()).isTrue();
            try (DynamoDbSource hot = DynamoDbSource.builder(client, workflows).build();
                    DynamoDbSource archive =
                            DynamoDbSource.builder(client, workflows).build()) {
                TieredQuery<Workflow> query = archived(table, hot, archive, "t1");
                assertThat(query.explain(Query.between(Instant.now(), Instant.MAX)
                                        .where(hasElement("contexts", "c1"))
                                        .where(gt("runs", 100)))
                                .slices()
                                .get(0)
                                .accessPath())
                        .isEqualTo(AccessPath.INDEX);
                refusesAsTheGuideQuotes(query);
            }
        } finally {
            client.deleteTable(call -> call.tableName("workflows"));
        }
    }

    private static void refusesAsTheGuideQuotes(TieredQuery<Workflow> query) throws IOException {
        Path guide = Path.of(System.getProperty("basedir", "."), "../docs/guide/dynamodb.md");
        String quoted = Files.readString(guide).replace("\n> ", " ");
        assertThatThrownBy(() ->
                        query.list(Query.between(Instant.now(), Instant.MAX).where(eq("runs", 100))))
                .isInstanceOf(BadQueryException.class)
                .satisfies(refused -> assertThat(quoted).contains(" " + refused.getMessage() + "\n"));
    }
}
