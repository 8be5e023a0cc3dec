package io.github.tieredquery.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tieredquery.error.TieredQueryException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ProtocolFaultTest {

    private static final int SCHEDULES = 20_000;
    private static final String MISSED = "MISSED";
    /** Schedules that have caught a mistake that hardly any other does: they are tried first. */
    private static final Map<ProtocolFault, Long> RARE = Map.of(ProtocolFault.ERASED_ROWS_DELETED_LATER, 3_288L);

    @Test
    void every_mistake_in_the_protocol_is_noticed() {
        Map<ProtocolFault, String> caught = new ConcurrentSkipListMap<>();
        Stream.of(ProtocolFault.values()).parallel().forEach(fault -> caught.put(fault, caught(fault)));
        caught.forEach((fault, how) -> System.out.println("  " + fault + ": " + how));
        System.out.println("protocol mutants: "
                + caught.values().stream().filter(how -> !how.equals(MISSED)).count() + " of " + caught.size()
                + " caught");
        assertThat(caught.values()).hasSize(ProtocolFault.values().length).doesNotContain(MISSED);
    }

    /**
     * By which schedule and how, or that by none. A wrong answer counts, and an error that tells a user of it; whatever
     * else is thrown is a mistake of the stores that play the fault.
     */
    private static String caught(ProtocolFault fault) {
        Stream<Long> rare = Stream.ofNullable(RARE.get(fault));
        List<Long> seeds =
                Stream.concat(rare, LongStream.range(0, SCHEDULES).boxed()).toList();
        for (long seed : seeds) {
            try {
                new Simulation(seed, fault).run();
            } catch (AssertionError | TieredQueryException e) {
                return "schedule " + seed + ", " + shortened(e);
            } catch (CompletionException e) {
                if (e.getCause() instanceof AssertionError || e.getCause() instanceof TieredQueryException) {
                    return "schedule " + seed + ", " + shortened(e.getCause());
                }
                throw e;
            }
        }
        return MISSED;
    }

    private static String shortened(Throwable problem) {
        String reason = problem.getClass().getSimpleName() + ": " + problem.getMessage();
        return reason.substring(0, Math.min(160, reason.length())).replace('\n', ' ');
    }
}
