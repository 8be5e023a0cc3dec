package io.github.tieredquery.dynamodb;

import static io.github.tieredquery.dynamodb.Workflows.AT_ONCE;
import static io.github.tieredquery.dynamodb.Workflows.START;
import static io.github.tieredquery.dynamodb.Workflows.TABLE;
import static io.github.tieredquery.dynamodb.Workflows.expected;
import static io.github.tieredquery.dynamodb.Workflows.read;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.tieredquery.TieredQuery;
import io.github.tieredquery.dynamodb.model.AccessPattern;
import io.github.tieredquery.query.Filter;
import io.github.tieredquery.query.Order;
import io.github.tieredquery.query.Page;
import io.github.tieredquery.query.Query;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.spi.Scan;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.table.Column;
import io.github.tieredquery.table.ListText;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.RowType;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.LongRange;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** Whatever is declared and asked, the answer is that of the filter itself over all rows. */
class AnswersProperties {

    private static final List<String> TENANTS = List.of("t1", "t", "t1#0");
    private static final List<String> TEXTS = List.of("a", "a#", "", "b $", "\ud83d\ude00");
    private static final int SECONDS = 6;

    private final DynamoDbClient client = LocalDynamo.instance().client();

    @Property(tries = 12, seed = "20260101", shrinking = ShrinkingMode.OFF)
    void whatever_is_declared_and_asked_the_answer_is_what_the_filter_matches(
            @ForAll @LongRange(min = 0, max = 1_000_000) long seed) {
        Random random = new Random(seed);
        DynamoDbTable table = LocalDynamo.instance().create(declaration(random));
        List<Row> rows = rows(random);
        DynamoDbWriter.of(client, table, AT_ONCE).load(rows.iterator());
        try (DynamoDbSource source = DynamoDbSource.builder(client, table)
                .allowFilterScans()
                .parallelReads(1 + random.nextInt(4))
                .build(AT_ONCE)) {
            TieredQuery<Row> workflows = TieredQuery.builder(TABLE).hot(source).build();
            for (int i = 0; i < 12; i++) {
                Filter filter = filter(random);
                TimeRange range = range(random);
                Order order = random.nextBoolean() ? Order.OLDEST_FIRST : Order.NEWEST_FIRST;
                Scan scan = Scan.of(TABLE, range).filter(filter.boundTo(TABLE)).order(order);
                List<Row> inRange = rows.stream()
                        .filter(row -> range.contains(START.plusSeconds(second(row))))
                        .toList();
                RowType view = view(random);
                Scan limited = random.nextBoolean() ? scan : scan.limit(random.nextInt(9));
                assertThat(read(source, limited.rowType(view)))
                        .as(table.patterns() + " " + limited + " by " + source.explain(limited))
                        .isEqualTo(expected(inRange, limited).stream()
                                .map(row -> view.row(
                                        view.names().stream().map(row::value).toArray()))
                                .toList());
                assertThat(source.count(limited, ScanControl.unlimited()).rows())
                        .as("count of " + limited)
                        .isEqualTo(expected(inRange, limited).size());
                Query query = Query.between(range.from(), range.to()).where(filter);
                assertThat(pages(
                                workflows,
                                order == Order.OLDEST_FIRST ? query : query.newestFirst(),
                                1 + random.nextInt(9)))
                        .as("pages of " + scan)
                        .isEqualTo(expected(inRange, scan));
            }
            assertThat(source.stalePointersSkipped()).isZero();
        }
    }

    private static DynamoDbTable declaration(Random random) {
        DynamoDbTable.Builder builder = Workflows.declare();
        for (String column : List.of("contexts", "status", "name", "runs", "id", "tenant")) {
            if (random.nextInt(3) > 0) {
                AccessPattern pattern = AccessPattern.of(column.toUpperCase(Locale.ROOT), column)
                        .shards(1 + random.nextInt(3));
                pattern = random.nextBoolean() ? pattern : pattern.projecting("name", column);
                builder.pattern(random.nextInt(3) > 0 ? pattern : pattern.rowsPerValue(1 + random.nextInt(500)));
            }
        }
        return builder.build();
    }

