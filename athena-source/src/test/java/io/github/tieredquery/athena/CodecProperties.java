package io.github.tieredquery.athena;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tieredquery.athena.internal.codec.Codec;
import io.github.tieredquery.athena.internal.codec.Decoder;
import io.github.tieredquery.athena.internal.codec.LineBreakEscape;
import io.github.tieredquery.athena.internal.codec.NativeCodec;
import io.github.tieredquery.athena.internal.codec.TextCodec;
import io.github.tieredquery.table.CodePointOrder;
import io.github.tieredquery.table.ColumnType;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;

/** Every value of every type is read back from its text in a CSV archive. */
class CodecProperties {

    private static final Instant START = Instant.parse("0001-01-01T00:00:00Z");
    private static final long MICROS = 315_537_897_600_000_000L;
    private static final Set<ColumnType.Kind> CAST =
            Set.of(ColumnType.Kind.INT32, ColumnType.Kind.INT64, ColumnType.Kind.DOUBLE, ColumnType.Kind.DECIMAL);

    /** Two values of one type. */
    record Pair(ColumnType type, Object left, Object right) {}

    @Property
    void every_value_is_read_back_exactly(@ForAll("pairs") Pair pair) {
        Codec codec = TextCodec.csv(pair.type(), true);
        assertThat(decode(codec, (String) codec.stored(pair.left()))).isEqualTo(pair.left());
        assertThat(decode(codec, (String) codec.stored(null))).isNull();
        assertThat(codec.stored(pair.left()))
                .as("no value is written as NULL is")
                .isNotEqualTo(codec.stored(null));
    }

    @Property
    void texts_that_are_compared_as_they_are_sort_as_the_values_do(@ForAll("pairs") Pair pair) {
        if (CAST.contains(pair.type().kind())) {
            return;
        }
        Codec codec = TextCodec.csv(pair.type(), false);
        String left = (String) Objects.requireNonNull(codec.stored(pair.left()));
        String right = (String) Objects.requireNonNull(codec.stored(pair.right()));
        assertThat(Integer.signum(CodePointOrder.INSTANCE.compare(left, right)))
                .isEqualTo(Integer.signum(pair.type().order().compare(pair.left(), pair.right())));
    }

    /** Texts of few letters and times of few days, so that many come again. */
    @Property
    void what_is_remembered_is_what_would_be_read(
            @ForAll List<@From("fewTexts") String> texts, @ForAll List<@From("fewTimes") String> times) {
        for (Codec codec : List.of(
                TextCodec.csv(ColumnType.STRING, true),
                TextCodec.plain(ColumnType.STRING, "a"),
                new NativeCodec(ColumnType.STRING))) {
            Decoder caching = codec.caching();
            texts.forEach(text -> assertThat(outcome(caching, text)).isEqualTo(outcome(codec, text)));
        }
        for (Codec codec : List.of(
                TextCodec.csv(ColumnType.TIMESTAMP, true),
                TextCodec.plain(ColumnType.TIMESTAMP, "2024-02-29 23:59:59"),
                new NativeCodec(ColumnType.TIMESTAMP))) {
            Decoder caching = codec.caching();
            times.forEach(time -> assertThat(outcome(caching, time)).isEqualTo(outcome(codec, time)));
        }
    }

    private static Object outcome(Decoder decoder, String text) {
        try {
            return Objects.requireNonNullElse(decode(decoder, text), "null");
        } catch (IllegalArgumentException | DateTimeException e) {
            return e.toString();
        }
    }

    @Provide
    Arbitrary<String> fewTexts() {
        return Arbitraries.oneOf(
                Arbitraries.strings()
                        .withChars('a', '\u00e4', LineBreakEscape.NULL.charAt(0))
                        .ofMaxLength(8),
                Texts.any());
    }

    @Provide
    Arbitrary<String> fewTimes() {
        return Arbitraries.of(
                "",
                "2024-02-29 23:59:59",
                "2024-02-29 23:59:59.999999",
                "2024-02-29 00:00:00.000001",
                "2024-03-01 00:00:00",
                "1969-12-31 23:59:59.5",
                "1969-12-31 00:00:00",
                "0001-01-01 00:00:00.000000",
                "2024-02-29 23:59:5x",
                "2024-02-30 23:59:59",
                "2024-02-29",
                "2024-02-29 23:59");
    }

