package io.github.tieredquery.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Runs the schedules of the seeds from 0 on; {@code -Dtieredquery.schedules=…} says how many. A single one is run by
 * {@code -Dtest='SimulationTest#one_schedule_is_replayed' -DargLine=-Dtieredquery.seed=…}.
 */
class SimulationTest {

    private static final int SCHEDULES = Integer.getInteger("tieredquery.schedules", 5_000);

    /** What happens at least so often for each hundred schedules. */
    private static final Map<String, Integer> FLOORS = Map.ofEntries(
            Map.entry("crash in 1 start", 20),
            Map.entry("crash in 1 start, leaving a mark", 10),
            Map.entry("failure in 1 start, leaving a mark", 2),
            Map.entry("database restored", 5),
            Map.entry("last commits lost under an archiver", 5),
            Map.entry("archiver refused after a loss", 5),
            Map.entry("recovered", 5),
            Map.entry("crash in 2 copy", 40),
            Map.entry("crash in 2 copy, suspending", 1),
            Map.entry("crash in 2 copy, clearing", 3),
            Map.entry("leftover cleared", 5),
            Map.entry("schedule without versions", 7),
            Map.entry("window archived without versions", 15),
            Map.entry("run ended by its budget", 20),
            Map.entry("window suspended", 20),
            Map.entry("window gone on with", 20),
            Map.entry("copy discarded", 5),
            Map.entry("crash in 3 publish", 3),
            Map.entry("crash in 4 verify", 1),
            Map.entry("crash in 5 commit", 4),
            Map.entry("crash in 5 commit, deleting later", 5),
            Map.entry("crash in 6 sweep, deleting unchanged late rows", 1),
            Map.entry("part of a window deleted after its commit", 50),
            Map.entry("part of a window left to a sweep", 5),
            Map.entry("late rows that equal archived ones deleted", 20),
            Map.entry("rows left by a run to be deleted", 20),
            Map.entry("crash in 6 sweep", 5),
            Map.entry("crash in 7 clean up", 5),
            Map.entry("failure in 1 start", 5),
            Map.entry("failure in 2 copy", 20),
            Map.entry("failure in 3 publish", 2),
            Map.entry("failure in 4 verify", 1),
            Map.entry("failure in 5 commit", 2),
            Map.entry("failure in 6 sweep", 1),
            Map.entry("failure in 7 clean up", 2),
            Map.entry("answer lost in 5 commit", 2),
            Map.entry("run ended by a failure", 50),
            Map.entry("failure of a read", 50),
            Map.entry("DDL executed late", 20),
            Map.entry("two archivers committed during a read, oldest first", 10),
            Map.entry("two archivers committed during a read, newest first", 10),
            Map.entry("counted", 50),
            Map.entry("counted while rows changed", 20),
            Map.entry("window archived", 200),
            Map.entry("version removed", 100),
            Map.entry("partition dropped", 50),
            Map.entry("clean-up during a read", 20),
            Map.entry("window swept", 200),
            Map.entry("window swept again", 2),
            Map.entry("sweep during a read", 20),
            Map.entry("window copied again", 3),
            Map.entry("run ended by another archiver's lease", 80),
            Map.entry("archiver started within another's step", 300),
            Map.entry("late row written", 200),
            Map.entry("watermark moved during a read, oldest first", 60),
            Map.entry("watermark moved during a read, newest first", 60),
            Map.entry("rows changed during a read", 200),
            Map.entry("erasure during a read", 100),
            Map.entry("archived row erased", 20),
            Map.entry("late row erased", 5),
            Map.entry("row erased that there isn't", 10),
            Map.entry("rows erased by a query", 20),
            Map.entry("row inserted again", 50),
            Map.entry("key changed", 20),
            Map.entry("first page", 50),
            Map.entry("further page", 50),
            Map.entry("page of an earlier page's scan", 20),
            Map.entry("read to its end", 200),
            Map.entry("read and closed early", 80),
            Map.entry("counted and read at once", 200));

    @Test
    void every_row_is_seen_exactly_once_whatever_crashes_and_moves() {
        Coverage coverage = new Coverage();
        List<String> violations = Collections.synchronizedList(new ArrayList<>());
        LongStream.range(0, SCHEDULES).parallel().forEach(seed -> {
            try {
                Coverage one = new Simulation(seed).run();
                synchronized (coverage) {
                    coverage.addAll(one);
                }
            } catch (RuntimeException | AssertionError e) {
                violations.add("schedule " + seed + " (replay it with mvn -q -pl core test"
                        + " -Dtest='SimulationTest#one_schedule_is_replayed' -DargLine=-Dtieredquery.seed=" + seed
                        + "): " + e);
            }
        });
        System.out.print("In " + SCHEDULES + " schedules:\n" + coverage);
        violations.stream().limit(20).forEach(System.out::println);
        System.out.println("campaign: " + SCHEDULES + " schedules, " + violations.size() + " violations");
        assertThat(violations).isEmpty();
        FLOORS.forEach((event, each100) ->
                assertThat(coverage.of(event)).as(event).isGreaterThanOrEqualTo((long) each100 * SCHEDULES / 100));
    }

    @Test
    @EnabledIfSystemProperty(named = "tieredquery.seed", matches = "[0-9]+")
    void one_schedule_is_replayed() {
        System.out.print(new Simulation(Long.getLong("tieredquery.seed")).run());
    }
}
