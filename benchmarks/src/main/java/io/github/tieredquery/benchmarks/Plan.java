package io.github.tieredquery.benchmarks;

import io.github.tieredquery.athena.AthenaResults;
import io.github.tieredquery.athena.AthenaSource;
import io.github.tieredquery.athena.aws.AwsAccess;
import io.github.tieredquery.athenalocal.AthenaLocal;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.query.Filter;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.spi.Scan;
import io.github.tieredquery.table.ColumnType;
import io.github.tieredquery.table.Table;
import java.io.PrintStream;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Locale;

/**
 * {@code plan}: from a scan of ten years by day, with a condition on each of two partition columns, to the statement
 * with its partition predicate, in microseconds. The peer names each day, as hand-written code often does.
 */
final class Plan {

    private static final Table TABLE = Table.builder("flights")
            .time("departed_at")
            .key("id", ColumnType.INT64)
            .required("origin", ColumnType.STRING)
            .required("carrier", ColumnType.STRING)
            .column("delay", ColumnType.INT32)
            .build();

    private static final LocalDate FROM = LocalDate.of(2014, 3, 5);
    private static final LocalDate TO = LocalDate.of(2024, 3, 5);
    private static final TimeRange RANGE = new TimeRange(midnight(FROM), midnight(TO));

    private Plan() {}

    /**
     * Runs it.
     *
     * @param rounds how often each side is measured, for a tenth of a second, odd
     */
    static void run(PrintStream out, int rounds) throws Exception {
        try (AthenaLocal athena = AthenaLocal.start();
                AwsAccess aws = AwsAccess.of(athena.athenaClient(), athena.s3Client());
                AthenaSource cold = AthenaSource.archive(aws, TABLE)
                        .table("default", "flights")
                        .layout(HivePartitionLayout.daily(ZoneOffset.UTC).thenBy("origin", "carrier"))
                        .location("s3://" + athena.bucket() + "/flights/")
                        .results(AthenaResults.at(athena.outputLocation()))
                        .createTableIfMissing()
                        .build()) {
            Scan scan = Scan.of(TABLE, RANGE)
                    .filter(Filter.and(Filter.eq("origin", "SFO"), Filter.in("carrier", "UA", "LH"))
                            .boundTo(TABLE));
            String statement = cold.explain(scan).statement();
            out.println(statement);
            double[] ours = new double[rounds];
            double[] peer = new double[rounds];
            for (int i = -rounds; i < rounds; i++) { // the first half warms up
                double ourMicros = TimedBenchmark.micros(
                        () -> cold.explain(scan).statement().length());
                double peerMicros = TimedBenchmark.micros(() -> eachDay().length());
                if (i >= 0) {
                    ours[i] = ourMicros;
                    peer[i] = peerMicros;
                }
            }
            double ourMedian = Comparison.median(ours);
            double peerMedian = Comparison.median(peer);
            out.printf(
                    Locale.ROOT,
                    "plan: ratio=%.4f (ours=%.1f peer=%.1f us)%n",
                    ourMedian / peerMedian,
                    ourMedian,
                    peerMedian);
        }
    }

    private static Instant midnight(LocalDate day) {
        return day.atStartOfDay(ZoneOffset.UTC).toInstant();
    }

    private static String eachDay() {
        StringBuilder sql = new StringBuilder("SELECT * FROM \"default\".\"flights\" WHERE (");
        for (LocalDate day = FROM; day.isBefore(TO); day = day.plusDays(1)) {
            sql.append(day.equals(FROM) ? "" : " OR ")
                    .append("(year = '")
                    .append(day.getYear())
                    .append("' AND month = '")
                    .append(day.getMonthValue() < 10 ? "0" : "")
                    .append(day.getMonthValue())
                    .append("' AND day = '")
                    .append(day.getDayOfMonth() < 10 ? "0" : "")
                    .append(day.getDayOfMonth())
                    .append("')");
        }
        return sql.append(") AND origin = 'SFO' AND carrier IN ('UA', 'LH') ORDER BY departed_at, id")
                .toString();
    }
}
