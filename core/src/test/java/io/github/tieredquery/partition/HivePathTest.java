package io.github.tieredquery.partition;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HivePathTest {

    @Test
    void the_characters_that_hive_escapes_are_escaped_with_upper_case_digits() {
        assertThat(HivePath.escape("\"#%'*/:=?\\{[]^")).isEqualTo("%22%23%25%27%2A%2F%3A%3D%3F%5C%7B%5B%5D%5E");
        assertThat(HivePath.escape("\u0001\t\n\r\u001f\u007f")).isEqualTo("%01%09%0A%0D%1F%7F");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {" ", "}", "+", "&", "é", "漢字", "🛫", "a.b", "~", "<>", ";", ",", "|", "@", "!", "$", "()", "`"})
    void everything_else_stays_as_it_is(String text) {
        assertThat(HivePath.escape(text)).isSameAs(text);
    }

    @Test
    void a_text_is_escaped_where_it_must_be_only() {
        assertThat(HivePath.escape("Zürich/Kloten: 50%")).isEqualTo("Zürich%2FKloten%3A 50%25");
        assertThat(HivePath.unescape("Zürich%2FKloten%3A 50%25")).isEqualTo("Zürich/Kloten: 50%");
    }

    @Test
    void lower_case_digits_are_read_too() {
        assertThat(HivePath.unescape("a%2fb%5C")).isEqualTo("a/b\\");
    }

    @ParameterizedTest
    @CsvSource({"%", "100%", "%4", "%zz", "%+5", "a%2", "%2g", "%٣٤"})
    void a_percent_sign_without_two_digits_stands_for_itself(String path) {
        assertThat(HivePath.unescape(path)).isEqualTo(path);
    }
}
