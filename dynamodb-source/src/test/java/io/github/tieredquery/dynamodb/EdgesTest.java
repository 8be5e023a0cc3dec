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

import io.github.tieredquery.TieredQuery;
import io.github.tieredquery.dynamodb.model.AccessPattern;
import io.github.tieredquery.error.BadQueryException;
import io.github.tieredquery.error.QueryCancelledException;
import io.github.tieredquery.error.RefusedByPolicyException;
import io.github.tieredquery.plan.QueryPolicy;
import io.github.tieredquery.query.Filter;
import io.github.tieredquery.query.Order;
import io.github.tieredquery.query.Query;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.spi.RowCursor;
import io.github.tieredquery.spi.Scan;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.table.ColumnType;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.Table;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.QueryRequest;

/** What lies at the edges of ranges, names and lifetimes. */
class EdgesTest {

    private final DynamoDbClient client = LocalDynamo.instance().client();
    private final DynamoDbTable table =
            LocalDynamo.instance().create(Workflows.declareBoth().build());

    @Test
    void a_range_ends_before_its_end_where_the_time_is_all_that_a_sort_key_holds() {
        Table days = Table.builder("days")
                .time("day")
                .key("sensor", ColumnType.STRING)
                .column("state", ColumnType.STRING)
                .build();
        DynamoDbTable declared = LocalDynamo.instance()
                .create(DynamoDbTable.builder(days, LocalDynamo.instance().newName(days))
                        .partition("sensor")
                        .pattern(AccessPattern.of("STATE", "state"))
                        .build());
        List<Row> rows = new ArrayList<>();
        List<Instant> times = List.of(
                Instant.parse("0001-01-01T00:00:00Z"),
                START,
                START.plusNanos(1_000),
                START.plusSeconds(1),
                Instant.parse("9999-12-31T23:59:59.999999Z"));
        times.forEach(time -> rows.add(days.rowType().row(new Object[] {time, "s1", "on"})));
        DynamoDbWriter.of(client, declared, AT_ONCE).load(rows.iterator());
        List<Instant> cuts = new ArrayList<>(times);
        cuts.add(Instant.parse("-0001-01-01T00:00:00Z"));
        cuts.add(Instant.parse("0000-12-31T23:59:59Z"));
        cuts.add(Instant.parse("+10000-01-01T00:00:00Z"));
        cuts.add(Instant.parse("+12000-01-01T00:00:00Z"));
        try (DynamoDbSource source = DynamoDbSource.builder(client, declared).build(AT_ONCE)) {
            for (Instant from : cuts) {
                for (Instant to : cuts) {
                    if (to.isBefore(from)) {
                        continue;
                    }
                    TimeRange range = new TimeRange(from, to);
                    List<Row> within = rows.stream()
                            .filter(row -> range.contains(times.get(rows.indexOf(row))))
                            .toList();
                    for (Filter filter : List.of(
                            Filter.eq("sensor", "s1"),
                            Filter.and(Filter.eq("sensor", "s1"), Filter.eq("state", "on")))) {
                        Scan scan = Scan.of(days, range).filter(filter.boundTo(days));
                        assertThat(read(source, scan)).as(scan.toString()).isEqualTo(within);
                        assertThat(source.count(scan, ScanControl.unlimited()).rows())
                                .isEqualTo(within.size());
                        assertThat(read(source, scan.order(Order.NEWEST_FIRST))).hasSize(within.size());
                    }
                }
            }
        }
    }

    @Test
    void a_filter_scan_that_the_source_allows_is_still_the_policys_to_refuse() {
        try (DynamoDbSource source =
                DynamoDbSource.builder(client, table).allowFilterScans().build(AT_ONCE)) {
            TieredQuery<Row> workflows = TieredQuery.builder(TABLE)
                    .hot(source)
                    .policy(QueryPolicy.unlimited().filterScans(QueryPolicy.FilterScans.REFUSED))
                    .build()
                    .restrictedTo(tenant("secret"));
            Query all = Query.between(START, START.plusSeconds(10));
            assertThat(workflows.list(all)).isEmpty();
            assertThat(workflows.list(all.where(Filter.eq("status", "open")))).isEmpty();
            assertThatThrownBy(() -> workflows.list(all.where(Filter.eq("name", "x"))))
                    .isInstanceOf(RefusedByPolicyException.class)
                    .hasMessage("workflows [2026-01-01T00:00:00Z, 2026-01-01T00:00:10Z) where name = 'x' restricted by"
                            + " tenant oldest first: dynamodb:" + table.tableName()
                            + " would read everything to filter it"
                            + " by name = 'x', which the policy forbids. An index on (name, created_at) would"
                            + " help.");
        }
    }

    @Test
    void what_matches_nothing_is_not_refused() {
        try (DynamoDbSource source = DynamoDbSource.builder(client, table).build(AT_ONCE)) {
            assertThat(read(source, scan(Filter.none()))).isEmpty();
            assertThat(source.count(scan(Filter.none()), ScanControl.unlimited())
                            .rows())
                    .isZero();
        }
    }

