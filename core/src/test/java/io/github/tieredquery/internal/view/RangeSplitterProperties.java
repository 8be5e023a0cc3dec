package io.github.tieredquery.internal.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tieredquery.internal.view.RangeSplitter.Answer;
import io.github.tieredquery.internal.view.RangeSplitter.Stretch;
import io.github.tieredquery.query.Boundary;
import io.github.tieredquery.query.TimeRange;
import java.time.Instant;
import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class RangeSplitterProperties {

    /** So few instants that ends meet often. */
    private static Instant at(int micros) {
        return Instant.parse("2024-03-01T00:00:00Z").plusNanos(1_000L * micros);
    }

    private static TimeRange range(int a, int b) {
        return new TimeRange(at(Math.min(a, b)), at(Math.max(a, b)));
    }

    @Property
    void each_instant_is_in_one_stretch_and_answered_by_whom_the_split_says(
            @ForAll @IntRange(max = 8) int a,
            @ForAll @IntRange(max = 8) int b,
            @ForAll @IntRange(max = 8) int c,
            @ForAll @IntRange(max = 8) int d) {
        TimeRange range = range(a, b);
        Instant hotFrom = at(Math.min(c, d));
        Instant coldBelow = at(Math.max(c, d));
        List<Stretch> stretches = RangeSplitter.split(range, new Boundary.Split(coldBelow, hotFrom));
        for (int micros = -1; micros <= 9; micros++) {
            Instant instant = at(micros);
            List<Answer> answers = stretches.stream()
                    .filter(stretch -> stretch.range().contains(instant))
                    .map(Stretch::answer)
                    .toList();
            Answer expected =
                    instant.isBefore(hotFrom) ? Answer.COLD : instant.isBefore(coldBelow) ? Answer.BOTH : Answer.HOT;
            assertThat(answers).isEqualTo(range.contains(instant) ? List.of(expected) : List.of());
        }
    }

    @Property
    void stretches_follow_one_another_and_none_is_empty(
            @ForAll @IntRange(max = 8) int a,
            @ForAll @IntRange(max = 8) int b,
            @ForAll @IntRange(max = 8) int c,
            @ForAll @IntRange(max = 8) int d) {
        TimeRange range = range(a, b);
        List<Stretch> stretches =
                RangeSplitter.split(range, new Boundary.Split(at(Math.max(c, d)), at(Math.min(c, d))));
        assertThat(stretches).noneMatch(stretch -> stretch.range().isEmpty());
        assertThat(stretches.isEmpty()).isEqualTo(range.isEmpty());
        Instant end = range.from();
        for (Stretch stretch : stretches) {
            assertThat(stretch.range().from()).isEqualTo(end);
            end = stretch.range().to();
        }
        assertThat(end).isEqualTo(range.to());
    }

    @Example
    void a_row_on_the_boundary_is_hot() {
        List<Stretch> stretches = RangeSplitter.split(range(0, 2), new Boundary.Split(at(1), at(1)));
        assertThat(stretches)
                .containsExactly(new Stretch(range(0, 1), Answer.COLD), new Stretch(range(1, 2), Answer.HOT));
    }

    @Example
    void a_split_that_leaves_times_out_is_refused() {
        assertThatThrownBy(() -> RangeSplitter.split(range(0, 2), new Boundary.Split(at(1), at(2))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("nobody answers for the times from 2024-03-01T00:00:00.000001Z to"
                        + " 2024-03-01T00:00:00.000002Z: hot starts after cold ends");
    }
}
