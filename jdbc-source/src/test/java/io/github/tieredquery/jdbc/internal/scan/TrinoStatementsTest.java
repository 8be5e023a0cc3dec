package io.github.tieredquery.jdbc.internal.scan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tieredquery.jdbc.internal.dialect.LocalTimes;
import io.github.tieredquery.jdbc.internal.dialect.Relation;
import io.github.tieredquery.jdbc.internal.dialect.SqlColumn;
import io.github.tieredquery.jdbc.internal.dialect.SqlType;
import io.github.tieredquery.jdbc.internal.dialect.Trino;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.partition.PartitionLook;
import io.github.tieredquery.query.Aggregation;
import io.github.tieredquery.query.Filter;
import io.github.tieredquery.query.Order;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.spi.GroupedScan;
import io.github.tieredquery.spi.Scan;
import io.github.tieredquery.spi.VisibleVersions;
import io.github.tieredquery.table.Column;
import io.github.tieredquery.table.ColumnType;
import io.github.tieredquery.table.Table;
import io.trino.sql.parser.ParsingException;
import io.trino.sql.parser.SqlParser;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Trino itself can't be run here; its own parser reads each statement that is written for it. */
class TrinoStatementsTest {

    private static final Table TABLE = Table.builder("events")
            .time("at")
            .key("id", ColumnType.INT64)
            .column("origin", ColumnType.STRING)
            .column("flag", ColumnType.BOOLEAN)
            .column("delay", ColumnType.INT32)
            .column("ratio", ColumnType.DOUBLE)
            .column("price", ColumnType.decimal(18, 4))
            .column("day_of", ColumnType.DATE)
            .column("seen", ColumnType.TIMESTAMP)
            .column("payload", ColumnType.BINARY)
            .build();

    private static final TimeRange RANGE =
            new TimeRange(Instant.parse("2023-12-15T00:00:00Z"), Instant.parse("2024-02-01T00:00:00Z"));

    private static final HivePartitionLayout LAYOUT =
            HivePartitionLayout.daily(ZoneOffset.UTC).thenBy("origin");

    private final SqlParser parser = new SqlParser();

    @Test
    void a_scan_names_its_partitions_versions_and_typed_values() {
        Scan scan = Scan.of(TABLE, RANGE)
                .filter(Filter.eq("origin", "SFO").boundTo(TABLE))
                .rowType(TABLE.rowType())
                .versions(new VisibleVersions(42, new TreeSet<>(List.of(7L, 9L))))
                .order(Order.NEWEST_FIRST)
                .limit(50);
        assertThat(table(LAYOUT).explain(scan).statement())
                .isEqualTo("SELECT \"at\", \"id\", \"origin\", \"flag\", \"delay\", \"ratio\", \"price\", \"day_of\","
                        + " CAST(\"seen\" AT TIME ZONE 'UTC' AS timestamp(6)), \"payload\""
                        + " FROM \"lake\".\"a\"\"b\".\"events\""
                        + " WHERE ((\"year\" = '2023' AND \"month\" = '12' AND \"day\" >= '15')"
                        + " OR (\"year\" = '2024' AND \"month\" = '01'))"
                        + " AND \"tq_version\" <= '0000000042'"
                        + " AND \"tq_version\" NOT IN ('0000000007', '0000000009')"
                        + " AND \"at\" >= CAST(? AS timestamp(6)) AND \"at\" < CAST(? AS timestamp(6))"
                        + " AND \"origin\" = CAST(? AS varchar)"
                        + " ORDER BY \"at\" DESC, \"id\" DESC LIMIT 50");
    }

    @Test
    void every_statement_parses() {
        for (Filter filter : filters()) {
            for (@Nullable HivePartitionLayout layout : new HivePartitionLayout[] {null, LAYOUT}) {
                Scan scan = Scan.of(TABLE, RANGE)
                        .filter(filter.boundTo(TABLE))
                        .versions(new VisibleVersions(3, new TreeSet<>()))
                        .clusteredBy(List.of("origin", "delay"))
                        .limit(10);
                ScanSql sql = table(layout).sql();
                assertParses(sql.select(scan).toString());
                assertParses(sql.count(scan).toString());
                assertParses(sql.selectPartitions(scan, layout == null ? List.of("origin") : layout.partitionColumns())
                        .toString());
                assertParses(sql.count(Scan.of(TABLE, RANGE).filter(filter.boundTo(TABLE)))
                        .toString());
            }
        }
    }