    @Test
    void more_partitions_than_are_asked_at_once_are_refused_as_such() {
        List<String> tenants = IntStream.range(0, 101).mapToObj(i -> "t" + i).toList();
        try (DynamoDbSource source = DynamoDbSource.builder(client, table).build(AT_ONCE)) {
            assertThatThrownBy(() -> source.explain(scan(Filter.in("tenant", tenants))))
                    .isInstanceOf(BadQueryException.class)
                    .hasMessage(
                            "dynamodb:" + table.tableName() + ": the query names 101 values of tenant, and each is a"
                                    + " partition of its own; ask for at most 100, or allow reading the whole table with"
                                    + " allowFilterScans()");
        }
    }

    @Test
    void many_ranges_are_read_in_small_pages() {
        DynamoDbTable sharded = DynamoDbTable.builder(TABLE, table.tableName())
                .partition("tenant")
                .list("contexts", "contexts[].id")
                .pattern(AccessPattern.of("STATUS", "status").shards(10))
                .build();
        List<Integer> limits = Collections.synchronizedList(new ArrayList<>());
        DynamoDbClient watched = FaultyClient.of(client, (request, call) -> {
            if (request instanceof QueryRequest query) {
                limits.add(query.limit());
            }
            return call.make();
        });
        List<String> states = IntStream.range(0, 50).mapToObj(i -> "s" + i).toList();
        try (DynamoDbSource source = DynamoDbSource.builder(watched, sharded).build(AT_ONCE)) {
            assertThat(read(source, scan(tenant("t1"), Filter.in("status", states))))
                    .isEmpty();
        }
        assertThat(limits).hasSize(500).containsOnly(40);
    }

    @Test
    void a_row_that_has_expired_is_not_got_either() {
        DynamoDbTable mortal = LocalDynamo.instance()
                .create(Workflows.declare()
                        .timeToLive("expires_at", Duration.ofSeconds(100))
                        .build());
        Row expired = workflow("t1", 1, null, List.of());
        Row living = workflow("t1", 2, null, List.of());
        DynamoDbWriter.of(client, mortal, AT_ONCE).load(List.of(expired, living).iterator());
        try (DynamoDbSource source = DynamoDbSource.builder(client, mortal)
                .clock(InstantSource.fixed(START.plusSeconds(102)))
                .build(AT_ONCE)) {
            assertThat(source.get(List.of(expired, living), ScanControl.unlimited()))
                    .containsOnlyKeys(living);
        }
    }

    @Test
    void a_list_that_is_not_declared_is_refused_with_its_declaration_too() {
        DynamoDbTable plain = DynamoDbTable.builder(TABLE, table.tableName())
                .partition("tenant")
                .build();
        try (DynamoDbSource source = DynamoDbSource.builder(client, plain).build(AT_ONCE)) {
            assertThatThrownBy(() -> source.explain(scan(tenant("t1"), Filter.hasElement("contexts", "c1"))))
                    .isInstanceOf(BadQueryException.class)
                    .hasMessage("dynamodb:" + table.tableName() + ": no declared pattern serves the filter on contexts;"
                            + " declare .list(\"contexts\", \"contexts[]\").pattern(AccessPattern.of(\"CONTEXTS\","
                            + " \"contexts\")) on the DynamoDbTable and run its Backfill, or allow reading all rows of the"
                            + " range with allowFilterScans()");
        }
    }

    @Test
    void rows_from_before_a_list_was_declared_are_read_and_indexed_like_others() {
        DynamoDbTable plain = LocalDynamo.instance()
                .create(DynamoDbTable.builder(TABLE, LocalDynamo.instance().newName(TABLE))
                        .partition("tenant")
                        .build());
        Row row = workflow("t1", 1, "open", List.of("c1", "a,b"));
        DynamoDbWriter.of(client, plain, AT_ONCE).put(row);
        DynamoDbTable declared = DynamoDbTable.builder(TABLE, plain.tableName())
                .partition("tenant")
                .list("contexts", "contexts[]")
                .pattern(AccessPattern.of("CONTEXTS", "contexts"))
                .build();
        Backfill.of(client, declared, "CONTEXTS", AT_ONCE).run(null, Duration.ofMinutes(1));
        try (DynamoDbSource source = DynamoDbSource.builder(client, declared).build(AT_ONCE)) {
            assertThat(read(source, scan(tenant("t1"), Filter.hasElement("contexts", "a,b"))))
                    .containsExactly(row);
        }
    }

