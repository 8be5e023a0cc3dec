package io.github.tieredquery.athena;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;

/** Texts for properties: any Unicode that a STRING can hold, and often what some grammar gives a meaning. */
final class Texts {

    private static final String SPECIAL =
            "\1\2\3\n\r\t\u000B\f\u000E\u000F\u007F\u0085\u00A0\u2028\uFFFD\uFEFF\uD83D\uDE00'\"`\\%_,;-/*?&UN0 ";

    private Texts() {}

    static Arbitrary<String> any() {
        Arbitrary<Integer> special = Arbitraries.integers()
                .between(0, SPECIAL.codePointCount(0, SPECIAL.length()) - 1)
                .map(index -> SPECIAL.codePointAt(SPECIAL.offsetByCodePoints(0, index)));
        Arbitrary<Integer> letter = Arbitraries.integers().between(97, 101);
        Arbitrary<Integer> wild = Arbitraries.integers()
                .between(1, Character.MAX_CODE_POINT)
                .filter(each -> each < Character.MIN_SURROGATE || each > Character.MAX_SURROGATE);
        return Arbitraries.frequencyOf(
                        net.jqwik.api.Tuple.of(5, special),
                        net.jqwik.api.Tuple.of(3, letter),
                        net.jqwik.api.Tuple.of(2, wild))
                .list()
                .ofMaxSize(12)
                .map(points -> {
                    StringBuilder text = new StringBuilder();
                    points.forEach(text::appendCodePoint);
                    return text.toString();
                });
    }
}
