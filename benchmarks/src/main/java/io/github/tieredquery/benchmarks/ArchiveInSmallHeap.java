package io.github.tieredquery.benchmarks;

import com.zaxxer.hikari.HikariDataSource;
import io.github.tieredquery.archive.ArchiveListener;
import io.github.tieredquery.archive.ArchivePhase;
import io.github.tieredquery.archive.ArchiveReport;
import io.github.tieredquery.archive.Archiver;
import io.github.tieredquery.athena.AthenaResults;
import io.github.tieredquery.athena.AthenaSource;
import io.github.tieredquery.athena.aws.AwsAccess;
import io.github.tieredquery.jdbc.JdbcSource;
import io.github.tieredquery.partition.HivePartitionLayout;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.Period;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jdbi.v3.core.Jdbi;

/** Archives a table of flights by day, or by day and origin, and says where the time went. */
public final class ArchiveInSmallHeap {

    private static final Map<ArchivePhase, String> STATEMENTS = Map.of(
            ArchivePhase.PUBLISH, "register partitions (Athena)",
            ArchivePhase.VERIFY, "verify (Athena)");

    /** Whose frames tell what is being done, innermost first. */
    private static final List<Map.Entry<String, String>> FRAMES = List.of(
            Map.entry("java.util.zip.", "gzip"),
            Map.entry("io.github.tieredquery.store.RowDigest", "hashing"),
            Map.entry("software.amazon.", "S3 put"),
            Map.entry("io.github.tieredquery.jdbc.", "reading"),
            Map.entry("org.postgresql.", "reading"),
            Map.entry("io.github.tieredquery.athena.", "encoding"),
            Map.entry("io.github.tieredquery.partition.", "finding the partition"));

    private static volatile ArchivePhase phase = ArchivePhase.DONE;

    private ArchiveInSmallHeap() {}

    /**
     * Does it.
     *
     * @param args none; the servers are named in the environment
     * @throws InterruptedException if somebody interrupts it
     */
    public static void main(String[] args) throws InterruptedException {
        String table = SmallJvm.environment("TABLE");
        HivePartitionLayout byDay = HivePartitionLayout.daily(ZoneOffset.UTC);
        HivePartitionLayout layout = SmallJvm.environment("LAYOUT").equals("day") ? byDay : byDay.thenBy("origin");
        try (HikariDataSource pool = SmallJvm.pool();
                AwsAccess aws = SmallJvm.access();
                JdbcSource hot = JdbcSource.builder(Jdbi.create(pool), Flights.TABLE)
                        .table(table)
                        .journal(table)
                        .build();
                AthenaSource cold = AthenaSource.archive(aws, Flights.TABLE)
                        .table("lake", table)
                        .layout(layout)
                        .location("s3://" + SmallJvm.environment("BUCKET") + "/" + table + "/")
                        .results(AthenaResults.at(SmallJvm.environment("OUTPUT_LOCATION"))
                                .polling(Duration.ofMillis(5), Duration.ofMillis(20)))
                        .createTableIfMissing()
                        .build();
                StackSampler sampler = new StackSampler(Thread.currentThread(), ArchiveInSmallHeap::kind)) {
            ArchiveListener listener = progress -> phase = progress.phase();
            ArchiveReport report = Archiver.builder(hot, cold)
                    .keep(Period.ofDays(1))
                    .clock(InstantSource.fixed(Instant.parse(SmallJvm.environment("NOW"))))
                    .settle(Duration.ZERO)
                    .listener(listener)
                    .build()
                    .run();
            print(report, sampler.nanos());
        }
    }

    private static String kind(StackTraceElement[] stack) {
        ArchivePhase now = phase;
        String statement = STATEMENTS.get(now);
        if (statement != null) {
            return statement;
        }
        String work = "other";
        for (StackTraceElement frame : stack) {
            String name = frame.getClassName();
            String found = FRAMES.stream()
                    .filter(each -> name.startsWith(each.getKey()))
                    .map(Map.Entry::getValue)
                    .findFirst()
                    .orElse(null);
            if (found != null) {
                work = found;
                break;
            }
        }
        if (now == ArchivePhase.COPY) {
            return "copy: " + work;
        }
        return now == ArchivePhase.DONE ? "start and look for the next window" : "commit: " + ofCommit(stack, work);
    }

    private static String ofCommit(StackTraceElement[] stack, String work) {
        for (StackTraceElement frame : stack) {
            if (frame.getMethodName().equals("delete")) {
                return "delete";
            }
        }
        return work.equals("reading") ? "journal and re-reading" : work;
    }

    private static void print(ArchiveReport report, Map<String, Long> nanos) {
        System.out.printf(
                Locale.ROOT,
                "archived %d rows in %d windows and %d files of %d bytes in %d ms; peak of the heap after collections"
                        + " %d KiB%n",
                report.rows(),
                report.windows().size(),
                report.files(),
                report.bytes(),
                report.elapsed().toMillis(),
                peakBytes() >> 10);
        long all = nanos.values().stream().mapToLong(Long::longValue).sum();
        nanos.entrySet().stream()
                .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
                .forEach(each -> System.out.printf(
                        Locale.ROOT,
                        "  %5.1f %%  %6d ms  %s%n",
                        100.0 * each.getValue() / all,
                        each.getValue() / 1_000_000,
                        each.getKey()));
    }

    /** What the old generation held at most: what outlives the windows. */
    private static long peakBytes() {
        return ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool ->
                        pool.getName().contains("Old Gen") || pool.getName().contains("Tenured"))
                .map(MemoryPoolMXBean::getPeakUsage)
                .mapToLong(usage -> usage.getUsed())
                .sum();
    }
}
