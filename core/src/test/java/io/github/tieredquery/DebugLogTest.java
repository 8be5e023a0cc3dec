package io.github.tieredquery;

import static io.github.tieredquery.testkit.Flights.flight;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.tieredquery.query.Query;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.lang.reflect.Field;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What queries say at debug level. */
class DebugLogTest {

    private static final int DEBUG = 10;
    private static final Query ARCHIVED =
            Query.between(QueryFixture.ALL.range().from(), Instant.parse("2024-03-05T00:00:00Z"));

    private final QueryFixture fixture = new QueryFixture();

    /** The lines that a piece of work logs; SLF4J's simple logger writes to where System.err leads at the time. */
    private static List<String> lines(Runnable work) throws ReflectiveOperationException {
        Logger logger = LoggerFactory.getLogger(TieredQuery.class);
        Field level = logger.getClass().getDeclaredField("currentLogLevel");
        level.setAccessible(true);
        Object before = level.get(logger);
        PrintStream err = System.err;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (PrintStream captured = new PrintStream(bytes, true, StandardCharsets.UTF_8)) {
            System.setErr(captured);
            level.set(logger, DEBUG);
            work.run();
        } finally {
            level.set(logger, before);
            System.setErr(err);
        }
        return bytes.toString(StandardCharsets.UTF_8)
                .lines()
                .map(line -> line.replaceFirst("^.*DEBUG ", "").replaceFirst("\\d+ ms", "N ms"))
                .toList();
    }

    @Test
    void each_slice_is_told_of_with_what_it_took() throws ReflectiveOperationException {
        List<String> lines = lines(() -> fixture.flights().build().list(QueryFixture.ALL));
        assertThat(lines)
                .containsExactly(
                        "io.github.tieredquery.TieredQuery - slice COLD cold:flights [2024-03-01T00:00:00Z,"
                                + " 2024-03-05T00:00:00Z): 4 rows, 252 bytes scanned, 0.252 USD, N ms, execution"
                                + " execution-" + fixture.cold.queries(),
                        "io.github.tieredquery.TieredQuery - slice HOT hot:flights [2024-03-05T00:00:00Z,"
                                + " 2024-04-01T00:00:00Z): 4 rows, -1 bytes scanned, 0 USD, N ms, execution null");
    }

    @Test
    void a_page_that_goes_on_by_position_says_why() throws ReflectiveOperationException {
        TieredQuery<?> flights = fixture.flights().build();
        String token = flights.page(ARCHIVED, 1, null).nextToken();
        String execution = "execution-" + fixture.cold.queries();
        fixture.cold.forgetResults();
        assertThat(lines(() -> flights.page(ARCHIVED, 1, token)))
                .contains("io.github.tieredquery.TieredQuery - page of flights: the result of execution " + execution
                        + " is gone, or another query's; reading on by position");
        fixture.hot.put(flight("2024-03-06T13:00:00Z", 7_000, "SFO", 1));
        fixture.clock.advance(Duration.ofDays(2));
        fixture.archive();
        assertThat(lines(() -> flights.page(ARCHIVED, 1, token)))
                .contains(
                        "io.github.tieredquery.TieredQuery - page of flights: the archive has changed since execution "
                                + execution + " (epoch 4, now 6); reading on by position");
    }
}
