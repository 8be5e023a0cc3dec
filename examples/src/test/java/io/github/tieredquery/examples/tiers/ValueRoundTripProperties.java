package io.github.tieredquery.examples.tiers;

import static io.github.tieredquery.table.ColumnType.BINARY;
import static io.github.tieredquery.table.ColumnType.BOOLEAN;
import static io.github.tieredquery.table.ColumnType.DATE;
import static io.github.tieredquery.table.ColumnType.DOUBLE;
import static io.github.tieredquery.table.ColumnType.INT32;
import static io.github.tieredquery.table.ColumnType.INT64;
import static io.github.tieredquery.table.ColumnType.STRING;
import static io.github.tieredquery.table.ColumnType.TIMESTAMP;
import static io.github.tieredquery.table.ColumnType.decimal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tieredquery.TieredQuery;
import io.github.tieredquery.archive.ArchiveReport;
import io.github.tieredquery.archive.Archiver;
import io.github.tieredquery.athena.AthenaSource;
import io.github.tieredquery.athena.FileFormatKind;
import io.github.tieredquery.error.ArchiveRefusedException;
import io.github.tieredquery.jdbc.JdbcSource;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.query.Filter;
import io.github.tieredquery.query.Query;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.Table;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.Period;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.GenerationMode;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.jspecify.annotations.Nullable;

/**
 * A row that has moved from PostgreSQL to the archive is the row that it was, whatever its values: they either come
 * back equal, or the archiver refuses them by name and deletes nothing. One run of the archiver takes a long list of
 * rows, since a run costs far more than a row.
 */
class ValueRoundTripProperties {

    private static final Instant WATERMARK = Instant.parse("2024-03-01T00:00:00Z");
    private static final InstantSource CLOCK = InstantSource.fixed(Instant.parse("2024-03-31T12:00:00Z"));
    private static final Query ALL =
            Query.between(Instant.parse("0001-01-01T00:00:00Z"), Instant.parse("9999-12-31T23:59:59.999999Z"));
    private static final Instant DAY_BEFORE = WATERMARK.minus(1, ChronoUnit.DAYS);

    /** The first and last that there are, those on either side of the watermark and of 1970, and ends of days. */
    private static final List<Instant> EDGES_OF_TIME = List.of(
            Instant.parse("0001-01-01T00:00:00Z"),
            Instant.parse("1969-12-31T23:59:59.999999Z"),
            Instant.parse("2024-02-28T23:59:59.999999Z"),
            Instant.parse("2024-02-29T00:00:00Z"),
            Instant.parse("2024-02-29T23:59:59.999Z"),
            WATERMARK.minus(1, ChronoUnit.MICROS),
            WATERMARK,
            WATERMARK.plus(1, ChronoUnit.MICROS),
            Instant.parse("9999-12-31T23:59:59.999998Z"));

    private static final AtomicInteger TABLES = new AtomicInteger();

    private static @Nullable TwoTiers started;

    @BeforeContainer
    static void start() {
        started = TwoTiers.start();
    }

    @AfterContainer
    static void stop() {
        tiers().close();
    }

    private static TwoTiers tiers() {
        return Objects.requireNonNull(started);
    }

    @Property(
            tries = 3,
            generation = GenerationMode.RANDOMIZED,
            edgeCases = EdgeCasesMode.NONE,
            shrinking = ShrinkingMode.OFF)
    void a_row_read_from_cold_equals_the_row_that_was_in_hot(@ForAll("rowsOfEveryType") List<Row> rows) {
        for (FileFormatKind format : FileFormatKind.values()) {
            archiveAndCompare(everyType("values_" + TABLES.incrementAndGet()), format, rows);
        }
    }

