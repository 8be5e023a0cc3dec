package io.github.tieredquery.archive;

import static io.github.tieredquery.testkit.Flights.flight;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tieredquery.TieredQuery;
import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.testkit.Flights;
import io.github.tieredquery.testkit.MemoryColdStore;
import io.github.tieredquery.testkit.MemoryHotStore;
import io.github.tieredquery.testkit.StepHook;
import java.time.Duration;
import java.time.Period;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Processes with another place or another zone than an archive was written with. */
class OtherArchiveTest {

    private static final HivePartitionLayout LAYOUT =
            HivePartitionLayout.daily(ZoneOffset.UTC).thenBy("origin");
    private static final String DESCRIBED = "flights(departed_at TIMESTAMP NOT NULL, id INT64 NOT NULL, origin STRING"
            + " NOT NULL, delay INT32; key departed_at, id) partitioned year, month, day, origin, tq_version in Z";
    private static final String BERLIN = "Europe/Berlin EARLIER";
    private static final String PLACE = "s3://archive/all flights/";

    private final ArchiveFixture fixture = new ArchiveFixture("2024-03-06T08:00:00Z", LAYOUT);
    private final MemoryHotStore hot = fixture.hot.reading(BERLIN);
    private final MemoryColdStore cold = fixture.cold.at(PLACE);
    private final List<String> steps = new ArrayList<>();

    private Archiver archiver(MemoryHotStore rows, MemoryColdStore place) {
        StepHook hook = steps::add;
        return new ArchiverBuilder(rows.client(hook), place.client(hook))
                .keep(Period.ofDays(2))
                .clock(fixture.clock)
                .sweepEvery(Duration.ZERO)
                .settle(Duration.ZERO)
                .build();
    }

    private static String refusal(String archived, String here, String difference) {
        return "the archive was written with\n  " + archived + "\nbut this process is configured with\n  " + here
                + "\nThat is: " + difference + ". Configure it as the archive was written, or use another journal";
    }

    private String identity() {
        return String.valueOf(fixture.hot.journal().orElseThrow().state().identity());
    }

    private void assertRefused(MemoryHotStore rows, MemoryColdStore place, String here, String difference) {
        String refusal = refusal(
                DESCRIBED + "; local times of " + BERLIN + "; lies at s3://archive/all%20flights/", here, difference);
        fixture.hot.put(flight("2024-03-03T06:00:00Z", 9, "SFO", 9));
        steps.clear();
        for (Runnable call : List.<Runnable>of(
                () -> archiver(rows, place).run(),
                () -> Adoption.of(rows, place).run(),
                () -> archiver(rows, place).recover(),
                () -> TieredQuery.builder(Flights.TABLE)
                        .hot(rows)
                        .cold(place)
                        .build()
                        .list(ArchiveFixture.EVERYTHING))) {
            assertThatThrownBy(call::run)
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessage(refusal);
        }
        assertThat(steps).as("nothing was read or written").isEmpty();
        assertThat(fixture.hot.rows()).hasSize(1);
    }

    @Test
    void another_place_or_zone_is_refused_before_anything_is_read_or_written() {
        fixture.hot.put(flight("2024-03-01T06:00:00Z", 1, "SFO", 1));
        archiver(hot, cold).run();
        assertThat(fixture.hot.rows()).isEmpty();
        assertRefused(
                hot,
                new MemoryColdStore("cold:flights", Flights.TABLE, LAYOUT).at("s3://other/flights/"),
                DESCRIBED + "; local times of " + BERLIN + "; lies at s3://other/flights/",
                "the place is s3://archive/all flights/ in the archive, and s3://other/flights/ here");
        assertRefused(
                fixture.hot.reading("Europe/Berlin LATER"),
                cold,
                DESCRIBED + "; local times of Europe/Berlin LATER; lies at s3://archive/all%20flights/",
                "the zone of the hot table's local times is Europe/Berlin EARLIER in the archive, and Europe/Berlin"
                        + " LATER here");
        assertRefused(
                fixture.hot.reading("Z"),
                cold,
                DESCRIBED + "; local times of Z; lies at s3://archive/all%20flights/",
                "the zone of the hot table's local times is Europe/Berlin EARLIER in the archive, and Z here");
        archiver(hot, cold).run();
        assertThat(fixture.hot.rows()).isEmpty();
    }

    @Test
    void an_archive_that_was_begun_without_them_gets_them_from_the_next_archiver() {
        fixture.hot.put(flight("2024-03-01T06:00:00Z", 1, "SFO", 1));
        fixture.archiver().build().run();
        assertThat(identity()).isEqualTo(DESCRIBED);
        fixture.hot.put(flight("2024-03-02T06:00:00Z", 2, "SFO", 2));
        archiver(hot, cold).run();
        assertThat(fixture.hot.rows()).isEmpty();
        assertThat(identity())
                .isEqualTo(DESCRIBED + "; local times of " + BERLIN + "; lies at s3://archive/all%20flights/");
        fixture.archiver().build().run();
        assertThat(identity()).as("by who knows neither").endsWith("; lies at s3://archive/all%20flights/");
        assertThat(fixture.read()).hasSize(2);
    }

    @Test
    void until_a_version_is_given_out_a_wrong_place_or_zone_can_be_corrected() {
        archiver(fixture.hot.reading("Z"), fixture.cold.at("s3://arxive/flights/"))
                .run();
        assertThat(identity()).isEqualTo(DESCRIBED + "; local times of Z; lies at s3://arxive/flights/");
        fixture.hot.put(flight("2024-03-01T06:00:00Z", 1, "SFO", 1));
        archiver(hot, cold).run();
        assertThat(fixture.hot.rows()).isEmpty();
        assertThat(identity())
                .isEqualTo(DESCRIBED + "; local times of " + BERLIN + "; lies at s3://archive/all%20flights/");
    }
}
