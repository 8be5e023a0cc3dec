package io.github.tieredquery.dynamodb;

import static io.github.tieredquery.dynamodb.Workflows.ALL;
import static io.github.tieredquery.dynamodb.Workflows.AT_ONCE;
import static io.github.tieredquery.dynamodb.Workflows.START;
import static io.github.tieredquery.dynamodb.Workflows.TABLE;
import static io.github.tieredquery.dynamodb.Workflows.expected;
import static io.github.tieredquery.dynamodb.Workflows.scan;
import static io.github.tieredquery.dynamodb.Workflows.tenant;
import static io.github.tieredquery.dynamodb.Workflows.with;
import static io.github.tieredquery.dynamodb.Workflows.workflow;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.tieredquery.TieredQuery;
import io.github.tieredquery.dynamodb.model.AccessPattern;
import io.github.tieredquery.plan.SliceReport;
import io.github.tieredquery.query.Filter;
import io.github.tieredquery.query.Order;
import io.github.tieredquery.query.Page;
import io.github.tieredquery.query.Query;
import io.github.tieredquery.table.Row;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** A page starts where the one before has ended: at a key, not at a filter over what was shown already. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PageTest {

    private static final int ROWS = 300;

    private final DynamoDbTable table = LocalDynamo.instance()
            .create(Workflows.declare()
                    .pattern(AccessPattern.of("CTX", "contexts").shards(3))
                    .pattern(AccessPattern.of("STATUS", "status").projecting("name", "status"))
                    .build());
    private final DynamoDbSource source =
            DynamoDbSource.builder(LocalDynamo.instance().client(), table).build(AT_ONCE);
    private final List<SliceReport> reports = new ArrayList<>();
    private final TieredQuery<Row> workflows =
            TieredQuery.builder(TABLE).hot(source).listener(reports::add).build();
    private final List<Row> rows = new ArrayList<>();

    /** Two thirds of them at the same moment, as an import leaves them. */
    @BeforeAll
    void fill() {
        for (int i = 0; i < ROWS; i++) {
            Row row = workflow(
                    i % 5 == 0 ? "t2" : "t1", i, i % 2 == 0 ? "open" : "done", List.of("c" + i % 3, "all", "wf $#"));
            rows.add(with(row, "created_at", i < 200 ? START.plusSeconds(50) : START.plusSeconds(i / 2)));
        }
        DynamoDbWriter.of(LocalDynamo.instance().client(), table, AT_ONCE).load(rows.iterator());
    }

    @AfterAll
    void close() {
        source.close();
    }

    private List<Row> pages(Query query, int size) {
        List<Row> all = new ArrayList<>();
        String token = null;
        do {
            Page<Row> page = workflows.page(query, size, token);
            assertThat(page.rows()).hasSizeLessThanOrEqualTo(size);
            all.addAll(page.rows());
            token = page.nextToken();
        } while (token != null);
        return all;
    }

    private void assertPages(Filter filter) {
        Query query = Query.between(ALL.from(), ALL.to()).where(filter);
        for (int size : new int[] {7, 100}) {
            assertThat(pages(query, size)).isEqualTo(expected(rows, scan(filter)));
            assertThat(pages(query.newestFirst(), size))
                    .isEqualTo(expected(rows, scan(filter).order(Order.NEWEST_FIRST)));
        }
    }

    @Test
    void pages_of_a_partition_are_all_its_rows() {
        assertPages(tenant("t1"));
    }

    @Test
    void pages_by_index_are_all_rows_that_match() {
        assertPages(Filter.and(tenant("t1"), Filter.hasElement("contexts", "all")));
        assertPages(
                Filter.and(tenant("t1"), Filter.hasElement("contexts", "wf $#"), Filter.in("status", "open", "done")));
        assertPages(Filter.and(tenant("t1"), Filter.eq("status", "open"), Filter.gt("runs", 50)));
    }

    @Test
    void pages_of_several_partitions_are_merged() {
        assertPages(Filter.in("tenant", "t1", "t2", "t0"));
        assertPages(Filter.and(Filter.in("tenant", "t2", "t1"), Filter.eq("status", "done")));
    }

    @Test
    void each_page_reads_what_it_shows_and_not_what_was_shown_before() {
        Query query = Query.between(ALL.from(), ALL.to()).where(tenant("t1"));
        reports.clear();
        List<Row> read = pages(query, 20);
        assertThat(read).hasSize(240);
        assertThat(reports).hasSize(12);
        // 21 rows of 200 bytes are two units of 4 KB at most, which eventual consistency halves.
        assertThat(reports)
                .allSatisfy(report -> assertThat(report.stats().capacityUnits()).isBetween(0.5, 1.5));
        assertThat(source.explain(scan(tenant("t1"))).residual()).isEqualTo(Filter.all());
    }
}
