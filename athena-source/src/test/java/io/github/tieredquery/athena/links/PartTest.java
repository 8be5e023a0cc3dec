package io.github.tieredquery.athena.links;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PartTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "bytes=0-0 | 0 | 1",
                "bytes=0-9 | 0 | 10",
                "bytes=3-5 | 3 | 6",
                "bytes=3- | 3 | 10",
                "bytes=9- | 9 | 10",
                "bytes=3-99 | 3 | 10",
                "bytes=3-99999999999999999999999 | 3 | 10",
                "bytes=-1 | 9 | 10",
                "bytes=-10 | 0 | 10",
                "bytes=-11 | 0 | 10",
                "bytes=-99999999999999999999999 | 0 | 10",
                "BYTES=3-5 | 3 | 6",
                "bytes= 3-5 , | 3 | 6",
                "bytes=3-5,10-20,-0 | 3 | 6",
            })
    void one_range_is_a_part(String range, long from, long to) {
        assertThat(Part.of(range, 10)).isEqualTo(new Part(206, from, to));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"bytes=10-", "bytes=10-10", "bytes=-0", "bytes=10-11,12-", "bytes=99999999999999999999999-"})
    void a_range_outside_is_unsatisfiable(String range) {
        assertThat(Part.of(range, 10)).isEqualTo(new Part(416, 0, 0));
        assertThat(Part.of(range, 10).contentRange(10)).isEqualTo("bytes */10");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "bytes",
                "bytes=",
                "bytes=,",
                "bytes=-",
                "bytes=a-b",
                "bytes=5-3",
                "bytes=1-2,x",
                "bytes 0-1",
                "bytes=0x1-2",
                "bytes=+1-2",
                "bytes=1 - 2",
                "bytes=1-2-3",
                "bytes=٣-٥",
                "lines=0-1",
                "bytes=0-1,3-4"
            })
    void what_is_malformed_or_asks_for_several_parts_gets_everything(String range) {
        assertThat(Part.of(range, 10)).isEqualTo(new Part(200, 0, 10));
    }

    @Test
    void an_empty_object_has_no_first_byte_but_an_end() {
        assertThat(Part.of("bytes=0-", 0)).isEqualTo(new Part(416, 0, 0));
        assertThat(Part.of("bytes=-5", 0)).isEqualTo(new Part(200, 0, 0));
        assertThat(Part.of(null, 0)).isEqualTo(new Part(200, 0, 0));
    }
}
