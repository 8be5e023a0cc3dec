package io.github.tieredquery.archive;

import static io.github.tieredquery.testkit.Flights.flight;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tieredquery.TieredQuery;
import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.query.Filter;
import io.github.tieredquery.query.Page;
import io.github.tieredquery.query.Query;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.store.EraseResult;
import io.github.tieredquery.table.Column;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.RowType;
import io.github.tieredquery.testkit.Flights;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What readers see of rows that are erased. */
class EraserTest {

    private static final Row FIRST = flight("2024-03-01T06:00:00Z", 1, "SFO", 1);
    private static final Row SECOND = flight("2024-03-01T12:00:00Z", 2, "BER", 2);
    private static final Row THIRD = flight("2024-03-01T18:00:00Z", 3, "SFO", 3);
    private static final Row OTHER_DAY = flight("2024-03-02T12:00:00Z", 4, "SFO", 4);
    private static final TimeRange DAY =
            new TimeRange(Instant.parse("2024-03-01T00:00:00Z"), Instant.parse("2024-03-02T00:00:00Z"));

    private final ArchiveFixture fixture = new ArchiveFixture(
            "2024-03-06T08:00:00Z", HivePartitionLayout.daily(ZoneOffset.UTC).thenBy("origin"));

    private void archiveAll() {
        fixture.hot.put(FIRST, SECOND, THIRD, OTHER_DAY);
        fixture.archiver().build().run();
        assertThat(fixture.hot.rows()).isEmpty();
    }

    private TieredQuery<Row> flights() {
        return TieredQuery.builder(Flights.TABLE)
                .hot(fixture.hot)
                .cold(fixture.cold)
                .build();
    }

    @Test
    void an_erased_row_is_gone_at_once_from_lists_limits_and_counts() {
        archiveAll();
        assertThat(Eraser.of(fixture.hot).erase(List.of(FIRST, SECOND))).isEqualTo(new EraseResult(0, 2));
        Query all = ArchiveFixture.EVERYTHING;
        assertThat(flights().list(all)).containsExactly(THIRD, OTHER_DAY);
        assertThat(flights().list(all.newestFirst())).containsExactly(OTHER_DAY, THIRD);
        assertThat(flights().list(all.limit(1))).containsExactly(THIRD);
        assertThat(flights().list(all.where(Filter.eq("origin", "BER")))).isEmpty();
        assertThat(flights().count(all)).isEqualTo(2);
        assertThat(flights().count(all.where(Filter.eq("origin", "BER")))).isZero();
        assertThat(flights().explain(all).slices())
                .extracting(slice -> slice.tier().name())
                .containsExactly("LATE", "COLD", "HOT");
    }

    @Test
    void a_count_asks_the_cold_tier_for_what_was_erased_from_and_no_more() {
        archiveAll();
        Query all = ArchiveFixture.EVERYTHING;
        Eraser.of(fixture.hot).erase(List.of(FIRST));
        List<String> steps = new ArrayList<>();
        TieredQuery<Row> counted = TieredQuery.builder(Flights.TABLE)
                .hot(fixture.hot)
                .cold(fixture.cold.client(steps::add))
                .build();
        assertThat(counted.count(all.where(Filter.eq("origin", "SFO")))).isEqualTo(2);
        assertThat(steps).contains("cold.count").doesNotContain("cold.open");
        steps.clear();
        TimeRange next = new TimeRange(DAY.to(), Instant.parse("2024-03-03T00:00:00Z"));
        assertThat(counted.count(Query.between(next.from(), next.to()))).isEqualTo(1);
        assertThat(steps).isEmpty();
    }

