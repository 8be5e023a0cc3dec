package io.github.tieredquery.benchmarks;

import io.github.tieredquery.TieredQuery;
import io.github.tieredquery.archive.ArchiveReport;
import io.github.tieredquery.archive.Archiver;
import io.github.tieredquery.athena.AthenaResults;
import io.github.tieredquery.athena.AthenaSource;
import io.github.tieredquery.athena.aws.AwsAccess;
import io.github.tieredquery.jdbc.JdbcSource;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.store.ArchiveIdentity;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.Period;
import java.time.ZoneOffset;
import java.util.Locale;
import org.jdbi.v3.core.Jdbi;

/**
 * Streams all flights from PostgreSQL, archives them by month, and streams them from the archive. Fails if it sees
 * another number of rows or other values the second time. {@link MemoryCheck} starts it with a small heap.
 */
public final class SmallHeap {

    private SmallHeap() {}

    /**
     * Does it.
     *
     * @param args none; the servers are named in the environment
     */
    public static void main(String[] args) {
        long rows = Long.parseLong(SmallJvm.environment("ROWS"));
        try (AwsAccess aws = SmallJvm.access();
                JdbcSource hot = JdbcSource.builder(Jdbi.create(SmallJvm.environment("JDBC_URL")), Flights.TABLE)
                        .journal("tieredquery")
                        .build();
                AthenaSource cold = AthenaSource.archive(aws, Flights.TABLE)
                        .table("lake", Flights.TABLE_NAME)
                        .layout(HivePartitionLayout.monthly(ZoneOffset.UTC))
                        .location("s3://" + SmallJvm.environment("BUCKET") + "/flights/")
                        .results(AthenaResults.at(SmallJvm.environment("OUTPUT_LOCATION")))
                        .createTableIfMissing()
                        .build()) {
            // Readers want the journal's tables; an archiver would make them.
            hot.journal().orElseThrow().prepare(ArchiveIdentity.of(Flights.TABLE, cold.layout()));
            TieredQuery<Flight> flights =
                    TieredQuery.builder(Flights.TABLE).hot(hot).cold(cold).buildFor(Flight.class);
            long before = Flights.checksum(flights.stream(Flights.EVERYTHING));
            ArchiveReport report = Archiver.builder(hot, cold)
                    .keep(Period.ofDays(1))
                    .clock(InstantSource.fixed(Instant.parse("2001-09-01T00:00:00Z")))
                    .settle(Duration.ZERO)
                    .build()
                    .run();
            long after = Flights.checksum(flights.stream(Flights.EVERYTHING));
            if (report.rows() != rows || before != after) {
                throw new IllegalStateException(
                        "archived " + report.rows() + " of " + rows + " rows; checksums " + before + " and " + after);
            }
            System.out.printf(
                    Locale.ROOT,
                    "memory: OK, %,d rows streamed from both tiers and archived with a heap of %d MiB%n",
                    rows,
                    Runtime.getRuntime().maxMemory() >> 20);
        }
    }
}
