package io.github.tieredquery.athena;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tieredquery.athena.internal.archive.ArchiveView;
import io.github.tieredquery.athena.internal.codec.Codec;
import io.github.tieredquery.athena.internal.codec.NativeCodec;
import io.github.tieredquery.athena.internal.codec.TextCodec;
import io.github.tieredquery.athena.internal.sql.AthenaColumn;
import io.github.tieredquery.athena.internal.sql.AthenaTable;
import io.github.tieredquery.athena.internal.sql.ExportSql;
import io.github.tieredquery.athena.internal.sql.GroupQuery;
import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.export.ExportScan;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.partition.HivePartitionPlanner;
import io.github.tieredquery.partition.HivePath;
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
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.Table;
import io.trino.sql.parser.SqlParser;
import io.trino.sql.tree.CreateView;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Every query that the library can write is one in Trino's grammar, and compares only what Trino can compare. */
class StatementProperties {

    private static final SqlParser PARSER = new SqlParser();
    private static final Instant START = Instant.parse("0001-01-01T00:00:00Z");
    private static final long MICROS = 315_537_897_600_000_000L;

    private static final Table TABLE = Table.builder("things")
            .time("at")
            .key("id", ColumnType.INT64)
            .key("code", ColumnType.STRING)
            .column("flag", ColumnType.BOOLEAN)
            .column("small", ColumnType.INT32)
            .column("ratio", ColumnType.DOUBLE)
            .column("exact", ColumnType.decimal(38, 10))
            .column("label", ColumnType.STRING)
            .column("born", ColumnType.DATE)
            .column("seen", ColumnType.TIMESTAMP)
            .column("payload", ColumnType.BINARY)
            .column("origin", ColumnType.STRING)
            .column("lane", ColumnType.INT32)
            .build();

    /** What stands in Athena, in all the ways that there are. */
    enum Kind {
        CSV,
        PARQUET,
        EXISTING_NATIVE,
        EXISTING_TEXT,
        EXISTING_EPOCH,
        /** {@code year=2024/month=1/day=5}, of text. */
        OTHERS_UNPADDED,
        /** {@code dt=2024-01-05}, a date. */
        OTHERS_DATE,
        /** {@code year=2024/month=01/day=05}, of integers. */
        OTHERS_NUMBERS
    }

    @Property(tries = 500)
    void every_statement_is_one_of_trinos_and_agrees_in_types(@ForAll Kind kind, @ForAll("scans") Scan scan) {
        AthenaTable table = table(kind);
        if (table.isEmpty(scan)) {
            return;
        }
        Map<String, String> types = types(kind, table);
        TypeAgreement.check(PARSER.createStatement(table.select(scan)), types);
        TypeAgreement.check(PARSER.createStatement(table.count(scan)), types);
        TypeAgreement.check(PARSER.createStatement(table.files(scan.range(), 7)), types);
        List<String> catalog = table.partitionColumns();
        if (!table.layout().isVersioned()) {
            PartitionLook look = PartitionLook.forReading("x", TABLE, table.layout(), table.numbers());
            TypeAgreement.check(PARSER.createStatement(table.others(catalog, look)), keys(kind, catalog));
        }
        TypeAgreement.check(PARSER.createStatement(table.registered(catalog, scan.range(), 1, 9)), keys(kind, catalog));
        PARSER.createStatement(table.explain(scan).statement());
        assertThat(table.select(scan).chars().filter(Character::isISOControl)).isEmpty();
    }

    @Property(tries = 100)
    void every_view_is_one_of_trinos_and_agrees_in_types(@ForAll Kind kind, @ForAll("scans") Scan scan) {
        AthenaTable table = table(kind);
        String sql =
                ArchiveView.statement(table, "things_archive", scan.versions().orElseThrow());
        CreateView view = (CreateView) PARSER.createStatement(sql);
        assertThat(view.isReplace()).isTrue();
        assertThat(view.getName()).hasToString("lake.things_archive");
        TypeAgreement.check(view.getQuery(), types(kind, table));
        assertThat(sql.chars().filter(Character::isISOControl)).isEmpty();
    }

    @Property(tries = 300)
    void every_aggregation_is_one_of_trinos_and_agrees_in_types(
            @ForAll Kind kind, @ForAll("scans") Scan scan, @ForAll("aggregations") Aggregation aggregation) {
        TimeRange range = scan.range();
        Scan scanOfYears = scan.range(range.before(range.from().plusSeconds(86_400L * 36_500)));
        GroupQuery groups = GroupQuery.of(table(kind), GroupedScan.of(scanOfYears, aggregation));
        if (table(kind).isEmpty(scanOfYears)) {
            return;
        }
        if (groups != null) {
            TypeAgreement.check(PARSER.createStatement(groups.select()), types(kind, table(kind)));
        } else {
            assertThat(kind).isEqualTo(Kind.EXISTING_TEXT);
        }
    }

