package io.github.tieredquery.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/**
 * Replays one schedule with {@code -Dtieredquery.seed=…}, and runs more of them with {@code -Dtieredquery.schedules=…}.
 */
class SimulationTest {

    private static final int SCHEDULES = Integer.getInteger("tieredquery.schedules", 500);

    @Test
    void every_row_is_seen_exactly_once_whatever_crashes_and_moves() {
        Long replayed = Long.getLong("tieredquery.seed");
        if (replayed != null) {
            run(replayed);
            return;
        }
        int crashes = 0;
        int committed = 0;
        for (long seed = 0; seed < SCHEDULES; seed++) {
            Simulation.Outcome outcome = run(seed);
            crashes += outcome.crashes();
            committed += outcome.committed();
        }
        assertThat(crashes).as("processes that died").isGreaterThan(SCHEDULES / 2);
        assertThat(committed).as("windows that were archived").isGreaterThan(SCHEDULES * 2);
    }

    private static Simulation.Outcome run(long seed) {
        try {
            return new Simulation(seed).run();
        } catch (RuntimeException | Error e) {
            throw new AssertionError(
                    "schedule " + seed + " (replay it with -Dtieredquery.seed=" + seed + "): " + e.getMessage(), e);
        }
    }
}
