package io.github.tieredquery.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.tieredquery.table.Column;
import io.github.tieredquery.table.ColumnType;
import io.github.tieredquery.table.ListText;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.RowType;
import io.github.tieredquery.table.Table;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The tables and rows that the contract reads: every type, and the values that backends are known to get wrong. */
public final class ContractRows {

    static final String LABEL = "label";
    static final String RATIO = "ratio";

    /** Every type, an integer key, several rows at the same time. */
    public static final Table READINGS = Table.builder("readings")
            .time("at")
            .key("id", ColumnType.INT64)
            .required("region", ColumnType.STRING)
            .column("flag", ColumnType.BOOLEAN)
            .column("small", ColumnType.INT32)
            .column("big", ColumnType.INT64)
            .column(RATIO, ColumnType.DOUBLE)
            .column("exact", ColumnType.decimal(38, 10))
            .column("price", ColumnType.decimal(18, 4))
            .column(LABEL, ColumnType.STRING)
            .column("due", ColumnType.DATE)
            .column("seen", ColumnType.TIMESTAMP)
            .column("payload", ColumnType.BINARY)
            .build();

    /** A string key and an integer key: their order decides, since many rows share a time. */
    public static final Table NAMES = Table.builder("names")
            .time("at")
            .key("name", ColumnType.STRING)
            .key("seq", ColumnType.INT32)
            .column("note", ColumnType.STRING)
            .build();

    /** The first and last instants that a time column can hold, and those around calendar reforms and 1970. */
    public static final Table AGES = Table.builder("ages")
            .time("at")
            .key("id", ColumnType.INT32)
            .column("due", ColumnType.DATE)
            .build();

    /** Numbers whose sums are more than 38 digits long, of one kind in the end and of another on the way only. */
    public static final Table LARGE = Table.builder("large")
            .time("at")
            .key("id", ColumnType.INT64)
            .column("kind", ColumnType.STRING)
            .column("amount", ColumnType.decimal(38, 10))
            .build();

    /**
     * Times before, in and after the hours that clocks skip or repeat in several zones, as UTC and as local time, and
     * those of a day on which no clock changes.
     */
    public static final Table CLOCKS = Table.builder("clocks")
            .time("at")
            .key("id", ColumnType.INT32)
            .column("stamped", ColumnType.TIMESTAMP)
            .column("due", ColumnType.DATE)
            .build();

    /**
     * Where clocks change: in Berlin, on Lord Howe Island and in St John's by the local time and by the instant, and
     * the day that Samoa left out. The last is far from any change.
     */
    static final List<Instant> CLOCK_CHANGES = Stream.of(
                    "2024-03-31T02:00:00Z",
                    "2024-03-31T01:00:00Z",
                    "2024-10-27T02:00:00Z",
                    "2024-10-06T02:00:00Z",
                    "2024-10-05T15:30:00Z",
                    "2024-04-07T01:30:00Z",
                    "2024-04-06T15:00:00Z",
                    "2024-03-10T02:00:00Z",
                    "2024-03-10T05:30:00Z",
                    "2024-11-03T01:00:00Z",
                    "2024-11-03T04:30:00Z",
                    "2011-12-30T12:00:00Z",
                    "2024-07-15T12:00:00Z")
            .map(Instant::parse)
            .toList();

    /** Strings that end up in other grammars if somebody pastes them. */
    static final List<String> HOSTILE = List.of(
            "'",
            "''",
            "\"",
            "`",
            "\\",
            "\\'",
            "\\\\",
            "\\N",
            "NULL",
            "a'b\"c`d",
            "--",
            "/* */",
            "*/",
            "#",
            ";",
            "' OR '1'='1",
            "%",
            "_",
            "a%b_c",
            "!",
            "!%",
            "|_",
            "..",
            "../../etc",
            "a/b=c:d",
            "$1",
            "?",
            ":name",
            "{d '2024-01-01'}",
            "{fn now()}",
            "${x}",
            "tab\there",
            "line\nfeed",
            "carriage\rreturn",
            "both\r\n",
            "comma,comma",
            "1,2",
            "<b>&amp;",
            "=1+1",
            "\u0001",
            "\u007f",
            "\u00a0");

    /** Strings whose order by locale, by UTF-16 unit and by code point differ, or that loose collations make equal. */
    static final List<String> ORDERED = List.of(
            "a",
            "A",
            "a ",
            " a",
            "a\t",
            "aa",
            "B",
            "b",
            "Z",
            "z",
            "\u00e4",
            "a\u0308",
            "\u00df",
            "ss",
            "\u0130",
            "i",
            "I",
            "\u0131",
            "\ue000",
            "\ufffd",
            "\ud83d\ude00",
            "\ud83d\ude01",
            "10",
            "9");

