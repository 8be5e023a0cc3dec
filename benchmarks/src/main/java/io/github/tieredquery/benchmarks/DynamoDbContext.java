package io.github.tieredquery.benchmarks;

import io.github.tieredquery.TieredQuery;
import io.github.tieredquery.dynamodb.DynamoDbSource;
import io.github.tieredquery.dynamodb.DynamoDbTable;
import io.github.tieredquery.dynamodb.DynamoDbWriter;
import io.github.tieredquery.dynamodb.model.AccessPattern;
import io.github.tieredquery.plan.SliceReport;
import io.github.tieredquery.query.Filter;
import io.github.tieredquery.query.Query;
import io.github.tieredquery.table.ColumnType;
import io.github.tieredquery.table.ListText;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.Table;
import java.io.PrintStream;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.QueryRequest;
import software.amazon.awssdk.services.dynamodb.model.QueryResponse;
import software.amazon.awssdk.services.dynamodb.model.ReturnConsumedCapacity;
import software.amazon.dynamodb.services.local.main.ServerRunner;
import software.amazon.dynamodb.services.local.server.DynamoDBProxyServer;

/**
 * {@code dynamodb-context}: the workflows of one context of a tenant, as the story has it: a filter that is applied
 * after the key condition, against an index item for each context and BatchGetItem. Always 20 workflows match; the
 * tenant has more and more of them, and each record grows tenfold.
 */
final class DynamoDbContext {

    private static final Table TABLE = Table.builder("workflows")
            .time("created_at")
            .key("tenant", ColumnType.STRING)
            .key("id", ColumnType.STRING)
            .column("contexts", ColumnType.STRING)
            .column("body", ColumnType.STRING)
            .build();

    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final int MATCHES = 20;
    private static final int[] BODY_BYTES = {1_000, 10_000};

    /** What a page reads before it filters: the service stops there, and DynamoDB Local doesn't. */
    private static final int PAGE_BYTES = 1 << 20;

    /** What one way of asking took. */
    private record Cost(double units, double millis) {}

    private DynamoDbContext() {}

