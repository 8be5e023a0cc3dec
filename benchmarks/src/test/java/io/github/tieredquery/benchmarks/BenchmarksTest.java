package io.github.tieredquery.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Each benchmark once, with few rows: both sides still see the same values, which the benchmarks check themselves, and
 * the last line has its form. The figures mean nothing.
 */
class BenchmarksTest {

    private interface Benchmark {
        void run(PrintStream out) throws Exception;
    }

    private static List<String> lines(Benchmark benchmark) throws Exception {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        try (PrintStream out = new PrintStream(text, true, UTF_8)) {
            benchmark.run(out);
        }
        return text.toString(UTF_8).lines().toList();
    }

    private static String last(List<String> lines) {
        return lines.get(lines.size() - 1);
    }

    @Test
    void hot_stream_reads_what_its_peer_reads() throws Exception {
        assertThat(last(lines(out -> HotStream.run(out, 2_000, 1))))
                .matches("hot-stream: ratio=\\d+\\.\\d{3} \\(ours=\\d+ peer=\\d+ ms\\)");
    }

    @Test
    void cold_stream_reads_what_its_peer_reads() throws Exception {
        assertThat(last(lines(out -> ColdStream.run(out, 2_000, 1))))
                .matches("cold-stream: ratio=\\d+\\.\\d{3} \\(ours=\\d+ peer=\\d+ ms\\)");
    }

    @Test
    void plan_archive_finds_the_same_partitions_in_a_big_archive_and_in_a_small_one() throws Exception {
        assertThat(last(lines(out -> PlanArchive.run(out, 30, 1))))
                .matches("plan-archive: ratio=\\d+\\.\\d\\d \\(ours=[\\d.]+ peer=[\\d.]+ ms\\)");
    }

    @Test
    void archive_says_where_the_time_goes() throws Exception {
        List<String> lines = lines(out -> ArchiveFlights.run(out, 1_500, 1, "96m"));
        assertThat(lines).anyMatch(line -> line.matches(" +[\\d.]+ % +\\d+ ms  verify \\(Athena\\)"));
        assertThat(last(lines)).matches("archive: ratio=\\d+\\.\\d{3} \\(ours=\\d+ peer=\\d+ rows/s\\)");
    }

    @Test
    void page_next_reads_what_its_peer_reads() throws Exception {
        assertThat(last(lines(out -> PageNext.run(out, 2_000, 3))))
                .matches("page-next: ratio=\\d+\\.\\d{4} \\(ours=[\\d.]+ peer=[\\d.]+ s\\)");
    }

    @Test
    void plan_writes_a_statement_whose_size_does_not_grow_with_the_days() throws Exception {
        List<String> lines = lines(out -> Plan.run(out, 1));
        assertThat(lines.get(0)).startsWith("SELECT ").hasSizeLessThan(1_000);
        assertThat(last(lines)).matches("plan: ratio=\\d+\\.\\d{4} \\(ours=[\\d.]+ peer=[\\d.]+ us\\)");
    }

    @Test
    void dynamodb_context_finds_the_same_rows_by_filter_and_by_index() throws Exception {
        List<String> lines = lines(out -> DynamoDbContext.run(out, new String[] {"dynamodb-context", "200"}));
        assertThat(lines.subList(2, lines.size() - 2))
                .hasSize(2)
                .allMatch(line -> line.matches("\\| 200 \\| 10? KB( \\| [\\d,.]+){6} \\|"));
        assertThat(last(lines)).matches("dynamodb-context: ratio=\\d\\.\\d{5} \\(ours=[\\d.]+ peer=[\\d.]+ ms\\)");
    }

    @Test
    void export_makes_the_same_object_in_three_ways() throws Exception {
        List<String> lines = lines(out -> Export.run(out, 2_500, Duration.ZERO, 0));
        assertThat(lines)
                .filteredOn(line -> line.startsWith("| NextToken"))
                .hasSize(1)
                .allSatisfy(line -> assertThat(line)
                        .matches(
                                "\\| NextToken pages, uploaded \\| [\\d.]+ \\| \\d+ \\| 3 \\| \\d+ \\| 0\\.[1-9]\\d \\|"
                                        + " 0\\.[12]\\d \\| \\d+ \\|"));
        assertThat(lines)
                .filteredOn(line -> line.startsWith("| OutputLocation"))
                .hasSize(1)
                .allMatch(line -> line.contains(" | 0 | "));
        assertThat(last(lines)).matches("export: ratio=\\d+\\.\\d{3} \\(ours=\\d+ peer=\\d+ ms\\)");
    }

    @Test
    void sides_that_see_different_values_are_not_compared() {
        assertThatThrownBy(() -> lines(out -> new Comparison("x", () -> 2, () -> 1).run(out, 1)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("x: one side saw other values: checksum 2 and not 1");
        assertThatThrownBy(() -> lines(out -> new Comparison("x", () -> 0, () -> 0).run(out, 1)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("x: the peer saw no rows");
    }
}
