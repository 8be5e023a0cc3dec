package io.github.tieredquery.archive;

import static io.github.tieredquery.testkit.Flights.flight;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.github.tieredquery.TieredQuery;
import io.github.tieredquery.archive.ArchiveReport.Stop;
import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.query.Filter;
import io.github.tieredquery.store.ArchiveIdentity;
import io.github.tieredquery.store.PartitionManifest;
import io.github.tieredquery.table.ColumnType;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.Table;
import io.github.tieredquery.testkit.ContractRows;
import io.github.tieredquery.testkit.Flights;
import io.github.tieredquery.testkit.MemoryColdStore;
import io.github.tieredquery.testkit.MemoryHotStore;
import io.github.tieredquery.testkit.StepHook;
import java.time.Duration;
import java.time.Instant;
import java.time.Period;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A table that gets columns while its archive lives, and processes that know of them and that don't. */
class EvolutionTest {

    private static final Table WIDER = Table.builder("flights")
            .time("departed_at")
            .key("id", ColumnType.INT64)
            .required("origin", ColumnType.STRING)
            .column("delay", ColumnType.INT32)
            .column("gate", ColumnType.STRING)
            .build();

    private final ArchiveFixture fixture = new ArchiveFixture(
            "2024-03-06T08:00:00Z", HivePartitionLayout.daily(ZoneOffset.UTC).thenBy("origin"));

    private static Row wide(Row row, @Nullable String gate) {
        return ContractRows.row(WIDER.rowType(), row.value(0), row.value(1), row.value(2), row.value(3), gate);
    }

    private static final Row FIRST = flight("2024-03-01T06:00:00Z", 1, "SFO", 1);
    private static final Row SECOND = flight("2024-03-01T12:00:00Z", 2, "BER", null);
    private static final Row THIRD = flight("2024-03-02T12:00:00Z", 3, "SFO", 3);
    private static final Row FOURTH = flight("2024-03-03T12:00:00Z", 4, "SFO", 4);

    private MemoryHotStore hot() {
        return fixture.hot.client(WIDER);
    }

    private MemoryColdStore cold() {
        return fixture.cold.client(WIDER);
    }

    private Archiver newer() {
        return Archiver.builder(hot(), cold())
                .keep(Period.ofDays(2))
                .clock(fixture.clock)
                .sweepEvery(Duration.ZERO)
                .settle(Duration.ZERO)
                .build();
    }

    private List<Row> readWide() {
        return TieredQuery.builder(WIDER).hot(hot()).cold(cold()).build().list(ArchiveFixture.EVERYTHING);
    }

    @Test
    void rows_from_before_read_as_null_and_rows_from_then_on_have_their_values() {
        fixture.hot.put(FIRST, SECOND);
        fixture.archiver().build().run();
        fixture.hot.alter(WIDER);
        fixture.hot.put(wide(THIRD, "B12"), wide(FOURTH, null));
        newer().run();
        assertThat(fixture.hot.rows()).isEmpty();
        assertThat(readWide())
                .containsExactly(wide(FIRST, null), wide(SECOND, null), wide(THIRD, "B12"), wide(FOURTH, null));
        assertThat(fixture.read())
                .as("by a process that isn't restarted yet")
                .containsExactly(FIRST, SECOND, THIRD, FOURTH);
        TieredQuery<Row> flights =
                TieredQuery.builder(WIDER).hot(hot()).cold(cold()).build();
        assertThat(flights.count(ArchiveFixture.EVERYTHING.where(Filter.isNull("gate"))))
                .isEqualTo(3);
        assertThat(flights.count(ArchiveFixture.EVERYTHING)).isEqualTo(4);
        assertThat(fixture.hot.manifests())
                .extracting(PartitionManifest::schemaVersion)
                .containsExactlyInAnyOrder(1, 1, 2, 2);
    }

