package io.github.tieredquery.athena;

import io.github.tieredquery.TieredQuery;
import io.github.tieredquery.TieredQueryBuilder;
import io.github.tieredquery.archive.Archiver;
import io.github.tieredquery.athena.aws.AwsAccess;
import io.github.tieredquery.athena.export.S3ExportStore;
import io.github.tieredquery.athena.internal.s3.S3Location;
import io.github.tieredquery.athenalocal.AthenaLocal;
import io.github.tieredquery.athenalocal.fault.Counters;
import io.github.tieredquery.export.ExportStore;
import io.github.tieredquery.export.ExporterBuilder;
import io.github.tieredquery.export.StoredObject;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.query.Query;
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
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Things of all types in memory, of which some are archived in a local Athena, and a bucket to export them to. */
final class Exports implements AutoCloseable {

    static final byte[] KEY = "a key of the service's own".getBytes(java.nio.charset.StandardCharsets.UTF_8);
    static final Instant START = Instant.parse("2024-02-01T00:00:00Z");

    static final Table TABLE = Table.builder("things")
            .time("at")
            .key("id", ColumnType.INT64)
            .key("code", ColumnType.STRING)
            .column("flag", ColumnType.BOOLEAN)
            .column("small", ColumnType.INT32)
            .column("ratio", ColumnType.DOUBLE)
            .column("exact", ColumnType.decimal(18, 4))
            .column("label", ColumnType.STRING)
            .column("born", ColumnType.DATE)
            .column("seen", ColumnType.TIMESTAMP)
            .column("payload", ColumnType.BINARY)
            .column("origin", ColumnType.STRING)
            .build();

    private static final List<String> LABELS = List.of(
            "plain",
            "",
            "with \"quotes\", commas",
            "two\nlines",
            "return\r\n",
            "vt \u000B\u0001\u000B\u0002 so \u000E\u0001\u000E end",
            "\u000B",
            "\u000E\u0002",
            "=SUM(A1)",
            "+1",
            "-1",
            "@x",
            "\ttab",
            "'quoted'",
            "ünïcode \uD83D\uDE00",
            "back\\slash",
            " spaces ");

    private final @Nullable Athenas athena;
    private final AwsAccess aws;
    final TestClock clock = new TestClock(START.plus(10, ChronoUnit.DAYS));
    final MemoryHotStore hot;
    final AthenaSource cold;
    final String location;

    Exports() {
        this(Athenas.local());
    }

    private Exports(Athenas athena) {
        this(
                athena,
                athena.aws(),
                athena.database(),
                "s3://" + athena.theLocalOne().bucket() + "/",
                athena.outputLocation(),
                "things");
    }

    /** Over an Athena of the caller's. */
    Exports(AwsAccess aws, String database, String folder, String outputLocation, String name) {
        this(null, aws, database, folder, outputLocation, name);
    }

    private Exports(
            @Nullable Athenas athena,
            AwsAccess aws,
            String database,
            String folder,
            String outputLocation,
            String name) {
        this.athena = athena;
        this.aws = aws;
        hot = new MemoryHotStore("hot:things", TABLE, clock);
        cold = AthenaSource.archive(aws, TABLE)
                .table(database, name)
                .location(folder + name + "/")
                .results(AthenaResults.at(outputLocation).polling(Duration.ofMillis(2), Duration.ofMillis(10)))
                .layout(HivePartitionLayout.daily(ZoneOffset.UTC).thenBy("origin"))
                .createTableIfMissing()
                .build();
        location = folder + "exports-" + name + "/";
    }

    /** So many rows of each of the first days from {@link #START} on. */
    static List<Row> rows(int days, int rowsPerDay, long seed) {
        Random random = new Random(seed);
        List<Row> rows = new ArrayList<>();
        long apart = 86_400_000_000L / rowsPerDay;
        for (int i = 0; i < (long) days * rowsPerDay; i++) {
            // Two rows often have one time.
            Instant at = START.plus((i / 2) * 2L * apart + (long) random.nextInt(2) * (i % 3), ChronoUnit.MICROS);
            rows.add(row(at, i, random));
        }
        return rows;
    }

    static Instant time(Row row) {
        return Objects.requireNonNull(row.timestamp("at"));
    }

    static Row row(Instant at, long id, Random random) {
        byte[] payload = new byte[random.nextInt(4)];
        random.nextBytes(payload);
        return TABLE.rowType().row(new @Nullable Object[] {
            at,
            id,
            "k" + LABELS.get(random.nextInt(LABELS.size())),
            any(random, random.nextBoolean()),
            any(random, random.nextInt()),
            any(random, ratio(random)),
            any(random, BigDecimal.valueOf(random.nextInt(), 4)),
            any(random, LABELS.get(random.nextInt(LABELS.size()))),
            any(random, LocalDate.of(1 + random.nextInt(3000), 1 + random.nextInt(12), 1 + random.nextInt(28))),
            any(random, at.plus(random.nextInt(), ChronoUnit.MICROS)),
            any(random, payload),
            any(random, random.nextBoolean() ? "SFO" : "J F/K"),
        });
    }

    /** The same row with a long text of digits. */
    static Row withLabel(Row row, int length) {
        @Nullable Object[] values = new @Nullable Object[row.type().columns().size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = row.value(i);
        }
        values[row.type().indexOf("label")] =
                "%010d".formatted(row.hashCode() & Integer.MAX_VALUE).repeat(length / 10);
        return row.type().row(values);
    }

    private static double ratio(Random random) {
        return switch (random.nextInt(8)) {
            case 0 -> 1.0e20;
            case 1 -> -0.0;
            case 2 -> Double.NaN;
            case 3 -> Double.NEGATIVE_INFINITY;
            case 4 -> 1.0e-5;
            case 5 -> 12_345_678.9;
            case 6 -> random.nextInt(100);
            default -> random.nextInt(1000) / 8.0;
        };
    }

    private static @Nullable Object any(Random random, Object value) {
        return random.nextInt(6) == 0 ? null : value;
    }

    /** Archives what is older than so many days before the clock. */
    void archive(int keepDays) {
        Archiver.builder(hot, cold)
                .keep(Period.ofDays(keepDays))
                .clock(clock)
                .settle(Duration.ZERO)
                .build()
                .run();
    }

    TieredQueryBuilder query() {
        return TieredQuery.builder(TABLE).hot(hot).cold(cold).clock(clock).tokenKeys(KEY);
    }

    ExportStore store() {
        return S3ExportStore.of(aws, location);
    }

    ExporterBuilder exporter() {
        return fast(query().build().exporter(store()));
    }

    static ExporterBuilder fast(ExporterBuilder builder) {
        return builder.polling(Duration.ofMillis(2), Duration.ofMillis(20)).takeOverAfter(Duration.ofMillis(300));
    }

    static Query all() {
        return Query.between(START, START.plus(30, ChronoUnit.DAYS));
    }

    /** What an object holds. */
    String text(StoredObject object) {
        S3Location at = S3Location.parse(object.location());
        return aws.s3()
                .getObjectAsBytes(get -> get.bucket(at.bucket()).key(at.key()))
                .asUtf8String();
    }

    AwsAccess aws() {
        return aws;
    }

    AthenaLocal athena() {
        return Objects.requireNonNull(athena, "the caller's own").theLocalOne();
    }

    Counters counters() {
        return athena().counters();
    }

    @Override
    public void close() {
        cold.close();
        if (athena != null) {
            athena.close();
        }
    }
}