    /** Few moments, ids and values, so that rows meet at all of them. */
    private static List<Row> rows(Random random) {
        Map<List<Object>, Row> rows = new LinkedHashMap<>();
        for (int i = 0; i < 60; i++) {
            List<String> contexts = new ArrayList<>(TEXTS);
            Collections.shuffle(contexts, random);
            List<Object> key =
                    List.of(START.plusSeconds(random.nextInt(SECONDS)), pick(TENANTS, random), pick(TEXTS, random));
            rows.put(key, TABLE.rowType().row(new @Nullable Object[] {
                key.get(0),
                key.get(1),
                key.get(2),
                orNull(pick(TEXTS, random), random),
                orNull(pick(TEXTS, random), random),
                orNull(ListText.of(contexts.subList(0, random.nextInt(4))), random),
                orNull(random.nextInt(5) - 2, random)
            }));
        }
        return List.copyOf(rows.values());
    }

    private static int second(Row row) {
        return (int) Duration.between(START, (Instant) row.value("created_at")).toSeconds();
    }

    private static <T> T pick(List<T> from, Random random) {
        return from.get(random.nextInt(from.size()));
    }

    private static @Nullable Object orNull(Object value, Random random) {
        return random.nextInt(5) == 0 ? null : value;
    }

    private static TimeRange range(Random random) {
        int from = random.nextInt(SECONDS);
        return random.nextBoolean()
                ? Workflows.ALL
                : new TimeRange(START.plusSeconds(from), START.plusSeconds(from + random.nextInt(SECONDS)));
    }

    private static RowType view(Random random) {
        List<Column> columns = new ArrayList<>(TABLE.rowType().columns());
        Collections.shuffle(columns, random);
        return random.nextBoolean() ? TABLE.rowType() : RowType.of(columns.subList(0, 1 + random.nextInt(3)));
    }

    private static Filter filter(Random random) {
        List<Filter> all = new ArrayList<>();
        if (random.nextInt(6) > 0) {
            all.add(
                    random.nextInt(3) > 0
                            ? Filter.eq("tenant", pick(TENANTS, random))
                            : Filter.in("tenant", pick(TENANTS, random), pick(TENANTS, random)));
        }
        for (int i = random.nextInt(4); i > 0; i--) {
            all.add(condition(random, 2));
        }
        return Filter.and(all);
    }

    private static Filter condition(Random random, int depth) {
        String text = pick(TEXTS, random);
        String column = pick(List.of("status", "name", "id"), random);
        return switch (random.nextInt(depth > 0 ? 11 : 9)) {
            case 0, 1 -> Filter.hasElement("contexts", text);
            case 2, 3 -> Filter.eq(column, text);
            case 4 -> Filter.in(column, text, pick(TEXTS, random));
            case 5 -> Filter.eq("runs", random.nextInt(5) - 2);
            case 6 -> Filter.gt("runs", random.nextInt(5) - 2);
            case 7 -> Filter.ne(column, text);
            case 8 -> Filter.ge("created_at", START.plusSeconds(random.nextInt(SECONDS)));
            case 9 -> Filter.or(condition(random, depth - 1), condition(random, depth - 1));
            default ->
                Filter.or(Filter.hasElement("contexts", text), Filter.hasElement("contexts", pick(TEXTS, random)));
        };
    }

    private static List<Row> pages(TieredQuery<Row> workflows, Query query, int size) {
        List<Row> all = new ArrayList<>();
        String token = null;
        do {
            Page<Row> page = workflows.page(query, size, token);
            all.addAll(page.rows());
            token = page.nextToken();
        } while (token != null);
        return all;
    }
}
