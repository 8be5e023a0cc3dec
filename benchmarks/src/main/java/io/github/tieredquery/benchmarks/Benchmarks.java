package io.github.tieredquery.benchmarks;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** Runs the benchmark that the first argument names; {@code benchmarks/run} calls it. */
public final class Benchmarks {

    private interface Benchmark {
        void run(String[] args) throws Exception;
    }

    private static final int ROWS = 1_000_000;
    private static final int ROUNDS = 11;
    private static final int ALL_DAYS = 182;

    private Benchmarks() {}

    /**
     * Runs a benchmark and ends with its result as the last line.
     *
     * @param args the benchmark's name and, for {@code memory} and {@code archive}, the number of rows and the heap;
     *     for {@code export}, the number of rows, the simulated milliseconds of a page and the simulated days; for
     *     {@code dynamodb-context}, numbers of workflows
     * @throws Exception if it fails
     */
    public static void main(String[] args) throws Exception {
        Map<String, Benchmark> benchmarks = new LinkedHashMap<>();
        benchmarks.put("hot-stream", rest -> HotStream.run(System.out, ROWS, ROUNDS));
        benchmarks.put("cold-stream", rest -> ColdStream.run(System.out, ROWS, ROUNDS));
        benchmarks.put("page-next", rest -> PageNext.run(System.out, 1_000_000, 100));
        benchmarks.put("plan", rest -> Plan.run(System.out, ROUNDS));
        benchmarks.put("plan-archive", rest -> PlanArchive.run(System.out, 3_650, 21));
        benchmarks.put("export", Benchmarks::export);
        benchmarks.put("memory", Benchmarks::memory);
        benchmarks.put("archive", Benchmarks::archive);
        benchmarks.put("dynamodb-context", rest -> DynamoDbContext.run(System.out, rest));
        Benchmark benchmark = args.length == 0 ? null : benchmarks.get(args[0]);
        if (benchmark == null) {
            System.err.println("name one of " + benchmarks.keySet());
            System.exit(2);
            return;
        }
        benchmark.run(args);
        System.exit(0); // whatever threads servers have left
    }

    private static void export(String[] args) throws Exception {
        Export.run(
                System.out,
                args.length > 1 ? Long.parseLong(args[1]) : ROWS,
                Duration.ofMillis(args.length > 2 ? Long.parseLong(args[2]) : 2_500),
                args.length > 3 ? Integer.parseInt(args[3]) : 4);
    }

    private static void archive(String[] args) throws Exception {
        long rows = args.length > 1 ? Long.parseLong(args[1]) : 3_000_000;
        ArchiveFlights.run(System.out, rows, ALL_DAYS, args.length > 2 ? args[2] : "96m");
    }

    private static void memory(String[] args) throws Exception {
        long rows = args.length > 1 ? Long.parseLong(args[1]) : 3_000_000;
        int exitCode = MemoryCheck.run(rows, args.length > 2 ? args[2] : "96m");
        if (exitCode != 0) {
            System.exit(exitCode);
        }
    }
}
