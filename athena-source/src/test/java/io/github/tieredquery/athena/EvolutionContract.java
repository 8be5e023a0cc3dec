package io.github.tieredquery.athena;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.github.tieredquery.TieredQuery;
import io.github.tieredquery.archive.ArchiveReport;
import io.github.tieredquery.archive.Archiver;
import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.query.Aggregation;
import io.github.tieredquery.query.Filter;
import io.github.tieredquery.query.Query;
import io.github.tieredquery.store.PartitionManifest;
import io.github.tieredquery.table.ColumnType;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.Table;
import io.github.tieredquery.testkit.MemoryHotStore;
import io.github.tieredquery.testkit.TestClock;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.Period;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** A table in Athena that gets columns while files and partitions from before go on being read. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class EvolutionContract {

    private static final Table TABLE = started().build();
    private static final Table WIDER = started()
            .column("gate", ColumnType.STRING)
            .column("weight", ColumnType.INT64)
            .column("price", ColumnType.decimal(9, 2))
            .column("held_until", ColumnType.TIMESTAMP)
            .build();
    private static final Instant DAY = Instant.parse("2024-03-05T00:00:00Z");
    private static final Query ALL = Query.between(DAY.minus(Duration.ofDays(9)), DAY.plus(Duration.ofDays(9)));

    private final Athenas athena = Athenas.configured();
    private final TestClock clock = new TestClock(DAY.plus(Duration.ofDays(3)));

    private static Table.Builder started() {
        return Table.builder("parcels")
                .time("at")
                .key("id", ColumnType.INT64)
                .column("shop", ColumnType.STRING)
                .column("note", ColumnType.STRING);
    }

    /** The form of the files. */
    protected abstract OwnArchiveBuilder with(OwnArchiveBuilder builder);

    private OwnArchiveBuilder builder(String name, Table table) {
        return with(athena.source(table, name)
                .layout(HivePartitionLayout.daily(ZoneOffset.UTC).thenBy("shop")));
    }

    private ArchiveReport archive(MemoryHotStore hot, AthenaSource cold) {
        return Archiver.builder(hot, cold)
                .keep(Period.ofDays(2))
                .clock(clock)
                .sweepEvery(Duration.ZERO)
                .settle(Duration.ZERO)
                .build()
                .run();
    }

    private static Row row(Table table, int hour, long id, String shop, @Nullable Object... more) {
        @Nullable
        Object[] values = Arrays.copyOf(
                new @Nullable Object[] {DAY.plus(Duration.ofHours(hour)), id, shop},
                table.rowType().columns().size());
        System.arraycopy(more, 0, values, 3, more.length);
        return table.rowType().row(values);
    }

    @Test
    void files_from_before_read_as_null_and_later_ones_have_their_values_whoever_reads() {
        MemoryHotStore older = new MemoryHotStore("hot:parcels", TABLE, clock);
        String name = athena.freshName("parcels");
        Row inBerlin = row(TABLE, 1, 1, "b", "one");
        Row inRome = row(TABLE, 2, 2, "r");
        try (AthenaSource oldCold = builder(name, TABLE).createTableIfMissing().build()) {
            older.put(inBerlin, inRome);
            archive(older, oldCold);
            older.alter(WIDER);
            MemoryHotStore newer = older.client(WIDER);
            clock.advance(Duration.ofDays(1));
            Row late = row(WIDER, 3, 3, "b", "late", "B1", 7L, new BigDecimal("1.50"), DAY);
            Row next = row(WIDER, 26, 4, "b", null, "", null, null, DAY.plusNanos(1_000));
            newer.put(late, next);
            try (AthenaSource newCold =
                    builder(name, WIDER).createTableIfMissing().build()) {
                TieredQuery<Row> before =
                        TieredQuery.builder(WIDER).hot(newer).cold(newCold).build();
                List<Row> expected = List.of(row(WIDER, 1, 1, "b", "one"), row(WIDER, 2, 2, "r"), late, next);
                assertThat(before.list(ALL)).as("before an archiver came").isEqualTo(expected);

                ArchiveReport report = archive(newer, newCold);
                assertThat(report.rows()).isEqualTo(1);
                assertThat(report.sweeps()).hasSize(1);
                assertThat(newer.rows()).isEmpty();
                assertThat(newer.manifests())
                        .extracting(
                                each -> each.partition().value("shop"),
                                each -> each.partition().value("day"),
                                PartitionManifest::schemaVersion)
                        .containsExactlyInAnyOrder(tuple("b", "05", 2), tuple("r", "05", 1), tuple("b", "06", 2));
                TieredQuery<Row> parcels =
                        TieredQuery.builder(WIDER).hot(newer).cold(newCold).build();
                assertThat(parcels.list(ALL)).isEqualTo(expected);
                assertThat(parcels.list(ALL.where(Filter.isNull("weight"))))
                        .containsExactly(expected.get(0), expected.get(1), next);
                assertThat(parcels.list(ALL.where(Filter.eq("gate", "")))).containsExactly(next);
                assertThat(parcels.list(ALL.where(Filter.gt("held_until", DAY))))
                        .containsExactly(next);
                assertThat(parcels.count(ALL.where(Filter.ge("price", new BigDecimal("1.00")))))
                        .isEqualTo(1);
                assertThat(parcels.count(ALL)).isEqualTo(4);
                assertThat(parcels.aggregate(ALL, Aggregation.by("shop").sum("weight")))
                        .extracting(each -> each.string("shop"), each -> each.value("sum_weight"))
                        .containsExactly(tuple("b", new BigDecimal(7)), tuple("r", null));
                assertThat(TieredQuery.builder(TABLE)
                                .hot(older)
                                .cold(oldCold)
                                .build()
                                .list(ALL))
                        .as("by a process that isn't restarted yet")
                        .containsExactly(inBerlin, inRome, row(TABLE, 3, 3, "b", "late"), row(TABLE, 26, 4, "b"));

                Row changed = row(WIDER, 2, 2, "r", "changed", "R2", 9L, null, null);
                newer.put(changed);
                archive(newer, newCold);
                assertThat(newer.rows())
                        .as("a copied file of the older schema was compared and rewritten")
                        .isEmpty();
                assertThat(parcels.list(ALL)).containsExactly(expected.get(0), changed, late, next);
            }
        }
    }

    @Test
    void a_table_without_the_columns_is_refused_with_the_statement_that_adds_them() {
        String name = athena.freshName("parcels");
        builder(name, TABLE).createTableIfMissing().build().close();
        Table wider = started().column("gate", ColumnType.STRING).build();
        assertThatThrownBy(() -> builder(name, wider).build())
                .isInstanceOf(ConfigurationException.class)
                .hasMessage("athena:" + athena.database() + "." + name
                        + ": the table in Athena isn't the one that the source describes: column 'gate' needs a column"
                        + " 'gate', and there is [at, id, note]. Build the source with createTableIfMissing(), which"
                        + " adds the columns, or run\nALTER TABLE `" + athena.database() + "`.`" + name
                        + "` ADD COLUMNS (`gate` string)");
        builder(name, wider).createTableIfMissing().build().close();
        builder(name, wider).build().close();
    }

    @AfterAll
    void close_athena() {
        athena.close();
    }
}