    @Example
    void what_is_not_a_value_is_refused_without_quoting_it() {
        for (ColumnType type : List.of(
                ColumnType.BOOLEAN,
                ColumnType.INT32,
                ColumnType.INT64,
                ColumnType.DOUBLE,
                ColumnType.decimal(10, 2),
                ColumnType.DATE,
                ColumnType.TIMESTAMP,
                ColumnType.BINARY)) {
            for (String text : List.of("secret", "12345678901234567890secret", "-", "x0secret")) {
                assertThatThrownBy(() -> decode(TextCodec.csv(type, false), text))
                        .as("%s", type)
                        .isInstanceOf(IllegalArgumentException.class)
                        .message()
                        .doesNotContain("secret");
            }
        }
    }

    @Example
    void athenas_own_forms_are_read() {
        assertThat(decode(new NativeCodec(ColumnType.BINARY), "01 ff 7f")).isEqualTo(new byte[] {1, -1, 127});
        assertThat(decode(new NativeCodec(ColumnType.TIMESTAMP), "2024-03-05 10:00:00.123"))
                .isEqualTo(Instant.parse("2024-03-05T10:00:00.123Z"));
        assertThat(decode(new NativeCodec(ColumnType.DOUBLE), "1.0E20")).isEqualTo(1.0e20);
        assertThat(decode(new NativeCodec(ColumnType.INT64), "-9223372036854775808"))
                .isEqualTo(Long.MIN_VALUE);
    }

    private static @Nullable Object decode(Decoder codec, @Nullable String text) {
        byte[] bytes = ("<" + Objects.requireNonNull(text) + ">").getBytes(StandardCharsets.UTF_8);
        return codec.decode(bytes, 1, bytes.length - 1);
    }

    @Provide
    Arbitrary<Pair> pairs() {
        return Arbitraries.of(
                        ColumnType.BOOLEAN,
                        ColumnType.INT32,
                        ColumnType.INT64,
                        ColumnType.DOUBLE,
                        ColumnType.decimal(38, 10),
                        ColumnType.decimal(5, 5),
                        ColumnType.decimal(18, 0),
                        ColumnType.STRING,
                        ColumnType.DATE,
                        ColumnType.TIMESTAMP,
                        ColumnType.BINARY)
                .flatMap(type -> Combinators.combine(values(type), values(type))
                        .as((left, right) -> new Pair(type, left, right)));
    }

    private static Arbitrary<Object> values(ColumnType type) {
        return switch (type.kind()) {
            case BOOLEAN -> Arbitraries.of(true, false).map(Object.class::cast);
            case INT32 -> Arbitraries.integers().map(Object.class::cast);
            case INT64 -> Arbitraries.longs().map(Object.class::cast);
            case DOUBLE -> Arbitraries.longs().map(bits -> canonical(Double.longBitsToDouble(bits)));
            case DECIMAL -> {
                BigInteger most = BigInteger.TEN.pow(type.precision()).subtract(BigInteger.ONE);
                yield Arbitraries.bigIntegers()
                        .between(most.negate(), most)
                        .map(unscaled -> new BigDecimal(unscaled, type.scale()));
            }
            case STRING -> Texts.any().map(Object.class::cast);
            case DATE ->
                Arbitraries.longs()
                        .between(
                                LocalDate.of(1, 1, 1).toEpochDay(),
                                LocalDate.of(9999, 12, 31).toEpochDay())
                        .map(LocalDate::ofEpochDay);
            case TIMESTAMP ->
                Arbitraries.longs().between(0, MICROS - 1).map(micros -> START.plus(micros, ChronoUnit.MICROS));
            case BINARY -> Arbitraries.bytes().array(byte[].class).ofMaxSize(5).map(Object.class::cast);
        };
    }

    private static Object canonical(double value) {
        return Double.isNaN(value) ? Double.NaN : value;
    }
}
