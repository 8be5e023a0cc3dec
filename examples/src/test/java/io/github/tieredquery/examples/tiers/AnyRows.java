package io.github.tieredquery.examples.tiers;

import io.github.tieredquery.table.Column;
import io.github.tieredquery.table.ColumnType;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.RowType;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import org.jspecify.annotations.Nullable;

/** Rows with any values that the columns' types hold, and often those that some backend is known to change. */
final class AnyRows {

    private static final LocalDate FIRST_DAY = LocalDate.of(1, 1, 1);
    private static final LocalDate LAST_DAY = LocalDate.of(9999, 12, 31);
    private static final Instant FIRST_MICRO = Instant.parse("0001-01-01T00:00:00Z");
    private static final Instant LAST_MICRO = Instant.parse("9999-12-31T23:59:59.999999Z");

    private static final List<String> AWKWARD_TEXTS = List.of(
            "",
            " ",
            "  a ",
            "'",
            "''",
            "\"",
            "\"\"",
            "`",
            "\\",
            "\\\\",
            "\\\"",
            "\\N",
            "\\n",
            "N",
            "NULL",
            "null",
            ",",
            "a,b",
            "a\",\"b",
            "line\nfeed",
            "\n",
            "\r",
            "\r\n",
            "\t",
            "\u0001",
            "\u0002\u0003",
            "\u000b",
            "\u000b\u0001",
            "\u000b\u0003",
            "\u000e\u0002",
            "\u001a\u001b\u007f",
            "\u0085\u2028\u2029",
            "\ufeffmark",
            "\ufffd\uffff",
            "\u00e9 or e\u0301",
            "\ud83d\ude00",
            "\ud83d\udc68\u200d\ud83d\udc69\u200d\ud83d\udc67",
            "\udbff\udfff",
            "2024-01-01",
            "0x00",
            "=1+1",
            "' OR '1'='1' --",
            "/* */;",
            "%41",
            "../../x",
            "a/b=c:d",
            "__HIVE_DEFAULT_PARTITION__",
            "\\N",
            "\\n",
            "\\");

    private AnyRows() {}

    /** Values of a column, awkward ones and any others equally often. */
    private static Arbitrary<Object> values(Column column, int longest) {
        return Arbitraries.oneOf(Arbitraries.of(awkward(column.type(), longest)), any(column.type()))
                .injectNull(column.nullable() ? 0.1 : 0);
    }

    /**
     * Lists of rows with random values, and behind them, so that none is left to chance, rows in which each awkward
     * value of each column stands at least once. The key is the place in the list.
     *
     * @param type the columns; the first is the time and the second an INT64 key
     * @param size how many random rows
     * @param edges times that the awkward rows have in turn
     * @param times times of the random rows
     * @param longest how many characters or bytes the longest text or byte string has
     */
    static Arbitrary<List<Row>> lists(
            RowType type, int size, List<Instant> edges, Arbitrary<Instant> times, int longest) {
        List<Arbitrary<Object>> columns = new ArrayList<>();
        columns.add(times.asGeneric());
        columns.add(Arbitraries.just(0L));
        type.columns().stream().skip(2).forEach(column -> columns.add(values(column, longest)));
        return Combinators.combine(columns)
                .as(values -> values.toArray())
                .list()
                .ofSize(size)
                .map(random -> {
                    List<@Nullable Object[]> all = new ArrayList<>(random);
                    all.addAll(awkwardRows(type, edges, longest));
                    return keyed(type, all);
                });
    }

    private static List<Row> keyed(RowType type, List<@Nullable Object[]> rows) {
        List<Row> keyed = new ArrayList<>();
        for (int i = 0; i < rows.size(); i++) {
            @Nullable Object[] values = rows.get(i).clone();
            values[1] = i == 0 ? Long.MIN_VALUE : i == 1 ? Long.MAX_VALUE : i % 2 == 0 ? (long) i : -(long) i;
            keyed.add(type.row(values));
        }
        return keyed;
    }

    private static List<@Nullable Object[]> awkwardRows(RowType type, List<Instant> edges, int longest) {
        List<List<Object>> choices = type.columns().stream()
                .skip(2)
                .map(column -> awkward(column.type(), longest))
                .toList();
        int most = choices.stream().mapToInt(List::size).max().orElseThrow() + 1;
        List<@Nullable Object[]> rows = new ArrayList<>();
        for (int i = 0; i < Math.max(most, edges.size()); i++) {
            @Nullable Object[] values = new @Nullable Object[choices.size() + 2];
            values[0] = edges.get(i % edges.size());
            for (int c = 0; c < choices.size(); c++) {
                List<Object> choice = choices.get(c);
                int which = i % (choice.size() + (type.columns().get(c + 2).nullable() ? 1 : 0));
                values[c + 2] = which == choice.size() ? null : choice.get(which);
            }
            rows.add(values);
        }
        return rows;
    }

