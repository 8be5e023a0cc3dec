package io.github.tieredquery.athena.links;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class FileNameProperties {

    private static final Pattern HEADER = Pattern.compile(
            "attachment; filename=\"([^\"\\\\%/]+)\"(?:; filename\\*=UTF-8''([A-Za-z0-9!#$&+.^_`|~%-]+))?");

    @Property
    void a_header_is_printable_ascii_and_holds_the_safe_name(@ForAll("names") String name) {
        String safe = FileName.safe(name);
        String header = FileName.contentDisposition(safe);
        assertThat(header).matches("[ -~]+");
        Matcher matcher = HEADER.matcher(header);
        assertThat(matcher.matches()).as(header).isTrue();
        String told = matcher.group(2) == null
                ? matcher.group(1)
                : URLDecoder.decode(matcher.group(2).replace("+", "%2B"), StandardCharsets.UTF_8);
        assertThat(told).isEqualTo(safe);
    }

    @Property
    void a_safe_name_stays_in_its_folder_and_is_safe_again(@ForAll("names") String name) {
        String safe = FileName.safe(name);
        assertThat(safe).doesNotContain("/", "\\", "\0", "\r", "\n", "\"").doesNotStartWith(".");
        assertThat(FileName.safe(safe)).isEqualTo(safe);
        assertThat(safe.getBytes(StandardCharsets.UTF_8).length).isLessThanOrEqualTo(200);
    }

    @Example
    void hostile_names_become_harmless() {
        assertThat(FileName.safe("../../etc/passwd")).isEqualTo("_.._etc_passwd");
        assertThat(FileName.safe("C:\\temp\\a.csv")).isEqualTo("C__temp_a.csv");
        assertThat(FileName.safe("a\"; filename=\"b.exe")).isEqualTo("a_; filename=_b.exe");
        assertThat(FileName.safe("a.csv\r\nSet-Cookie: x=1")).isEqualTo("a.csv__Set-Cookie_ x=1");
        assertThat(FileName.safe("flights\u202Evsc.exe")).isEqualTo("flights_vsc.exe");
        assertThat(FileName.safe("a\uD800b.csv")).isEqualTo("a_b.csv");
        assertThat(FileName.safe("  .hidden. ")).isEqualTo("hidden");
        assertThatThrownBy(() -> FileName.safe("../.."))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("'../..' isn't a file name; give it letters or digits");
    }

    @Example
    void names_beyond_ascii_are_told_in_both_forms() {
        assertThat(FileName.contentDisposition("flights 2024.csv"))
                .isEqualTo("attachment; filename=\"flights 2024.csv\"");
        assertThat(FileName.contentDisposition("Flüge €.csv"))
                .isEqualTo("attachment; filename=\"Fl_ge _.csv\"; filename*=UTF-8''Fl%C3%BCge%20%E2%82%AC.csv");
        assertThat(FileName.contentDisposition("100%.csv"))
                .isEqualTo("attachment; filename=\"100_.csv\"; filename*=UTF-8''100%25.csv");
    }

    @Example
    void a_long_name_keeps_its_end() {
        assertThat(FileName.safe("é".repeat(300) + ".csv")).isEqualTo("é".repeat(92) + ".csv");
        assertThat(FileName.safe("x".repeat(300))).isEqualTo("x".repeat(200));
    }

    @Provide
    Arbitrary<String> names() {
        Arbitrary<String> parts = Arbitraries.of(
                "a", "Z", "7", ".csv", "..", "/", "\\", "\"", "'", "%", "%22", "\r\n", "\0", ";", "=", "*", " ", "é",
                "😀", "\u202E", "\u2028", "\uD800", "~", "+", "`");
        Arbitrary<String> hostile = parts.list().ofMaxSize(40).map(list -> String.join("", list));
        return Arbitraries.oneOf(hostile, Arbitraries.strings().ofMaxLength(300))
                .map(text -> text + "f");
    }
}
