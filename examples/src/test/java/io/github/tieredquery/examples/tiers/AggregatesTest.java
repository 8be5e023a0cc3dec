package io.github.tieredquery.examples.tiers;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tieredquery.TieredQuery;
import io.github.tieredquery.archive.Archiver;
import io.github.tieredquery.athena.AthenaResults;
import io.github.tieredquery.athena.AthenaSource;
import io.github.tieredquery.athena.FileFormatKind;
import io.github.tieredquery.athena.aws.AwsAccess;
import io.github.tieredquery.athenalocal.AthenaLocal;
import io.github.tieredquery.jdbc.JdbcSource;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.plan.SliceReport;
import io.github.tieredquery.query.Aggregation;
import io.github.tieredquery.query.Filter;
import io.github.tieredquery.query.Query;
import io.github.tieredquery.store.EraseResult;
import io.github.tieredquery.table.ColumnType;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.Table;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.Period;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Aggregates over PostgreSQL and an archive in Athena, against PostgreSQL's own over a copy that nobody archives. */
class AggregatesTest {

    private static final Instant START = Instant.parse("2024-03-25T00:00:00Z");
    private static final int DAYS = 12;
    private static final int ROWS = 4_000;
    private static final int QUERIES = 40;
    private static final String ZONE = "Europe/Berlin";

    private static EmbeddedPostgres postgres;
    private static AthenaLocal athena;
    private static AwsAccess aws;

    private final Random random = new Random(20240325);

    @BeforeAll
    static void start() throws IOException {
        postgres = EmbeddedPostgres.builder().setServerConfig("fsync", "on").start();
        athena = AthenaLocal.start();
        aws = AwsAccess.of(athena.athenaClient(), athena.s3Client());
    }

    @AfterAll
    static void stop() throws IOException {
        aws.close();
        athena.close();
        postgres.close();
    }

    @ParameterizedTest
    @EnumSource(FileFormatKind.class)
    void aggregates_are_those_of_plain_sql(FileFormatKind format) throws SQLException {
        String name = "sales_" + format.name().toLowerCase(java.util.Locale.ROOT);
        Table table = Table.builder(name)
                .time("at")
                .key("id", ColumnType.INT64)
                .required("region", ColumnType.STRING)
                .column("units", ColumnType.INT32)
                .column("stock", ColumnType.INT64)
                .column("price", ColumnType.decimal(18, 4))
                .column("ratio", ColumnType.DOUBLE)
                .column("label", ColumnType.STRING)
                .build();
        try (Connection connection = postgres.getPostgresDatabase().getConnection();
                AthenaSource cold = AthenaSource.archive(aws, table)
                        .table("default", name)
                        .layout(HivePartitionLayout.daily(ZoneOffset.UTC).thenBy("region"))
                        .location("s3://" + athena.bucket() + "/" + name + "/")
                        .results(AthenaResults.at(athena.outputLocation())
                                .polling(Duration.ofMillis(2), Duration.ofMillis(10)))
                        .format(format)
                        .createTableIfMissing()
                        .build()) {
            create(connection, name);
            create(connection, name + "_untouched");
            for (int i = 0; i < ROWS; i++) {
                put(connection, name, i);
            }
            JdbcSource hot = JdbcSource.builder(Jdbi.create(postgres.getPostgresDatabase()), table)
                    .journal("sales_journal")
                    .build();
            InstantSource clock = InstantSource.fixed(START.plus(DAYS, ChronoUnit.DAYS));
            Archiver.builder(hot, cold)
                    .keep(Period.ofDays(4))
                    .clock(clock)
                    .settle(Duration.ZERO)
                    .build()
                    .run();
            List<SliceReport> reports = new ArrayList<>();
            TieredQuery<Row> sales = TieredQuery.builder(table)
                    .hot(hot)
                    .cold(cold)
                    .clock(clock)
                    .listener(reports::add)
                    .build();
            checkEstimates(sales, reports, format);
            check(sales, connection, name, QUERIES / 2);
            for (int i = 0; i < 60; i++) {
                put(connection, name, i % 2 == 0 ? random.nextInt(ROWS) : ROWS + i);
            }
            check(sales, connection, name, QUERIES / 4);
            erase(sales, connection, name);
            check(sales, connection, name, QUERIES / 4);
        }
    }

