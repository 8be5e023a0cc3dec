package io.github.tieredquery.athena;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tieredquery.archive.ArchivePhase;
import io.github.tieredquery.archive.ArchiveReport;
import io.github.tieredquery.archive.Archiver;
import io.github.tieredquery.archive.ArchiverBuilder;
import io.github.tieredquery.archive.Eraser;
import io.github.tieredquery.athenalocal.fault.Fault;
import io.github.tieredquery.athenalocal.fault.Faults;
import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.error.TieredQueryException;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.spi.RowCursor;
import io.github.tieredquery.spi.Scan;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.table.ColumnType;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.Table;
import io.github.tieredquery.testkit.MemoryHotStore;
import io.github.tieredquery.testkit.TestClock;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.Period;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import software.amazon.awssdk.services.athena.model.Column;

/** What others see of an archive who query its view by themselves, at each step of the archiver. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class ViewContract {

    private static final Table TABLE = Table.builder("payments")
            .time("at")
            .key("id", ColumnType.INT64)
            .column("shop", ColumnType.STRING)
            .column("amount", ColumnType.decimal(12, 2))
            .column("note", ColumnType.STRING)
            .column("share", ColumnType.DOUBLE)
            .column("pieces", ColumnType.INT32)
            .column("paid", ColumnType.BOOLEAN)
            .column("due", ColumnType.DATE)
            .column("seen", ColumnType.TIMESTAMP)
            .column("receipt", ColumnType.BINARY)
            .build();
    private static final Instant DAY = Instant.parse("2024-03-05T00:00:00Z");
    private static final TimeRange ALL = new TimeRange(DAY.minus(9, ChronoUnit.DAYS), DAY.plus(99, ChronoUnit.DAYS));
    private static final List<@Nullable String> NOTES = Arrays.asList(
            "plain", null, "", "two\nlines\r\nand \u000B \u000E", "quotes \" ' and \\ and ,", "\u00FC\uD83D\uDE00");

    private final Athenas athena = Athenas.local();
    private final TestClock clock = new TestClock(DAY.plus(5, ChronoUnit.DAYS));

    /** Chooses the format. */
    protected abstract OwnArchiveBuilder with(OwnArchiveBuilder builder);

    private OwnArchiveBuilder builder(String name) {
        return with(athena.source(TABLE, name)
                .layout(HivePartitionLayout.daily(ZoneOffset.UTC).thenBy("shop"))
                .createTableIfMissing());
    }

    private AthenaSource source(String name) {
        return builder(name).view(name + "_archive").build();
    }

    /** The view as a table of somebody else with columns of Athena's own types. */
    private List<Row> view(String name) {
        ExistingTableBuilder reader = AthenaSource.existing(athena.aws(), TABLE)
                .table(athena.database(), name + "_archive")
                .results(AthenaResults.at(athena.outputLocation()).polling(Duration.ofMillis(2), Duration.ofMillis(10)))
                .layout(HivePartitionLayout.daily(ZoneOffset.UTC).withoutVersion())
                .column("at", "at", ColumnEncoding.natively().lossAccepted())
                .column("seen", "seen", ColumnEncoding.natively().lossAccepted())
                .withoutSchemaCheck();
        List<Row> rows = new ArrayList<>();
        try (AthenaSource source = reader.build();
                RowCursor cursor = source.open(Scan.of(TABLE, ALL), ScanControl.unlimited())) {
            for (Row row = cursor.next(); row != null; row = cursor.next()) {
                rows.add(row);
            }
        }
        return rows;
    }

    private ArchiverBuilder archiver(MemoryHotStore hot, AthenaSource cold) {
        return Archiver.builder(hot, cold)
                .keep(Period.ofDays(2))
                .clock(clock)
                .sweepEvery(Duration.ZERO)
                .settle(Duration.ZERO);
    }

    private ArchiveReport run(MemoryHotStore hot, AthenaSource cold) {
        return archiver(hot, cold).build().run();
    }

    private static Row payment(long id) {
        return payment(id, NOTES.get((int) (id % NOTES.size())));
    }

    private static Row payment(long id, @Nullable String note) {
        boolean none = id % 5 == 4;
        return TABLE.rowType().row(new @Nullable Object[] {
            DAY.plus(id * 1_000_001, ChronoUnit.MICROS),
            id,
            none ? null : "shop/" + id % 3,
            none ? null : new BigDecimal("-1.50").multiply(BigDecimal.valueOf(id + 1)),
            note,
            none ? null : id / 3.0,
            none ? null : (int) id,
            none ? null : id % 2 == 0,
            none ? null : LocalDate.of(2024, 1, 1).plusDays(id),
            none ? null : DAY.minus(id, ChronoUnit.MICROS),
            none ? null : new byte[] {(byte) id, 0, -1}
        });
    }

    private static List<Row> payments(long from, long to) {
        List<Row> rows = new ArrayList<>();
        for (long id = from; id < to; id++) {
            rows.add(payment(id));
        }
        return rows;
    }

    @Test
    void it_shows_what_counts_at_the_end_of_each_run_and_nothing_else() {
        String name = athena.freshName("payments");
        MemoryHotStore hot = new MemoryHotStore("hot:payments", TABLE, clock);
        List<Row> rows = payments(0, 40);
        try (AthenaSource cold = source(name)) {
            run(hot, cold);
            assertThat(view(name)).isEmpty();
            hot.put(rows);
            assertThat(view(name)).isEmpty();
            run(hot, cold);
            assertThat(view(name)).as("each value as it was").isEqualTo(rows);

            Row next = payment(100_000);
            hot.put(next);
            assertThatThrownBy(() -> archiver(hot, cold)
                            .listener(progress -> {
                                if (progress.phase() == ArchivePhase.VERIFY) {
                                    throw new IllegalStateException("gone");
                                }
                            })
                            .build()
                            .run())
                    .hasMessage("gone");
            assertThat(count(name)).as("a dead version is registered").isEqualTo(41);
            assertThat(view(name)).as("after a crash").isEqualTo(rows);

            Row late = payment(40);
            Row changed = payment(7, "changed since");
            hot.put(late, changed);
            Eraser.of(hot).erase(List.of(TABLE.keyOf(rows.get(3))));
            assertThat(view(name)).as("neither late nor erased rows").isEqualTo(rows);
            List<Row> swept = new ArrayList<>(rows);
            swept.set(7, changed);
            swept.remove(3);
            swept.add(late);
            swept.add(next);
            assertThat(run(hot, cold).sweeps()).hasSize(2);
            assertThat(view(name)).as("after the sweep").isEqualTo(swept);
            assertThat(count(name)).as("of the table, with dead rows").isEqualTo(41 + 1 + 40);

            clock.advance(Duration.ofHours(12));
            ArchiveReport cleaned = run(hot, cold);
            assertThat(cleaned.removed().versions()).isEqualTo(2);
            assertThat(view(name)).as("after the clean-up").isEqualTo(swept);
            run(hot, cold);
            assertThat(view(name)).isEqualTo(swept);
        }
    }

    private long count(String name) {
        try (AthenaSource source = builder(name).build()) {
            return source.count(Scan.of(TABLE, ALL), ScanControl.unlimited()).rows();
        }
    }

    @Test
    void its_columns_are_the_tables_in_athenas_own_types_and_days_keep_files_from_being_read() {
        String name = athena.freshName("payments");
        MemoryHotStore hot = new MemoryHotStore("hot:payments", TABLE, clock);
        hot.put(payments(0, 10));
        hot.put(payment(86_400L * 1_000_000 / 1_000_001 + 1));
        try (AthenaSource cold = source(name)) {
            run(hot, cold);
        }
        assertThat(athena.theLocalOne()
                        .athenaClient()
                        .getTableMetadata(get -> get.catalogName("AwsDataCatalog")
                                .databaseName(athena.database())
                                .tableName(name + "_archive"))
                        .tableMetadata()
                        .columns())
                .extracting(Column::name, Column::type)
                .hasToString("[(\"at\", \"timestamp\"), (\"id\", \"bigint\"), (\"shop\", \"string\"),"
                        + " (\"amount\", \"decimal(12,2)\"), (\"note\", \"string\"), (\"share\", \"double\"),"
                        + " (\"pieces\", \"int\"), (\"paid\", \"boolean\"), (\"due\", \"date\"),"
                        + " (\"seen\", \"timestamp\"), (\"receipt\", \"binary\"), (\"year\", \"string\"),"
                        + " (\"month\", \"string\"), (\"day\", \"string\"), (\"tq_live_version\", \"string\")]");
        long whole = scanned("SELECT * FROM " + name + "_archive");
        assertThat(scanned("SELECT * FROM " + name + "_archive WHERE day = '06'"))
                .isPositive()
                .isLessThan(whole / 2);
        assertThat(scanned("SELECT * FROM " + name + "_archive WHERE tq_live_version = '0000000000'"))
                .isZero();
    }

    private long scanned(String sql) {
        long before = athena.theLocalOne().counters().scannedBytes();
        athena.theLocalOne().run(sql);
        return athena.theLocalOne().counters().scannedBytes() - before;
    }

    @Test
    void a_name_that_is_taken_is_refused_before_anything_is_archived() {
        String name = athena.freshName("payments");
        MemoryHotStore hot = new MemoryHotStore("hot:payments", TABLE, clock);
        List<Row> rows = payments(0, 3);
        hot.put(rows);
        String taken = "athena:default." + name + ": default." + name + "_archive is there already, a %s that isn't a"
                + " view of this library's, and is left alone. Say another view(…), or drop it";
        builder(name).build().close();
        athena.theLocalOne().run("CREATE VIEW " + name + "_archive AS SELECT * FROM " + name);
        assertThatThrownBy(() -> source(name))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage(taken.formatted("VIRTUAL_VIEW"));
        athena.theLocalOne().run("DROP VIEW " + name + "_archive");
        athena.theLocalOne()
                .run("CREATE EXTERNAL TABLE " + name + "_archive (tq_live_version string) LOCATION '"
                        + athena.location(name + "_other") + "'");
        try (AthenaSource cold =
                builder(name).view(name + "_archive").withoutSchemaCheck().build()) {
            assertThatThrownBy(() -> run(hot, cold))
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessage(taken.formatted("EXTERNAL_TABLE"));
            assertThat(hot.rows()).isEqualTo(rows);
        }
    }

    @Test
    void if_it_cannot_be_replaced_all_is_archived_and_dead_files_are_kept_until_it_can() {
        String name = athena.freshName("payments");
        MemoryHotStore hot = new MemoryHotStore("hot:payments", TABLE, clock);
        hot.put(payments(0, 3));
        try (AthenaSource cold = source(name)) {
            run(hot, cold);
            hot.put(payment(3));
            athena.theLocalOne()
                    .faults()
                    .on(Faults.EXECUTION)
                    .times(2)
                    .matching(sql -> sql.startsWith("CREATE OR REPLACE VIEW"))
                    .inject(Fault.failure("Insufficient permissions to execute the query"));
            assertThatThrownBy(() -> run(hot, cold))
                    .isInstanceOf(TieredQueryException.class)
                    .hasMessageContaining("Insufficient permissions");
            assertThat(hot.rows()).isEmpty();
            clock.advance(Duration.ofHours(12));
            assertThatThrownBy(() -> run(hot, cold))
                    .isInstanceOf(TieredQueryException.class)
                    .hasMessageContaining("Insufficient permissions");
            assertThat(view(name)).as("as it was, files and all").isEqualTo(payments(0, 3));
            assertThat(run(hot, cold).removed().versions()).isEqualTo(1);
            assertThat(view(name)).isEqualTo(payments(0, 4));
        }
    }

    @AfterAll
    void stop() {
        athena.close();
    }
}
