package com.example.flights;

import static io.github.tieredquery.query.Filter.eq;
import static io.github.tieredquery.query.Filter.ge;
import static io.github.tieredquery.table.ColumnType.INT32;
import static io.github.tieredquery.table.ColumnType.INT64;
import static io.github.tieredquery.table.ColumnType.STRING;
import static java.time.ZoneOffset.UTC;

import io.github.tieredquery.TieredQuery;
import io.github.tieredquery.archive.ArchiveReport;
import io.github.tieredquery.archive.Archiver;
import io.github.tieredquery.athena.AthenaResults;
import io.github.tieredquery.athena.AthenaSource;
import io.github.tieredquery.athena.aws.AwsAccess;
import io.github.tieredquery.athena.export.S3ExportStore;
import io.github.tieredquery.athena.links.DownloadLinks;
import io.github.tieredquery.athena.links.Link;
import io.github.tieredquery.export.ExportStatus;
import io.github.tieredquery.export.ExportTicket;
import io.github.tieredquery.export.Exporter;
import io.github.tieredquery.jdbc.JdbcSource;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.plan.QueryListener;
import io.github.tieredquery.plan.QueryPlan;
import io.github.tieredquery.plan.QueryPolicy.FilterScans;
import io.github.tieredquery.plan.QueryPolicy;
import io.github.tieredquery.plan.SliceReport;
import io.github.tieredquery.query.Aggregation;
import io.github.tieredquery.query.Boundary;
import io.github.tieredquery.query.Page;
import io.github.tieredquery.query.Query;
import io.github.tieredquery.store.EraseResult;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.Table;
import java.time.Duration;
import java.time.Instant;
import java.time.Period;
import java.time.ZoneId;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** The Java of README and docs, region by region. Text between "snippet" and "end" stands there to the letter. */
final class FlightService implements AutoCloseable {

    // snippet: record
    record Flight(Instant departedAt, long id, String tenant, String origin, Integer delay) {}
    // end

    private final JdbcSource hot;
    private final AthenaSource cold;
    private final TieredQuery<Flight> flights;
    private final Table table;
    private final AwsAccess aws;

    FlightService(DataSource dataSource, AwsAccess aws) {
        // snippet: sources
        Table table = Table.builder("flights")
                .time("departed_at")
                .key("id", INT64)
                .required("tenant", STRING)
                .column("origin", STRING)
                .column("delay", INT32)
                .build();
        JdbcSource hot = JdbcSource.builder(dataSource, table).journal("tieredquery").build();
        AthenaSource cold = AthenaSource.archive(aws, table)
                .table("lake", "flights")
                .layout(HivePartitionLayout.daily(UTC).thenBy("tenant"))
                .location("s3://archive/flights/")
                .results(AthenaResults.at("s3://results/flights/"))
                .createTableIfMissing()
                .build();
        TieredQuery<Flight> flights =
                TieredQuery.builder(table).hot(hot).cold(cold).buildFor(Flight.class);
        // end
        this.table = table;
        this.aws = aws;
        this.hot = hot;
        this.cold = cold;
        this.flights = flights;
    }

    // snippet: example
    static void printOldAndNew(DataSource database, AthenaSource cold, Table table, Instant from, Instant to) {
        JdbcSource hot = JdbcSource.builder(database, table).journal("tieredquery").build();
        TieredQuery<Flight> flights = TieredQuery.builder(table).hot(hot).cold(cold).buildFor(Flight.class);

        Archiver.builder(hot, cold).keep(Period.ofDays(30)).build().run(); // every night: older days move to S3

        Query query = Query.between(from, to).where(eq("origin", "SFO")).newestFirst();
        try (Stream<Flight> rows = flights.stream(query)) { // from both, in order, each row exactly once
            rows.forEach(System.out::println);
        }
    }
    // end

    // snippet: stream
    void newestFirst(String tenant, Instant from, Instant to, @Nullable String origin, Consumer<Flight> reader) {
        Query query = Query.between(from, to) // to is exclusive
                .whereIfPresent(origin, code -> eq("origin", code))
                .newestFirst();
        try (Stream<Flight> rows = flights.restrictedTo(eq("tenant", tenant)).stream(query)) {
            rows.forEach(reader);
        }
    }
    // end

