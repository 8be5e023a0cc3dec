package io.github.tieredquery.athena;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tieredquery.athena.internal.codec.LineBreakEscape;
import io.github.tieredquery.table.CodePointOrder;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class LineSafeTextProperties {

    @Property
    void every_text_is_read_back_as_it_was(@ForAll("texts") String text) {
        assertThat(LineBreakEscape.read(LineBreakEscape.write(text))).isEqualTo(text);
    }

    @Property
    void what_is_written_has_no_line_breaks_and_is_not_null(@ForAll("texts") String text) {
        assertThat(LineBreakEscape.write(text)).doesNotContain("\n", "\r").isNotEqualTo(LineBreakEscape.NULL);
    }

    @Property
    void written_texts_are_ordered_as_the_texts_are(@ForAll("texts") String left, @ForAll("texts") String right) {
        assertThat(Integer.signum(
                        CodePointOrder.INSTANCE.compare(LineBreakEscape.write(left), LineBreakEscape.write(right))))
                .isEqualTo(Integer.signum(CodePointOrder.INSTANCE.compare(left, right)));
    }

    @Property
    void a_written_text_starts_with_a_written_prefix_if_and_only_if_the_text_does(
            @ForAll("texts") String text, @ForAll("texts") String other) {
        String prefix = text.substring(0, text.offsetByCodePoints(0, text.codePointCount(0, text.length()) / 2));
        assertThat(LineBreakEscape.write(text)).startsWith(LineBreakEscape.write(prefix));
        assertThat(LineBreakEscape.write(text).startsWith(LineBreakEscape.write(other)))
                .isEqualTo(text.startsWith(other));
    }

    @Example
    void every_single_character_keeps_its_place() {
        for (int point = 1; point < 0x20; point++) {
            String lower = LineBreakEscape.write(Character.toString(point));
            String upper = LineBreakEscape.write(Character.toString(point + 1));
            assertThat(CodePointOrder.INSTANCE.compare(lower, upper))
                    .as("character %d", point)
                    .isNegative();
            assertThat(upper).doesNotStartWith(lower);
        }
    }

    @Example
    void a_text_that_was_not_written_so_is_refused_without_quoting_it() {
        assertThatThrownBy(() -> LineBreakEscape.read("secret\u000B"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the text has the control character 11 without the mark that the archive's writer puts"
                        + " after it");
    }

    @Provide
    Arbitrary<String> texts() {
        return Texts.any();
    }
}
