package io.github.tieredquery.dynamodb;

import static io.github.tieredquery.dynamodb.Workflows.AT_ONCE;
import static io.github.tieredquery.dynamodb.Workflows.read;
import static io.github.tieredquery.dynamodb.Workflows.scan;
import static io.github.tieredquery.dynamodb.Workflows.tenant;
import static io.github.tieredquery.dynamodb.Workflows.with;
import static io.github.tieredquery.dynamodb.Workflows.workflow;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.tieredquery.dynamodb.internal.model.ItemKey;
import io.github.tieredquery.dynamodb.model.AccessPattern;
import io.github.tieredquery.dynamodb.model.WriteConflictException;
import io.github.tieredquery.error.OutcomeUnknownException;
import io.github.tieredquery.error.TieredQueryException;
import io.github.tieredquery.query.Filter;
import io.github.tieredquery.table.ListText;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.RowType;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.LongRange;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.BatchGetItemRequest;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbRequest;
import software.amazon.awssdk.services.dynamodb.model.GetItemRequest;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItemsRequest;

/**
 * Several writers at random on a few rows, whose calls fail before they are made, or whose answers are lost, and which
 * others come between. Afterwards, and whenever anybody reads, queries by index agree with the rows themselves.
 */
class WriterStatefulProperties {

    private static final int KEYS = 6;
    private static final List<String> CONTEXTS = List.of("c0", "c1", "c2", "c3");
    private static final List<String> STATES = List.of("open", "done");

    private final DynamoDbClient client = LocalDynamo.instance().client();

    /** Fails calls by chance, and lets other operations run between a writer's read and its write. */
    private static final class Chaos implements FaultyClient.Faults {

        private final Random random;
        private final Runnable between;
        private boolean inside;

        Chaos(Random random, Runnable between) {
            this.random = random;
            this.between = between;
        }

        @Override
        public Object on(DynamoDbRequest request, FaultyClient.Call call) throws Throwable {
            boolean write = request instanceof TransactWriteItemsRequest;
            if (write && !inside && random.nextInt(3) == 0) {
                inside = true;
                between.run();
                inside = false;
            }
            if (random.nextInt(10) == 0) {
                throw FaultyClient.throttling();
            }
            if ((write || request instanceof GetItemRequest) && random.nextInt(12) == 0) {
                throw FaultyClient.lostAnswer();
            }
            Object answer = call.make();
            if (write && random.nextInt(12) == 0) {
                throw FaultyClient.lostAnswer();
            }
            return answer;
        }
    }

    @Property(tries = 25, seed = "20260101", shrinking = ShrinkingMode.OFF)
    void whatever_fails_between_calls_no_query_by_index_is_wrong(
            @ForAll @LongRange(min = 0, max = 1_000_000) long seed) {
        Random random = new Random(seed);
        DynamoDbTable table = table();
        DynamoDbWriter other = DynamoDbWriter.of(client, table, AT_ONCE);
        Chaos chaos = new Chaos(random, () -> operate(other, random));
        DynamoDbWriter writer = DynamoDbWriter.of(FaultyClient.of(client, chaos), table, AT_ONCE);
        try (DynamoDbSource source = DynamoDbSource.builder(client, table).build(AT_ONCE)) {
            int unknown = 0;
            for (int step = 0; step < 40; step++) {
                unknown += operate(writer, random) ? 0 : 1;
                if (step % 8 == 7) {
                    assertIndexesAgree(source);
                }
            }
            assertThat(unknown).as("failures that came through").isPositive();
            assertIndexesAgree(source);
            assertThat(source.stalePointersSkipped()).isZero();
            IndexReport report = IndexCheck.of(client, table, AT_ONCE).check();
            assertThat(report.isInLine()).as(report.toString()).isTrue();
        }
    }

    /** Rows change, move and go between the read of an index and that of the rows, which is throttled besides. */
    @Property(tries = 10, seed = "20260101", shrinking = ShrinkingMode.OFF)
    void a_pointer_that_has_become_stale_under_a_reader_is_skipped_and_counted(
            @ForAll @LongRange(min = 0, max = 1_000_000) long seed) {
        Random random = new Random(seed);
        DynamoDbTable table = table();
        DynamoDbWriter writer = DynamoDbWriter.of(client, table, AT_ONCE);
        DynamoDbClient racing = FaultyClient.of(client, (request, call) -> {
            if (request instanceof BatchGetItemRequest) {
                for (int i = random.nextInt(4); i > 0; i--) {
                    operate(writer, random);
                }
                if (random.nextInt(5) == 0) {
                    throw FaultyClient.throttling();
                }
            }
            return call.make();
        });
        try (DynamoDbSource truth = DynamoDbSource.builder(client, table).build(AT_ONCE);
                DynamoDbSource reader = DynamoDbSource.builder(racing, table).build(AT_ONCE)) {
            for (int step = 0; step < 40; step++) {
                operate(writer, random);
                List<Filter> filters = filters();
                Filter filter = filters.get(random.nextInt(filters.size()));
                List<ItemKey> found = read(truth, scan(tenant("t1"), filter)).stream()
                        .map(table.declared().keys()::row)
                        .toList();
                long stale = reader.stalePointersSkipped();
                List<Row> rows = read(reader, scan(tenant("t1"), filter));
                Map<ItemKey, Row> now = new HashMap<>();
                read(truth, scan(tenant("t1")))
                        .forEach(row -> now.put(table.declared().keys().row(row), row));
                assertThat(rows)
                        .as(filter.toString())
                        .isEqualTo(found.stream()
                                .map(now::get)
                                .filter(row -> row != null && filter.matches(row))
                                .toList());
                assertThat(reader.stalePointersSkipped() - stale).isEqualTo(found.size() - rows.size());
            }
            assertThat(reader.stalePointersSkipped()).isPositive();
            assertThat(truth.stalePointersSkipped()).isZero();
        }
    }