    // snippet: plan
    long countDelays(Instant from, Instant to, long mostBytes) {
        Query query = Query.between(from, to).where(ge("delay", 15));
        QueryPlan plan = flights.explainCount(query); // starts nothing in Athena
        if (plan.bytes() > mostBytes) {
            throw new IllegalArgumentException("would scan " + plan.bytes() + " bytes:\n" + plan);
        }
        return flights.count(query);
    }
    // end

    // snippet: page
    Page<Flight> page(String tenant, Instant from, Instant to, @Nullable String token) {
        Query query = Query.between(from, to).newestFirst();
        return flights.restrictedTo(eq("tenant", tenant)).page(query, 50, token); // token null: the first page
    }
    // end

    // snippet: aggregate
    List<Row> delaysPerDay(String tenant, Instant from, Instant to, ZoneId zone) {
        Aggregation perDay = Aggregation.by("origin").perDay(zone).count().avg("delay");
        return flights.restrictedTo(eq("tenant", tenant)).aggregate(Query.between(from, to), perDay);
    }
    // end

    // snippet: export
    Exporter exports(String tenant, byte[] signingKey) {
        return TieredQuery.builder(table)
                .hot(hot)
                .cold(cold)
                .tokenKeys(signingKey) // 32 random bytes, the same in all instances of the service
                .build()
                .restrictedTo(eq("tenant", tenant))
                .exporter(S3ExportStore.of(aws, "s3://exports/flights/"))
                .build();
    }

    String startExport(Exporter exports, Instant from, Instant to) {
        return exports.start(Query.between(from, to)).toString(); // at once: the ticket is the client's
    }

    @Nullable Link goOn(Exporter exports, String ticket, Duration budget) {
        ExportStatus status = exports.advance(ExportTicket.of(ticket), budget); // in any process
        if (status instanceof ExportStatus.Done done) {
            return DownloadLinks.presigned(aws).to(done.object().location(), "flights.csv", Duration.ofMinutes(10));
        }
        if (status.isOver()) {
            throw new IllegalStateException(status.toString()); // it has failed, and says why, or was cancelled
        }
        return null; // again, with the same ticket
    }
    // end

    // snippet: archive
    ArchiveReport archive(Duration budget) {
        return Archiver.builder(hot, cold).keep(Period.ofDays(30)).build().run(budget);
    }
    // end

    // snippet: erase
    EraseResult forget(String tenant, Instant from, Instant to) {
        return flights.restrictedTo(eq("tenant", tenant)).erase(Query.between(from, to));
    }
    // end

    // snippet: policy
    TieredQuery<Flight> guarded(Table table, QueryListener metrics) {
        return TieredQuery.builder(table)
                .hot(hot)
                .cold(cold)
                .policy(QueryPolicy.unlimited()
                        .scanBytes(50_000_000_000L)
                        .range(Duration.ofDays(400))
                        .filterScans(FilterScans.REFUSED))
                .listener(metrics)
                .buildFor(Flight.class);
    }
    // end

    // snippet: meter
    static void log(SliceReport slice) {
        System.out.printf(
                "%s %s: %d rows, %d bytes scanned, %d ms, %s USD, execution %s%n",
                slice.tier(),
                slice.source(),
                slice.rows(),
                slice.stats().bytesScanned(),
                slice.elapsed().toMillis(),
                slice.cost().toPlainString(),
                slice.stats().executionId());
    }
    // end

    // snippet: role
    static AwsAccess archiveAccount() {
        return AwsAccess.builder()
                .region("eu-west-1")
                .assumeRole("arn:aws:iam::123456789012:role/archive-reader")
                .externalId("x1")
                .sessionName("flights")
                .build(); // its owner closes it, after the sources
    }
    // end

    // snippet: files
    static TieredQuery<Flight> overFiles(DataSource postgres, DataSource duckDb, Table table) {
        JdbcSource cold = JdbcSource.builder(duckDb, table)
                .from("read_parquet('/data/flights/**/*.parquet', hive_partitioning = true, hive_types_autocast = 0)")
                .layout(HivePartitionLayout.daily(UTC).thenBy("tenant").withoutVersion())
                .build();
        return TieredQuery.builder(table)
                .hot(JdbcSource.builder(postgres, table).build())
                .cold(cold)
                .boundary(Boundary.daysAgo(30, UTC).overlapDays(2)) // the other job may be two days late
                .buildFor(Flight.class);
    }
    // end

    Table table() {
        return table;
    }

    @Override
    public void close() {
        cold.close();
        hot.close();
    }
}