    @Test
    void a_page_after_an_erasure_does_not_go_on_in_the_result_of_an_earlier_page() {
        archiveAll();
        TieredQuery<Row> paged = TieredQuery.builder(Flights.TABLE)
                .hot(fixture.hot)
                .cold(fixture.cold)
                .tokenKeys(new byte[16])
                .build();
        Page<Row> first = paged.page(ArchiveFixture.EVERYTHING, 1, null);
        assertThat(first.rows()).containsExactly(FIRST);
        Eraser.of(fixture.hot).erase(List.of(SECOND));
        assertThat(paged.page(ArchiveFixture.EVERYTHING, 1, first.nextToken()).rows())
                .containsExactly(THIRD);
    }

    @Test
    void all_that_a_query_finds_is_erased_wherever_it_lies() {
        archiveAll();
        Row recent = flight("2024-03-06T01:00:00Z", 5, "SFO", 5);
        Row late = flight("2024-03-01T07:00:00Z", 6, "SFO", 6);
        fixture.hot.put(recent, late);
        Query sanFrancisco = ArchiveFixture.EVERYTHING.where(Filter.eq("origin", "SFO"));
        assertThat(flights().restrictedTo(Filter.ge("delay", 3)).erase(sanFrancisco))
                .isEqualTo(new EraseResult(2, 3));
        assertThat(fixture.read()).containsExactly(FIRST, SECOND);
        assertThat(flights().erase(ArchiveFixture.EVERYTHING.newestFirst().limit(1)))
                .isEqualTo(new EraseResult(0, 1));
        assertThat(fixture.read()).containsExactly(FIRST);
        assertThat(fixture.leftOpen()).isZero();
    }

    @Test
    void many_rows_are_erased_in_several_transactions() {
        Row[] rows = IntStream.range(0, 1_100)
                .mapToObj(id -> flight("2024-03-01T06:00:00Z", id, "SFO", id))
                .toArray(Row[]::new);
        fixture.hot.put(rows);
        fixture.archiver().build().run();
        long epoch = fixture.hot.journal().orElseThrow().state().epoch();
        assertThat(flights().erase(ArchiveFixture.EVERYTHING)).isEqualTo(new EraseResult(0, 1_100));
        assertThat(fixture.read()).isEmpty();
        assertThat(fixture.hot.journal().orElseThrow().state().epoch())
                .as("one more for each batch")
                .isEqualTo(epoch + 3);
    }

    @Test
    void an_erased_row_that_is_inserted_again_is_there_again() {
        archiveAll();
        Eraser.of(fixture.hot).erase(List.of(SECOND));
        fixture.hot.put(SECOND);
        assertThat(fixture.read()).containsExactly(FIRST, SECOND, THIRD, OTHER_DAY);
        assertThat(flights().count(ArchiveFixture.EVERYTHING)).isEqualTo(4);
    }

    @Test
    void without_a_journaled_archive_a_query_erases_nothing() {
        assertThatThrownBy(() -> TieredQuery.builder(Flights.TABLE)
                        .hot(fixture.hot)
                        .build()
                        .erase(ArchiveFixture.EVERYTHING))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage("table 'flights' has no journaled archive to erase from; build it with a cold source and a"
                        + " hot one with a journal");
    }

    @Test
    void an_erasure_needs_the_time_and_the_whole_key() {
        RowType noKey = RowType.of(List.of(Flights.TABLE.timeColumn()));
        Row row = noKey.row(new Object[] {DAY.from()});
        assertThatThrownBy(() -> Eraser.of(fixture.hot).erase(List.of(row)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("table 'flights': a row to erase has no 'id'; it needs [departed_at, id] and has"
                        + " [departed_at]");
        List<Column> columns =
                List.of(Flights.TABLE.column("delay"), Flights.TABLE.column("id"), Flights.TABLE.timeColumn());
        archiveAll();
        Row key = RowType.of(columns).row(new Object[] {5, 1L, Instant.parse("2024-03-01T06:00:00Z")});
        assertThat(Eraser.of(fixture.hot).erase(List.of(key))).isEqualTo(new EraseResult(0, 1));
        assertThat(fixture.read()).containsExactly(SECOND, THIRD, OTHER_DAY);
    }
}