    @Property(tries = 5, seed = "20260101", shrinking = ShrinkingMode.OFF)
    void writers_on_many_threads_leave_no_index_item_behind(@ForAll @LongRange(min = 0, max = 1_000_000) long seed)
            throws Exception {
        DynamoDbTable table = table();
        CountDownLatch start = new CountDownLatch(1);
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try (DynamoDbSource source = DynamoDbSource.builder(client, table).build(AT_ONCE)) {
            List<Future<?>> running = new ArrayList<>();
            for (int t = 0; t < 4; t++) {
                Random random = new Random(seed * 31 + t);
                DynamoDbWriter writer = DynamoDbWriter.of(client, table, AT_ONCE);
                running.add(threads.submit(() -> {
                    start.await();
                    for (int i = 0; i < 25; i++) {
                        operate(writer, random);
                        // What a reader gets always has what it asked for.
                        for (Row row : inContext(source, "c1")) {
                            assertThat(ListText.elements(Objects.requireNonNull(row.string("contexts"))))
                                    .contains("c1");
                        }
                    }
                    return null;
                }));
            }
            start.countDown();
            for (Future<?> each : running) {
                each.get(2, TimeUnit.MINUTES);
            }
            assertIndexesAgree(source);
            IndexReport report = IndexCheck.of(client, table, AT_ONCE).check();
            assertThat(report.isInLine()).as(report.toString()).isTrue();
        } finally {
            threads.shutdownNow();
        }
    }

    private static DynamoDbTable table() {
        return LocalDynamo.instance()
                .create(Workflows.declare()
                        .pattern(AccessPattern.of("CTX", "contexts").shards(2))
                        .pattern(AccessPattern.of("STATUS", "status").projecting("name", "status"))
                        .build());
    }

    /** One write by chance; false if it failed, in which case it may have happened all the same. */
    private static boolean operate(DynamoDbWriter writer, Random random) {
        Row row = row(random);
        try {
            switch (random.nextInt(5)) {
                case 0 -> writer.delete(row);
                case 1 -> writer.update(row, old -> with(old, "status", row.value("status")));
                case 2 -> writer.update(row, old -> with(old, "contexts", row.value("contexts")));
                case 3 -> {
                    Instant moved = Workflows.START.plus(Duration.ofSeconds(random.nextInt(KEYS)));
                    writer.update(row, old -> with(with(old, "created_at", moved), "name", row.value("name")));
                }
                default -> writer.put(row);
            }
            return true;
        } catch (OutcomeUnknownException | WriteConflictException e) {
            return false;
        } catch (TieredQueryException e) {
            assertThat(e.getMessage()).containsAnyOf("Read timed out", "throttled", "was refused");
            return false;
        }
    }

    private static Row row(Random random) {
        List<String> contexts =
                CONTEXTS.stream().filter(context -> random.nextBoolean()).toList();
        Row row = workflow(
                "t1", random.nextInt(KEYS), random.nextInt(4) == 0 ? null : STATES.get(random.nextInt(2)), contexts);
        return with(row, "name", "name " + random.nextInt(3));
    }

    private static List<Row> inContext(DynamoDbSource source, String context) {
        return read(source, scan(tenant("t1"), Filter.hasElement("contexts", context)));
    }

    private static List<Filter> filters() {
        List<Filter> filters = new ArrayList<>();
        CONTEXTS.forEach(context -> filters.add(Filter.hasElement("contexts", context)));
        STATES.forEach(status -> filters.add(Filter.eq("status", status)));
        filters.add(Filter.and(filters.get(0), filters.get(4)));
        return filters;
    }

    private static void assertIndexesAgree(DynamoDbSource source) {
        List<Row> rows = read(source, scan(tenant("t1")));
        for (Filter filter : filters()) {
            assertThat(read(source, scan(tenant("t1"), filter)))
                    .as(filter.toString())
                    .isEqualTo(rows.stream().filter(filter::matches).toList());
        }
        // From the index alone, where nothing is checked against the rows.
        RowType view = RowType.of(List.of(
                Workflows.TABLE.column("id"), Workflows.TABLE.column("name"), Workflows.TABLE.column("status")));
        for (String status : STATES) {
            assertThat(read(
                            source,
                            scan(tenant("t1"), Filter.eq("status", status)).rowType(view)))
                    .isEqualTo(rows.stream()
                            .filter(Filter.eq("status", status)::matches)
                            .map(row -> view.row(IntStream.range(0, 3)
                                    .mapToObj(i -> row.value(view.names().get(i)))
                                    .toArray()))
                            .toList());
        }
    }
}
