package io.github.tieredquery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tieredquery.error.BadPageTokenException;
import io.github.tieredquery.error.BadQueryException;
import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.query.Filter;
import io.github.tieredquery.query.Page;
import io.github.tieredquery.query.Query;
import io.github.tieredquery.table.ColumnType;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.Table;
import io.github.tieredquery.testkit.MemoryHotStore;
import io.github.tieredquery.testkit.TestClock;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PageTest {

    private static final Query ALL = QueryFixture.ALL;

    /** What page(…) shows to a screen. */
    record Stop(String origin, Integer delay) {}

    private final QueryFixture fixture = new QueryFixture();

    private TieredQuery<Row> flights() {
        return fixture.flights().build();
    }

    private static String tokenOf(Page<?> page) {
        return Objects.requireNonNull(page.nextToken());
    }

    private static void assertRefused(TieredQuery<Row> flights, Query query, String token, String why) {
        assertThatThrownBy(() -> flights.page(query, 3, token))
                .isExactlyInstanceOf(BadPageTokenException.class)
                .hasMessage("table 'flights': the page token " + why + ". Ask for the first page, without a token");
    }

    @Test
    void a_page_ends_where_it_is_as_large_as_allowed() {
        TieredQuery<Row> flights = new QueryFixture().flights().pageBytes(76).build();
        // A flight has four values, one of them a text of three letters: 38 bytes.
        List<Integer> sizes = new ArrayList<>();
        List<Row> seen = new ArrayList<>();
        Page<Row> page = flights.page(QueryFixture.ALL, 5, null);
        while (true) {
            sizes.add(page.rows().size());
            seen.addAll(page.rows());
            if (page.nextToken() == null) {
                break;
            }
            page = flights.page(QueryFixture.ALL, 5, page.nextToken());
        }
        assertThat(seen).isEqualTo(flights.list(QueryFixture.ALL));
        assertThat(sizes).startsWith(2, 2, 2, 2);
        TieredQuery<Row> narrow = new QueryFixture().flights().pageBytes(1).build();
        assertThat(narrow.page(QueryFixture.ALL, 5, null).rows()).hasSize(1);
    }

    @Test
    void pages_are_mapped_and_hold_only_the_columns_that_are_needed() {
        TieredQuery<Stop> stops = fixture.flights().buildFor(Stop.class);
        List<Stop> seen = new ArrayList<>();
        @Nullable String token = null;
        int pages = 0;
        do {
            Page<Stop> page = stops.page(ALL.newestFirst(), 3, token);
            seen.addAll(page.rows());
            token = page.next().orElse(null);
            pages++;
        } while (token != null);
        assertThat(pages).isEqualTo(3);
        assertThat(seen).isEqualTo(stops.list(ALL.newestFirst()));
        assertThat(flights().page(ALL.columns("delay"), 2, null).rows())
                .extracting(Row::type)
                .allSatisfy(type -> assertThat(type.names()).containsExactly("delay"));
    }

    @Test
    void a_page_from_hot_rows_does_not_ask_the_cold_tier() {
        fixture.steps.clear();
        Page<Row> page = flights().page(ALL.newestFirst(), 4, null);
        assertThat(page.rows()).isEqualTo(fixture.newestFirst().subList(0, 4));
        assertThat(page.nextToken()).as("the cold tier may have rows").isNotNull();
        assertThat(fixture.steps).doesNotContain("cold.open");
        assertThat(fixture.leftOpen()).isZero();
    }

    @Test
    void the_last_row_of_the_last_tier_ends_the_pages() {
        assertThat(flights().page(ALL, 8, null).nextToken()).isNull();
        assertThat(flights().page(ALL.newestFirst(), 8, null).nextToken()).isNull();
        assertThat(flights().page(ALL.where(Filter.in("origin", List.of())), 8, null))
                .isEqualTo(new Page<>(List.of(), null));
        assertThat(fixture.leftOpen()).isZero();
    }

    @Test
    void a_token_is_bound_to_everything_that_makes_the_query() {
        TieredQuery<Row> flights = flights();
        String token = tokenOf(flights.page(ALL, 3, null));
        assertThat(flights.page(ALL, 5, token).rows()).isEqualTo(fixture.rows.subList(3, 8));
        String why = "belongs to another query: its range, condition, columns or order differ";
        assertRefused(flights, ALL.newestFirst(), token, why);
        assertRefused(flights, ALL.where(Filter.eq("origin", "SFO")), token, why);
        assertRefused(flights, ALL.columns("id"), token, why);
        assertRefused(
                flights, Query.between(ALL.range().from(), ALL.range().to().plusSeconds(1)), token, why);
        assertRefused(flights.restrictedTo(Filter.eq("origin", "SFO")), ALL, token, why);
    }

    @Test
    void keys_can_be_changed_while_tokens_are_in_use() {
        byte[] first = "the first key, of 32 bytes......".getBytes(StandardCharsets.UTF_8);
        byte[] second = "the second key, of 32 bytes.....".getBytes(StandardCharsets.UTF_8);
        String old = tokenOf(fixture.flights().tokenKeys(first).build().page(ALL, 3, null));
        TieredQuery<Row> both = fixture.flights().tokenKeys(second, first).build();
        Page<Row> page = both.page(ALL, 3, old);
        assertThat(page.rows()).isEqualTo(fixture.rows.subList(3, 6));
        TieredQuery<Row> onlyNew = fixture.flights().tokenKeys(second).build();
        assertThat(onlyNew.page(ALL, 3, tokenOf(page)).rows()).isEqualTo(fixture.rows.subList(6, 8));
        assertRefused(onlyNew, ALL, old, "is damaged, or signed with a key that isn't known");
        assertRefused(
                onlyNew,
                ALL,
                tokenOf(flights().page(ALL, 3, null)),
                "is damaged, or signed with a key that" + " isn't known");
        assertThat(flights().page(ALL, 3, old).rows())
                .as("the result isn't trusted, the position is a stranger's as any other")
                .isEqualTo(fixture.rows.subList(3, 6));
    }

    @Test
    void what_is_no_token_is_refused() {
        assertRefused(flights(), ALL, "", "has an unknown version");
        assertRefused(flights(), ALL, "not a token", "is damaged, or signed with a key that isn't known");
        assertRefused(flights(), ALL, "AAAA", "has an unknown version");
    }

    @Test
    void pages_are_limited_by_their_size_alone() {
        assertThatThrownBy(() -> flights().page(ALL, 0, null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the size of a page is 0; it is positive");
        assertThatThrownBy(() -> flights().page(ALL.limit(3), 2, null))
                .isInstanceOf(BadQueryException.class)
                .hasMessage("table 'flights': the query has the limit 3, but pages are limited by their size; leave"
                        + " limit(…) out");
        assertThatThrownBy(() -> fixture.flights().tokenKeys(new byte[15]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a key to sign page tokens with has 15 bytes; give random ones, at least 16 of them");
        assertThatThrownBy(() -> fixture.flights().tokenKeys())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("give at least one key to sign page tokens with");
    }

    @Test
    void a_token_longer_than_any_is_refused_before_it_is_decoded() {
        String endless = "!".repeat(32_769);
        assertRefused(flights(), ALL, endless, "has 32769 characters, and none that was given out has more than 32768");
        assertRefused(flights(), ALL, "!".repeat(32_768), "is damaged, or signed with a key that isn't known");
    }

    @Test
    void a_key_too_long_for_a_token_is_refused_where_the_page_ends() {
        Table table = Table.builder("things")
                .time("at")
                .key("name", ColumnType.STRING)
                .build();
        TestClock clock = new TestClock(Instant.parse("2024-03-07T08:00:00Z"));
        MemoryHotStore hot = new MemoryHotStore("hot:things", table, clock);
        for (String name : List.of("a".repeat(20_000), "b".repeat(25_000), "c")) {
            hot.put(table.rowType().row(new Object[] {Instant.parse("2024-03-01T00:00:00Z"), name}));
        }
        TieredQuery<Row> things =
                TieredQuery.builder(table).hot(hot).clock(clock).build();
        Page<Row> first = things.page(ALL, 1, null);
        assertThatThrownBy(() -> things.page(ALL, 1, first.nextToken()))
                .isExactlyInstanceOf(ConfigurationException.class)
                .hasMessage("table 'things': the key of the page's last row is too long for a page token, which has at"
                        + " most 32768 characters. Declare a key of shorter values, or read such rows with stream(…)");
    }
}
