package io.github.tieredquery.benchmarks;

import io.github.tieredquery.TieredQuery;
import io.github.tieredquery.athena.AthenaResults;
import io.github.tieredquery.athena.AthenaSource;
import io.github.tieredquery.athena.OwnArchiveBuilder;
import io.github.tieredquery.athena.aws.AwsAccess;
import io.github.tieredquery.athena.export.S3ExportStore;
import io.github.tieredquery.export.ExporterBuilder;
import io.github.tieredquery.export.StoredObject;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.query.Query;
import io.github.tieredquery.table.Row;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.athena.AthenaClient;
import software.amazon.awssdk.services.athena.model.QueryExecution;
import software.amazon.awssdk.services.athena.model.QueryExecutionState;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * Exports flights once, in one of the ways that {@link Export} compares, and prints what it took. A process of its own,
 * so that its heap is measured alone.
 */
public final class ExportSide {

    /** How the rows get from Athena into the object. */
    enum Strategy {
        OUTPUT_LOCATION("OutputLocation, copied by S3"),
        NEXT_TOKEN("NextToken pages, uploaded"),
        RE_UPLOAD("result downloaded, uploaded again");

        final String title;

        Strategy(String title) {
            this.title = title;
        }
    }

    static final String SCHEMA = "lake";
    private static final Duration FIRST_POLL = Duration.ofMillis(100);
    private static final Duration LONGEST_POLL = Duration.ofMillis(500);

    /** How many bytes Athena has answered with. */
    private static final AtomicLong ATHENA_BYTES = new AtomicLong();

    private ExportSide() {}

    /**
     * Exports once.
     *
     * @param args none; the strategy, the range and the servers are named in the environment
     * @throws IOException if a file can't be written
     */
    public static void main(String[] args) throws IOException {
        Query query = Query.between(Instant.parse(environment("FROM")), Instant.parse(environment("TO")));
        Region region = Region.of(environment("AWS_REGION"));
        try (AthenaClient athena = AthenaClient.builder()
                        .region(region)
                        .endpointOverride(URI.create(environment("ATHENA_ENDPOINT")))
                        .overrideConfiguration(options -> options.addExecutionInterceptor(new Bytes()))
                        .build();
                S3Client s3 = S3Client.builder()
                        .region(region)
                        .endpointOverride(URI.create(environment("S3_ENDPOINT")))
                        .forcePathStyle(true)
                        .build();
                AwsAccess aws = AwsAccess.of(athena, s3)) {
            long start = System.nanoTime();
            String object = switch (Strategy.valueOf(environment("STRATEGY"))) {
                case OUTPUT_LOCATION -> export(aws, query, Transfer.BY_STORE).location();
                case NEXT_TOKEN -> export(aws, query, Transfer.BY_PAGES).location();
                case RE_UPLOAD -> byHand(athena, s3, query);
            };
            long millis = (System.nanoTime() - start) / 1_000_000;
            System.out.printf(Locale.ROOT, "RESULT %d %d %d %s%n", millis, peakHeapBytes(), ATHENA_BYTES.get(), object);
        }
    }

    private enum Transfer {
        BY_STORE,
        BY_PAGES
    }

    private static StoredObject export(AwsAccess aws, Query query, Transfer transfer) {
        AthenaResults results = transfer == Transfer.BY_PAGES ? results().byApi() : results();
        try (AthenaSource cold = source(aws).results(results).build()) {
            TieredQuery<Row> flights = TieredQuery.builder(Flights.TABLE)
                    .cold(cold)
                    .tokenKeys(new byte[32])
                    .build();
            ExporterBuilder exporter = flights.exporter(S3ExportStore.of(aws, environment("TARGET")))
                    .polling(FIRST_POLL, LONGEST_POLL);
            return (transfer == Transfer.BY_PAGES ? exporter.throughClient() : exporter)
                    .build()
                    .export(query)
                    .object();
        }
    }

    static OwnArchiveBuilder source(AwsAccess aws) {
        return AthenaSource.archive(aws, Flights.TABLE)
                .table(SCHEMA, Flights.TABLE_NAME)
                .layout(HivePartitionLayout.monthly(ZoneOffset.UTC).withoutVersion())
                .location(environment("LOCATION"))
                .results(results())
                .createTableIfMissing();
    }

    private static AthenaResults results() {
        return AthenaResults.at(environment("OUTPUT_LOCATION")).polling(FIRST_POLL, LONGEST_POLL);
    }

    /** What a service writes that knows that Athena leaves a file, and not that S3 can copy it. */
    private static String byHand(AthenaClient athena, S3Client s3, Query query) throws IOException {
        String id = athena.startQueryExecution(start -> start.queryString(sql(query))
                        .resultConfiguration(result -> result.outputLocation(environment("OUTPUT_LOCATION"))))
                .queryExecutionId();
        QueryExecution execution;
        do {
            LockSupport.parkNanos(LONGEST_POLL.toNanos());
            execution =
                    athena.getQueryExecution(get -> get.queryExecutionId(id)).queryExecution();
        } while (execution.status().state() == QueryExecutionState.QUEUED
                || execution.status().state() == QueryExecutionState.RUNNING);
        URI result = URI.create(execution.resultConfiguration().outputLocation());
        URI target = URI.create(environment("TARGET") + "by-hand-" + id + ".csv");
        Path file = Files.createTempDirectory("export").resolve("result.csv");
        s3.getObject(get -> get.bucket(result.getHost()).key(result.getPath().substring(1)), file);
        s3.putObject(put -> put.bucket(target.getHost()).key(target.getPath().substring(1)), file);
        Files.delete(file);
        Files.delete(Objects.requireNonNull(file.getParent()));
        return target.toString();
    }

    static String sql(Query query) {
        return "SELECT \"departed_at\", \"id\", \"delay\", \"distance\", \"origin\", \"destination\" FROM \"" + SCHEMA
                + "\".\"" + Flights.TABLE_NAME + "\" WHERE \"departed_at\" >= '"
                + text(query.range().from())
                + "' AND \"departed_at\" < '" + text(query.range().to())
                + "' ORDER BY \"departed_at\", CAST(\"id\" AS bigint)";
    }

    /** As the archive has times, for whole seconds. */
    static String text(Instant time) {
        return time.toString().replace('T', ' ').replace("Z", ".000000");
    }

    private static long peakHeapBytes() {
        return ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getType() == MemoryType.HEAP)
                .map(MemoryPoolMXBean::getPeakUsage)
                .mapToLong(java.lang.management.MemoryUsage::getUsed)
                .sum();
    }

    private static String environment(String name) {
        return Objects.requireNonNull(System.getenv(name), () -> "the environment lacks " + name);
    }

    /** Counts what Athena answers. */
    private static final class Bytes implements ExecutionInterceptor {

        @Override
        public Optional<InputStream> modifyHttpResponseContent(
                Context.ModifyHttpResponse context, ExecutionAttributes attributes) {
            return context.responseBody().map(Counted::new);
        }
    }

    private static final class Counted extends FilterInputStream {

        Counted(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            int one = super.read();
            ATHENA_BYTES.addAndGet(one < 0 ? 0 : 1);
            return one;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            int count = super.read(target, offset, length);
            ATHENA_BYTES.addAndGet(Math.max(0, count));
            return count;
        }
    }
}
