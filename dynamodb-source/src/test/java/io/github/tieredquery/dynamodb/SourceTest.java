package io.github.tieredquery.dynamodb;

import static io.github.tieredquery.dynamodb.Workflows.ALL;
import static io.github.tieredquery.dynamodb.Workflows.AT_ONCE;
import static io.github.tieredquery.dynamodb.Workflows.TABLE;
import static io.github.tieredquery.dynamodb.Workflows.expected;
import static io.github.tieredquery.dynamodb.Workflows.read;
import static io.github.tieredquery.dynamodb.Workflows.scan;
import static io.github.tieredquery.dynamodb.Workflows.tenant;
import static io.github.tieredquery.dynamodb.Workflows.workflow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tieredquery.TieredQuery;
import io.github.tieredquery.dynamodb.model.AccessPattern;
import io.github.tieredquery.error.BadQueryException;
import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.error.QueryCancelledException;
import io.github.tieredquery.error.QueryTimedOutException;
import io.github.tieredquery.plan.QueryPlan;
import io.github.tieredquery.plan.SliceReport;
import io.github.tieredquery.query.Filter;
import io.github.tieredquery.query.Order;
import io.github.tieredquery.query.Query;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.spi.AccessPath;
import io.github.tieredquery.spi.RowCursor;
import io.github.tieredquery.spi.Scan;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.spi.ScanPlan;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.RowType;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.QueryRequest;

