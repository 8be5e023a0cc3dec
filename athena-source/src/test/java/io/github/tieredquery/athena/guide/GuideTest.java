package io.github.tieredquery.athena.guide;

import static java.time.ZoneOffset.UTC;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.github.tieredquery.TieredQuery;
import io.github.tieredquery.archive.Adoption;
import io.github.tieredquery.archive.AdoptionReport;
import io.github.tieredquery.athena.AthenaResults;
import io.github.tieredquery.athena.AthenaSource;
import io.github.tieredquery.athena.Athenas;
import io.github.tieredquery.athena.ColumnEncoding;
import io.github.tieredquery.athena.aws.AwsAccess;
import io.github.tieredquery.athena.export.S3ExportStore;
import io.github.tieredquery.athenalocal.AthenaLocal;
import io.github.tieredquery.export.ExportStatus;
import io.github.tieredquery.export.ExportTicket;
import io.github.tieredquery.export.Exporter;
import io.github.tieredquery.export.StoredObject;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.query.Query;
import io.github.tieredquery.store.HotStore;
import io.github.tieredquery.table.ColumnType;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.Table;
import io.github.tieredquery.testkit.MemoryHotStore;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.sync.RequestBody;

/**
 * The documents' Java, region by region: text between "snippet" and "end" stands there to the letter, and runs here.
 */
class GuideTest {

    private static AwsAccess access() {
        return AwsAccess.builder()
                .region("eu-west-1")
                .assumeRole("arn:aws:iam::123456789012:role/archive-reader")
                .externalId("x1")
                .sessionName("flights")
                .build();
    }

    private static AthenaSource existing(AwsAccess aws, Table events) {
        // snippet: existing
        AthenaSource cold = AthenaSource.existing(aws, events)
                .table("lake", "events")
                .layout(HivePartitionLayout.daily(UTC))
                .results(AthenaResults.at("s3://results/events/"))
                .column("at", "ts", ColumnEncoding.epochMillis().lossAccepted())
                .column("id", "event_id")
                .column("amount", "amount", ColumnEncoding.text(""))
                .build();
        // end
        return cold;
    }

    private static HivePartitionLayout delivered() {
        // snippet: delivered
        HivePartitionLayout delivered = HivePartitionLayout.hourly(UTC)
                .withoutVersion()
                .dateColumn("dt", "yyyy-MM-dd-HH") // dt=2024-01-05-13
                .rowsLateBy(Duration.ofMinutes(15)); // a row of 12:59 may lie in the directory of 13
        // end
        return delivered;
    }

    @Test
    void a_layout_describes_what_a_delivery_stream_writes() {
        assertThat(delivered().describe()).isEqualTo("dt (yyyy-MM-dd-HH) in Z, rows late by PT15M");
    }

    private static AdoptionReport adopt(AwsAccess aws, Table events, HotStore hot) {
        // snippet: adopt
        AthenaSource cold = AthenaSource.adopting(aws, events, "lake", "events")
                .table("lake", "events_tiered") // new, with the version among its partition columns
                .layout(HivePartitionLayout.daily(UTC))
                .location("s3://archive/events-tiered/") // for what is archived from now on
                .results(AthenaResults.at("s3://results/events/"))
                .column("at", "ts", ColumnEncoding.epochMillis().lossAccepted())
                .column("id", "event_id")
                .column("amount", "amount", ColumnEncoding.text(""))
                .createTableIfMissing()
                .build();
        AdoptionReport report = Adoption.of(hot, cold).run();
        // end
        cold.close();
        return report;
    }

    private static ExportStatus export(TieredQuery<Row> flights, AwsAccess aws, Query query) {
        // snippet: export
        Exporter exporter =
                flights.exporter(S3ExportStore.of(aws, "s3://exports/flights/")).build();
        ExportTicket ticket = exporter.start(query); // at once: give it to the caller
        ExportStatus status =
                exporter.advance(ticket, Duration.ofSeconds(20)); // again until it is over, in any process
        // end
        return status;
    }

    @Test
    void access_to_another_account_asks_nobody_before_it_is_used() {
        assertThatCode(() -> access().close()).doesNotThrowAnyException();
    }

    @Test
    void a_table_that_somebody_else_fills_is_read_as_it_is() {
        Table events = Table.builder("events")
                .time("at")
                .key("id", ColumnType.INT64)
                .column("amount", ColumnType.decimal(10, 2))
                .build();
        try (Athenas athenas = Athenas.local()) {
            AthenaLocal athena = athenas.theLocalOne();
            athena.createBucket("results");
            athena.createBucket("elsewhere");
            athena.createBucket("archive");
            athena.s3Client()
                    .putObject(
                            request -> request.bucket("elsewhere").key("events/year=2024/month=03/day=05/data.csv"),
                            RequestBody.fromString("1709632800000,1,12.50\n1709632801000,2,\n"));
            athena.run("CREATE DATABASE lake");
            athena.run("CREATE EXTERNAL TABLE lake.events (ts bigint, event_id bigint, amount string)"
                    + " PARTITIONED BY (year string, month string, day string)"
                    + " ROW FORMAT DELIMITED FIELDS TERMINATED BY ',' LOCATION 's3://elsewhere/events/'");
            athena.run("MSCK REPAIR TABLE lake.events");
            try (AthenaSource cold = existing(athenas.aws(), events)) {
                Instant from = Instant.parse("2024-03-05T00:00:00Z");
                List<Row> rows = TieredQuery.builder(events)
                        .cold(cold)
                        .build()
                        .list(Query.between(from, from.plusSeconds(86_400)));
                assertThat(rows).extracting(row -> row.value("id")).containsExactly(1L, 2L);
                assertThat(rows).extracting(row -> row.value("amount")).containsExactly(new BigDecimal("12.50"), null);
                AdoptionReport report =
                        adopt(athenas.aws(), events, new MemoryHotStore("hot", events, InstantSource.system()));
                assertThat(report.isComplete()).isTrue();
                assertThat(report.rows()).isEqualTo(2);
                assertThat(report.watermark()).isEqualTo(from.plusSeconds(86_400));
                athena.createBucket("exports");
                ExportStatus status = export(
                        TieredQuery.builder(events)
                                .cold(cold)
                                .tokenKeys(new byte[32])
                                .build(),
                        athenas.aws(),
                        Query.between(from, from.plusSeconds(86_400)));
                StoredObject object = ((ExportStatus.Done) status).object();
                assertThat(athena.s3Client()
                                .getObjectAsBytes(request -> request.bucket("exports")
                                        .key(object.location().substring("s3://exports/".length())))
                                .asUtf8String())
                        .isEqualTo("""
                                "at","id","amount"
                                "2024-03-05 10:00:00.000000","1","12.50"
                                "2024-03-05 10:00:01.000000","2",
                                """);
            }
        }
    }
}
