package io.github.tieredquery.athena;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tieredquery.TieredQuery;
import io.github.tieredquery.archive.Adoption;
import io.github.tieredquery.archive.AdoptionReport;
import io.github.tieredquery.archive.ArchiveReport;
import io.github.tieredquery.archive.Archiver;
import io.github.tieredquery.athena.internal.s3.S3Location;
import io.github.tieredquery.error.ArchiveRefusedException;
import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.query.Filter;
import io.github.tieredquery.query.Query;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.spi.Scan;
import io.github.tieredquery.store.PartitionManifest;
import io.github.tieredquery.store.StoredFile;
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
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.S3Object;

/** An archive in S3 that another job has filled, taken over where it lies, and gone on with in the same form. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class AdoptionContract {

    protected static final Table TABLE = Table.builder("payments")
            .time("at")
            .key("id", ColumnType.INT64)
            .column("shop", ColumnType.STRING)
            .column("amount", ColumnType.decimal(10, 2))
            .column("note", ColumnType.STRING)
            .build();
    private static final Instant DAY = Instant.parse("2024-03-05T00:00:00Z");
    private static final HivePartitionLayout LAYOUT =
            HivePartitionLayout.daily(ZoneOffset.UTC).thenBy("shop");
    private static final Query ALL = Query.between(DAY.minus(Duration.ofDays(9)), DAY.plus(Duration.ofDays(9)));

    protected final Athenas athena = Athenas.configured();
    private final TestClock clock = new TestClock(DAY.plus(Duration.ofDays(4)).plus(Duration.ofHours(1)));

    /** The old table's columns: {@code ts}, {@code event_id}, {@code amount}, {@code extra}, {@code note}. */
    protected abstract String columns();

    /** What stands between the partition columns and the location. */
    protected abstract String storage();

    /** Extra properties of the table. */
    protected String properties() {
        return "";
    }

    /** A file of the old job's. */
    protected abstract byte[] file(List<Row> rows);

    /** What maps a column. */
    protected interface Columns {

        /** Maps one. */
        void column(String column, String coldName, ColumnEncoding encoding);
    }

    /** The encodings of the old columns. */
    protected abstract void describe(Columns columns);

    /** A row that the old form can't hold, and what is said of it. */
    protected abstract Map.Entry<Row, String> unholdable();

    protected static Row payment(
            Instant at, long id, @Nullable String shop, @Nullable String amount, @Nullable String note) {
        return TABLE.rowType()
                .row(new @Nullable Object[] {at, id, shop, amount == null ? null : new BigDecimal(amount), note});
    }

    protected static Row payment(
            int hour, long id, @Nullable String shop, @Nullable String amount, @Nullable String note) {
        return payment(DAY.plus(Duration.ofHours(hour)), id, shop, amount, note);
    }

    private AdoptedArchiveBuilder adopting(String name, String old) {
        AdoptedArchiveBuilder source = AthenaSource.adopting(athena.aws(), TABLE, athena.database(), old)
                .table(athena.database(), name)
                .layout(LAYOUT)
                .location(athena.location(name))
                .results(athena.results());
        describe(source::column);
        return source;
    }

    private AthenaSource existing(String name) {
        ExistingTableBuilder source = AthenaSource.existing(athena.aws(), TABLE)
                .table(athena.database(), name)
                .layout(LAYOUT)
                .results(athena.results());
        describe(source::column);
        return source.build();
    }

    private static Adoption adoption(MemoryHotStore hot, AthenaSource cold) {
        return Adoption.of(hot, cold).settle(Duration.ZERO);
    }

    private Archiver archiver(MemoryHotStore hot, AthenaSource cold) {
        return Archiver.builder(hot, cold)
                .keep(Period.ofDays(1))
                .clock(clock)
                .sweepEvery(Duration.ZERO)
                .settle(Duration.ZERO)
                .build();
    }

    /** What the old job has left: a table, files in directories of its own choice, partitions. */
    private void fill(String name, Map<String, List<Row>> partitions) {
        athena.theLocalOne()
                .run("CREATE EXTERNAL TABLE " + name + " (" + columns()
                        + ") PARTITIONED BY (year string, month string, day string, shop string) " + storage()
                        + " LOCATION '" + athena.location(name) + "' " + properties());
        partitions.forEach((place, rows) -> {
            int slash = place.indexOf('/');
            String folder = athena.location(name) + place.replace('/', '-') + "/";
            S3Location file = S3Location.parse(folder + "000000_0" + suffix());
            athena.aws()
                    .s3()
                    .putObject(
                            request -> request.bucket(file.bucket()).key(file.key()),
                            RequestBody.fromBytes(file(rows)));
            athena.theLocalOne()
                    .run("ALTER TABLE " + name + " ADD PARTITION (year='2024', month='03', day='"
                            + place.substring(0, slash) + "', shop='" + place.substring(slash + 1) + "') LOCATION '"
                            + folder + "'");
        });
    }

    protected String suffix() {
        return "";
    }

    private Map<String, Instant> objects(String name) {
        return athena.objects(name).stream().collect(Collectors.toMap(S3Object::key, S3Object::lastModified));
    }

    @Test
    void it_is_read_swept_and_gone_on_with_while_the_old_table_and_its_files_stay_as_they_are() {
        String old = athena.freshName("old");
        Row first = payment(1, 1, "a", "12.50", "one, \"two\"");
        Row second = payment(2, 2, "a", null, null);
        Row third = payment(3, 3, "b", "-0.01", "é");
        Row nowhere = payment(25, 4, null, "7.00", "without a shop");
        fill(
                old,
                Map.of(
                        "05/a", List.of(first, second),
                        "05/b", List.of(third),
                        "06/__HIVE_DEFAULT_PARTITION__", List.of(nowhere)));
        Map<String, Instant> before = objects(old);
        MemoryHotStore hot = new MemoryHotStore("hot:payments", TABLE, clock);
        Row changed = payment(2, 2, "a", "99.99", "paid after all");
        Row next = payment(49, 5, "b", "1.00", "x \\ 'y' z");
        Row today = payment(96, 6, "c", "2.00", "today");
        hot.put(first, changed, next, today);
        String name = athena.freshName("payments");
        try (AthenaSource cold = adopting(name, old).createTableIfMissing().build()) {
            AdoptionReport report = adoption(hot, cold).run();
            assertThat(report.isComplete()).isTrue();
            assertThat(report.watermark()).isEqualTo(Instant.parse("2024-03-07T00:00:00Z"));
            assertThat(List.of(report.windows(), (int) report.partitions(), (int) report.files(), (int) report.rows()))
                    .containsExactly(2, 3, 3, 4);
            assertThat(report.overlap()).isEqualTo(new AdoptionReport.Overlap(1, 1, List.of(TABLE.keyOf(changed)), 0));
            assertThat(report.gaps()).isEmpty();
            assertThat(hot.manifests())
                    .flatExtracting(PartitionManifest::files)
                    .extracting(StoredFile::location)
                    .hasSize(3)
                    .allMatch(file -> file.startsWith(athena.location(old)));
            TieredQuery<Row> payments =
                    TieredQuery.builder(TABLE).hot(hot).cold(cold).clock(clock).build();
            List<Row> all = List.of(first, changed, third, nowhere, next, today);
            assertThat(payments.list(ALL)).isEqualTo(all);

            ArchiveReport run = archiver(hot, cold).run();
            assertThat(run.rows()).isEqualTo(1);
            assertThat(run.sweeps()).hasSize(1);
            assertThat(hot.rows()).containsExactly(today);
            assertThat(payments.list(ALL)).isEqualTo(all);
            assertThat(payments.list(ALL.where(Filter.eq("shop", "b")))).containsExactly(third, next);
            assertThat(payments.list(ALL.where(Filter.ge("amount", 7)).newestFirst()))
                    .containsExactly(nowhere, changed, first);
            assertThat(payments.count(ALL)).isEqualTo(6);
            clock.advance(Duration.ofHours(12));
            assertThat(archiver(hot, cold).run().removed().files())
                    .as("of the adopted version, which the sweep has replaced")
                    .isZero();
            assertThat(payments.list(ALL)).isEqualTo(all);
            assertThat(objects(old)).isEqualTo(before);
            try (AthenaSource untouched = existing(old)) {
                assertThat(ArchiveTest.read(
                                untouched, Scan.of(TABLE, new TimeRange(DAY, DAY.plus(2, ChronoUnit.DAYS)))))
                        .containsExactly(first, second, third, nowhere);
            }
            clock.set(DAY.plus(Duration.ofDays(20)));
            Map.Entry<Row, String> unholdable = unholdable();
            hot.put(unholdable.getKey());
            assertThatThrownBy(() -> archiver(hot, cold).run())
                    .isInstanceOf(ArchiveRefusedException.class)
                    .hasMessage("table 'payments', the row [at="
                            + unholdable.getKey().value("at") + ", id="
                            + unholdable.getKey().value("id") + "], column " + unholdable.getValue()
                            + ". Change the row; later rows wait for it");
        }
        adopting(name, old).build().close();
    }

    @Test
    void hot_rows_with_finer_times_than_the_archive_keeps_are_refused_before_anybody_reads_them_twice() {
        String old = athena.freshName("old");
        Row row = payment(1, 1, "a", "1.00", "one");
        fill(old, Map.of("05/a", List.of(row)));
        MemoryHotStore hot = new MemoryHotStore("hot:payments", TABLE, clock);
        Row finer = payment(DAY.plus(1, ChronoUnit.HOURS).plus(1, ChronoUnit.MICROS), 1, "a", "1.00", "one");
        hot.put(finer);
        String name = athena.freshName("payments");
        try (AthenaSource cold = adopting(name, old).createTableIfMissing().build()) {
            assertThatThrownBy(() -> adoption(hot, cold).run())
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessage("taking over the archive of table 'payments': 1 rows that hot:payments has before"
                            + " 2024-03-06T00:00:00Z have times that are finer than athena:" + athena.database() + "."
                            + name
                            + " keeps, so that nothing tells which of them the archive has too. Delete those that"
                            + " it has, or cut the times of all of them, and run the adoption again");
            hot.delete(finer);
            assertThat(adoption(hot, cold).run().isComplete()).isTrue();
        }
    }

    @Test
    void a_partition_whose_value_reads_as_null_is_refused_by_name() {
        String old = athena.freshName("old");
        Row row = payment(1, 1, "a", "1.00", "one");
        fill(old, Map.of("05/a", List.of(row), "06/\\\\N", List.of(payment(25, 2, null, "2.00", "two"))));
        MemoryHotStore hot = new MemoryHotStore("hot:payments", TABLE, clock);
        try (AthenaSource cold = adopting(athena.freshName("payments"), old)
                .createTableIfMissing()
                .build()) {
            assertThatThrownBy(() -> adoption(hot, cold).run())
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessage("athena:" + athena.database() + "." + old
                            + ": the partition year=2024/month=03/day=06/shop=%5CN isn't one of the layout "
                            + cold.layout().describe()
                            + ": partition column 'shop' can't hold '\\N', which reads back as NULL. An archive can be"
                            + " taken over if all of its partitions are written as an archiver writes them; others can be"
                            + " read with existing(…) and a layout that says how they are written");
            assertThat(hot.manifests()).isEmpty();
        }
    }

    @Test
    void a_place_within_the_old_one_is_refused_and_so_is_a_table_that_is_not_there() {
        String old = athena.freshName("old");
        fill(old, Map.of("05/a", List.of(payment(1, 1, "a", null, null))));
        String within = athena.location(old) + "new/";
        assertThatThrownBy(() -> adopting(athena.freshName("payments"), old)
                        .location(within)
                        .createTableIfMissing()
                        .build())
                .isInstanceOf(ConfigurationException.class)
                .hasMessage("athena:" + athena.database() + "." + old + ": its files lie at " + athena.location(old)
                        + ", and the table that takes them over would lie at " + within
                        + "; one is within the other, so that files would be read twice. Say another location(…)");
        assertThatThrownBy(() -> adopting(athena.freshName("payments"), "nothing_here")
                        .createTableIfMissing()
                        .build())
                .isInstanceOf(ConfigurationException.class)
                .hasMessage("athena:" + athena.database() + ".nothing_here: there is no such table to take over");
    }

    @AfterAll
    void close_athena() {
        athena.close();
    }
}
