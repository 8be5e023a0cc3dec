package io.github.tieredquery.query;

import static io.github.tieredquery.query.Filter.and;
import static io.github.tieredquery.query.Filter.eq;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class QueryTest {

    private static final Instant FROM = Instant.parse("2024-01-01T00:00:00Z");
    private static final Instant TO = Instant.parse("2024-02-01T00:00:00Z");
    private static final Query JANUARY = Query.between(FROM, TO);

    @Test
    void a_plain_query_asks_for_all_rows_oldest_first() {
        assertThat(JANUARY.range()).isEqualTo(new TimeRange(FROM, TO));
        assertThat(JANUARY.filter()).isEqualTo(Filter.all());
        assertThat(JANUARY.columns()).isEmpty();
        assertThat(JANUARY.order()).isEqualTo(Order.OLDEST_FIRST);
        assertThat(JANUARY.limit()).isEmpty();
        assertThat(JANUARY.timeout()).isEmpty();
        assertThat(JANUARY).hasToString("[2024-01-01T00:00:00Z, 2024-02-01T00:00:00Z) oldest first");
    }

    @Test
    void a_query_holds_what_it_was_given() {
        Query query = JANUARY.where(eq("origin", "SFO"))
                .where(eq("delay", 5))
                .columns("id", "delay")
                .newestFirst()
                .limit(50)
                .timeout(Duration.ofSeconds(3));

        assertThat(query.filter()).isEqualTo(and(eq("origin", "SFO"), eq("delay", 5)));
        assertThat(query.columns()).containsExactly("id", "delay");
        assertThat(query.order()).isEqualTo(Order.NEWEST_FIRST);
        assertThat(query.limit()).hasValue(50);
        assertThat(query.timeout()).hasValue(Duration.ofSeconds(3));
        assertThat(query)
                .hasToString("[2024-01-01T00:00:00Z, 2024-02-01T00:00:00Z) where origin = 'SFO' and delay = 5"
                        + " columns [id, delay] newest first limit 50 within PT3S");
        assertThat(query.oldestFirst().order()).isEqualTo(Order.OLDEST_FIRST);
        assertThat(JANUARY).isEqualTo(Query.between(FROM, TO));
    }

    @Test
    void only_an_absent_value_drops_a_condition() {
        String absent = null;

        assertThat(JANUARY.whereIfPresent(absent, value -> eq("origin", value))).isEqualTo(JANUARY);
        assertThat(JANUARY.whereIfPresent("SFO", value -> eq("origin", value)))
                .isEqualTo(JANUARY.where(eq("origin", "SFO")));
        assertThat(JANUARY.whereIfPresent("", value -> eq("origin", value))).isEqualTo(JANUARY.where(eq("origin", "")));
        assertThat(JANUARY.whereIfPresent(List.of(), values -> Filter.in("origin", values))
                        .filter())
                .isEqualTo(Filter.in("origin"));
    }

    @Test
    @SuppressWarnings("NullAway") // a null is among the mistakes
    void mistakes_are_refused_at_the_call() {
        assertThatThrownBy(() -> JANUARY.whereIfPresent(Optional.of("SFO"), value -> eq("origin", value)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("whereIfPresent takes the value itself; give the Optional's orElse(null)");
        assertThatThrownBy(() -> JANUARY.where(null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("condition: leave an absent one out with whereIfPresent");
        assertThatThrownBy(() -> JANUARY.limit(-1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the limit is -1; it is 0 or more");
        assertThatThrownBy(() -> JANUARY.timeout(Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the timeout is PT0S; it is positive");
        assertThatThrownBy(() -> JANUARY.columns(List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("choose at least one column, or leave columns(…) out for all");
        assertThatThrownBy(() -> Query.between(TO, FROM))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the range is inverted: it goes from 2024-02-01T00:00:00Z to 2024-01-01T00:00:00Z");
    }

    @Test
    void queries_are_equal_by_all_that_they_ask() {
        List<Query> queries = List.of(
                JANUARY,
                Query.between(FROM, FROM),
                JANUARY.where(eq("a", 1)),
                JANUARY.columns("a"),
                JANUARY.newestFirst(),
                JANUARY.limit(0),
                JANUARY.timeout(Duration.ofSeconds(1)));

        assertThat(queries).doesNotHaveDuplicates();
        assertThat(JANUARY.where(eq("a", 1)))
                .isEqualTo(JANUARY.where(eq("a", 1)))
                .hasSameHashCodeAs(JANUARY.where(eq("a", 1)));
        assertThat(JANUARY.limit(0).limit()).hasValue(0);
    }
}
