package io.github.tieredquery.athena;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tieredquery.athena.aws.AwsAccess;
import io.github.tieredquery.athenalocal.AthenaLocal;
import io.github.tieredquery.athenalocal.fault.Fault;
import io.github.tieredquery.error.QueryCancelledException;
import io.github.tieredquery.error.SourceUnavailableException;
import io.github.tieredquery.export.ExportSource;
import io.github.tieredquery.partition.HivePartition;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.spi.ResultCursor;
import io.github.tieredquery.spi.ResultPlace;
import io.github.tieredquery.spi.RowCursor;
import io.github.tieredquery.spi.Scan;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.spi.ScanStats;
import io.github.tieredquery.store.ColdFile;
import io.github.tieredquery.store.PartitionManifest;
import io.github.tieredquery.store.RowDigest;
import io.github.tieredquery.store.StoredFile;
import io.github.tieredquery.table.ColumnType;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.Table;
import io.github.tieredquery.testkit.Interception;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.athena.AthenaClient;
import software.amazon.awssdk.services.athena.model.GetQueryExecutionResponse;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;

/** How a result gets from S3 to the reader, and what happens when it doesn't. */
class ResultReadingTest {

    private static final Table EVENTS = Table.builder("events")
            .time("at")
            .key("id", ColumnType.INT64)
            .column("text", ColumnType.STRING)
            .build();
    private static final String ROLE = "arn:aws:iam::210987654321:role/reader";
    private static final Instant START = Instant.parse("2024-03-05T00:00:00Z");
    private static final TimeRange DAY = new TimeRange(START, START.plusSeconds(86_400));
    private static final int ROWS = 20_000;
    private static final int PART_BYTES = 64 << 10;

    private static AthenaLocal athena;
    private static AwsAccess aws;

    @BeforeAll
    static void start() {
        athena = AthenaLocal.builder()
                .role(ROLE, "x1")
                .managedWorkGroup("managed")
                .start();
        aws = Athenas.access(athena).build();
        try (AthenaSource source = builder(aws).createTableIfMissing().build()) {
            HivePartition partition = source.layout().partitionOf(row(0));
            try (ColdFile file = source.create(partition, 1, 1)) {
                for (int i = 0; i < ROWS; i++) {
                    file.write(row(i));
                }
                StoredFile stored = file.finish();
                source.publish(
                        List.of(new PartitionManifest(
                                partition,
                                1,
                                List.of(stored),
                                ROWS,
                                stored.bytes(),
                                START,
                                START.plusSeconds(ROWS),
                                RowDigest.EMPTY,
                                1)),
                        ScanControl.unlimited());
            }
        }
    }

    @AfterAll
    static void stop() {
        aws.close();
        athena.close();
    }

    @AfterEach
    void clear() {
        athena.faults().clear();
    }

    @Test
    void a_big_result_comes_in_parts_and_in_order() {
        long before = athena.counters().s3("GetObject");
        try (AthenaSource source = builder(aws).build()) {
            assertThat(readAll(source)).isEqualTo(ROWS);
        }
        assertThat(athena.counters().s3("GetObject") - before).isGreaterThan(10);
    }

    @Test
    void a_result_smaller_than_a_part_is_one_request() {
        long before = athena.counters().s3("GetObject");
        try (AthenaSource source =
                builder(aws).results(results().readAhead(4, 16 << 20)).build()) {
            assertThat(readAll(source)).isEqualTo(ROWS);
        }
        assertThat(athena.counters().s3("GetObject") - before).isEqualTo(1);
    }

    @Test
    void reading_goes_on_where_a_request_has_failed() {
        try (AthenaSource source = builder(aws).build()) {
            try (RowCursor cursor = source.open(Scan.of(EVENTS, DAY), ScanControl.unlimited())) {
                athena.faults().on("GetObject").times(2).inject(Fault.lostResponse());
                athena.faults().on("GetObject").times(2).inject(Fault.slowDown());
                athena.faults().on("GetObject").inject(Fault.expiredCredentials());
                assertThat(drain(cursor)).isEqualTo(ROWS);
            }
        }
    }

    @Test
    void a_result_that_is_replaced_while_it_is_read_is_noticed() {
        try (AthenaSource source = builder(aws).build();
                RowCursor cursor = source.open(Scan.of(EVENTS, DAY), ScanControl.unlimited())) {
            String key = cursor.stats().executionId() + ".csv";
            athena.s3Client()
                    .putObject(
                            request -> request.bucket(athena.resultsBucket()).key(key),
                            RequestBody.fromString("x".repeat(10_000_000)));
            assertThatThrownBy(() -> drain(cursor))
                    .isInstanceOf(SourceUnavailableException.class)
                    .hasMessage("reading from athena:default.events (execution "
                            + cursor.stats().executionId() + "): s3://" + athena.resultsBucket() + "/" + key
                            + " was replaced while it was read; nothing but Athena should write there");
        }
    }