    @Property(tries = 300)
    void every_export_is_one_of_trinos_and_agrees_in_types(
            @ForAll Kind kind,
            @ForAll("scans") Scan scan,
            @ForAll ExportScan.Arrangement arrangement,
            @ForAll ExportScan.Guard guard,
            @ForAll("rows") List<Row> hidden,
            @ForAll("rows") List<Row> late) {
        AthenaTable table = table(kind);
        ExportScan export = new ExportScan(scan, arrangement, guard, hidden, late, null);
        ExportSql sql = new ExportSql("athena:lake.things", table);
        if (kind == Kind.EXISTING_TEXT && !table.isEmpty(scan)) {
            assertThatThrownBy(() -> sql.statement(export))
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageStartingWith(
                            "athena:lake.things: column 'at' is TIMESTAMP and stands in the table in a");
            return;
        }
        Map<String, String> types = types(kind, table);
        types.putAll(Map.of("k0", "varchar", "k1", "bigint", "k2", "varchar"));
        sql.statement(export).ifPresent(statement -> {
            TypeAgreement.check(PARSER.createStatement(statement), types);
            assertThat(statement.chars().filter(Character::isISOControl)).isEmpty();
            String unload = sql.statement(new ExportScan(scan, arrangement, guard, hidden, late, "s3://exports/it's/"))
                    .orElseThrow();
            // Trino doesn't know what is around the query.
            String end = ") TO 's3://exports/it''s/' WITH (format = 'PARQUET')";
            assertThat(unload).startsWith("UNLOAD (SELECT ").contains(statement).endsWith(end);
            PARSER.createStatement(unload.substring("UNLOAD (".length(), unload.length() - end.length()));
        });
    }

    @Provide
    Arbitrary<List<Row>> rows() {
        List<Arbitrary<Object>> columns = new ArrayList<>();
        for (Column column : TABLE.rowType().columns()) {
            Arbitrary<Object> values = values(column.type());
            columns.add(column.nullable() ? values.injectNull(0.2) : values);
        }
        return Combinators.combine(columns)
                .as(values -> TABLE.rowType().row(values.toArray()))
                .list()
                .ofMaxSize(3);
    }

    @Provide
    Arbitrary<Aggregation> aggregations() {
        List<String> grouped = List.of("flag", "small", "exact", "label", "born", "seen", "origin", "lane");
        Arbitrary<Aggregation> groups = Arbitraries.of(grouped)
                .set()
                .ofMaxSize(3)
                .map(names -> names.isEmpty() ? Aggregation.overall() : Aggregation.by(names.toArray(String[]::new)));
        Arbitrary<UnaryOperator<Aggregation>> buckets = Arbitraries.of(
                each -> each,
                each -> each.perDay(ZoneOffset.UTC),
                each -> each.perMonth(ZoneId.of("Europe/Berlin")),
                each -> each.perDay(ZoneId.of("+05:45")));
        Arbitrary<UnaryOperator<Aggregation>> measures = Arbitraries.of(
                each -> each.count(),
                each -> each.countOf("payload").avg("ratio").min("ratio").max("ratio"),
                each -> each.sum("small").sum("id").sum("exact").avg("lane"),
                each -> each.min("label").max("seen").min("born").max("origin").max("at"));
        return Combinators.combine(groups, buckets, measures)
                .as((each, bucket, measure) -> measure.apply(bucket.apply(each)));
    }

    /** The catalog shows partition columns as texts, whatever the logical columns are. */
    private static Map<String, String> texts(List<String> catalog) {
        Map<String, String> types = new LinkedHashMap<>();
        catalog.forEach(each -> types.put(each, "varchar"));
        return types;
    }

    /**
     * A token leads to a result whose statement is the one that would be run now, so statements that are equal must
     * mean the same. The pairs differ in one value, the way in which a stranger's query would differ.
     */
    @Property(tries = 1_000)
    void queries_that_differ_in_one_value_are_different_statements(@ForAll Kind kind, @ForAll("pairs") Pair pair) {
        AthenaTable table = table(kind);
        if (table.isEmpty(pair.left()) || table.isEmpty(pair.right())) {
            return;
        }
        String left = table.select(pair.left());
        String right = table.select(pair.right());
        if (!coarse(kind, pair)) {
            assertThat(left).isNotEqualTo(right);
        }
    }