    static void run(PrintStream out, String[] args) throws Exception {
        int[] sizes = args.length > 1
                ? Arrays.stream(args).skip(1).mapToInt(Integer::parseInt).toArray()
                : new int[] {1_000, 10_000, 100_000};
        int port;
        try (ServerSocket socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }
        DynamoDBProxyServer server = ServerRunner.createServerFromCommandLineArgs(
                new String[] {"-inMemory", "-disableTelemetry", "-port", String.valueOf(port)});
        server.start();
        try (DynamoDbClient client = DynamoDbClient.builder()
                .endpointOverride(URI.create("http://localhost:" + port))
                .region(Region.EU_WEST_1)
                .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("key", "secret")))
                .overrideConfiguration(override -> override.apiCallTimeout(Duration.ofMinutes(5)))
                .build()) {
            out.println("| workflows | record | filter: units | ms | index: units | ms | units, ratio | ms, ratio |");
            out.println("|---|---|---|---|---|---|---|---|");
            Cost filter = new Cost(0, 0);
            Cost index = filter;
            for (int size : sizes) {
                for (int bytes : BODY_BYTES) {
                    DynamoDbTable table = fill(client, size, bytes);
                    filter = median(
                            size > 10_000 ? 0 : 1, size > 10_000 ? 1 : 7, () -> byFilter(client, table, size, bytes));
                    index = byIndex(client, table, size);
                    print(out, size, bytes, filter, index);
                    client.deleteTable(call -> call.tableName(table.tableName()));
                }
            }
            out.printf(
                    Locale.ROOT,
                    "dynamodb-context: ratio=%.5f (ours=%.1f peer=%.1f units)%n",
                    index.units() / filter.units(),
                    index.units(),
                    filter.units());
            out.printf(
                    Locale.ROOT,
                    "dynamodb-context: ratio=%.5f (ours=%.1f peer=%.1f ms)%n",
                    index.millis() / filter.millis(),
                    index.millis(),
                    filter.millis());
        } finally {
            server.stop();
        }
    }

    private static void print(PrintStream out, int size, int bytes, Cost filter, Cost index) {
        out.printf(
                Locale.ROOT,
                "| %,d | %d KB | %,.1f | %,.1f | %,.1f | %,.1f | %,.0f | %,.0f |%n",
                size,
                bytes / 1_000,
                filter.units(),
                filter.millis(),
                index.units(),
                index.millis(),
                filter.units() / index.units(),
                filter.millis() / index.millis());
    }

    private static DynamoDbTable fill(DynamoDbClient client, int size, int bytes) {
        DynamoDbTable table = DynamoDbTable.builder(TABLE, "workflows-" + size + "-" + bytes)
                .partition("tenant")
                .list("contexts", "contexts[].id")
                .pattern(AccessPattern.of("CTX", "contexts"))
                .build();
        client.createTable(table.createTableRequest());
        String body = "x".repeat(bytes);
        int contexts = size / MATCHES;
        DynamoDbWriter.of(client, table)
                .load(IntStream.range(0, size)
                        .mapToObj(i -> TABLE.rowType().row(new Object[] {
                            START.plusSeconds(i), "t1", "wf-" + i, ListText.of(List.of(context(i % contexts))), body
                        }))
                        .iterator());
        return table;
    }

    private static String context(int number) {
        return "c" + number;
    }

    /** What the service did at first: everything of the tenant is read, and filtered afterwards. */
    private static Cost byFilter(DynamoDbClient client, DynamoDbTable table, int size, int bytes) {
        AttributeValue context = AttributeValue.fromM(Map.of("id", AttributeValue.fromS(context(7))));
        QueryRequest request = QueryRequest.builder()
                .tableName(table.tableName())
                .keyConditionExpression("pk = :tenant AND begins_with(sk, :rows)")
                .filterExpression("contains(contexts, :context)")
                .expressionAttributeValues(Map.of(
                        ":tenant", AttributeValue.fromS("t1"),
                        ":rows", AttributeValue.fromS("ROW#"),
                        ":context", context))
                .limit(PAGE_BYTES / bytes)
                .returnConsumedCapacity(ReturnConsumedCapacity.TOTAL)
                .build();
        long start = System.nanoTime();
        Set<String> found = new HashSet<>();
        double units = 0;
        Map<String, AttributeValue> position = Map.of();
        do {
            Map<String, AttributeValue> from = position;
            QueryResponse page = client.query(request.toBuilder()
                    .exclusiveStartKey(from.isEmpty() ? null : from)
                    .build());
            page.items().forEach(item -> found.add(text(item.get("sk"))));
            units += page.consumedCapacity().capacityUnits();
            position = page.lastEvaluatedKey();
        } while (!position.isEmpty());
        double millis = (System.nanoTime() - start) / 1e6;
        check(found.size(), size);
        return new Cost(units, millis);
    }

    private static String text(@Nullable AttributeValue value) {
        return Objects.requireNonNull(value).s();
    }

    private static Cost byIndex(DynamoDbClient client, DynamoDbTable table, int size) throws Exception {
        AtomicReference<@Nullable SliceReport> report = new AtomicReference<>();
        try (DynamoDbSource source = DynamoDbSource.builder(client, table).build()) {
            TieredQuery<Row> workflows = TieredQuery.builder(TABLE)
                    .hot(source)
                    .listener(report::set)
                    .build()
                    .restrictedTo(Filter.eq("tenant", "t1"));
            Query query = Query.between(START, START.plus(Duration.ofDays(365)))
                    .where(Filter.hasElement("contexts", context(7)));
            return median(30, 101, () -> {
                long start = System.nanoTime();
                int found = workflows.list(query).size();
                double millis = (System.nanoTime() - start) / 1e6;
                check(found, size);
                return new Cost(Objects.requireNonNull(report.get()).stats().capacityUnits(), millis);
            });
        }
    }

    private static void check(int found, int size) {
        if (found != MATCHES) {
            throw new IllegalStateException(found + " of " + size + " workflows were found, not " + MATCHES);
        }
    }

    private interface Way {
        Cost ask() throws Exception;
    }

    private static Cost median(int before, int rounds, Way way) throws Exception {
        for (int i = 0; i < before; i++) {
            way.ask(); // warms up
        }
        List<Double> millis = new ArrayList<>();
        double units = 0;
        for (int i = 0; i < rounds; i++) {
            Cost cost = way.ask();
            millis.add(cost.millis());
            units = cost.units();
        }
        millis.sort(null);
        return new Cost(units, millis.get(rounds / 2));
    }
}