    private static final List<String> TIMES = List.of(
            "2023-12-30T23:59:59.999999Z",
            "2023-12-31T23:59:59.999999Z",
            "2024-01-01T00:00:00Z",
            "2024-01-01T00:00:00.000001Z",
            "2024-01-01T12:34:56.789012Z",
            "2024-01-31T23:59:59.999Z",
            "2024-02-29T06:00:00Z",
            "2024-03-01T00:00:00Z");

    private ContractRows() {}

    /**
     * A row with checked values.
     *
     * @param type the columns
     * @param values one for each column
     * @return the row
     */
    public static Row row(RowType type, @Nullable Object... values) {
        @Nullable Object[] checked = new @Nullable Object[values.length];
        for (int i = 0; i < values.length; i++) {
            Object value = values[i];
            checked[i] = value == null ? null : type.columns().get(i).type().canonical(value);
        }
        return type.row(checked);
    }

    /** A row of {@link #READINGS} in which only one column beside the required ones isn't NULL. */
    static Row readingWith(String column, Object value) {
        @Nullable
        Object[] values = new @Nullable Object[READINGS.rowType().columns().size()];
        values[0] = Instant.parse(TIMES.get(0));
        values[1] = 1L;
        values[2] = "x";
        values[READINGS.rowType().indexOf(column)] = value;
        return row(READINGS.rowType(), values);
    }

    /**
     * The rows of one of the tables, in no order.
     *
     * @param table one of those of this class
     * @return all its rows
     */
    public static List<Row> of(Table table) {
        List<Row> rows = new ArrayList<>(
                table.equals(READINGS)
                        ? readings()
                        : table.equals(NAMES)
                                ? names()
                                : table.equals(LARGE) ? large() : table.equals(AGES) ? ages() : clocks());
        Collections.shuffle(rows, new Random(42));
        return rows;
    }

