package io.github.tieredquery.examples.tiers;

import static io.github.tieredquery.query.Filter.eq;
import static io.github.tieredquery.query.Filter.ge;
import static io.github.tieredquery.table.ColumnType.INT32;
import static io.github.tieredquery.table.ColumnType.INT64;
import static io.github.tieredquery.table.ColumnType.STRING;
import static java.time.ZoneOffset.UTC;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.tieredquery.TieredQuery;
import io.github.tieredquery.TieredQueryBuilder;
import io.github.tieredquery.archive.Archiver;
import io.github.tieredquery.athena.AthenaResults;
import io.github.tieredquery.athena.AthenaSource;
import io.github.tieredquery.athena.aws.AwsAccess;
import io.github.tieredquery.athenalocal.AthenaLocal;
import io.github.tieredquery.jdbc.JdbcSource;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.plan.QueryPlan;
import io.github.tieredquery.plan.QueryPolicy;
import io.github.tieredquery.query.Query;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.Table;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.Period;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;

/**
 * The plans in the documents are those of five typical queries; only how many bytes a file has may differ from one
 * machine to the next. The flights are of 14 days, of two tenants, one every ten minutes; the last 7 days are in
 * PostgreSQL.
 */
class PlansTest {

    private static final Path PLANS =
            Path.of(System.getProperty("basedir", "."), "..", "docs", "guide", "plans-and-policies.md");
    private static final Pattern PLAN = Pattern.compile("(?ms)^```plan\\n(.*?)^```$");
    private static final Instant NOW = day("2024-07-01");

    private static Instant day(String day) {
        return Instant.parse(day + "T00:00:00Z");
    }

    @Test
    void the_plans_of_the_documents_are_those_that_are_made() throws Exception {
        List<String> written = new ArrayList<>();
        Matcher matcher = PLAN.matcher(Files.readString(PLANS));
        while (matcher.find()) {
            written.add(withoutBytes(matcher.group(1).strip()));
        }
        List<String> made =
                plans().stream().map(plan -> withoutBytes(plan.toString())).toList();
        assertThat(written).isEqualTo(made);
    }

    private static String withoutBytes(String plan) {
        return plan.replaceAll("\\d+ of \\d+ bytes, [0-9.]+ USD", "N of N bytes, N USD")
                .replaceAll("scan \\d+ bytes", "scan N bytes");
    }

    private static List<QueryPlan> plans() throws Exception {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.builder()
                        .setServerConfig("fsync", "on")
                        .start();
                AthenaLocal athena = AthenaLocal.start();
                AwsAccess aws = AwsAccess.of(athena.athenaClient(), athena.s3Client())) {
            athena.run("CREATE DATABASE lake");
            try (Connection connection = postgres.getPostgresDatabase().getConnection();
                    Statement statement = connection.createStatement()) {
                statement.execute("CREATE TABLE flights (departed_at timestamptz NOT NULL, id bigint NOT NULL, "
                        + "tenant text COLLATE \"C\" NOT NULL, origin text COLLATE \"C\", delay integer, "
                        + "PRIMARY KEY (departed_at, id))");
                statement.execute(
                        "INSERT INTO flights SELECT timestamptz '2024-06-17 00:00:00Z' + n * interval '10 min',"
                                + " n, CASE WHEN n % 2 = 0 THEN 'acme' ELSE 'emca' END, 'SFO', n % 60"
                                + " FROM generate_series(0, 14 * 144 - 1) AS n");
            }
            Table table = Table.builder("flights")
                    .time("departed_at")
                    .key("id", INT64)
                    .required("tenant", STRING)
                    .column("origin", STRING)
                    .column("delay", INT32)
                    .build();
            JdbcSource hot = JdbcSource.builder(Jdbi.create(postgres.getPostgresDatabase()), table)
                    .journal("tieredquery")
                    .build();
            try (AthenaSource cold = AthenaSource.archive(aws, table)
                    .table("lake", "flights")
                    .layout(HivePartitionLayout.daily(UTC).thenBy("tenant"))
                    .location("s3://" + athena.bucket() + "/flights/")
                    .results(AthenaResults.at(athena.outputLocation())
                            .polling(Duration.ofMillis(2), Duration.ofMillis(20)))
                    .createTableIfMissing()
                    .build()) {
                InstantSource clock = InstantSource.fixed(NOW);
                Archiver.builder(hot, cold)
                        .keep(Period.ofDays(7))
                        .clock(clock)
                        .settle(Duration.ZERO)
                        .build()
                        .run();
                return plans(TieredQuery.builder(table).hot(hot).cold(cold).clock(clock));
            }
        }
    }

    private static List<QueryPlan> plans(TieredQueryBuilder builder) {
        TieredQuery<Row> all = builder.build();
        TieredQuery<Row> acme = all.restrictedTo(eq("tenant", "acme"));
        TieredQuery<Row> thrifty =
                builder.policy(QueryPolicy.unlimited().scanBytes(1_000)).build();
        return List.of(
                acme.explain(Query.between(day("2024-06-20"), day("2024-06-27"))
                        .where(ge("delay", 45))
                        .columns("id", "delay")
                        .newestFirst()),
                acme.explain(Query.between(day("2024-06-26"), day("2024-07-01")).newestFirst()),
                all.explain(Query.between(Instant.parse("2024-06-19T22:00:00Z"), Instant.parse("2024-06-20T06:00:00Z"))
                        .columns("id", "origin")),
                all.explainCount(Query.between(day("2024-06-17"), day("2024-06-24"))),
                thrifty.explain(Query.between(day("2024-06-17"), day("2024-06-24"))
                        .where(eq("origin", "SFO"))
                        .columns("id")));
    }
}
