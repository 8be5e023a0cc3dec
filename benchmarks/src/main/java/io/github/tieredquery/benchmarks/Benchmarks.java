package io.github.tieredquery.benchmarks;

import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.Map;

/** Runs the benchmark that the first argument names; {@code benchmarks/run} calls it. */
public final class Benchmarks {

    private interface Benchmark {
        void run(PrintStream out) throws Exception;
    }

    private Benchmarks() {}

    /**
     * Runs a benchmark and ends with its result as the last line.
     *
     * @param args the benchmark's name
     * @throws Exception if it fails
     */
    public static void main(String[] args) throws Exception {
        Map<String, Benchmark> benchmarks = new LinkedHashMap<>();
        benchmarks.put("hot-stream", HotStream::run);
        benchmarks.put("cold-stream", ColdStream::run);
        Benchmark benchmark = args.length == 0 ? null : benchmarks.get(args[0]);
        if (benchmark == null) {
            System.err.println("name one of " + benchmarks.keySet());
            System.exit(2);
            return;
        }
        benchmark.run(System.out);
        System.exit(0); // whatever threads servers have left
    }
}