    private static void archiveAndCompare(Table table, FileFormatKind format, List<Row> rows) {
        tiers().createTable(table);
        tiers().insert(table, rows);
        List<Row> expected = new ArrayList<>(rows);
        expected.sort(table.rowOrder(table.rowType()));
        List<Row> hotAfterwards = expected.stream().filter(row -> !isOld(row)).toList();
        try (JdbcSource hot = tiers().hot(table).build();
                AthenaSource cold = tiers().cold(table)
                        .layout(HivePartitionLayout.daily(ZoneOffset.UTC))
                        .format(format)
                        .build()) {
            assertThat(TieredQuery.builder(table).hot(hot).build().list(ALL))
                    .as("in hot")
                    .isEqualTo(expected);

            ArchiveReport report = archiver(hot, cold).run();

            assertThat(report.watermark()).isEqualTo(WATERMARK);
            assertThat(report.rows()).isEqualTo(expected.size() - hotAfterwards.size());
            assertThat(tiers().number("SELECT count(*) FROM " + table.name())).isEqualTo(hotAfterwards.size());
            TieredQuery<Row> both =
                    TieredQuery.builder(table).hot(hot).cold(cold).build();
            assertThat(both.list(ALL)).as("in cold and hot, %s", format).isEqualTo(expected);
            Collections.reverse(expected);
            assertThat(both.list(ALL.newestFirst()))
                    .as("newest first, %s", format)
                    .isEqualTo(expected);
        }
    }

    private static boolean isOld(Row row) {
        return Objects.requireNonNull(row.timestamp("at")).isBefore(WATERMARK);
    }

    private static Archiver archiver(JdbcSource hot, AthenaSource cold) {
        return Archiver.builder(hot, cold)
                .keep(Period.ofDays(30))
                .clock(CLOCK)
                .settle(Duration.ZERO)
                .build();
    }

    /**
     * Values of partition columns stand in paths and in the catalog instead of files. What Hive can't tell from NULL is
     * refused; then the row is changed, and the rest goes on.
     */
    @Property(
            tries = 2,
            generation = GenerationMode.RANDOMIZED,
            edgeCases = EdgeCasesMode.NONE,
            shrinking = ShrinkingMode.OFF)
    void a_partition_value_reads_back_or_is_refused_by_name(@ForAll("rowsOfPartitions") List<Row> rows) {
        Table table = partitioned("places_" + TABLES.incrementAndGet());
        tiers().createTable(table);
        tiers().insert(table, rows);
        try (JdbcSource hot = tiers().hot(table).build();
                AthenaSource cold = tiers().cold(table)
                        .layout(HivePartitionLayout.monthly(ZoneOffset.UTC)
                                .thenBy("region", "number", "big", "flag", "due"))
                        .build()) {
            TieredQuery<Row> both =
                    TieredQuery.builder(table).hot(hot).cold(cold).build();
            List<Row> expected = new ArrayList<>(rows);
            expected.sort(table.rowOrder(table.rowType()));
            // In the order of the copy, which is the layout's.
            for (String text : List.of("", "\\N", "__HIVE_DEFAULT_PARTITION__")) {
                List<String> refusals = expected.stream()
                        .filter(row -> text.equals(row.string("region")))
                        .map(row -> "table '" + table.name() + "': the row [at=" + row.timestamp("at") + ", id="
                                + row.int64("id") + "] has '" + text + "' in the partition column 'region', which a"
                                + " Hive partition reads back as NULL; change the value, or leave the column out of the"
                                + " layout")
                        .toList();
                assertThat(refusals).isNotEmpty();
                assertThatThrownBy(() -> archiver(hot, cold).run())
                        .isInstanceOf(ArchiveRefusedException.class)
                        .satisfies(refusal -> assertThat(refusal.getMessage()).isIn(refusals));
                assertThat(tiers().number("SELECT count(*) FROM " + table.name()))
                        .as("nothing is deleted")
                        .isEqualTo(expected.size());
                assertThat(both.list(ALL)).isEqualTo(expected);

                tiers().execute("UPDATE " + table.name() + " SET region = 'none' WHERE region = '" + text + "'");
                expected.replaceAll(row -> text.equals(row.string("region")) ? with(row, "region", "none") : row);
            }

            assertThat(archiver(hot, cold).run().rows()).isEqualTo(expected.size());

            assertThat(tiers().number("SELECT count(*) FROM " + table.name())).isZero();
            assertThat(both.list(ALL)).isEqualTo(expected);
            for (String text : new HashSet<>(AnyRows.texts(expected, "region"))) {
                assertThat(both.list(ALL.where(Filter.eq("region", text))))
                        .as("in the partition of %s", text)
                        .isEqualTo(expected.stream()
                                .filter(row -> text.equals(row.string("region")))
                                .toList());
            }
        }
    }