    /** Two scans that differ in the value of one place. */
    record Pair(Column column, Scan left, Scan right) {}

    /** An encoding that keeps no microseconds compares with the nearest time that it keeps, for both the same rows. */
    private static boolean coarse(Kind kind, Pair pair) {
        boolean ours = !List.of(Kind.EXISTING_TEXT, Kind.EXISTING_EPOCH).contains(kind);
        return !ours && pair.column().type().kind() == ColumnType.Kind.TIMESTAMP;
    }

    @Provide
    Arbitrary<Pair> pairs() {
        return Arbitraries.of(TABLE.rowType().columns())
                .filter(column -> !column.name().equals("at"))
                .flatMap(column -> Combinators.combine(
                                Arbitraries.of(Filter.Operator.values()),
                                values(column.type()),
                                values(column.type()),
                                filters(1))
                        .filter((operator, left, right, other) ->
                                column.type().order().compare(left, right) != 0)
                        .as((operator, left, right, other) -> new Pair(
                                column,
                                with(new Filter.Comparison(column.name(), operator, left), other),
                                with(new Filter.Comparison(column.name(), operator, right), other))));
    }

    private static Scan with(Filter filter, Filter other) {
        return Scan.of(TABLE, new TimeRange(START, START.plusSeconds(86_400)))
                .filter(Filter.and(filter, Filter.not(other)).boundTo(TABLE));
    }

    private static AthenaTable table(Kind kind) {
        HivePartitionLayout daily = HivePartitionLayout.daily(ZoneOffset.UTC).thenBy("origin", "lane");
        HivePartitionLayout layout = switch (kind) {
            case CSV, PARQUET -> daily;
            case EXISTING_NATIVE, EXISTING_TEXT, EXISTING_EPOCH, OTHERS_NUMBERS -> daily.withoutVersion();
            case OTHERS_UNPADDED -> daily.withoutVersion().unpadded();
            case OTHERS_DATE -> daily.withoutVersion().dateColumn("dt");
        };
        Map<String, AthenaColumn> columns = new LinkedHashMap<>();
        for (Column column : TABLE.rowType().columns()) {
            boolean partition = layout.filterColumns().contains(column.name());
            boolean typed = partitionTypes(kind).containsKey("c_" + column.name());
            Codec codec = typed
                    ? new NativeCodec(column.type())
                    : partition ? TextCodec.plain(column.type(), HivePath.NULL_TEXT) : codec(kind, column);
            columns.put(column.name(), new AthenaColumn(column, "c_" + column.name(), codec, partition));
        }
        return new AthenaTable(
                TABLE, "lake", "things", HivePartitionPlanner.of(TABLE, layout), columns, partitionTypes(kind));
    }

    private static Map<String, String> partitionTypes(Kind kind) {
        return switch (kind) {
            case OTHERS_DATE -> Map.of("dt", "date", "c_lane", "int");
            case OTHERS_NUMBERS -> Map.of("year", "int", "month", "int", "day", "int", "c_lane", "int");
            default -> Map.of();
        };
    }

    /** The types of the partitions list's columns. */
    private static Map<String, String> keys(Kind kind, List<String> names) {
        Map<String, String> types = new LinkedHashMap<>(texts(names));
        partitionTypes(kind).forEach((name, type) -> types.put(name, trino(type)));
        return types;
    }

    private static Codec codec(Kind kind, Column column) {
        boolean time = column.type().kind() == ColumnType.Kind.TIMESTAMP;
        return switch (kind) {
            case CSV -> TextCodec.csv(column.type(), column.nullable());
            case PARQUET -> time ? TextCodec.plain(column.type()) : new NativeCodec(column.type());
            case EXISTING_NATIVE, OTHERS_UNPADDED, OTHERS_DATE, OTHERS_NUMBERS ->
                ColumnEncoding.natively().lossAccepted().codec("", column);
            case EXISTING_TEXT ->
                time
                        ? ColumnEncoding.pattern("yyyy/MM/dd HH:mm")
                                .lossAccepted()
                                .codec("", column)
                        : ColumnEncoding.text("").codec("", column);
            case EXISTING_EPOCH ->
                time
                        ? ColumnEncoding.epochMillis().lossAccepted().codec("", column)
                        : ColumnEncoding.natively().codec("", column);
        };
    }

