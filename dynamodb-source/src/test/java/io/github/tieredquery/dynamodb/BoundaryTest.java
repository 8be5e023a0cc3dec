package io.github.tieredquery.dynamodb;

import static io.github.tieredquery.dynamodb.Workflows.AT_ONCE;
import static io.github.tieredquery.dynamodb.Workflows.TABLE;
import static io.github.tieredquery.dynamodb.Workflows.tenant;
import static io.github.tieredquery.dynamodb.Workflows.with;
import static io.github.tieredquery.dynamodb.Workflows.workflow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.github.tieredquery.TieredQuery;
import io.github.tieredquery.athena.AthenaResults;
import io.github.tieredquery.athena.AthenaSource;
import io.github.tieredquery.athena.aws.AwsAccess;
import io.github.tieredquery.athenalocal.AthenaLocal;
import io.github.tieredquery.dynamodb.model.AccessPattern;
import io.github.tieredquery.error.BadQueryException;
import io.github.tieredquery.partition.HivePartition;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.plan.QueryPlan;
import io.github.tieredquery.plan.SliceReport;
import io.github.tieredquery.plan.Tier;
import io.github.tieredquery.query.Boundary;
import io.github.tieredquery.query.Filter;
import io.github.tieredquery.query.Page;
import io.github.tieredquery.query.Query;
import io.github.tieredquery.spi.AccessPath;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.store.ColdFile;
import io.github.tieredquery.store.PartitionManifest;
import io.github.tieredquery.store.RowDigest;
import io.github.tieredquery.store.StoredFile;
import io.github.tieredquery.table.ListText;
import io.github.tieredquery.table.Row;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.Period;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * DynamoDB before an archive that somebody else's job fills: today and the two days before it are hot, and in the two
 * days before those both tiers are asked, since the job may be late, or have left rows behind that it has copied.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BoundaryTest {

    private static final Instant NOW = Instant.parse("2026-03-10T15:00:00Z");
    private static final Instant FROM = Instant.parse("2026-03-01T00:00:00Z");
    private static final Instant TO = Instant.parse("2026-03-11T00:00:00Z");
    private static final Instant HOT_FROM = Instant.parse("2026-03-06T00:00:00Z");
    private static final Instant COLD_BELOW = Instant.parse("2026-03-08T00:00:00Z");

    private final DynamoDbTable table = LocalDynamo.instance()
            .create(Workflows.declare()
                    .pattern(AccessPattern.of("CTX", "contexts").shards(2))
                    .pattern(AccessPattern.of("STATUS", "status"))
                    .build());
    private final DynamoDbSource hot =
            DynamoDbSource.builder(LocalDynamo.instance().client(), table).build(AT_ONCE);
    private final AthenaLocal athena = AthenaLocal.start();
    private final AwsAccess aws = AwsAccess.of(athena.athenaClient(), athena.s3Client());
    private final AthenaSource cold = AthenaSource.archive(aws, TABLE)
            .table("default", "workflows")
            .layout(HivePartitionLayout.daily(ZoneOffset.UTC).thenBy("tenant").withoutVersion())
            .location("s3://" + athena.bucket() + "/workflows/")
            .results(AthenaResults.at(athena.outputLocation()).polling(Duration.ofMillis(2), Duration.ofMillis(10)))
            .createTableIfMissing()
            .build();
    private final List<SliceReport> reports = new ArrayList<>();
    private final TieredQuery<Row> workflows = TieredQuery.builder(TABLE)
            .hot(hot)
            .cold(cold)
            .boundary(Boundary.daysAgo(2, ZoneOffset.UTC).overlapDays(2))
            .clock(InstantSource.fixed(NOW))
            .listener(reports::add)
            .build()
            .restrictedTo(tenant("t1"));

    /** What a reader must see: the hot version of what both tiers have. */
    private final List<Row> truth = new ArrayList<>();

    @BeforeAll
    void fill() {
        List<Row> archived = new ArrayList<>();
        List<Row> live = new ArrayList<>();
        for (int i = 0; i < 10 * 48; i++) {
            Row row = with(
                    workflow(i % 4 == 0 ? "t2" : "t1", i, i % 3 == 0 ? "open" : "done", List.of("c" + i % 5, "x,\n%")),
                    "created_at",
                    FROM.plus(Duration.ofMinutes(30L * i)));
            Instant time = Objects.requireNonNull(row.timestamp("created_at"));
            if (time.isBefore(HOT_FROM)) {
                archived.add(row);
                truth.add(row);
            } else if (!time.isBefore(COLD_BELOW)) {
                live.add(row);
                truth.add(row);
            } else if (i % 3 == 0) {
                // Not yet archived.
                live.add(row);
                truth.add(row);
            } else if (i % 3 == 1) {
                // Archived, and gone from the table.
                archived.add(row);
                truth.add(row);
            } else {
                // Archived, and changed since where it still is: what matched may match no longer, and the reverse.
                Row changed = with(with(row, "status", "open"), "contexts", ListText.of(List.of("c" + (i + 1) % 5)));
                archived.add(row);
                live.add(changed);
                truth.add(changed);
            }
        }
        DynamoDbWriter.of(LocalDynamo.instance().client(), table, AT_ONCE).load(live.iterator());
        archive(archived);
    }

    private void archive(List<Row> rows) {
        Map<HivePartition, List<Row>> partitions = new HashMap<>();
        rows.forEach(row -> partitions
                .computeIfAbsent(cold.layout().partitionOf(row), partition -> new ArrayList<>())
                .add(row));
        List<PartitionManifest> manifests = new ArrayList<>();
        partitions.forEach((partition, held) -> {
            try (ColdFile file = cold.create(partition, 1, 1)) {
                held.forEach(file::write);
                StoredFile stored = file.finish();
                manifests.add(new PartitionManifest(
                        partition, 1, List.of(stored), stored.rows(), stored.bytes(), FROM, TO, RowDigest.EMPTY, 1));
            }
        });
        cold.publish(manifests, ScanControl.unlimited());
    }

    @AfterAll
    void close() {
        hot.close();
        cold.close();
        aws.close();
        athena.close();
    }

    private static final List<Filter> FILTERS = List.of(
            Filter.all(),
            Filter.hasElement("contexts", "c1"),
            Filter.hasElement("contexts", "x,\n%"),
            Filter.eq("status", "open"),
            Filter.and(Filter.eq("status", "done"), Filter.hasElement("contexts", "c2"), Filter.gt("runs", 100)),
            Filter.in("status", "open", "none"));

    @Test
    void every_row_is_seen_exactly_once_on_both_sides_and_in_the_overlap() {
        List<Instant> cuts =
                List.of(FROM, HOT_FROM.minusNanos(1_000), HOT_FROM, HOT_FROM.plus(Period.ofDays(1)), COLD_BELOW, TO);
        Comparator<Row> order = TABLE.rowOrder(TABLE.rowType());
        for (Filter filter : FILTERS) {
            for (int from = 0; from < cuts.size(); from++) {
                Instant start = cuts.get(from);
                Query query = Query.between(start, TO).where(filter);
                List<Row> expected = truth.stream()
                        .filter(row -> tenant("t1").matches(row) && filter.matches(row))
                        .filter(row -> !Objects.requireNonNull(row.timestamp("created_at"))
                                .isBefore(start))
                        .sorted(order)
                        .toList();
                assertThat(workflows.list(query)).as(query.toString()).isEqualTo(expected);
                List<Row> reversed = new ArrayList<>(expected);
                Collections.reverse(reversed);
                assertThat(workflows.list(query.newestFirst().limit(70)))
                        .isEqualTo(reversed.subList(0, Math.min(70, reversed.size())));
                assertThat(workflows.count(query)).isEqualTo(expected.size());
            }
        }
    }

    @Test
    void pages_go_through_the_overlap_and_on_into_the_archive() {
        for (Filter filter : List.of(Filter.all(), Filter.hasElement("contexts", "c1"))) {
            List<Row> expected =
                    new ArrayList<>(workflows.list(Query.between(FROM, TO).where(filter)));
            assertThat(pages(Query.between(FROM, TO).where(filter))).isEqualTo(expected);
            Collections.reverse(expected);
            assertThat(pages(Query.between(FROM, TO).where(filter).newestFirst()))
                    .isEqualTo(expected);
        }
    }

    private List<Row> pages(Query query) {
        List<Row> rows = new ArrayList<>();
        String token = null;
        do {
            Page<Row> page = workflows.page(query, 40, token);
            rows.addAll(page.rows());
            token = page.nextToken();
        } while (token != null);
        return rows;
    }

    @Test
    void the_plan_shows_an_index_where_hot_answers_alone_and_a_key_range_in_the_overlap() {
        QueryPlan plan = workflows.explain(Query.between(FROM, TO).where(Filter.hasElement("contexts", "c1")));
        assertThat(plan.slices())
                .extracting(QueryPlan.Slice::tier, QueryPlan.Slice::accessPath)
                .containsExactly(
                        tuple(Tier.COLD, AccessPath.PARTITION_PRUNED),
                        tuple(Tier.LATE, AccessPath.KEY_RANGE),
                        tuple(Tier.COLD, AccessPath.PARTITION_PRUNED),
                        tuple(Tier.HOT, AccessPath.INDEX));
    }

    @Test
    void a_tier_whose_part_is_not_asked_for_is_not_touched() {
        reports.clear();
        workflows.list(Query.between(COLD_BELOW, TO).where(Filter.eq("status", "open")));
        assertThat(reports).extracting(SliceReport::tier).containsExactly(Tier.HOT);
        reports.clear();
        workflows.list(Query.between(FROM, HOT_FROM).where(Filter.eq("runs", 5)));
        assertThat(reports).extracting(SliceReport::tier).containsExactly(Tier.COLD);
    }

    @Test
    void newest_first_with_a_limit_that_hot_fills_leaves_the_archive_alone() {
        reports.clear();
        assertThat(workflows.list(Query.between(FROM, TO)
                        .where(Filter.hasElement("contexts", "c1"))
                        .newestFirst()
                        .limit(5)))
                .hasSize(5);
        assertThat(reports).extracting(SliceReport::tier).containsExactly(Tier.HOT);
        assertThat(reports.get(0).stats().capacityUnits()).isPositive();
    }

    @Test
    void what_no_pattern_serves_is_refused_as_soon_as_hot_is_asked() {
        assertThatThrownBy(() -> workflows.list(
                        Query.between(FROM, TO).where(Filter.eq("runs", 5)).newestFirst()))
                .isInstanceOf(BadQueryException.class)
                .hasMessage("dynamodb:" + table.tableName() + ": no declared pattern serves the filter on runs; declare"
                        + " .pattern(AccessPattern.of(\"RUNS\", \"runs\")) on the DynamoDbTable and run its Backfill, or"
                        + " allow reading all rows of the range with allowFilterScans()");
    }
}