    /** The result ends in the middle, at the end of a line, before anything of it is read. */
    @Test
    void a_result_that_was_cut_after_the_query_had_ended_is_no_result() {
        Instant[] ended = new Instant[1];
        Instant[] cut = new Instant[1];
        String[] key = new String[1];
        S3Client cutting = Interception.before(S3Client.class, athena.s3Client(), call -> {
            if (call.has(0, GetObjectRequest.class) && cut[0] == null) {
                key[0] = call.argument(0, GetObjectRequest.class).key();
                cut[0] = cutInHalf(key[0]);
            }
            return call.proceed();
        });
        try (AthenaSource source =
                builder(AwsAccess.of(anHourAgo(ended), cutting)).build()) {
            assertThatThrownBy(() -> readAll(source))
                    .isInstanceOf(SourceUnavailableException.class)
                    .hasMessage("reading from athena:default.events (execution " + key[0].replace(".csv", "")
                            + "): s3://"
                            + athena.resultsBucket() + "/" + key[0] + " was written at " + cut[0]
                            + ", after the query had ended at " + ended[0] + ", so it isn't the query's result. Nothing"
                            + " but Athena should write there; run the query again");
        }
    }

    @Test
    void what_is_left_of_a_result_that_was_cut_is_neither_read_on_nor_exported() {
        Scan scan = Scan.of(EVENTS, DAY).limit(ROWS);
        ResultPlace place;
        try (AthenaSource source = builder(aws).build();
                ResultCursor cursor = (ResultCursor) source.open(scan, ScanControl.unlimited())) {
            cursor.next();
            place = cursor.place().orElseThrow();
        }
        String key = place.executionId() + ".csv";
        Instant[] ended = new Instant[1];
        try (AthenaSource source =
                builder(AwsAccess.of(anHourAgo(ended), athena.s3Client())).build()) {
            Instant cut = cutInHalf(key);
            assertThat(source.resume(scan, place, ScanControl.unlimited())).isEmpty();
            assertThat(source.lookAt(place.executionId(), ScanControl.unlimited()))
                    .extracting(ExportSource.Progress::state, ExportSource.Progress::problem)
                    .containsExactly(
                            ExportSource.State.FAILED_RETRYABLE,
                            "athena:default.events: s3://" + athena.resultsBucket() + "/" + key + " was written at "
                                    + cut + ", after the query had ended at " + ended[0] + ", so it isn't the query's"
                                    + " result. Nothing but Athena should write there");
        }
    }

    /** Queries ended long before they did. */
    private static AthenaClient anHourAgo(Instant[] ended) {
        return Interception.before(AthenaClient.class, athena.athenaClient(), call -> {
            Object answer = call.proceed();
            if (!(answer instanceof GetQueryExecutionResponse found)
                    || found.queryExecution().status().completionDateTime() == null) {
                return answer;
            }
            ended[0] = found.queryExecution().status().completionDateTime().minusSeconds(3_600);
            return found.toBuilder()
                    .queryExecution(found.queryExecution().toBuilder()
                            .status(found.queryExecution().status().toBuilder()
                                    .completionDateTime(ended[0])
                                    .build())
                            .build())
                    .build();
        });
    }

    /** When it was written. */
    private static Instant cutInHalf(String key) {
        String bucket = athena.resultsBucket();
        String all = athena.s3Client()
                .getObjectAsBytes(request -> request.bucket(bucket).key(key))
                .asUtf8String();
        String half = all.substring(0, all.indexOf("\"\n\"", all.length() / 2) + 2);
        athena.s3Client().putObject(request -> request.bucket(bucket).key(key), RequestBody.fromString(half));
        return athena.s3Client()
                .headObject(request -> request.bucket(bucket).key(key))
                .lastModified();
    }

    @Test
    void closing_early_frees_the_connection_at_once() {
        try (AwsAccess narrow = Athenas.access(athena).maxConnections(2).build();
                AthenaSource source = builder(narrow)
                        .results(results().readAhead(1, PART_BYTES))
                        .build()) {
            for (int i = 0; i < 8; i++) {
                RowCursor cursor = source.open(Scan.of(EVENTS, DAY), ScanControl.unlimited());
                for (int row = 0; row < 1 + i * 500; row++) {
                    assertThat(cursor.next()).isNotNull();
                }
                cursor.close();
                cursor.close();
            }
            assertThat(readAll(source)).isEqualTo(ROWS);
        }
    }

    @Test
    void cancelling_ends_a_read_from_another_thread() {
        ScanControl control = ScanControl.unlimited();
        try (AthenaSource source = builder(aws).build();
                RowCursor cursor = source.open(Scan.of(EVENTS, DAY), control)) {
            assertThat(cursor.next()).isNotNull();
            Thread canceller = new Thread(control::cancel);
            canceller.start();
            assertThatThrownBy(() -> drain(cursor))
                    .isInstanceOf(QueryCancelledException.class)
                    .hasMessage("the query was cancelled while reading from athena:default.events (execution "
                            + cursor.stats().executionId() + ")");
        }
    }