    @Test
    void a_sweep_writes_touched_partitions_with_the_new_columns_and_copies_the_others_with_their_schema_version() {
        fixture.hot.put(FIRST, SECOND);
        fixture.archiver().build().run();
        fixture.hot.alter(WIDER);
        Row late = wide(flight("2024-03-01T07:00:00Z", 7, "SFO", 7), "A1");
        fixture.hot.put(late);
        assertThat(newer().run().sweeps()).hasSize(1);
        assertThat(fixture.hot.rows()).isEmpty();
        assertThat(readWide()).containsExactly(wide(FIRST, null), late, wide(SECOND, null));
        assertThat(fixture.hot.manifests())
                .extracting(
                        manifest -> manifest.partition().value("origin"),
                        PartitionManifest::schemaVersion,
                        PartitionManifest::rows)
                .containsExactlyInAnyOrder(tuple("SFO", 2, 2L), tuple("BER", 1, 1L));
        Row later = wide(flight("2024-03-01T12:00:00Z", 2, "BER", 5), "C3");
        fixture.hot.put(later);
        newer().run();
        assertThat(readWide())
                .as("a partition of the older schema is read with the newer one and compared with its manifest")
                .containsExactly(wide(FIRST, null), late, later);
    }

    @Test
    void an_archiver_that_does_not_know_of_the_columns_is_refused_before_it_writes() {
        fixture.hot.put(FIRST);
        fixture.archiver().build().run();
        fixture.hot.alter(WIDER);
        newer().run();
        fixture.hot.put(wide(THIRD, "B12"));
        assertThatThrownBy(() -> fixture.archiver().build().run())
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("That is: the column gate STRING is in the archive, and not here.");
        assertThat(fixture.hot.rows()).containsExactly(wide(THIRD, "B12"));
    }

    @Test
    void an_archiver_that_is_under_way_while_columns_are_appended_commits_nothing_more() {
        for (String step : List.of(
                "hot.open", "journal.begun", "cold.write", "cold.finished", "cold.published", "journal.commit")) {
            ArchiveFixture each = new ArchiveFixture(
                    "2024-03-04T08:00:00Z",
                    HivePartitionLayout.daily(ZoneOffset.UTC).thenBy("origin"));
            each.hot.put(FIRST);
            each.archiver().build().run();
            each.clock.advance(Duration.ofDays(2));
            each.hot.put(THIRD, FOURTH);
            boolean[] done = {false};
            StepHook deploys = at -> {
                if (at.equals(step) && !done[0]) {
                    done[0] = true;
                    each.hot.alter(WIDER);
                    each.hot.put(wide(THIRD, "B12"));
                    each.hot
                            .client(WIDER)
                            .journal()
                            .orElseThrow()
                            .prepare(ArchiveIdentity.of(WIDER, each.cold.layout()));
                }
            };
            try {
                assertThat(each.archiver(deploys).build().run().stop()).isEqualTo(Stop.LEASE_HELD_ELSEWHERE);
            } catch (ConfigurationException e) {
                assertThat(e).hasMessageEndingWith("Start this one again with the same");
            }
            assertThat(done[0]).as(step).isTrue();
            assertThat(each.hot.rows()).as(step).containsExactly(wide(THIRD, "B12"), wide(FOURTH, null));
            assertThat(Objects.requireNonNull(each.watermark())).isEqualTo(Instant.parse("2024-03-02T00:00:00Z"));
        }
    }

    @Test
    void a_reader_that_knows_of_more_columns_than_were_archived_is_served() {
        fixture.hot.put(FIRST);
        fixture.archiver().build().run();
        fixture.hot.alter(WIDER);
        fixture.hot.put(wide(THIRD, "B12"));
        assertThat(readWide()).containsExactly(wide(FIRST, null), wide(THIRD, "B12"));
        fixture.archiver().build();
        assertThat(TieredQuery.builder(Flights.TABLE)
                        .hot(fixture.hot)
                        .cold(fixture.cold)
                        .build()
                        .list(ArchiveFixture.EVERYTHING))
                .containsExactly(FIRST, THIRD);
    }
}