    private static List<Row> readings() {
        List<@Nullable Object> labels = new ArrayList<>(HOSTILE);
        labels.addAll(ORDERED);
        List.of(
                        List.of("a"),
                        List.of("b,a", "A"),
                        List.of("", "a"),
                        List.<String>of(),
                        List.of("\ud83d\ude00", "a%b_c"))
                .forEach(elements -> labels.add(ListText.of(elements)));
        labels.addAll(Arrays.asList(null, "", " ", "x".repeat(100_000), "\u00e9\ud83d\ude00".repeat(2_000)));
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < labels.size(); i++) {
            @Nullable
            Object[] values = new @Nullable Object[READINGS.rowType().columns().size()];
            for (int c = 0; c < values.length; c++) {
                Column column = READINGS.rowType().columns().get(c);
                values[c] = column.name().equals(LABEL) ? labels.get(i) : pick(interesting(column), i);
            }
            values[1] = i == 0 ? Long.MIN_VALUE : i == 1 ? Long.MAX_VALUE : (long) (i % 2 == 0 ? i : -i);
            if (i == 0) {
                // In one row only: its text takes long.
                values[values.length - 1] = HexFormat.of().parseHex("deadbeef".repeat(5_000));
            }
            rows.add(row(READINGS.rowType(), values));
        }
        return rows;
    }

    private static @Nullable Object pick(List<@Nullable Object> values, int row) {
        return values.get(row % values.size());
    }

    /** Values of a column of {@link #READINGS}; the lists differ in length, so that their values meet in many ways. */
    static List<@Nullable Object> interesting(Column column) {
        return switch (column.name()) {
            case "at" -> new ArrayList<>(TIMES.stream().map(Instant::parse).toList());
            case "id" -> Arrays.asList(Long.MIN_VALUE, Long.MAX_VALUE, 2L, -3L, 0L);
            case "region" -> Arrays.asList("eu", "EU", "u s", "a/b=c", "\u00e4", "eu ", "o'k", "50%", "\ud83d\ude00");
            case "flag" -> Arrays.asList(true, false, null);
            case "small" -> Arrays.asList(0, null, 1, -1, Integer.MAX_VALUE, Integer.MIN_VALUE, 7);
            case "big" -> Arrays.asList(null, 0L, Long.MAX_VALUE, Long.MIN_VALUE, 9_007_199_254_740_993L);
            case RATIO ->
                Arrays.asList(
                        0.0,
                        -0.0,
                        null,
                        Double.NaN,
                        Double.POSITIVE_INFINITY,
                        Double.NEGATIVE_INFINITY,
                        Double.MAX_VALUE,
                        -Double.MAX_VALUE,
                        Double.MIN_VALUE,
                        0.1,
                        1.0 / 3);
            case "exact" ->
                Arrays.asList(
                        new BigDecimal("9999999999999999999999999999.9999999999"),
                        null,
                        new BigDecimal("-9999999999999999999999999999.9999999999"),
                        new BigDecimal("0E-10"),
                        new BigDecimal("0.0000000001"),
                        new BigDecimal("9007199254740993.1000000000"),
                        new BigDecimal("-1"));
            case "price" ->
                Arrays.asList(
                        null, new BigDecimal("99999999999999.9999"), new BigDecimal("-0.0001"), new BigDecimal("12.5"));
            case LABEL -> Arrays.asList("a", "", null, "\u00e4", "\ud83d\ude00", "\ufffd", "a ", "a%b_c");
            case "due" ->
                Arrays.asList(
                        LocalDate.of(1, 1, 1),
                        LocalDate.of(9999, 12, 31),
                        null,
                        LocalDate.of(1582, 10, 10),
                        LocalDate.of(1970, 1, 1),
                        LocalDate.of(2024, 2, 29),
                        LocalDate.of(1900, 2, 28));
            case "seen" ->
                Arrays.asList(
                        Instant.parse("0001-01-01T00:00:00Z"),
                        null,
                        Instant.parse("9999-12-31T23:59:59.999999Z"),
                        Instant.parse("1969-12-31T23:59:59.999999Z"),
                        Instant.parse("2024-03-31T01:30:00.000001Z"));
            case "payload" ->
                Arrays.asList(
                        new byte[0],
                        null,
                        new byte[] {0},
                        new byte[] {(byte) 0x80, 0x7f},
                        new byte[] {0x7f, (byte) 0xff, 0},
                        "'\\N\n".getBytes(UTF_8),
                        HexFormat.of().parseHex("deadbeef".repeat(500)));
            default -> throw new IllegalArgumentException("no values for " + column);
        };
    }

    private static List<Row> names() {
        List<String> keys = new ArrayList<>(ORDERED);
        keys.addAll(HOSTILE);
        keys.add("");
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < keys.size(); i++) {
            rows.add(row(NAMES.rowType(), Instant.parse(TIMES.get(4)), keys.get(i), i - 30, "n" + i));
            if (i % 5 == 0) {
                rows.add(row(NAMES.rowType(), Instant.parse(TIMES.get(4)), keys.get(i), i + 100, null));
                rows.add(row(NAMES.rowType(), Instant.parse(TIMES.get(i % 4)), keys.get(i), i, ""));
            }
        }
        return rows;
    }

    private static List<Row> large() {
        List<Row> rows = new ArrayList<>();
        List<String> kinds = List.of("a", "a", "a", "b", "b", "c", "c");
        List<@Nullable String> amounts = Arrays.asList("6e27", "6e27", "-6e27", "6e27", "6e27", null, "-1e-10");
        for (int i = 0; i < kinds.size(); i++) {
            String amount = amounts.get(i);
            rows.add(row(
                    LARGE.rowType(),
                    Instant.parse(TIMES.get(i)),
                    (long) i,
                    kinds.get(i),
                    amount == null ? null : new BigDecimal(amount)));
        }
        return rows;
    }

    private static List<Row> ages() {
        List<Row> rows = new ArrayList<>();
        List<String> times = List.of(
                "0001-01-01T00:00:00Z",
                "0001-01-01T00:00:00.000001Z",
                "1582-10-10T12:00:00Z",
                "1883-11-18T12:00:00.5Z",
                "1969-12-31T23:59:59.999999Z",
                "1970-01-01T00:00:00Z",
                "2038-01-19T03:14:08Z",
                "9999-12-31T23:59:59.999999Z");
        for (int i = 0; i < times.size(); i++) {
            rows.add(row(
                    AGES.rowType(),
                    Instant.parse(times.get(i)),
                    i,
                    LocalDate.parse(times.get(i).substring(0, 10))));
        }
        return rows;
    }

    private static List<Row> clocks() {
        SortedSet<Instant> times = new TreeSet<>();
        for (Instant change : CLOCK_CHANGES) {
            for (int minutes = -90; minutes <= 90; minutes += 30) {
                times.add(change.plus(Duration.ofMinutes(minutes)));
            }
            times.add(change.minusNanos(1_000));
            times.add(change.plusNanos(1_000));
        }
        List<Row> rows = new ArrayList<>();
        for (Instant time : times) {
            int id = rows.size();
            Instant stamped = id % 7 == 0 ? null : id % 2 == 0 ? time : time.plus(Duration.ofMinutes(15));
            rows.add(row(CLOCKS.rowType(), time, id, stamped, LocalDate.ofInstant(time, ZoneOffset.UTC)));
        }
        return rows;
    }
}