    private static Row with(Row row, String column, Object value) {
        @Nullable Object[] values = new @Nullable Object[row.type().columns().size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = row.value(i);
        }
        values[row.type().indexOf(column)] = value;
        return row.type().row(values);
    }

    @Example
    void a_row_that_athena_could_not_read_is_refused_by_name() {
        Table table = everyType("values_" + TABLES.incrementAndGet());
        tiers().createTable(table);
        tiers().execute("INSERT INTO " + table.name() + " (at, id, label) SELECT '2024-02-01 00:00:00Z', 1,"
                + " repeat('x', 32000001)");
        for (FileFormatKind format : FileFormatKind.values()) {
            try (JdbcSource hot = tiers().hot(table).build();
                    AthenaSource cold = tiers().cold(table)
                            .layout(HivePartitionLayout.daily(ZoneOffset.UTC))
                            .format(format)
                            .table("default", table.name() + "_" + format.name().toLowerCase(Locale.ROOT))
                            .build()) {
                assertThatThrownBy(() -> archiver(hot, cold).run())
                        .isInstanceOf(ArchiveRefusedException.class)
                        .hasMessage("table '" + table.name() + "', the row [at=2024-02-01T00:00:00Z, id=1], column"
                                + " 'label': the row is longer than the 32000000 bytes that Athena reads. Change the"
                                + " row; later rows wait for it");
            }
            assertThat(tiers().number("SELECT count(*) FROM " + table.name())).isEqualTo(1);
        }
    }

    private static Table everyType(String name) {
        return Table.builder(name)
                .time("at")
                .key("id", INT64)
                .column("flag", BOOLEAN)
                .column("small", INT32)
                .column("big", INT64)
                .column("ratio", DOUBLE)
                .column("exact", decimal(38, 10))
                .column("tiny", decimal(38, 38))
                .column("whole", decimal(38, 0))
                .column("price", decimal(18, 4))
                .column("digit", decimal(1, 0))
                .column("label", STRING)
                .column("note", STRING)
                .column("due", DATE)
                .column("seen", TIMESTAMP)
                .column("payload", BINARY)
                .build();
    }

    private static Table partitioned(String name) {
        return Table.builder(name)
                .time("at")
                .key("id", INT64)
                .column("region", STRING)
                .column("number", INT32)
                .column("big", INT64)
                .column("flag", BOOLEAN)
                .column("due", DATE)
                .column("note", STRING)
                .build();
    }

    @Provide
    Arbitrary<List<Row>> rowsOfEveryType() {
        return AnyRows.lists(everyType("any").rowType(), 150, EDGES_OF_TIME, times(), 100_000);
    }

    @Provide
    Arbitrary<List<Row>> rowsOfPartitions() {
        return AnyRows.lists(partitioned("any").rowType(), 25, List.of(DAY_BEFORE), Arbitraries.just(DAY_BEFORE), 40);
    }

    private static Arbitrary<Instant> times() {
        Arbitrary<Instant> around = Arbitraries.longs()
                .between(-2 * 86_400_000_000L, 86_400_000_000L)
                .map(micros -> WATERMARK.plus(micros, ChronoUnit.MICROS));
        return Arbitraries.frequencyOf(Tuple.of(1, Arbitraries.of(EDGES_OF_TIME)), Tuple.of(3, around));
    }
}
