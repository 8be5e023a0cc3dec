package io.github.tieredquery.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class TimeRangeProperties {

    @Property
    void a_cut_gives_two_parts_that_share_nothing_and_lack_nothing(
            @ForAll("ranges") TimeRange range, @ForAll("instants") Instant cut, @ForAll("micros") Instant probe) {
        TimeRange before = range.before(cut);
        TimeRange since = range.since(cut);

        assertThat(before.contains(probe)).isEqualTo(range.contains(probe) && probe.isBefore(cut));
        assertThat(since.contains(probe)).isEqualTo(range.contains(probe) && !probe.isBefore(cut));
        assertThat(before.length().plus(since.length())).isEqualTo(range.length());
        assertThat(before.from()).isEqualTo(range.from());
        assertThat(since.to()).isEqualTo(range.to());
        if (!before.isEmpty() && !since.isEmpty()) {
            assertThat(before.to()).isEqualTo(since.from());
        }
    }

    @Property
    void rounding_keeps_the_microseconds_that_are_inside(
            @ForAll("instants") Instant a, @ForAll("instants") Instant b, @ForAll("micros") Instant probe) {
        Instant from = a.isBefore(b) ? a : b;
        Instant to = a.isBefore(b) ? b : a;
        TimeRange range = new TimeRange(from, to);

        assertThat(range.contains(probe)).isEqualTo(!probe.isBefore(from) && probe.isBefore(to));
        assertThat(range.from().truncatedTo(ChronoUnit.MICROS)).isEqualTo(range.from());
        assertThat(range.to().truncatedTo(ChronoUnit.MICROS)).isEqualTo(range.to());
        assertThat(range.isEmpty()).isEqualTo(range.length().isZero());
    }

    @Example
    void the_extremes_of_time_make_a_range() {
        TimeRange all = new TimeRange(Instant.MIN, Instant.MAX);

        assertThat(all.contains(Instant.parse("9999-12-31T23:59:59.999999Z"))).isTrue();
        assertThat(all.since(Instant.MAX).isEmpty()).isTrue();
        assertThat(all.before(Instant.MAX)).isEqualTo(all);
        assertThat(new TimeRange(Instant.MAX, Instant.MAX).isEmpty()).isTrue();
    }

    @Example
    void an_inverted_range_is_refused() {
        assertThatThrownBy(() -> new TimeRange(Instant.EPOCH.plusSeconds(1), Instant.EPOCH))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the range is inverted: it goes from 1970-01-01T00:00:01Z to 1970-01-01T00:00:00Z");
    }

    @Example
    void a_range_reads_as_a_half_open_interval() {
        TimeRange hour = new TimeRange(Instant.EPOCH, Instant.EPOCH.plusSeconds(3600));

        assertThat(hour).hasToString("[1970-01-01T00:00:00Z, 1970-01-01T01:00:00Z)");
        assertThat(hour.length()).isEqualTo(Duration.ofHours(1));
    }

    @Provide
    Arbitrary<TimeRange> ranges() {
        return Combinators.combine(instants(), instants())
                .as((a, b) -> a.isBefore(b) ? new TimeRange(a, b) : new TimeRange(b, a));
    }

    /** Close together and across the epoch, so that ends meet and seconds borrow. */
    @Provide
    Arbitrary<Instant> instants() {
        return Arbitraries.longs().between(-6_000, 6_000).map(nanos -> Instant.EPOCH.plusNanos(nanos));
    }

    @Provide
    Arbitrary<Instant> micros() {
        return Arbitraries.longs().between(-7, 7).map(micros -> Instant.EPOCH.plusNanos(micros * 1000));
    }
}
