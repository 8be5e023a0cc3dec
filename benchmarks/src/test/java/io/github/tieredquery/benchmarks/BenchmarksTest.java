package io.github.tieredquery.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Each benchmark runs, at a small size, and ends with its line. */
class BenchmarksTest {

    private interface Benchmark {
        void run(PrintStream out) throws Exception;
    }

    private static List<String> lines(Benchmark benchmark) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8)) {
            benchmark.run(out);
        }
        return bytes.toString(StandardCharsets.UTF_8).lines().toList();
    }

    private static void assertEndsWithRatio(List<String> lines, String name, String unit) {
        assertThat(lines.get(lines.size() - 1))
                .matches(name + ": ratio=[0-9.]+ \\(ours=[0-9.]+ peer=[0-9.]+ " + unit + "\\)");
    }

    @Test
    void page_next_reads_the_same_rows_on_both_sides() throws Exception {
        List<String> lines = lines(out -> PageNext.run(out, 5_000, 5));
        assertThat(lines.get(0)).matches("ours: 4 pages in [0-9.]+ s, 0 executions, 0 bytes scanned");
        assertThat(lines.get(1)).matches("peer: 4 pages in [0-9.]+ s, [4-9] executions, [1-9][0-9]* bytes scanned");
        assertEndsWithRatio(lines, "page-next", "s");
    }

    @Test
    void plan_prints_the_statement_that_it_measures() throws Exception {
        List<String> lines = lines(out -> Plan.run(out, 20));
        assertThat(lines.get(0)).startsWith("SELECT ").contains("t.\"year\" >= '2015' AND t.\"year\" <= '2023'");
        assertEndsWithRatio(lines, "plan", "us");
    }
}
