package io.github.tieredquery.partition;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

class HivePathProperties {

    /** Hive's own list (FileUtils.charToEscape), written as code points. */
    private static final Set<Integer> ESCAPED = IntStream.concat(
                    IntStream.rangeClosed(0x01, 0x1f),
                    IntStream.of(
                            0x22, 0x23, 0x25, 0x27, 0x2a, 0x2f, 0x3a, 0x3d, 0x3f, 0x5b, 0x5c, 0x5d, 0x5e, 0x7b, 0x7f))
            .boxed()
            .collect(Collectors.toSet());

    @Example
    void each_character_of_unicode_is_escaped_as_hive_does_and_read_back() {
        IntStream.rangeClosed(0, Character.MAX_CODE_POINT)
                .filter(point -> point < Character.MIN_SURROGATE || point > Character.MAX_SURROGATE)
                .forEach(point -> {
                    String text = Character.toString(point);
                    String expected = ESCAPED.contains(point) ? String.format("%%%02X", point) : text;
                    if (!HivePath.escape(text).equals(expected)
                            || !HivePath.unescape(expected).equals(text)) {
                        throw new AssertionError(String.format("U+%04X became %s", point, HivePath.escape(text)));
                    }
                });
    }

    @Property
    void a_text_is_read_back_as_it_was(@ForAll("texts") String text) {
        String path = HivePath.escape(text);
        assertThat(HivePath.unescape(path)).isEqualTo(text);
        assertThat(path).doesNotContain("/", "=", ":", "\n");
    }

    @Provide
    Arbitrary<String> texts() {
        Arbitrary<Integer> points = Arbitraries.frequencyOf(
                Tuple.of(4, Arbitraries.integers().between(1, 0x7f)),
                Tuple.of(2, Arbitraries.of((int) '%', (int) '2', (int) 'F', (int) '/')),
                Tuple.of(1, Arbitraries.integers().between(0x80, 0xd7ff)),
                Tuple.of(1, Arbitraries.integers().between(0xe000, 0x10ffff)));
        return points.list()
                .ofMaxSize(20)
                .map(list -> list.stream().map(Character::toString).collect(Collectors.joining()));
    }
}