    /** The texts of a column that aren't NULL. */
    static List<String> texts(List<Row> rows, String column) {
        return rows.stream()
                .map(row -> row.value(column))
                .filter(value -> value instanceof String)
                .map(String.class::cast)
                .toList();
    }

    private static List<Object> awkward(ColumnType type, int longest) {
        return switch (type.kind()) {
            case BOOLEAN -> List.of(true, false);
            case INT32 -> List.of(0, 1, -1, Integer.MAX_VALUE, Integer.MIN_VALUE);
            case INT64 -> List.of(0L, -1L, Long.MAX_VALUE, Long.MIN_VALUE, 9_007_199_254_740_993L, 1L << 32);
            case DOUBLE ->
                List.of(
                        0.0,
                        -0.0,
                        Double.NaN,
                        Double.POSITIVE_INFINITY,
                        Double.NEGATIVE_INFINITY,
                        Double.MAX_VALUE,
                        -Double.MAX_VALUE,
                        Double.MIN_VALUE,
                        -Double.MIN_VALUE,
                        Double.MIN_NORMAL,
                        Math.nextDown(Double.MIN_NORMAL),
                        0.1,
                        1.0 / 3,
                        9.999999999999999E22,
                        9_007_199_254_740_994.0);
            case DECIMAL -> {
                BigDecimal most =
                        new BigDecimal(BigInteger.TEN.pow(type.precision()).subtract(BigInteger.ONE), type.scale());
                BigDecimal least = new BigDecimal(BigInteger.ONE, type.scale());
                yield List.of(most, most.negate(), least, least.negate(), BigDecimal.valueOf(0, type.scale()));
            }
            case STRING -> {
                List<Object> texts = new ArrayList<>(AWKWARD_TEXTS);
                texts.add("x".repeat(longest));
                yield texts;
            }
            case DATE ->
                List.of(
                        FIRST_DAY,
                        LAST_DAY,
                        LocalDate.of(1582, 10, 4),
                        LocalDate.of(1582, 10, 10),
                        LocalDate.of(1900, 2, 28),
                        LocalDate.of(1969, 12, 31),
                        LocalDate.of(2024, 2, 29));
            case TIMESTAMP ->
                List.of(
                        FIRST_MICRO,
                        LAST_MICRO,
                        Instant.parse("1582-10-10T12:00:00.000001Z"),
                        Instant.parse("1883-11-18T12:00:00.5Z"),
                        Instant.parse("1969-12-31T23:59:59.999999Z"),
                        Instant.EPOCH,
                        Instant.parse("2024-03-31T01:30:00.123456Z"),
                        Instant.parse("2024-12-31T23:59:59.999999Z"));
            case BINARY ->
                List.of(
                        new byte[0],
                        new byte[] {0},
                        new byte[] {(byte) 0xff, 0, 0x7f, (byte) 0x80},
                        "'\"\\N,\n".getBytes(StandardCharsets.UTF_8),
                        new byte[longest]);
        };
    }

    private static Arbitrary<Object> any(ColumnType type) {
        return switch (type.kind()) {
            case BOOLEAN -> Arbitraries.of(true, false);
            case INT32 -> Arbitraries.integers().asGeneric();
            case INT64 -> Arbitraries.longs().asGeneric();
            case DOUBLE -> Arbitraries.longs().map(bits -> canonical(Double.longBitsToDouble(bits)));
            case DECIMAL -> {
                BigInteger most = BigInteger.TEN.pow(type.precision()).subtract(BigInteger.ONE);
                yield Arbitraries.bigIntegers()
                        .between(most.negate(), most)
                        .map(unscaled -> new BigDecimal(unscaled, type.scale()));
            }
            case STRING ->
                Arbitraries.integers()
                        .between(1, Character.MAX_CODE_POINT)
                        .filter(each -> each < Character.MIN_SURROGATE || each > Character.MAX_SURROGATE)
                        .list()
                        .ofMaxSize(12)
                        .map(AnyRows::text);
            case DATE ->
                Arbitraries.longs()
                        .between(FIRST_DAY.toEpochDay(), LAST_DAY.toEpochDay())
                        .map(LocalDate::ofEpochDay);
            case TIMESTAMP ->
                Arbitraries.longs()
                        .between(0, FIRST_MICRO.until(LAST_MICRO, ChronoUnit.SECONDS) * 1_000_000 + 999_999)
                        .map(micros -> FIRST_MICRO.plus(micros, ChronoUnit.MICROS));
            case BINARY -> Arbitraries.bytes().array(byte[].class).ofMaxSize(9).asGeneric();
        };
    }

    private static Object text(List<Integer> points) {
        StringBuilder text = new StringBuilder();
        points.forEach(text::appendCodePoint);
        return text.toString();
    }

    /** Databases keep one NaN. */
    private static Object canonical(double value) {
        return Double.isNaN(value) ? Double.NaN : value;
    }
}
