package io.github.tieredquery.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tieredquery.error.ConfigurationException;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class ArchiveMarkTest {

    private static final ArchiveMark MARK =
            new ArchiveMark("a1", 2, "n3", 4, 5, 6, Instant.parse("2024-03-01T00:00:00.000007Z"));

    private static final String TEXT = """
            tieredquery archive mark 1
            archive a1
            number 2
            nonce n3
            version 4
            epoch 5
            erased-keys 6
            issued 2024-03-01T00:00:00.000007Z
            """;

    @Test
    void a_mark_is_read_back_as_it_was_written() {
        assertThat(MARK.text()).isEqualTo(TEXT);
        assertThat(ArchiveMark.parse("s3://lake/mark", TEXT)).isEqualTo(MARK);
    }

    @Test
    void what_has_another_form_is_refused() {
        for (String text : List.of(
                "",
                "\n",
                TEXT.replace("mark 1", "mark 2"),
                TEXT.replace("number 2", "number two"),
                TEXT.replace("number 2", "version 2"),
                TEXT.replace("Z", ""),
                TEXT + "more 1\n",
                TEXT.substring(0, TEXT.length() - 40))) {
            assertThatThrownBy(() -> ArchiveMark.parse("s3://lake/mark", text))
                    .as(text)
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessage("s3://lake/mark isn't an archive's mark as this version of the library writes it. Use"
                            + " the version that wrote it, or a newer one; if somebody else has put it there, put the"
                            + " object's former version back");
        }
    }

    @Test
    void a_text_of_two_lines_is_refused() {
        assertThatThrownBy(() -> new ArchiveMark("a\nb", 1, "n", 1, 1, 1, Instant.EPOCH))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("'a\nb' and 'n' are to be of one line");
    }

    @Test
    void marks_of_two_histories_with_one_number_differ() {
        ArchiveMark other = new ArchiveMark("a1", 2, "n4", 4, 5, 6, MARK.issued());
        assertThat(MARK.isSameAs(other)).isFalse();
        assertThat(MARK.isSameAs(new ArchiveMark("a1", 2, "n3", 4, 5, 6, MARK.issued())))
                .isTrue();
    }
}
