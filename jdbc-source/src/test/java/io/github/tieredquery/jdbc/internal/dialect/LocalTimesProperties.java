package io.github.tieredquery.jdbc.internal.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.zone.ZoneOffsetTransition;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class LocalTimesProperties {

    private static final List<String> ZONES = List.of(
            "UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "America/Caracas");

    /** Two local times of a zone, often near each other and near a change of its clocks. */
    record Case(LocalTimes times, LocalDateTime first, LocalDateTime second) {}

    @Property
    void order_of_local_times_is_order_of_instants(@ForAll("cases") Case drawn) {
        Optional<Instant> first = drawn.times().instant(drawn.first());
        Optional<Instant> second = drawn.times().instant(drawn.second());
        if (first.isPresent() && second.isPresent()) {
            assertThat(Integer.signum(first.get().compareTo(second.get())))
                    .isEqualTo(Integer.signum(drawn.first().compareTo(drawn.second())));
        }
    }

    @Property
    void a_local_time_that_is_an_instant_is_found_again(@ForAll("cases") Case drawn) {
        drawn.times()
                .instant(drawn.first())
                .ifPresent(instant -> assertThat(drawn.times().exactly(instant)).contains(drawn.first()));
    }

    @Property
    void a_bound_parts_local_times_as_the_instant_parts_instants(@ForAll("cases") Case drawn) {
        Instant bound = drawn.second().atZone(drawn.times().zone()).toInstant();
        for (Instant near : List.of(bound, bound.plus(Duration.ofMinutes(30)), bound.plus(Duration.ofHours(1)))) {
            LocalDateTime local = drawn.times().notBefore(near);
            drawn.times()
                    .instant(drawn.first())
                    .ifPresent(instant -> assertThat(!drawn.first().isBefore(local))
                            .as("%s against %s, as %s", instant, near, local)
                            .isEqualTo(!instant.isBefore(near)));
        }
    }

    @Example
    void of_a_repeated_hour_one_pass_is_kept() {
        ZoneId berlin = ZoneId.of("Europe/Berlin");
        LocalDateTime repeated = LocalDateTime.parse("2024-10-27T02:30:00");
        Instant firstPass = Instant.parse("2024-10-27T00:30:00Z");
        Instant secondPass = Instant.parse("2024-10-27T01:30:00Z");
        LocalTimes earlier = LocalTimes.earlier(berlin);
        LocalTimes later = LocalTimes.later(berlin);
        assertThat(earlier.instant(repeated)).contains(firstPass);
        assertThat(later.instant(repeated)).contains(secondPass);
        assertThat(earlier.exactly(secondPass)).isEmpty();
        assertThat(later.exactly(firstPass)).isEmpty();
        assertThat(earlier.notBefore(secondPass)).isEqualTo("2024-10-27T03:00:00");
        assertThat(later.notBefore(firstPass)).isEqualTo("2024-10-27T02:00:00");
    }

    @Example
    void a_skipped_hour_is_no_instant() {
        LocalTimes berlin = LocalTimes.earlier(ZoneId.of("Europe/Berlin"));
        assertThat(berlin.instant(LocalDateTime.parse("2024-03-31T02:30:00"))).isEmpty();
        assertThat(berlin.notBefore(Instant.parse("2024-03-31T01:00:00Z"))).isEqualTo("2024-03-31T03:00:00");
    }

    @Provide
    Arbitrary<Case> cases() {
        Arbitrary<ZoneId> zones = Arbitraries.of(ZONES).map(ZoneId::of);
        Arbitrary<Long> anchors = Arbitraries.longs()
                .between(
                        Instant.parse("1900-01-01T00:00:00Z").getEpochSecond(),
                        Instant.parse("2037-01-01T00:00:00Z").getEpochSecond());
        Arbitrary<Integer> minutes = Arbitraries.integers().between(-200, 200);
        return Combinators.combine(zones, Arbitraries.of(true, false), anchors, minutes, minutes)
                .as((zone, later, anchor, first, second) -> {
                    ZoneOffsetTransition change = zone.getRules().nextTransition(Instant.ofEpochSecond(anchor));
                    LocalDateTime near = change == null
                            ? LocalDateTime.ofInstant(Instant.ofEpochSecond(anchor), zone)
                            : change.getDateTimeBefore();
                    return new Case(
                            later ? LocalTimes.later(zone) : LocalTimes.earlier(zone),
                            near.plusMinutes(first),
                            near.plusMinutes(second));
                });
    }
}
