package io.github.tieredquery.examples.tiers;

import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.lambda.runtime.Context;
import io.github.tieredquery.TieredQuery;
import io.github.tieredquery.archive.Archiver;
import io.github.tieredquery.athena.AthenaSource;
import io.github.tieredquery.athena.aws.AwsAccess;
import io.github.tieredquery.athena.export.S3ExportStore;
import io.github.tieredquery.athena.links.DownloadLinks;
import io.github.tieredquery.athenalocal.fault.QueryGate;
import io.github.tieredquery.examples.lambda.ExportHandler;
import io.github.tieredquery.export.Exporter;
import io.github.tieredquery.jdbc.JdbcSource;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.table.ColumnType;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.Table;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.Period;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.athena.model.QueryExecutionState;

/** The Lambda of the examples, called as Lambda calls it. */
class ExportHandlerTest {

    private static final Instant START = Instant.parse("2024-03-01T00:00:00Z");
    private static final Table TABLE = Table.builder("exported_by_lambda")
            .time("at")
            .key("id", ColumnType.INT64)
            .column("name", ColumnType.STRING)
            .build();

    /** An invocation that has so much time. */
    private static Context with(Duration left) {
        return (Context) Proxy.newProxyInstance(
                Context.class.getClassLoader(), new Class<?>[] {Context.class}, (proxy, method, args) -> {
                    if (method.getName().equals("getRemainingTimeInMillis")) {
                        return (int) left.toMillis();
                    }
                    throw new UnsupportedOperationException(method.getName());
                });
    }

    @Test
    void an_export_that_outlives_its_invocation_is_finished_by_the_next_one() throws Exception {
        try (TwoTiers tiers = TwoTiers.start()) {
            tiers.createTable(TABLE);
            tiers.insert(TABLE, rows());
            try (AwsAccess aws = tiers.access().build();
                    JdbcSource hot = tiers.hot(TABLE).build();
                    AthenaSource cold = tiers.cold(TABLE, aws)
                            .layout(HivePartitionLayout.daily(ZoneOffset.UTC))
                            .build()) {
                outlivesItsInvocation(tiers, aws, hot, cold);
            }
        }
    }

    private static void outlivesItsInvocation(TwoTiers tiers, AwsAccess aws, JdbcSource hot, AthenaSource cold)
            throws Exception {
        Archiver.builder(hot, cold)
                .keep(Period.ofDays(1))
                .clock(InstantSource.fixed(START.plus(Duration.ofDays(3))))
                .settle(Duration.ZERO)
                .build()
                .run();
        TieredQuery<Row> query = TieredQuery.builder(TABLE)
                .hot(hot)
                .cold(cold)
                .tokenKeys(new byte[32])
                .build();
        Exporter exporter = query.exporter(
                        S3ExportStore.of(aws, "s3://" + tiers.athena().createBucket("exports") + "/"))
                .polling(Duration.ofMillis(5), Duration.ofMillis(50))
                .build();
        Map<String, String> event = Map.of(
                "from", START.toString(), "to", START.plus(Duration.ofDays(3)).toString(), "request", "r1");
        Map<String, String> started;
        try (QueryGate slow = tiers.athena().faults().holdInState(QueryExecutionState.RUNNING)) {
            started = handler(exporter, aws).handleRequest(event, with(Duration.ofSeconds(20)));
            assertThat(started).containsEntry("state", "RUNNING").containsOnlyKeys("state", "ticket");
            assertThat(handler(exporter, aws).handleRequest(event, with(Duration.ofSeconds(20))))
                    .as("an event that is delivered twice")
                    .isEqualTo(started);
            long before = System.nanoTime();
            assertThat(handler(exporter, aws).handleRequest(started, with(Duration.ofSeconds(16))))
                    .isEqualTo(started);
            assertThat(Duration.ofNanos(System.nanoTime() - before))
                    .as("one second of work, and the rest of the sixteen to spare")
                    .isLessThan(Duration.ofSeconds(15));
            slow.release();
        }
        Map<String, String> done = handler(exporter, aws).handleRequest(started, with(Duration.ofMinutes(2)));
        assertThat(done).containsEntry("state", "DONE");
        HttpRequest download = HttpRequest.newBuilder(URI.create(Objects.requireNonNull(done.get("url"))))
                .build();
        assertThat(HttpClient.newHttpClient()
                        .send(download, HttpResponse.BodyHandlers.ofString())
                        .body())
                .isEqualTo("""
                            "at","id","name"
                            "2024-03-01 12:00:00.000000","0","n0"
                            "2024-03-02 12:00:00.000000","1","n1"
                            "2024-03-03 12:00:00.000000","2","n2"
                            """);
        assertThat(tiers.number("SELECT count(*) FROM exported_by_lambda"))
                .as("rows that aren't archived")
                .isEqualTo(1);
    }

    private static ExportHandler handler(Exporter exporter, AwsAccess aws) {
        return new ExportHandler(exporter, DownloadLinks.presigned(aws));
    }

    private static List<Row> rows() {
        List<Row> rows = new ArrayList<>();
        for (long day = 0; day < 3; day++) {
            rows.add(TABLE.rowType().row(new Object[] {START.plus(Duration.ofHours(24 * day + 12)), day, "n" + day}));
        }
        return rows;
    }
}