    @Test
    void managed_results_come_by_the_api() {
        long before = athena.counters().athena("GetQueryResults");
        try (AthenaSource source = AthenaSource.archive(aws, EVENTS)
                .table("default", "events")
                .layout(HivePartitionLayout.daily(ZoneOffset.UTC))
                .location("s3://" + athena.bucket() + "/events/")
                .results(AthenaResults.ofWorkGroup("managed").polling(Duration.ofMillis(2), Duration.ofMillis(10)))
                .build()) {
            assertThat(readAll(source)).isEqualTo(ROWS);
        }
        assertThat(athena.counters().athena("GetQueryResults") - before).isEqualTo(21);
    }

    @Test
    void a_result_that_s3_refuses_comes_by_the_api() {
        athena.faults()
                .on("GetObject")
                .matching(key -> key.endsWith(".csv"))
                .times(3)
                .inject(Fault.accessDenied());
        try (AthenaSource source = builder(aws).build()) {
            assertThat(readAll(source)).isEqualTo(ROWS);
        }
    }

    @Test
    void results_by_the_api_can_be_chosen() {
        long before = athena.counters().s3("GetObject");
        try (AthenaSource source = builder(aws).results(results().byApi()).build()) {
            assertThat(readAll(source)).isEqualTo(ROWS);
        }
        assertThat(athena.counters().s3("GetObject")).isEqualTo(before);
    }

    @Test
    void another_account_is_one_builder_call() {
        try (AwsAccess role = Athenas.access(athena)
                        .assumeRole(ROLE)
                        .externalId("x1")
                        .sessionName("flights")
                        .build();
                AthenaSource source = builder(role).build()) {
            assertThat(readAll(source)).isEqualTo(ROWS);
        }
    }

    @Test
    void clients_that_are_given_are_used_and_not_closed() {
        AwsAccess given = AwsAccess.of(athena.athenaClient(), athena.s3Client());
        try (AthenaSource source = builder(given).build()) {
            assertThat(readAll(source)).isEqualTo(ROWS);
        }
        given.close();
        assertThat(athena.s3Client().listBuckets().buckets()).isNotEmpty();
    }

    @Test
    void closing_the_source_ends_its_cursors() {
        AthenaSource source = builder(aws).build();
        try (RowCursor cursor = source.open(Scan.of(EVENTS, DAY), ScanControl.unlimited())) {
            assertThat(cursor.next()).isNotNull();
            source.close();
            assertThatThrownBy(() -> drain(cursor)).isInstanceOf(SourceUnavailableException.class);
        }
    }

    @Test
    void scanning_costs_whole_megabytes_and_ten_of_them_at_least() {
        try (AthenaSource source = builder(aws).build()) {
            assertThat(source.costOf(0)).isEqualByComparingTo("0.00005");
            assertThat(source.costOf(new ScanStats("1f2e", 1))).isEqualByComparingTo("0.00005");
            assertThat(source.costOf(new ScanStats("1f2e", 0)))
                    .as("read from the result of an earlier statement")
                    .isEqualByComparingTo("0");
            assertThat(source.costOf(new ScanStats(null, 0)))
                    .as("answered without a statement")
                    .isEqualByComparingTo("0");
            assertThat(source.costOf(10_000_001)).isEqualByComparingTo("0.000055");
            assertThat(source.costOf(1_000_000_000_000L)).isEqualByComparingTo("5");
        }
    }

    private static OwnArchiveBuilder builder(AwsAccess access) {
        return AthenaSource.archive(access, EVENTS)
                .table("default", "events")
                .layout(HivePartitionLayout.daily(ZoneOffset.UTC))
                .location("s3://" + athena.bucket() + "/events/")
                .results(results());
    }

    private static AthenaResults results() {
        return AthenaResults.at(athena.outputLocation())
                .readAhead(3, PART_BYTES)
                .polling(Duration.ofMillis(2), Duration.ofMillis(10));
    }

    private static Row row(long i) {
        return EVENTS.rowType()
                .row(new @Nullable Object[] {START.plusSeconds(i), i, i % 7 == 0 ? null : "text \"" + i + "\"\nnext"});
    }

    private static long readAll(AthenaSource source) {
        try (RowCursor cursor = source.open(Scan.of(EVENTS, DAY), ScanControl.unlimited())) {
            return drain(cursor);
        }
    }

    private static long drain(RowCursor cursor) {
        long read = 0;
        for (Row row = cursor.next(); row != null; row = cursor.next()) {
            Long id = row.int64("id");
            if (id != null && id < ROWS) {
                assertThat(row).isEqualTo(row(id));
            }
            read++;
        }
        return read;
    }
}
