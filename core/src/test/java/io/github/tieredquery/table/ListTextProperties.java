package io.github.tieredquery.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class ListTextProperties {

    @Property
    void a_list_comes_back_and_holds_what_it_has(
            @ForAll("lists") List<String> elements, @ForAll("elements") String element) {
        String text = ListText.of(elements);
        assertThat(ListText.elements(text)).isEqualTo(elements);
        assertThat(text.contains(ListText.needle(element))).isEqualTo(elements.contains(element));
        assertThat(text).doesNotContain("\n", "\r");
    }

    @Example
    void lists_look_like_this() {
        assertThat(ListText.of(List.of())).isEqualTo(",");
        assertThat(ListText.of(List.of(""))).isEqualTo(",,");
        assertThat(ListText.of(List.of("a", "b c", "1,5", "100%", "x\ny"))).isEqualTo(",a,b c,1%2C5,100%25,x%0Ay,");
    }

    @Example
    void other_texts_are_refused() {
        assertThatThrownBy(() -> ListText.elements("a,"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a list text starts with a comma");
        assertThatThrownBy(() -> ListText.elements(",a"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a list text ends with a comma");
        assertThatThrownBy(() -> ListText.elements(",%4,"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a list text has two digits after each percent sign");
        for (String text : List.of(",%41,", ",%2c,", ",a\nb,")) {
            assertThatThrownBy(() -> ListText.elements(text))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("a list text escapes commas, percent signs and control characters only");
        }
    }

    @Provide
    Arbitrary<List<String>> lists() {
        return elements().list().ofMaxSize(5);
    }

    @Provide
    Arbitrary<String> elements() {
        return Arbitraries.oneOf(
                Arbitraries.strings().withChars("ab,%2C\n").ofMaxLength(3),
                Arbitraries.strings().ofMaxLength(4));
    }
}
