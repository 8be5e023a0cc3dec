package io.github.tieredquery.internal.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tieredquery.internal.view.Segment.Kind;
import io.github.tieredquery.query.TimeRange;
import java.time.Instant;
import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class BoundaryViewProperties {

    /** So few instants that ends meet often. */
    private static Instant at(int micros) {
        return Instant.parse("2024-03-01T00:00:00Z").plusNanos(1_000L * micros);
    }

    private static TimeRange range(int a, int b) {
        return new TimeRange(at(Math.min(a, b)), at(Math.max(a, b)));
    }

    @Property
    void each_instant_is_in_one_segment_and_answered_by_whom_the_split_says(
            @ForAll @IntRange(max = 8) int a,
            @ForAll @IntRange(max = 8) int b,
            @ForAll @IntRange(max = 8) int c,
            @ForAll @IntRange(max = 8) int d) {
        TimeRange range = range(a, b);
        Instant hotFrom = at(Math.min(c, d));
        Instant coldBelow = at(Math.max(c, d));
        List<Segment> segments = BoundaryView.split(range, hotFrom, coldBelow);
        for (int micros = -1; micros <= 9; micros++) {
            Instant instant = at(micros);
            List<Kind> kinds = segments.stream()
                    .filter(segment -> segment.range().contains(instant))
                    .map(Segment::kind)
                    .toList();
            Kind expected =
                    instant.isBefore(hotFrom) ? Kind.ARCHIVED : instant.isBefore(coldBelow) ? Kind.OVERLAP : Kind.HOT;
            assertThat(kinds).isEqualTo(range.contains(instant) ? List.of(expected) : List.of());
        }
    }

    @Property
    void segments_follow_one_another_and_none_is_empty(
            @ForAll @IntRange(max = 8) int a,
            @ForAll @IntRange(max = 8) int b,
            @ForAll @IntRange(max = 8) int c,
            @ForAll @IntRange(max = 8) int d) {
        TimeRange range = range(a, b);
        List<Segment> segments = BoundaryView.split(range, at(Math.min(c, d)), at(Math.max(c, d)));
        assertThat(segments).noneMatch(segment -> segment.range().isEmpty());
        assertThat(segments.isEmpty()).isEqualTo(range.isEmpty());
        Instant end = range.from();
        for (Segment segment : segments) {
            assertThat(segment.range().from()).isEqualTo(end);
            end = segment.range().to();
        }
        assertThat(end).isEqualTo(range.to());
    }

    @Example
    void a_row_on_the_boundary_is_hot() {
        List<Segment> segments = BoundaryView.split(range(0, 2), at(1), at(1));
        assertThat(segments)
                .containsExactly(new Segment(range(0, 1), Kind.ARCHIVED), new Segment(range(1, 2), Kind.HOT));
    }

    @Example
    void a_split_that_leaves_times_out_is_refused() {
        assertThatThrownBy(() -> BoundaryView.split(range(0, 2), at(2), at(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("nobody answers for the times from 2024-03-01T00:00:00.000001Z to"
                        + " 2024-03-01T00:00:00.000002Z: hot starts after cold ends");
    }
}