    private static Map<String, String> types(Kind kind, AthenaTable table) {
        Map<String, String> types = new LinkedHashMap<>();
        List.of("year", "month", "day", "dt", "tq_version", "$path").forEach(each -> types.put(each, "varchar"));
        table.columns()
                .forEach(each ->
                        types.put(each.physicalName(), trino(each.codec().declaredType())));
        types.putAll(keys(kind, List.of()));
        return types;
    }

    private static String trino(String hive) {
        return switch (hive) {
            case "string" -> "varchar";
            case "int" -> "integer";
            case "binary" -> "varbinary";
            default -> hive;
        };
    }

    @Provide
    Arbitrary<Scan> scans() {
        Arbitrary<Instant> instants = Arbitraries.longs()
                .between(-1_000, MICROS + 1_000)
                .map(micros -> START.plus(micros, java.time.temporal.ChronoUnit.MICROS));
        return Combinators.combine(
                        instants,
                        instants,
                        filters(),
                        Arbitraries.of(Order.values()),
                        Arbitraries.longs().between(-1, 20),
                        Arbitraries.longs().between(1, 50).set().ofMaxSize(4))
                .as((a, b, filter, order, limit, excluded) -> {
                    Scan scan = Scan.of(TABLE, a.isBefore(b) ? new TimeRange(a, b) : new TimeRange(b, a))
                            .filter(filter.boundTo(TABLE))
                            .order(order)
                            .versions(new VisibleVersions(40, new TreeSet<>(excluded)));
                    return limit < 0 ? scan : scan.limit(limit);
                });
    }

    @Provide
    Arbitrary<Filter> filters() {
        return filters(3);
    }

    private Arbitrary<Filter> filters(int depth) {
        if (depth == 0) {
            return leaves();
        }
        Arbitrary<Filter> inner = filters(depth - 1);
        return Arbitraries.oneOf(
                leaves(),
                inner.map(Filter::not),
                inner.list().ofMinSize(2).ofMaxSize(3).map(Filter::and),
                inner.list().ofMinSize(2).ofMaxSize(3).map(Filter::or));
    }

    private Arbitrary<Filter> leaves() {
        return Arbitraries.of(TABLE.rowType().columns())
                .flatMap(column -> Arbitraries.oneOf(
                        Combinators.combine(Arbitraries.of(Filter.Operator.values()), values(column.type()))
                                .as((operator, value) -> new Filter.Comparison(column.name(), operator, value)),
                        values(column.type())
                                .list()
                                .ofMinSize(1)
                                .ofMaxSize(3)
                                .map(each -> Filter.in(column.name(), each)),
                        Arbitraries.just(Filter.isNull(column.name())),
                        column.type().equals(ColumnType.STRING)
                                ? Arbitraries.oneOf(
                                        Texts.any().map(text -> Filter.prefix(column.name(), text)),
                                        Texts.any().map(text -> Filter.hasElement(column.name(), text)))
                                : Arbitraries.just(Filter.isNull(column.name()))));
    }

    private Arbitrary<Object> values(ColumnType type) {
        return switch (type.kind()) {
            case BOOLEAN -> Arbitraries.of(true, false).map(Object.class::cast);
            case INT32 -> Arbitraries.integers().map(Object.class::cast);
            case INT64 -> Arbitraries.longs().map(Object.class::cast);
            case DOUBLE ->
                Arbitraries.oneOf(
                                Arbitraries.doubles(),
                                Arbitraries.of(
                                        Double.POSITIVE_INFINITY,
                                        Double.NEGATIVE_INFINITY,
                                        -0.0,
                                        Double.MIN_VALUE,
                                        -Double.MAX_VALUE))
                        .map(Object.class::cast);
            case DECIMAL ->
                Arbitraries.bigIntegers()
                        .between(
                                BigInteger.TEN.pow(38).negate().add(BigInteger.ONE),
                                BigInteger.TEN.pow(38).subtract(BigInteger.ONE))
                        .map(unscaled -> new BigDecimal(unscaled, 10));
            case STRING -> Texts.any().map(Object.class::cast);
            case DATE ->
                Arbitraries.longs()
                        .between(
                                LocalDate.of(1, 1, 1).toEpochDay(),
                                LocalDate.of(9999, 12, 31).toEpochDay())
                        .map(LocalDate::ofEpochDay);
            case TIMESTAMP ->
                Arbitraries.longs()
                        .between(0, MICROS - 1)
                        .map(micros -> START.plus(micros, java.time.temporal.ChronoUnit.MICROS));
            case BINARY -> Arbitraries.bytes().array(byte[].class).ofMaxSize(5).map(Object.class::cast);
        };
    }
}
