package io.github.tieredquery.archive;

import static io.github.tieredquery.testkit.Flights.flight;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.table.Row;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

/** The archiver's clock tells which days are old enough; the database's tells whether it may be right. */
class ClockAheadTest {

    private static final Row OLD = flight("2024-03-01T10:00:00Z", 1, "SFO", 1);
    private static final Row YOUNG = flight("2024-03-09T10:00:00Z", 2, "SFO", 2);

    /** The database's clock shows ten o'clock. */
    private final ArchiveFixture fixture = new ArchiveFixture(
            "2024-03-10T10:00:00Z", HivePartitionLayout.daily(ZoneOffset.UTC).thenBy("origin"));

    private ArchiverBuilder at(String now) {
        return fixture.archiver().clock(InstantSource.fixed(Instant.parse(now)));
    }

    @Test
    void an_archiver_that_lives_in_another_year_archives_nothing() {
        fixture.hot.put(OLD, YOUNG);
        Archiver archiver = at("2036-03-10T10:00:00Z").build();

        assertThatThrownBy(archiver::run)
                .isInstanceOf(ConfigurationException.class)
                .hasMessage("table 'flights': the archiver's clock shows 2036-03-10T10:00:00Z and that of hot:flights"
                        + " shows 2024-03-10T10:00:00Z, which is PT105192H less, and clockAhead(PT5M) is allowed: days"
                        + " would be archived before they are old enough, and the watermark never goes back. Set the"
                        + " clock that is wrong, or allow more with ArchiverBuilder.clockAhead(…)");

        assertThat(fixture.watermark()).isNull();
        assertThat(fixture.hot.rows()).containsExactly(OLD, YOUNG);
        assertThat(fixture.cold.registered()).isEmpty();
    }

    @Test
    void a_clock_may_be_ahead_by_what_is_allowed_and_no_more() {
        fixture.hot.put(OLD);
        assertThat(at("2024-03-10T10:05:00Z").build().run().windows()).hasSize(1);
        assertThatThrownBy(() -> at("2024-03-10T10:05:00.000001Z").build().run())
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("which is PT5M0.000001S less, and clockAhead(PT5M) is allowed");
        assertThatThrownBy(() -> at("2024-03-10T10:00:01Z")
                        .clockAhead(Duration.ZERO)
                        .build()
                        .run())
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("which is PT1S less, and clockAhead(PT0S) is allowed");
        assertThat(at("2024-03-12T10:00:00Z")
                        .clockAhead(Duration.ofDays(2))
                        .build()
                        .run()
                        .watermark())
                .isEqualTo("2024-03-10T00:00:00Z");
    }

    @Test
    void a_clock_that_is_behind_archives_less() {
        fixture.hot.put(OLD, YOUNG);
        assertThat(at("2012-03-10T10:00:00Z").build().run().windows()).isEmpty();
        assertThat(fixture.hot.rows()).containsExactly(OLD, YOUNG);
    }

    @Test
    void a_negative_allowance_is_a_mistake() {
        assertThatThrownBy(() -> fixture.archiver().clockAhead(Duration.ofSeconds(-1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("clockAhead(PT-1S): the time is 0 or more");
    }
}