    /** What a refusal says can be pasted. */
    @Test
    void the_name_that_a_refusal_suggests_is_one_that_can_be_declared() {
        Table odd = Table.builder("odd")
                .time("at")
                .key("id", ColumnType.STRING)
                .column("row", ColumnType.STRING)
                .column("_private", ColumnType.STRING)
                .column("status", ColumnType.STRING)
                .column("a_name_of_more_than_thirty_two_characters", ColumnType.STRING)
                .build();
        DynamoDbTable declared = LocalDynamo.instance()
                .create(DynamoDbTable.builder(odd, LocalDynamo.instance().newName(odd))
                        .pattern(AccessPattern.of("STATUS", "id"))
                        .build());
        try (DynamoDbSource source = DynamoDbSource.builder(client, declared).build(AT_ONCE)) {
            assertSuggested(source, odd, "row", "ROW_2");
            assertSuggested(source, odd, "_private", "P_PRIVATE");
            assertSuggested(source, odd, "status", "STATUS_2");
            assertSuggested(
                    source, odd, "a_name_of_more_than_thirty_two_characters", "A_NAME_OF_MORE_THAN_THIRTY_TWO_C");
        }
    }

    private static void assertSuggested(DynamoDbSource source, Table odd, String column, String name) {
        Scan scan = Scan.of(odd, Workflows.ALL).filter(Filter.eq(column, "x").boundTo(odd));
        assertThatThrownBy(() -> source.explain(scan))
                .hasMessageContaining("declare .pattern(AccessPattern.of(\"" + name + "\", \"" + column + "\"))");
        AccessPattern.of(name, column);
    }

    @Test
    void an_attribute_that_is_no_list_is_reported_and_not_taken_for_an_empty_one() {
        Row row = workflow("t1", 1, "open", List.of());
        Map<String, AttributeValue> item = table.declared().items().item(row, Map.of(), "v");
        item.put("contexts", AttributeValue.fromN("7"));
        client.putItem(call -> call.tableName(table.tableName()).item(item));
        try (DynamoDbSource source = DynamoDbSource.builder(client, table).build(AT_ONCE)) {
            assertThatThrownBy(() -> read(source, scan(tenant("t1"))))
                    .hasMessage(
                            "dynamodb:" + table.tableName() + ": the item (t1, ROW#2026-01-01T00:00:01.000000Z#wf-1)"
                                    + " has in attribute 'contexts' no STRING for column 'contexts': it is of another type");
        }
    }

    @Test
    @Timeout(60)
    void closing_the_source_ends_what_waits_for_it() throws Exception {
        CountDownLatch busy = new CountDownLatch(1);
        CountDownLatch never = new CountDownLatch(1);
        DynamoDbClient stuck = FaultyClient.of(client, (request, call) -> {
            if (request instanceof QueryRequest) {
                busy.countDown();
                never.await();
            }
            return call.make();
        });
        ExecutorService readers = Executors.newFixedThreadPool(2);
        DynamoDbSource source =
                DynamoDbSource.builder(stuck, table).parallelReads(1).build(AT_ONCE);
        try {
            RowCursor running = source.open(scan(tenant("t1")), ScanControl.unlimited());
            RowCursor queued = source.open(scan(tenant("t2")), ScanControl.unlimited());
            Future<Row> first = readers.submit(running::next);
            Future<Row> second = readers.submit(queued::next);
            busy.await();
            source.close();
            for (Future<Row> each : List.of(first, second)) {
                assertThatThrownBy(() -> each.get(30, TimeUnit.SECONDS))
                        .cause()
                        .isInstanceOfAny(QueryCancelledException.class, IllegalStateException.class)
                        .hasMessageContaining("dynamodb:" + table.tableName());
            }
            assertThatThrownBy(running::next)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("a closed cursor of dynamodb:" + table.tableName() + " was read");
            assertThatThrownBy(() -> source.open(scan(tenant("t1")), ScanControl.unlimited()))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("dynamodb:" + table.tableName() + " is closed");
        } finally {
            readers.shutdownNow();
        }
    }

    @Test
    @Timeout(60)
    void closing_a_cursor_from_another_thread_ends_what_waits_for_it() throws Exception {
        CountDownLatch busy = new CountDownLatch(1);
        CountDownLatch never = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(1);
        DynamoDbClient stuck = FaultyClient.of(client, (request, call) -> {
            if (request instanceof QueryRequest) {
                busy.countDown();
                try {
                    never.await();
                } catch (InterruptedException e) {
                    interrupted.countDown();
                    throw e;
                }
            }
            return call.make();
        });
        ExecutorService reader = Executors.newSingleThreadExecutor();
        try (DynamoDbSource source = DynamoDbSource.builder(stuck, table).build(AT_ONCE)) {
            RowCursor cursor = source.open(scan(tenant("t1")), ScanControl.unlimited());
            Future<Row> waiting = reader.submit(cursor::next);
            busy.await();
            cursor.close();
            assertThatThrownBy(() -> waiting.get(30, TimeUnit.SECONDS))
                    .cause()
                    .isInstanceOfAny(QueryCancelledException.class, IllegalStateException.class);
            assertThat(interrupted.await(30, TimeUnit.SECONDS))
                    .as("the call was stopped")
                    .isTrue();
        } finally {
            reader.shutdownNow();
        }
    }
}