    /** From both tables: here with tombstones for what is archived by now. */
    private static void erase(TieredQuery<Row> sales, Connection connection, String name) throws SQLException {
        Query some = Query.between(START, START.plus(DAYS, ChronoUnit.DAYS)).where(Filter.eq("units", 7));
        EraseResult erased = sales.erase(some);
        assertThat(erased.tombstones()).isPositive();
        try (Statement statement = connection.createStatement()) {
            statement.executeUpdate("DELETE FROM " + name + "_untouched WHERE units = 7");
        }
    }

    /** What a plan says of bytes, against what Athena says it has scanned. */
    private static void checkEstimates(TieredQuery<Row> sales, List<SliceReport> reports, FileFormatKind format) {
        Query all = Query.between(START, START.plus(DAYS, ChronoUnit.DAYS));
        for (Query query : List.of(
                all,
                all.where(Filter.eq("region", "North")),
                all.where(Filter.gt("units", 10)).columns("id"),
                Query.between(START.plusSeconds(100_000), START.plusSeconds(300_000))
                        .newestFirst())) {
            long estimated = sales.explain(query).bytes();
            reports.clear();
            sales.list(query);
            long scanned = reports.stream()
                    .mapToLong(report -> Math.max(0, report.stats().bytesScanned()))
                    .sum();
            assertThat(scanned).as("%s", query).isPositive().isLessThanOrEqualTo(estimated);
            if (format == FileFormatKind.CSV) {
                assertThat(scanned).as("%s", query).isEqualTo(estimated);
            }
        }
    }