    @Test
    void partitions_of_others_are_named_by_literals_of_their_types() {
        HivePartitionLayout unpadded =
                HivePartitionLayout.daily(ZoneOffset.UTC).withoutVersion().unpadded();
        assertThat(times(unpadded, SqlType.TEXT))
                .isEqualTo("((\"year\" = '2023' AND \"month\" = '12' AND \"day\" IN ('15', '16', '17', '18', '19',"
                        + " '20', '21', '22', '23', '24', '25', '26', '27', '28', '29', '30', '31'))"
                        + " OR (\"year\" = '2024' AND \"month\" = '1'))");
        assertThat(times(unpadded.dateColumn("dt"), SqlType.DATE))
                .isEqualTo("(\"dt\" >= DATE '2023-12-15' AND \"dt\" <= DATE '2024-01-31')");
        assertThat(times(unpadded.dateColumn("dt", "yyyyMMdd"), SqlType.INT32))
                .isEqualTo("(\"dt\" >= 20231215 AND \"dt\" <= 20240131)");
        assertThat(times(HivePartitionLayout.daily(ZoneOffset.UTC).withoutVersion(), SqlType.INT64))
                .isEqualTo("((\"year\" = 2023 AND \"month\" = 12 AND \"day\" >= 15)"
                        + " OR (\"year\" = 2024 AND \"month\" = 1))");
    }

    private String times(HivePartitionLayout layout, SqlType type) {
        PhysicalTable table = table(layout, type);
        ScanSql sql = table.sql();
        PartitionLook look = PartitionLook.forReading(table.name(), TABLE, layout, Set.of());
        assertParses(sql.selectOthers(look, layout.partitionColumns()).toString());
        String count = sql.count(Scan.of(TABLE, RANGE)).toString();
        assertParses(count);
        return count.substring(count.indexOf(" WHERE ") + 7, count.indexOf(" AND \"at\" >="));
    }

    @Test
    void others_partitions_are_asked_for_by_the_catalog_alone() {
        HivePartitionLayout layout = HivePartitionLayout.hourly(ZoneOffset.UTC)
                .withoutVersion()
                .dateColumn("dt")
                .thenBy("delay");
        PartitionLook look = PartitionLook.forReading("x", TABLE, layout, Set.of());
        String sql = table(layout, SqlType.TEXT)
                .sql()
                .selectOthers(look, layout.partitionColumns())
                .toString();
        assertParses(sql);
        assertThat(sql)
                .isEqualTo("SELECT \"dt\", \"hour\", \"delay\" FROM \"lake\".\"a\"\"b\".\"events\""
                        + " WHERE \"dt\" NOT LIKE '____-__-__' OR \"dt\" IS NULL OR \"hour\" NOT IN ('00', '01', '02',"
                        + " '03', '04', '05', '06', '07', '08', '09', '10', '11', '12', '13', '14', '15', '16', '17', '18',"
                        + " '19', '20', '21', '22', '23') OR \"hour\" IS NULL OR \"delay\" LIKE '0_%' OR \"delay\" LIKE"
                        + " '-0%' OR \"delay\" LIKE '+%' OR \"delay\" LIKE ' %' OR \"delay\" LIKE '% ' LIMIT 1");
    }

    @Test
    void an_aggregation_is_grouped_and_exact() {
        Scan scan = Scan.of(TABLE, RANGE).filter(Filter.gt("delay", 1).boundTo(TABLE));
        Aggregation aggregation = Aggregation.by("origin")
                .perDay(ZoneId.of("Europe/Berlin"))
                .count()
                .avg("delay")
                .max("ratio");
        assertThat(select(table(null), scan, aggregation))
                .isEqualTo("SELECT g0, g1, COUNT(*), SUM(CAST(m0 AS decimal(38, 0))), COUNT(m0),"
                        + " CASE WHEN bool_or(is_nan(m1)) THEN nan() ELSE MAX(m1) END"
                        + " FROM (SELECT CAST(date_add('second', 3600, \"at\") AS date) AS g0, \"origin\" AS g1,"
                        + " \"delay\" AS m0, \"ratio\" AS m1 FROM \"lake\".\"a\"\"b\".\"events\""
                        + " WHERE \"at\" >= CAST(? AS timestamp(6)) AND \"at\" < CAST(? AS timestamp(6))"
                        + " AND \"delay\" > CAST(? AS integer)) AS q GROUP BY g0, g1 LIMIT 10001");
    }

    @Test
    void a_sum_that_is_too_large_is_told_by_its_code() {
        Trino trino = new Trino();
        assertThat(trino.isOverflow(new SQLException("Query failed (#1): Decimal overflow", null, 19)))
                .isTrue();
        assertThat(trino.isOverflow(new SQLException("Query failed (#1): Cannot cast", null, 9)))
                .isFalse();
    }

