package io.github.tieredquery.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ProtocolFaultTest {

    private static final int SCHEDULES = 20_000;

    @Test
    void every_mistake_in_the_protocol_is_noticed() {
        List<ProtocolFault> missed = new ArrayList<>();
        for (ProtocolFault fault : ProtocolFault.values()) {
            String caught = caught(fault);
            System.out.println("  " + fault + ": " + (caught == null ? "MISSED" : caught));
            if (caught == null) {
                missed.add(fault);
            }
        }
        int all = ProtocolFault.values().length;
        System.out.println("protocol mutants: " + (all - missed.size()) + " of " + all + " caught");
        assertThat(missed).isEmpty();
    }

    /** By which schedule and how; null if by none. */
    private static @Nullable String caught(ProtocolFault fault) {
        for (long seed = 0; seed < SCHEDULES; seed++) {
            try {
                new Simulation(seed, fault).run();
            } catch (RuntimeException | AssertionError e) {
                String reason = e.getClass().getSimpleName() + ": " + e.getMessage();
                return "schedule " + seed + ", "
                        + reason.substring(0, Math.min(160, reason.length())).replace('\n', ' ');
            }
        }
        return null;
    }
}