    private static void create(Connection connection, String name) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE " + name + " (at timestamptz NOT NULL, id bigint NOT NULL, "
                    + "region text NOT NULL, units int, stock bigint, price numeric(18,4), ratio float8, "
                    + "label text COLLATE \"C\", PRIMARY KEY (at, id))");
        }
    }

    /** Into both tables; a row that was put before is archived by now, and this one is a later version of it. */
    private void put(Connection connection, String name, int id) throws SQLException {
        List<@Nullable Object> values = new ArrayList<>();
        Instant at =
                START.plusSeconds((long) id % ROWS * (DAYS * 86_400L / ROWS)).plus(id % 7, ChronoUnit.MICROS);
        values.add(at.atOffset(ZoneOffset.UTC));
        values.add((long) id);
        values.add(id % 3 == 0 ? "North" : "S\u00fcd, \"" + id % 2 + "\"");
        values.add(random.nextInt(5) == 0 ? null : random.nextInt(100) - 20);
        values.add(random.nextInt(5) == 0 ? null : random.nextLong());
        values.add(random.nextInt(5) == 0 ? null : BigDecimal.valueOf(random.nextLong() / 10, 4));
        values.add(random.nextInt(5) == 0 ? null : random.nextInt(1_000) / 8.0);
        values.add(random.nextInt(5) == 0 ? null : random.nextInt(4) == 0 ? "" : "l\u00e4 " + random.nextInt(9));
        for (String table : List.of(name, name + "_untouched")) {
            try (PreparedStatement insert = connection.prepareStatement("INSERT INTO " + table
                    + " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (at, id) DO UPDATE SET region = EXCLUDED.region,"
                    + " units = EXCLUDED.units, stock = EXCLUDED.stock, price = EXCLUDED.price,"
                    + " ratio = EXCLUDED.ratio, label = EXCLUDED.label")) {
                for (int i = 0; i < values.size(); i++) {
                    insert.setObject(i + 1, values.get(i));
                }
                insert.executeUpdate();
            }
        }
    }

    private void check(TieredQuery<Row> sales, Connection connection, String name, int queries) throws SQLException {
        for (int i = 0; i < queries; i++) {
            Instant from = START.plusSeconds(random.nextInt(DAYS * 43_200));
            Instant to = START.plusSeconds(random.nextInt(DAYS * 43_200) + DAYS * 43_200L);
            Query query = Query.between(from, to);
            String condition = "at >= '" + from + "' AND at < '" + to + "'";
            switch (random.nextInt(4)) {
                case 0 -> {
                    query = query.where(Filter.eq("region", "North"));
                    condition += " AND region = 'North'";
                }
                case 1 -> {
                    query = query.where(Filter.gt("units", 10));
                    condition += " AND units > 10";
                }
                default -> {}
            }
            List<String> keys = new ArrayList<>();
            Aggregation aggregation = Aggregation.overall();
            if (random.nextBoolean()) {
                aggregation = random.nextBoolean() ? Aggregation.by("region") : Aggregation.by("label", "region");
                aggregation.columns().forEach(column -> keys.add(column + " COLLATE \"C\""));
            }
            String local = "(at AT TIME ZONE '" + ZONE + "')";
            if (random.nextBoolean()) {
                aggregation = aggregation.perDay(ZoneId.of(ZONE));
                keys.add(0, local + "::date");
            } else if (random.nextBoolean()) {
                aggregation = aggregation.perMonth(ZoneId.of(ZONE));
                keys.add(0, "date_trunc('month', " + local + ")::date");
            }
            aggregation = aggregation
                    .count()
                    .sum("units")
                    .sum("stock")
                    .avg("stock")
                    .sum("price")
                    .avg("price")
                    .sum("ratio")
                    .avg("ratio")
                    .min("label")
                    .max("label")
                    .min("price")
                    .max("at")
                    .countOf("label");
            String sql = "SELECT " + String.join(", ", keys) + (keys.isEmpty() ? "" : ", ")
                    + "count(*), sum(units)::numeric, sum(stock), round(sum(stock)::numeric(70, 20) / count(stock), 6), sum(price), round(sum(price)::numeric(70, 20) / count(price), 10),"
                    + " sum(ratio), avg(ratio), min(label), max(label), min(price), max(at), count(label) FROM " + name
                    + "_untouched WHERE " + condition
                    + (keys.isEmpty() ? "" : " GROUP BY " + ordinals(keys) + " ORDER BY " + ordinals(keys));
            assertThat(texts(sales.aggregate(query, aggregation))).as(sql).isEqualTo(texts(connection, sql));
        }
    }

    private static String ordinals(List<String> keys) {
        List<String> ordinals = new ArrayList<>();
        keys.forEach(key -> ordinals.add(String.valueOf(ordinals.size() + 1)));
        return String.join(", ", ordinals);
    }

    private static List<String> texts(List<Row> rows) {
        List<String> texts = new ArrayList<>();
        for (Row row : rows) {
            List<String> values = new ArrayList<>();
            for (int i = 0; i < row.type().columns().size(); i++) {
                values.add(text(row.value(i)));
            }
            texts.add(String.join("|", values));
        }
        return texts;
    }

    private static List<String> texts(Connection connection, String sql) throws SQLException {
        List<String> texts = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                List<String> values = new ArrayList<>();
                for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
                    String type = rows.getMetaData().getColumnTypeName(i);
                    values.add(text(
                            type.equals("timestamptz")
                                    ? rows.getObject(i, java.time.OffsetDateTime.class)
                                    : type.equals("date") ? rows.getObject(i, LocalDate.class) : rows.getObject(i)));
                }
                texts.add(String.join("|", values));
            }
        }
        return texts;
    }

    /** Ratios are eighths, so that their sums are exact; their averages are compared to nine digits. */
    private static String text(@Nullable Object value) {
        if (value instanceof Double number) {
            return String.format(java.util.Locale.ROOT, "%.9e", number);
        } else if (value instanceof BigDecimal number) {
            return number.stripTrailingZeros().toPlainString();
        } else if (value instanceof java.time.OffsetDateTime time) {
            return time.toInstant().toString();
        }
        return value instanceof String text ? "'" + text + "'" : String.valueOf(value);
    }
}
