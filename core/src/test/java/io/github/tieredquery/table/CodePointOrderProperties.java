package io.github.tieredquery.table;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class CodePointOrderProperties {

    @Property(tries = 20_000)
    void strings_are_ordered_as_their_utf_8_bytes(@ForAll("texts") String left, @ForAll("texts") String right) {
        assertThat(Integer.signum(CodePointOrder.INSTANCE.compare(left, right)))
                .isEqualTo(Integer.signum(Arrays.compareUnsigned(left.getBytes(UTF_8), right.getBytes(UTF_8))));
    }

    /** Few characters from the places where the orders of UTF-8 and UTF-16 part. */
    @Provide
    Arbitrary<String> texts() {
        return Arbitraries.of(
                        0x41, 0x61, 0x7f, 0x80, 0x7ff, 0x800, 0xd7ff, 0xe000, 0xff5a, 0xffff, 0x10000, 0x1d518,
                        0x10ffff)
                .list()
                .ofMaxSize(4)
                .map(points -> points.stream().map(Character::toString).collect(Collectors.joining()));
    }
}
