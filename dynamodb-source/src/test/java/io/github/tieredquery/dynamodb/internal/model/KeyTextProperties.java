package io.github.tieredquery.dynamodb.internal.model;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tieredquery.table.ColumnType;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Keys are ordered by their UTF-8 bytes as values are, alone and with another part behind them. */
class KeyTextProperties {

    record Pair(ColumnType type, Object left, Object right) {}

    @Property(tries = 20_000)
    void the_order_of_bytes_is_the_order_of_values(@ForAll("pairs") Pair pair) {
        int values = Integer.signum(pair.type().order().compare(pair.left(), pair.right()));
        assertThat(compare(text(pair, pair.left()), text(pair, pair.right()))).isEqualTo(values);
        if (values != 0) {
            assertThat(compare(text(pair, pair.left()) + "#z", text(pair, pair.right()) + "#"))
                    .isEqualTo(values);
        }
    }

    @Property(tries = 20_000)
    void a_text_gives_its_value_back_and_holds_no_separator(@ForAll("pairs") Pair pair) {
        assertThat(text(pair, pair.left())).doesNotContain("#");
        assertThat(KeyText.value(pair.type(), text(pair, pair.left()))).isEqualTo(pair.left());
    }

    @Example
    void texts_can_be_read_by_people() {
        assertThat(KeyText.of(ColumnType.INT32, -7)).isEqualTo("09999999992");
        assertThat(KeyText.of(ColumnType.INT32, 42)).isEqualTo("10000000042");
        assertThat(KeyText.of(ColumnType.INT64, 42L)).isEqualTo("10000000000000000042");
        assertThat(KeyText.of(ColumnType.decimal(5, 2), new BigDecimal("-1.50")))
                .isEqualTo("099849");
        assertThat(KeyText.of(ColumnType.STRING, "New York #1")).isEqualTo("New$`York$`$c1");
        assertThat(KeyText.of(ColumnType.TIMESTAMP, Instant.parse("2024-02-29T06:00:00.000001Z")))
                .isEqualTo("2024-02-29T06:00:00.000001Z");
    }

    /** Such a key lies elsewhere than its value would, and a range would miss it. */
    @Example
    void a_text_that_is_written_otherwise_is_no_value() {
        assertIsNoValue(ColumnType.INT32, "142");
        assertIsNoValue(ColumnType.decimal(5, 2), "1150");
        assertIsNoValue(ColumnType.BOOLEAN, "true");
        assertIsNoValue(ColumnType.STRING, "New York");
        assertIsNoValue(ColumnType.STRING, "New$zYork");
        assertIsNoValue(ColumnType.STRING, "$");
        assertIsNoValue(ColumnType.DATE, "+12024-01-01T");
        assertIsNoValue(ColumnType.TIMESTAMP, "2024-02-29T06:00:00Z");
    }

    private static void assertIsNoValue(ColumnType type, String text) {
        assertThatThrownBy(() -> KeyText.value(type, text)).isInstanceOf(RuntimeException.class);
    }

    private static String text(Pair pair, Object value) {
        return KeyText.of(pair.type(), value);
    }

    private static int compare(String left, String right) {
        return Integer.signum(Arrays.compareUnsigned(left.getBytes(UTF_8), right.getBytes(UTF_8)));
    }

    @Provide
    Arbitrary<Pair> pairs() {
        ColumnType money = ColumnType.decimal(38, 10);
        BigInteger most = BigInteger.TEN.pow(38).subtract(BigInteger.ONE);
        Arbitrary<BigInteger> unscaled = Arbitraries.bigIntegers().between(most.negate(), most);
        return Arbitraries.oneOf(List.of(
                pairs(ColumnType.BOOLEAN, Arbitraries.of(true, false)),
                pairs(ColumnType.INT32, Arbitraries.integers()),
                pairs(ColumnType.INT64, Arbitraries.longs()),
                pairs(money, unscaled.map(digits -> new BigDecimal(digits, 10))),
                pairs(
                        ColumnType.decimal(1, 1),
                        Arbitraries.integers().between(-9, 9).map(i -> BigDecimal.valueOf(i, 1))),
                pairs(ColumnType.STRING, texts()),
                pairs(
                        ColumnType.DATE,
                        Arbitraries.longs()
                                .between(
                                        LocalDate.of(1, 1, 1).toEpochDay(),
                                        LocalDate.of(9999, 12, 31).toEpochDay())
                                .map(LocalDate::ofEpochDay)),
                pairs(ColumnType.TIMESTAMP, times())));
    }

    private static Arbitrary<Pair> pairs(ColumnType type, Arbitrary<?> values) {
        return Combinators.combine(values, values).as((left, right) -> new Pair(type, left, right));
    }

    /** Mostly of characters around the separator, of which prefixes and surrogates are the hard cases. */
    private static Arbitrary<String> texts() {
        Arbitrary<String> characters = Arbitraries.of(
                "\u0000", // in elements of lists
                "\u0001",
                " ",
                "!",
                "\"",
                "#",
                "$",
                "%",
                "A",
                "a",
                "z",
                "~",
                "\u00e4",
                "\ue000",
                "\uffff",
                "\ud83d\ude00");
        return Arbitraries.oneOf(
                characters.list().ofMaxSize(4).map(parts -> String.join("", parts)),
                Arbitraries.strings().withCharRange('\u0000', '\ud7ff').ofMaxLength(8));
    }

    private static Arbitrary<Instant> times() {
        long first = Instant.parse("0001-01-01T00:00:00Z").getEpochSecond();
        long last = Instant.parse("9999-12-31T23:59:59Z").getEpochSecond();
        return Combinators.combine(
                        Arbitraries.longs().between(first, last),
                        Arbitraries.integers().between(0, 999_999))
                .as((second, micro) -> Instant.ofEpochSecond(second, micro * 1_000L));
    }
}