/** One table of 400 workflows of two tenants, asked in every way. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SourceTest {

    private final DynamoDbTable table = LocalDynamo.instance()
            .create(Workflows.declare()
                    .pattern(AccessPattern.of("CTX", "contexts").shards(4))
                    .pattern(AccessPattern.of("STATUS", "status").projecting("name", "status"))
                    .pattern(AccessPattern.of("NAME", "name").building())
                    .build());

    private final List<Row> rows = new ArrayList<>();
    private final ConcurrentMap<String, AtomicInteger> calls = new ConcurrentHashMap<>();
    private final DynamoDbClient client = FaultyClient.of(LocalDynamo.instance().client(), (request, call) -> {
        calls.computeIfAbsent(request.getClass().getSimpleName(), name -> new AtomicInteger())
                .incrementAndGet();
        return call.make();
    });
    private final DynamoDbSource source = DynamoDbSource.builder(client, table).build(AT_ONCE);
    private final DynamoDbSource lenient =
            DynamoDbSource.builder(client, table).allowFilterScans().build(AT_ONCE);

    @BeforeAll
    void fill() {
        List<String> states = List.of("open", "done", "failed");
        for (int i = 0; i < 400; i++) {
            Row row = workflow(
                    i % 4 == 0 ? "t2" : "t1",
                    i,
                    i % 7 == 0 ? null : states.get(i % 3),
                    List.of("c" + i % 5, "c" + i % 3, "all"));
            // Several rows at a time, whose keys decide.
            rows.add(Workflows.with(row, "created_at", Workflows.START.plusSeconds(i / 3)));
        }
        DynamoDbWriter.of(LocalDynamo.instance().client(), table).load(rows.iterator());
    }

    @AfterAll
    void close() {
        source.close();
        lenient.close();
    }

    private void assertAnswers(DynamoDbSource asked, Scan scan) {
        for (Order order : Order.values()) {
            for (long limit : new long[] {1, 7, 150, 1_000}) {
                Scan each = scan.order(order).limit(limit);
                assertThat(read(asked, each)).isEqualTo(expected(rows, each));
            }
            assertThat(read(asked, scan.order(order))).isEqualTo(expected(rows, scan.order(order)));
        }
        assertThat(asked.count(scan, ScanControl.unlimited()).rows())
                .isEqualTo(expected(rows, scan).size());
    }

    private int calls(String request) {
        return calls.getOrDefault(request, new AtomicInteger()).get();
    }

    @Test
    void a_partition_and_a_range_are_one_key_range() {
        assertAnswers(source, scan(tenant("t1")));
        assertAnswers(source, scan(Filter.in("tenant", "t1", "t2", "t3")));
        assertAnswers(source, scan(Filter.or(tenant("t1"), tenant("t2"))));
        assertAnswers(source, scan(tenant("t1"), Filter.in("tenant", "t2", "t1")));
        assertThat(read(source, scan(tenant("t1"), tenant("t2")))).isEmpty();
        assertThat(source.explain(scan(tenant("t1"))))
                .isEqualTo(new ScanPlan(
                        AccessPath.KEY_RANGE,
                        "Query " + table.tableName() + " where pk = ? and sk between ? and ?",
                        Filter.all()));
    }

    @Test
    void comparisons_with_the_time_narrow_the_range() {
        Object middle = Workflows.START.plusSeconds(100);
        for (Filter.Operator operator : Filter.Operator.values()) {
            if (operator != Filter.Operator.NE) {
                Filter time = new Filter.Comparison("created_at", operator, middle);
                assertAnswers(source, scan(tenant("t1"), time));
                assertThat(source.explain(scan(tenant("t1"), time)).residual()).isEqualTo(Filter.all());
            }
        }
        assertThat(read(source, scan(tenant("t1"), Filter.lt("created_at", Workflows.START))))
                .isEmpty();
    }

    @Test
    void a_pattern_serves_its_values_and_elements() {
        assertAnswers(source, scan(tenant("t1"), Filter.hasElement("contexts", "c1")));
        assertAnswers(source, scan(tenant("t1"), Filter.eq("status", "open")));
        assertAnswers(source, scan(tenant("t1"), Filter.in("status", "open", "failed", "none")));
        assertAnswers(
                source,
                scan(
                        Filter.in("tenant", "t1", "t2"),
                        Filter.or(Filter.hasElement("contexts", "c1"), Filter.hasElement("contexts", "c4"))));
        assertThat(source.explain(scan(tenant("t1"), Filter.hasElement("contexts", "c1"), Filter.gt("runs", 5))))
                .isEqualTo(new ScanPlan(
                        AccessPath.INDEX,
                        "Query " + table.tableName()
                                + " where pk = ? and sk between ? and ? by pattern CTX in 4 shards,"
                                + " then BatchGetItem by 100",
                        Filter.gt("runs", 5)));
        assertAnswers(source, scan(tenant("t1"), Filter.hasElement("contexts", "c1"), Filter.gt("runs", 5)));
    }

    @Test
    void several_patterns_are_intersected_before_rows_are_read() {
        Scan both = scan(tenant("t1"), Filter.hasElement("contexts", "c1"), Filter.eq("status", "failed"));
        assertAnswers(source, both);
        assertAnswers(
                source,
                scan(
                        tenant("t1"),
                        Filter.hasElement("contexts", "c1"),
                        Filter.hasElement("contexts", "c4"),
                        Filter.in("status", "open", "done")));
        assertThat(source.explain(both))
                .isEqualTo(new ScanPlan(
                        AccessPath.INDEX,
                        "Query " + table.tableName()
                                + " where pk = ? and sk between ? and ? by pattern CTX in 4 shards,"
                                + " intersected with pattern STATUS, then BatchGetItem by 100",
                        Filter.all()));
    }

    @Test
    void of_patterns_of_very_different_size_only_the_smaller_is_read() {
        DynamoDbTable hinted = DynamoDbTable.builder(TABLE, table.tableName())
                .partition("tenant")
                .list("contexts", "contexts[].id")
                .pattern(AccessPattern.of("STATUS", "status").rowsPerValue(10_000))
                .pattern(AccessPattern.of("CTX", "contexts").shards(4).rowsPerValue(50))
                .build();
        try (DynamoDbSource choosing = DynamoDbSource.builder(client, hinted).build(AT_ONCE)) {
            Scan both = scan(tenant("t1"), Filter.eq("status", "failed"), Filter.hasElement("contexts", "c1"));
            assertThat(choosing.explain(both).statement()).contains("by pattern CTX in 4 shards, then BatchGetItem");
            assertThat(choosing.explain(both).residual()).isEqualTo(Filter.eq("status", "failed"));
            assertAnswers(choosing, both);
        }
    }

    @Test
    void a_list_view_of_projected_columns_reads_no_rows() {
        RowType view = RowType.of(
                List.of(TABLE.column("created_at"), TABLE.column("id"), TABLE.column("tenant"), TABLE.column("name")));
        Scan scan = scan(tenant("t1"), Filter.eq("status", "open"), Filter.prefix("name", "Workflow 1"))
                .rowType(view);
        assertThat(source.explain(scan).statement())
                .isEqualTo("Query " + table.tableName()
                        + " where pk = ? and sk between ? and ? by pattern STATUS, from the index alone");
        int before = calls("BatchGetItemRequest");
        List<Row> expected = expected(rows, scan).stream()
                .map(row -> view.row(view.names().stream().map(row::value).toArray()))
                .toList();
        assertThat(read(source, scan)).isEqualTo(expected).isNotEmpty();
        assertThat(calls("BatchGetItemRequest")).isEqualTo(before);
    }

    @Test
    void a_limited_query_reads_no_more_than_it_needs() {
        int queries = calls("QueryRequest");
        int batches = calls("BatchGetItemRequest");
        Scan scan = scan(tenant("t1"), Filter.eq("status", "open"))
                .order(Order.NEWEST_FIRST)
                .limit(5);
        assertThat(read(source, scan)).hasSize(5);
        assertThat(calls("QueryRequest")).isEqualTo(queries + 1);
        assertThat(calls("BatchGetItemRequest")).isEqualTo(batches + 1);
    }

    @Test
    void a_filter_that_no_pattern_serves_is_refused_with_the_missing_declaration() {
        assertRefused(
                scan(tenant("t1"), Filter.eq("runs", 5)),
                "no declared pattern serves the filter on runs; declare .pattern(AccessPattern.of(\"RUNS\", \"runs\")) on"
                        + " the DynamoDbTable and run its Backfill, or allow reading all rows of the range with"
                        + " allowFilterScans()");
        assertRefused(
                scan(tenant("t1"), Filter.eq("runs", 5), Filter.eq("id", "wf-1")),
                "no declared pattern serves the filter on runs, id; declare .pattern(AccessPattern.of(\"RUNS\","
                        + " \"runs\")) on the DynamoDbTable and run its Backfill, or declare"
                        + " .pattern(AccessPattern.of(\"ID\", \"id\")) on the DynamoDbTable and run its Backfill, or allow"
                        + " reading all rows of the range with allowFilterScans()");
        assertRefused(
                scan(tenant("t1"), Filter.gt("runs", 5)),
                "no declared pattern serves the filter on runs; a pattern answers equality, in(…) and, on a list,"
                        + " hasElement(…): add such a condition, or keep a column that has one value for all rows that are"
                        + " meant, or allow reading all rows of the range with allowFilterScans()");
        assertRefused(
                scan(tenant("t1"), Filter.eq("name", "x")),
                "no declared pattern serves the filter on name; pattern NAME is still building: run its Backfill and take"
                        + " building() away, or allow reading all rows of the range with allowFilterScans()");
        List<String> many = new ArrayList<>();
        for (int i = 0; i < 101; i++) {
            many.add("s" + i);
        }
        assertRefused(
                scan(tenant("t1"), Filter.in("status", many)),
                "no declared pattern serves the filter on status; ask for at most 100 values of status instead of 101, or"
                        + " allow reading all rows of the range with allowFilterScans()");
    }

    @Test
    void a_query_that_names_no_partition_is_refused() {
        String message =
                "the query names no tenant, and its rows lie in one partition for each; add eq(\"tenant\", …), as"
                        + " restrictedTo(…) can, or allow reading the whole table with allowFilterScans()";
        assertRefused(scan(), message);
        assertRefused(scan(Filter.eq("status", "open")), message);
        assertRefused(scan(Filter.ne("tenant", "t1")), message);
    }

    private void assertRefused(Scan scan, String message) {
        int queries = calls("QueryRequest") + calls("ScanRequest");
        String whole = "dynamodb:" + table.tableName() + ": " + message;
        assertThatThrownBy(() -> read(source, scan))
                .isInstanceOf(BadQueryException.class)
                .hasMessage(whole);
        assertThatThrownBy(() -> source.explain(scan))
                .isInstanceOf(BadQueryException.class)
                .hasMessage(whole);
        assertThatThrownBy(() -> source.count(scan, ScanControl.unlimited())).hasMessage(whole);
        assertThat(calls("QueryRequest") + calls("ScanRequest")).isEqualTo(queries);
    }

    @Test
    void a_filter_scan_that_is_allowed_is_answered_and_priced() {
        assertAnswers(lenient, scan(tenant("t1"), Filter.gt("runs", 5)));
        assertAnswers(lenient, scan(Filter.eq("status", "open")));
        assertAnswers(lenient, scan());

        TieredQuery<Row> workflows = TieredQuery.builder(TABLE).hot(lenient).build();
        QueryPlan plan = workflows.explain(
                Query.between(ALL.from(), ALL.to()).where(tenant("t1")).where(Filter.gt("runs", 5)));
        Long bytes = client.describeTable(call -> call.tableName(table.tableName()))
                .table()
                .tableSizeBytes();
        double units = Math.ceil(Objects.requireNonNull(bytes) / 4096.0) / 2;
        assertThat(units).isGreaterThan(10);
        BigDecimal cost = new BigDecimal("0.125")
                .multiply(BigDecimal.valueOf(units))
                .movePointLeft(6)
                .stripTrailingZeros();
        assertThat(plan.slices().get(0).capacity()).isEqualTo(new QueryPlan.Capacity(units, cost));
        assertThat(plan)
                .hasToString("workflows " + ALL + " where tenant = 't1' and runs > 5 oldest first\n"
                        + "`- HOT dynamodb:" + table.tableName() + " " + ALL + "\n"
                        + "     access: filter scan\n"
                        + "     consumes: at most " + BigDecimal.valueOf(units).toPlainString() + " read units, "
                        + cost.toPlainString() + " USD\n"
                        + "     after reading: runs > 5\n"
                        + "     statement: Query " + table.tableName() + " where pk = ? and sk between ? and ?");
    }

    @Test
    void more_rows_than_may_be_sorted_are_refused() {
        try (DynamoDbSource small = DynamoDbSource.builder(client, table)
                .allowFilterScans()
                .maxSortedRows(100)
                .build(AT_ONCE)) {
            assertThat(read(small, scan().limit(50))).isEqualTo(expected(rows, scan().limit(50)));
            assertThatThrownBy(() -> read(small, scan()))
                    .isInstanceOf(BadQueryException.class)
                    .hasMessage(
                            "dynamodb:" + table.tableName() + ": more than 100 rows would have to be sorted in memory;"
                                    + " name the partition, narrow the filter, give the query a limit, or raise maxSortedRows(…)");
        }
    }

    @Test
    void the_listener_hears_what_a_query_has_consumed() {
        List<SliceReport> reports = new ArrayList<>();
        TieredQuery<Row> workflows =
                TieredQuery.builder(TABLE).hot(source).listener(reports::add).build();
        Query query = Query.between(ALL.from(), ALL.to()).where(Filter.eq("status", "open"));
        int found = workflows.restrictedTo(tenant("t1")).list(query).size();
        assertThat(found).isGreaterThan(50);
        SliceReport report = reports.get(0);
        // Half a unit for each row of less than 4 KB, and for each 4 KB of index items.
        assertThat(report.stats().capacityUnits()).isBetween(found * 0.5, found * 0.5 + 6);
        assertThat(report.cost())
                .isEqualByComparingTo(new BigDecimal("0.125")
                        .multiply(BigDecimal.valueOf(report.stats().capacityUnits()))
                        .movePointLeft(6));
    }

    @Test
    void consistent_reads_cost_twice() {
        try (DynamoDbSource consistent =
                DynamoDbSource.builder(client, table).consistentReads().build(AT_ONCE)) {
            double once = source.count(scan(tenant("t1")), ScanControl.unlimited())
                    .stats()
                    .capacityUnits();
            double twice = consistent
                    .count(scan(tenant("t1")), ScanControl.unlimited())
                    .stats()
                    .capacityUnits();
            assertThat(once).isPositive();
            assertThat(twice).isEqualTo(2 * once);
        }
    }

    @Test
    void a_pointer_to_a_row_that_has_gone_or_changed_is_skipped_and_counted() {
        DynamoDbTable own =
                LocalDynamo.instance().create(Workflows.declareBoth().build());
        DynamoDbWriter writer = DynamoDbWriter.of(client, own, AT_ONCE);
        List<Row> all = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            all.add(workflow("t1", i, "open", List.of("c1")));
            writer.put(all.get(i));
        }
        // What something does that doesn't know of index items.
        client.deleteItem(call -> call.tableName(own.tableName())
                .key(own.declared().items().keyAttributes(own.declared().keys().row(all.get(3)))));
        Row closed = Workflows.with(all.get(5), "status", "closed");
        client.putItem(call -> call.tableName(own.tableName())
                .item(own.declared().items().item(closed, Map.of(), "past the library")));
        try (DynamoDbSource skipping = DynamoDbSource.builder(client, own).build(AT_ONCE)) {
            assertThat(read(skipping, scan(tenant("t1"), Filter.eq("status", "open"))))
                    .hasSize(8)
                    .doesNotContain(all.get(3), all.get(5), closed);
            assertThat(skipping.stalePointersSkipped()).isEqualTo(2);
            assertThat(read(
                            skipping,
                            scan(tenant("t1"), Filter.eq("status", "open")).limit(8)))
                    .hasSize(8);
        }
    }

    @Test
    void a_missing_table_and_another_key_are_refused_when_the_source_is_built() {
        DynamoDbTable absent = DynamoDbTable.builder(TABLE, "no-such-table").build();
        assertThatThrownBy(() -> DynamoDbSource.builder(client, absent).build(AT_ONCE))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage("dynamodb:no-such-table: there is no such table, or it is being created; create it first");
        DynamoDbTable other = DynamoDbTable.builder(TABLE, table.tableName())
                .keyAttributes("PK", "SK")
                .build();
        assertThatThrownBy(() -> DynamoDbSource.builder(client, other).build(AT_ONCE))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage("dynamodb:" + table.tableName()
                        + ": the table's key is (pk HASH S, sk RANGE S), but (PK HASH S,"
                        + " SK RANGE S) is declared; name its key attributes with keyAttributes(…)");
    }

    @Test
    void a_range_that_is_cut_by_microseconds_holds_its_start_and_not_its_end() {
        TimeRange range = new TimeRange(Workflows.START.plusSeconds(10), Workflows.START.plusSeconds(20));
        Scan scan = scan(tenant("t1"), Filter.eq("status", "open")).range(range);
        List<Row> inRange = expected(rows, scan).stream()
                .filter(row -> range.contains(Objects.requireNonNull(row.timestamp("created_at"))))
                .toList();
        assertThat(read(source, scan)).isEqualTo(inRange).isNotEmpty();
    }

    /** As over a network that swallows packets, whose sockets no interrupt reaches. */
    @Test
    void a_silent_dynamodb_holds_nobody_longer_than_the_query_lasts() throws InterruptedException {
        CountDownLatch answering = new CountDownLatch(1);
        DynamoDbClient silent = FaultyClient.of(client, (request, call) -> {
            if (request instanceof QueryRequest) {
                awaitWhateverHappens(answering);
            }
            return call.make();
        });
        Duration late = Duration.ofMillis(300).plusSeconds(1);
        try (DynamoDbSource asked = DynamoDbSource.builder(silent, table).build(AT_ONCE)) {
            Scan scan = scan(tenant("t1"));
            assertThat(timeOf(() -> asked.count(scan, ScanControl.within(Duration.ofMillis(300)))))
                    .isLessThan(late);
            assertThat(timeOf(() -> readFirst(asked, scan, ScanControl.within(Duration.ofMillis(300)))))
                    .isLessThan(late);
            ScanControl cancelled = ScanControl.unlimited();
            CountDownLatch ended = new CountDownLatch(1);
            Thread reader = new Thread(() -> {
                assertThatThrownBy(() -> readFirst(asked, scan, cancelled)).isInstanceOf(QueryCancelledException.class);
                ended.countDown();
            });
            reader.start();
            cancelled.cancel();
            assertThat(ended.await(1, TimeUnit.SECONDS)).isTrue();
            assertThat(timed(asked::close)).isLessThan(Duration.ofSeconds(1));
        } finally {
            answering.countDown();
        }
    }

    private static void readFirst(DynamoDbSource asked, Scan scan, ScanControl control) {
        try (RowCursor cursor = asked.open(scan, control)) {
            cursor.next();
        }
    }

    private static Duration timeOf(ThrowingCallable call) {
        return timed(() -> assertThatThrownBy(call)
                .isInstanceOf(QueryTimedOutException.class)
                .hasMessageStartingWith("the timeout of PT0.3S passed while waiting for Query of "));
    }

    private static Duration timed(Runnable call) {
        long start = System.nanoTime();
        call.run();
        return Duration.ofNanos(System.nanoTime() - start);
    }

    private static void awaitWhateverHappens(CountDownLatch latch) {
        boolean interrupted = false;
        while (latch.getCount() > 0) {
            try {
                latch.await();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void the_next_page_is_on_its_way_while_one_is_read() throws Exception {
        DynamoDbTable wide = LocalDynamo.instance().create(Workflows.declare().build());
        List<Row> large = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            large.add(Workflows.with(workflow("t1", i, null, List.of()), "name", "x".repeat(300_000)));
        }
        DynamoDbWriter.of(client, wide, AT_ONCE).load(large.iterator());
        CountDownLatch second = new CountDownLatch(1);
        AtomicInteger pages = new AtomicInteger();
        DynamoDbClient watched = FaultyClient.of(client, (request, call) -> {
            if (request instanceof QueryRequest && pages.incrementAndGet() == 2) {
                second.countDown();
            }
            return call.make();
        });
        try (DynamoDbSource paging = DynamoDbSource.builder(watched, wide).build(AT_ONCE);
                RowCursor cursor = paging.open(scan(tenant("t1")), ScanControl.unlimited())) {
            List<Row> read = new ArrayList<>();
            read.add(cursor.next());
            assertThat(second.await(1, TimeUnit.MINUTES)).isTrue();
            for (Row row = cursor.next(); row != null; row = cursor.next()) {
                read.add(row);
            }
            assertThat(read).isEqualTo(large);
            assertThat(pages.get()).isGreaterThan(2);
        }
    }

    @Test
    void rows_that_have_expired_are_not_shown_while_they_are_still_there() {
        DynamoDbTable mortal = LocalDynamo.instance()
                .create(Workflows.declareBoth()
                        .timeToLive("expires_at", Duration.ofSeconds(100))
                        .build());
        DynamoDbWriter.of(client, mortal, AT_ONCE).load(rows.iterator());
        client.scan(call -> call.tableName(mortal.tableName()).limit(50))
                .items()
                .forEach(item -> assertThat(item).containsKey("expires_at"));
        InstantSource clock = InstantSource.fixed(Workflows.START.plusSeconds(150));
        try (DynamoDbSource aging = DynamoDbSource.builder(client, mortal)
                .allowFilterScans()
                .clock(clock)
                .build(AT_ONCE)) {
            for (Scan scan : List.of(scan(), scan(tenant("t1")), scan(tenant("t1"), Filter.eq("status", "open")))) {
                List<Row> living = expected(rows, scan).stream()
                        .filter(row -> !Objects.requireNonNull(row.timestamp("created_at"))
                                .isBefore(Workflows.START.plusSeconds(50)))
                        .toList();
                assertThat(read(aging, scan)).isEqualTo(living).isNotEmpty();
            }
        }
    }

    @Test
    void declarations_that_contradict_themselves_are_refused() {
        assertThatThrownBy(() -> Workflows.declareBoth()
                        .pattern(AccessPattern.of("CTX", "name"))
                        .build())
                .hasMessageEndingWith("the name CTX starts two kinds of sort keys; give each pattern its own");
        assertThatThrownBy(() -> AccessPattern.of("ctx#", "contexts"))
                .hasMessage(
                        "the pattern's name 'ctx#' must be a capital letter and up to 31 of A-Z, 0-9 and _: it starts"
                                + " sort keys");
        assertThatThrownBy(() -> Workflows.declare().list("contexts", "contexts"))
                .hasMessage("the list path 'contexts' is malformed; it is an attribute with [] and, for maps, a member:"
                        + " labels[] or contexts[].id");
        assertThatThrownBy(() -> Workflows.declare().partition("status"))
                .hasMessage("partition column 'status' is nullable STRING; it is never null, not the time, and neither"
                        + " DOUBLE nor BINARY");
        assertThatThrownBy(() -> Workflows.declare().attribute("name", "pk").build())
                .hasMessageEndingWith("the attribute 'pk' is to hold column 'name' and something else; give the column"
                        + " another with attribute(…), or the keys with keyAttributes(…)");
    }
}