    @Test
    void every_aggregation_parses() {
        TimeRange years = new TimeRange(RANGE.from(), RANGE.from().plusSeconds(86_400L * 2_000));
        for (Filter filter : filters()) {
            for (@Nullable HivePartitionLayout layout : new HivePartitionLayout[] {null, LAYOUT}) {
                Scan scan = Scan.of(TABLE, years).filter(filter.boundTo(TABLE));
                Aggregation all = Aggregation.by("flag", "seen", "day_of", "price")
                        .perMonth(ZoneId.of("Europe/Berlin"))
                        .countOf("payload");
                for (String column : List.of("id", "delay", "ratio", "price")) {
                    all = all.sum(column).avg(column).min(column).max(column);
                }
                assertParses(select(table(layout), scan, all));
                assertParses(select(table(layout), scan, Aggregation.overall().count()));
            }
        }
    }

    private static String select(PhysicalTable table, Scan scan, Aggregation aggregation) {
        return new GroupSql(table, new Trino(), table.sql())
                .select(GroupedScan.of(scan, aggregation))
                .toString();
    }

    @Test
    void the_parser_tells_what_trino_would_refuse() {
        assertThatThrownBy(() -> assertParses("SELECT `a` FROM b")).isInstanceOf(ParsingException.class);
        assertThatThrownBy(() -> assertParses("SELECT a FROM b LIMIT 5 OFFSET 5"))
                .isInstanceOf(ParsingException.class);
    }

    private void assertParses(String sql) {
        assertThat(parser.createStatement(sql)).isNotNull();
    }

    private static List<Filter> filters() {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("at", Instant.parse("2024-01-01T00:00:00.000001Z"));
        values.put("id", 5L);
        values.put("origin", "O'Hare \"%_\\ ?");
        values.put("flag", true);
        values.put("delay", -3);
        values.put("ratio", Double.NEGATIVE_INFINITY);
        values.put("price", new BigDecimal("12.5"));
        values.put("day_of", LocalDate.of(2024, 2, 29));
        values.put("seen", Instant.parse("2024-01-01T00:00:00Z"));
        values.put("payload", new byte[] {1, 2});
        List<Filter> filters = new ArrayList<>(List.of(Filter.all(), Filter.none()));
        values.forEach((column, value) -> {
            for (Filter.Operator operator : Filter.Operator.values()) {
                filters.add(new Filter.Comparison(column, operator, value));
            }
            filters.add(Filter.in(column, value));
            filters.add(Filter.not(Filter.in(column, value)));
            filters.add(Filter.isNull(column));
            filters.add(Filter.or(Filter.isNull(column), Filter.and(Filter.eq(column, value), Filter.ne("delay", 1))));
        });
        filters.add(Filter.prefix("origin", "S%"));
        filters.add(Filter.in(
                "id", java.util.stream.LongStream.range(0, 2_500).boxed().toList()));
        return filters;
    }

    private static PhysicalTable table(@Nullable HivePartitionLayout layout) {
        return table(layout, SqlType.TEXT);
    }

    private static PhysicalTable table(@Nullable HivePartitionLayout layout, SqlType partitionType) {
        Map<String, SqlColumn> columns = new LinkedHashMap<>();
        LocalTimes utc = LocalTimes.earlier(ZoneOffset.UTC);
        for (Column column : TABLE.rowType().columns()) {
            SqlType type = switch (column.type().kind()) {
                case TIMESTAMP -> column.name().equals("seen") ? SqlType.ZONED_TIME : SqlType.LOCAL_TIME;
                default -> SqlType.TEXT;
            };
            columns.put(column.name(), column(column, type, utc));
        }
        Map<String, SqlColumn> partitions = new LinkedHashMap<>();
        if (layout != null) {
            layout.timeColumns().forEach(name -> partitions.put(name, partition(name, partitionType)));
            partitions.put("tq_version", partition("tq_version", SqlType.TEXT));
        }
        Relation relation = Relation.table(List.of("lake", "a\"b", "events"));
        TableSettings settings = new TableSettings(
                TABLE,
                relation,
                Map.of(),
                Set.of(),
                utc,
                null,
                layout == null ? null : layout.checkedAgainst(TABLE),
                1_000);
        return new PhysicalTable(settings, new Trino(), "trino:lake.events", columns, Map.of(), partitions, List.of());
    }

    private static SqlColumn column(Column column, SqlType type, LocalTimes utc) {
        boolean time = column.type().kind() == ColumnType.Kind.TIMESTAMP;
        return new SqlColumn(column, column.name(), "\"" + column.name() + "\"", type, 0, true, 6, time ? utc : null);
    }

    private static SqlColumn partition(String name, SqlType type) {
        return new SqlColumn(
                new Column("x", ColumnType.STRING, false), name, "\"" + name + "\"", type, 0, true, 6, null);
    }
}
