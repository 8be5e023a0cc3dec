package io.github.tieredquery.dynamodb;

import static io.github.tieredquery.dynamodb.Workflows.AT_ONCE;
import static io.github.tieredquery.dynamodb.Workflows.workflow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tieredquery.dynamodb.internal.calls.Backoff;
import io.github.tieredquery.dynamodb.model.AccessPattern;
import io.github.tieredquery.error.ThrottledException;
import io.github.tieredquery.query.Filter;
import io.github.tieredquery.query.Order;
import io.github.tieredquery.spi.Scan;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.table.Row;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BatchGetItemRequest;
import software.amazon.awssdk.services.dynamodb.model.BatchGetItemResponse;
import software.amazon.awssdk.services.dynamodb.model.KeysAndAttributes;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BatchReaderTest {

    private final LocalDynamo dynamo = LocalDynamo.instance();
    private final DynamoDbTable table = dynamo.create(
            Workflows.declare().pattern(AccessPattern.of("CTX", "contexts")).build());
    private final List<Row> rows = new ArrayList<>();

    @BeforeAll
    void fill() {
        for (int i = 0; i < 1_000; i++) {
            rows.add(workflow("t" + i % 3, i, null, List.of("c" + i % 2, "c2")));
        }
        DynamoDbWriter.of(dynamo.client(), table).load(rows.iterator());
    }

    /** Throttles calls and leaves keys unprocessed by chance, and remembers which keys were answered. */
    private static final class Unreliable implements FaultyClient.Faults {

        private final String tableName;
        private final Random random;
        private final Map<Map<String, AttributeValue>, Integer> answered = new HashMap<>();
        private int throttled;
        private int unprocessed;
        private int partial;
        private int atATime;
        private int mostAtATime;

        Unreliable(String tableName, long seed) {
            this.tableName = tableName;
            this.random = new Random(seed);
        }

        @Override
        public Object on(software.amazon.awssdk.services.dynamodb.model.DynamoDbRequest request, FaultyClient.Call call)
                throws Throwable {
            if (!(request instanceof BatchGetItemRequest batch)) {
                return call.make();
            }
            KeysAndAttributes asked =
                    Objects.requireNonNull(batch.requestItems().get(tableName));
            List<Map<String, AttributeValue>> left = new ArrayList<>();
            synchronized (this) {
                atATime++;
                mostAtATime = Math.max(mostAtATime, atATime);
                if (random.nextInt(4) == 0) {
                    throttled++;
                    atATime--;
                    throw FaultyClient.throttling();
                }
                for (Map<String, AttributeValue> key : asked.keys()) {
                    assertThat(answered).as("asked for again").doesNotContainKey(key);
                    if (random.nextInt(3) == 0) {
                        left.add(key);
                    }
                }
                unprocessed += left.size();
                partial += left.isEmpty() ? 0 : 1;
            }
            BatchGetItemResponse whole = (BatchGetItemResponse) call.make();
            List<Map<String, AttributeValue>> given = whole.responses().getOrDefault(tableName, List.of()).stream()
                    .filter(item ->
                            left.stream().noneMatch(key -> item.entrySet().containsAll(key.entrySet())))
                    .collect(java.util.stream.Collectors.toList());
            Collections.shuffle(given, random);
            synchronized (this) {
                atATime--;
                asked.keys().stream()
                        .filter(key -> !left.contains(key))
                        .forEach(key -> answered.merge(key, 1, Integer::sum));
            }
            return left.isEmpty()
                    ? whole.toBuilder().responses(Map.of(tableName, given)).build()
                    : whole.toBuilder()
                            .responses(Map.of(tableName, given))
                            .unprocessedKeys(Map.of(
                                    tableName, asked.toBuilder().keys(left).build()))
                            .build();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void a_thousand_ids_come_complete_and_in_order_whatever_is_throttled_or_left_unprocessed(long seed) {
        Unreliable faults = new Unreliable(table.tableName(), seed);
        List<Row> keys = new ArrayList<>(rows);
        Collections.shuffle(keys, new Random(seed));
        List<Row> asked = new ArrayList<>(keys);
        asked.add(500, workflow("t9", 1, null, List.of()));
        asked.addAll(keys.subList(0, 50));
        // The same key in another row.
        Row twin = Workflows.with(keys.get(7), "name", "another name");
        asked.add(twin);

        AtomicInteger waits = new AtomicInteger();
        Backoff counting = new Backoff(50, 1, 1, () -> 0.5, (time, control, what) -> waits.incrementAndGet());
        try (DynamoDbSource source = DynamoDbSource.builder(FaultyClient.of(dynamo.client(), faults), table)
                .parallelReads(4)
                .build(counting)) {
            Map<Row, Row> found = source.get(asked, ScanControl.unlimited());
            assertThat(found.remove(twin)).isEqualTo(keys.get(7));
            assertThat(found.keySet()).containsExactlyElementsOf(keys);
            assertThat(found.values()).containsExactlyElementsOf(keys);
        }
        assertThat(faults.throttled).isPositive();
        assertThat(faults.unprocessed).isGreaterThan(100);
        assertThat(faults.answered).hasSize(1_001);
        assertThat(faults.answered.values()).containsOnly(1);
        assertThat(faults.mostAtATime).isBetween(2, 4);
        assertThat(waits.get()).isEqualTo(faults.throttled + faults.partial);
    }

    @ParameterizedTest
    @ValueSource(longs = {6, 7, 8})
    void rows_that_an_index_finds_come_complete_and_in_order_whatever_is_throttled_or_left_unprocessed(long seed) {
        Unreliable faults = new Unreliable(table.tableName(), seed);
        Backoff patient = new Backoff(50, 1, 1, () -> 0.5, (time, control, what) -> {});
        try (DynamoDbSource source = DynamoDbSource.builder(FaultyClient.of(dynamo.client(), faults), table)
                .parallelReads(4)
                .build(patient)) {
            // Each row is found by two of the elements.
            Scan scan = Workflows.scan(
                            Filter.in("tenant", "t0", "t1", "t2"),
                            Filter.or(
                                    Filter.hasElement("contexts", "c0"),
                                    Filter.hasElement("contexts", "c1"),
                                    Filter.hasElement("contexts", "c2")))
                    .order(Order.NEWEST_FIRST);
            assertThat(Workflows.read(source, scan)).isEqualTo(Workflows.expected(rows, scan));
        }
        assertThat(faults.throttled).isPositive();
        assertThat(faults.unprocessed).isGreaterThan(100);
        assertThat(faults.answered).hasSize(1_000);
        assertThat(faults.answered.values()).containsOnly(1);
        assertThat(faults.mostAtATime).isBetween(2, 4);
    }

    @Test
    void responses_over_16_megabytes_are_asked_for_to_their_end() {
        DynamoDbTable large = dynamo.create(Workflows.declare().build());
        List<Row> wide = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            wide.add(Workflows.with(workflow("t1", i, null, List.of()), "name", "x".repeat(390_000)));
        }
        DynamoDbWriter.of(dynamo.client(), large).load(wide.iterator());
        AtomicInteger calls = new AtomicInteger();
        DynamoDbClient counting = FaultyClient.of(dynamo.client(), (request, call) -> {
            calls.addAndGet(request instanceof BatchGetItemRequest ? 1 : 0);
            return call.make();
        });
        try (DynamoDbSource source = DynamoDbSource.builder(counting, large).build(AT_ONCE)) {
            assertThat(source.get(wide, ScanControl.unlimited()).values()).containsExactlyElementsOf(wide);
        }
        // 39 MB in responses of 16.
        assertThat(calls.get()).isEqualTo(3);
    }

    @Test
    void what_stays_unprocessed_fails_after_all_attempts_and_is_not_taken_for_missing() {
        DynamoDbClient stuck = FaultyClient.of(dynamo.client(), (request, call) -> {
            if (request instanceof BatchGetItemRequest batch) {
                return BatchGetItemResponse.builder()
                        .unprocessedKeys(batch.requestItems())
                        .build();
            }
            return call.make();
        });
        AtomicLong longest = new AtomicLong();
        Backoff growing = new Backoff(6, 100, 1_000, () -> 0.999, (time, control, what) -> {
            assertThat(time).isBetween(Duration.ofMillis(Math.min(longest.get(), 1_000)), Duration.ofMillis(1_000));
            longest.set(time.toMillis());
        });
        try (DynamoDbSource source = DynamoDbSource.builder(stuck, table).build(growing)) {
            assertThatThrownBy(() -> source.get(rows.subList(0, 10), ScanControl.unlimited()))
                    .isInstanceOf(ThrottledException.class)
                    .hasMessage(
                            "dynamodb:" + table.tableName() + ": BatchGetItem was throttled 6 times in a row. Try again"
                                    + " later, raise the table's capacity, or spread a hot key with shards(…)");
        }
        assertThat(longest.get()).isEqualTo(1_000);
    }
}
