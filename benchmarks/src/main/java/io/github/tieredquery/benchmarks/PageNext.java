package io.github.tieredquery.benchmarks;

import io.github.tieredquery.TieredQuery;
import io.github.tieredquery.athena.AthenaResults;
import io.github.tieredquery.athena.AthenaSource;
import io.github.tieredquery.athena.aws.AwsAccess;
import io.github.tieredquery.athenalocal.AthenaLocal;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.plan.SliceReport;
import io.github.tieredquery.query.Filter;
import io.github.tieredquery.query.Page;
import io.github.tieredquery.query.Query;
import java.io.IOException;
import java.io.PrintStream;
import java.sql.SQLException;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * {@code page-next}: the pages after the first of a cold range, newest first, 50 rows each, against what a service does
 * without kept results: the same query again for each page, from the position that the last page has reached. Both
 * sides prune partitions; Athena's own latency, a second or more for each execution, is not in the seconds.
 */
final class PageNext {

    private static final int SIZE = 50;

    private PageNext() {}

    /**
     * Runs it.
     *
     * @param rows how many flights the archive has
     * @param pages how many pages are read, the first of them unmeasured
     */
    static void run(PrintStream out, long rows, int pages) throws IOException, SQLException {
        try (AthenaLocal athena = AthenaLocal.start();
                AwsAccess aws = AwsAccess.of(athena.athenaClient(), athena.s3Client())) {
            athena.run("CREATE DATABASE lake");
            try (AthenaSource cold = AthenaSource.archive(aws, Flights.TABLE)
                    .table("lake", Flights.TABLE_NAME)
                    .layout(HivePartitionLayout.daily(ZoneOffset.UTC).withoutVersion())
                    .location("s3://" + athena.bucket() + "/flights/")
                    .results(AthenaResults.at(athena.outputLocation())
                            .polling(Duration.ofMillis(1), Duration.ofMillis(5)))
                    .createTableIfMissing()
                    .build()) {
                ColdFlights.write(cold, rows);
                Side ours = new Side("ours", athena, cold);
                Side peer = new Side("peer", athena, cold);
                String[] token = new String[1];
                List<Flight> firstPage = page(ours, token);
                List<Flight> seen = new ArrayList<>(firstPage);
                ours.start();
                for (int i = 1; i < pages; i++) {
                    seen.addAll(page(ours, token));
                }
                ours.stop(out, pages - 1);
                List<Flight> again = new ArrayList<>(firstPage);
                peer.start();
                for (int i = 1; i < pages; i++) {
                    again.addAll(after(peer, again.get(again.size() - 1)));
                }
                peer.stop(out, pages - 1);
                if (!seen.equals(again)) {
                    throw new IllegalStateException("page-next: the two sides saw other rows");
                }
                out.printf(
                        Locale.ROOT,
                        "page-next: ratio=%.4f (ours=%.2f peer=%.2f s)%n",
                        ours.seconds / peer.seconds,
                        ours.seconds,
                        peer.seconds);
            }
        }
    }

    private static List<Flight> page(Side side, String[] token) {
        Page<Flight> page = side.flights.page(Flights.EVERYTHING.newestFirst(), SIZE, token[0]);
        token[0] = Objects.requireNonNull(page.nextToken(), "the flights are too few");
        return page.rows();
    }

    private static List<Flight> after(Side side, Flight last) {
        Query rest = Query.between(Flights.FROM, last.departedAt().plusNanos(1_000))
                .where(Filter.or(
                        Filter.lt("departed_at", last.departedAt()),
                        Filter.and(Filter.eq("departed_at", last.departedAt()), Filter.lt("id", last.id()))))
                .newestFirst()
                .limit(SIZE);
        return side.flights.list(rest);
    }

    /** One side and what it takes. */
    private static final class Side {

        private final String name;
        private final Supplier<Long> executions;
        private final TieredQuery<Flight> flights;
        private long bytes;
        private long executionsBefore;
        private long startNanos;
        private double seconds;

        Side(String name, AthenaLocal athena, AthenaSource cold) {
            this.name = name;
            this.executions = () -> athena.counters().athena("StartQueryExecution");
            this.flights = TieredQuery.builder(Flights.TABLE)
                    .cold(cold)
                    .listener(this::add)
                    .buildFor(Flight.class);
        }

        private void add(SliceReport report) {
            bytes += Math.max(0, report.stats().bytesScanned());
        }

        void start() {
            bytes = 0;
            executionsBefore = executions.get();
            startNanos = System.nanoTime();
        }

        void stop(PrintStream out, int pages) {
            seconds = (System.nanoTime() - startNanos) / 1e9;
            out.printf(
                    Locale.ROOT,
                    "%s: %d pages in %.2f s, %d executions, %d bytes scanned%n",
                    name,
                    pages,
                    seconds,
                    executions.get() - executionsBefore,
                    bytes);
        }
    }
}
