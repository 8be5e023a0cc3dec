package io.github.tieredquery.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tieredquery.partition.HivePartitionLayout;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BoundaryTest {

    @ParameterizedTest
    @CsvSource({
        // Clocks go forward at 02:00, back at 03:00, forward at 00:00, back at 00:00 and at 00:01, and skip a day.
        "Europe/Berlin, 2024-04-01T12:00:00Z, 1, 2024-03-30T23:00:00Z",
        "Europe/Berlin, 2024-10-28T12:00:00Z, 1, 2024-10-26T22:00:00Z",
        "America/Sao_Paulo, 2018-11-05T12:00:00Z, 1, 2018-11-04T03:00:00Z",
        "America/Sao_Paulo, 2019-02-17T12:00:00Z, 0, 2019-02-17T03:00:00Z",
        "America/St_Johns, 2010-11-08T12:00:00Z, 1, 2010-11-07T02:30:00Z",
        "Pacific/Apia, 2011-12-31T12:00:00Z, 1, 2011-12-30T10:00:00Z",
        "UTC, 2024-03-01T00:00:00Z, 30, 2024-01-31T00:00:00Z",
        "UTC, 2024-02-29T23:59:59.999999Z, 30, 2024-01-30T00:00:00Z"
    })
    void a_boundary_is_the_first_instant_of_a_local_day(String zone, Instant now, int days, Instant expected) {
        Boundary.Split split = Boundary.daysAgo(days, ZoneId.of(zone)).resolve(now);
        assertThat(split.coldBelow()).isEqualTo(expected);
        assertThat(split.hotFrom()).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "Europe/Berlin, 2024-03-25T00:00:00Z",
        "Europe/Berlin, 2024-10-22T00:00:00Z",
        "America/Sao_Paulo, 2018-10-31T00:00:00Z",
        "America/Sao_Paulo, 2019-02-13T00:00:00Z",
        "America/St_Johns, 2010-11-03T00:00:00Z",
        "Pacific/Apia, 2011-12-27T00:00:00Z",
        "Australia/Lord_Howe, 2024-04-03T00:00:00Z"
    })
    void a_boundary_lies_between_windows_of_the_layout_and_never_goes_back(String zone, Instant start) {
        Boundary boundary = Boundary.daysAgo(1, ZoneId.of(zone)).overlapDays(1);
        HivePartitionLayout layout = HivePartitionLayout.daily(ZoneId.of(zone));
        Instant last = Instant.MIN;
        for (int minutes = 0; minutes < 9 * 24 * 60; minutes += 7) {
            Instant now = start.plus(Duration.ofMinutes(minutes));
            Boundary.Split split = boundary.resolve(now);
            assertThat(layout.windowStart(split.coldBelow())).isEqualTo(split.coldBelow());
            assertThat(layout.windowStart(split.hotFrom())).isEqualTo(split.hotFrom());
            assertThat(split.coldBelow()).isAfterOrEqualTo(last).isAfterOrEqualTo(split.hotFrom());
            assertThat(boundary.resolve(layout.windowStart(now))).isEqualTo(split);
            last = split.coldBelow();
        }
    }

    @Test
    void an_overlap_reaches_back_from_the_boundary() {
        Boundary.Split split =
                Boundary.daysAgo(30, ZoneOffset.UTC).overlapDays(2).resolve(Instant.parse("2024-03-31T10:00:00Z"));
        assertThat(split.coldBelow()).isEqualTo("2024-03-01T00:00:00Z");
        assertThat(split.hotFrom()).isEqualTo("2024-02-28T00:00:00Z");
        assertThat(Boundary.daysAgo(30, ZoneOffset.UTC).overlapDays(2))
                .hasToString("30 days ago in Z, overlapping 2 days");
    }

    @Test
    void negative_days_are_refused() {
        assertThatThrownBy(() -> Boundary.daysAgo(-1, ZoneOffset.UTC))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the boundary lies -1 days ago; it is 0 or more");
        assertThatThrownBy(() -> Boundary.daysAgo(1, ZoneOffset.UTC).overlapDays(-1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the overlap is -1 days; it is 0 or more");
    }
}
