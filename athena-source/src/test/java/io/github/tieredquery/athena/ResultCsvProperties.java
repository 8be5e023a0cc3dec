package io.github.tieredquery.athena;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tieredquery.athena.internal.codec.Codec;
import io.github.tieredquery.athena.internal.codec.TextCodec;
import io.github.tieredquery.athena.internal.result.ResultCsv;
import io.github.tieredquery.error.SourceUnavailableException;
import io.github.tieredquery.table.ColumnType;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.jspecify.annotations.Nullable;

class ResultCsvProperties {

    private static final Codec TEXT = TextCodec.plain(ColumnType.STRING);

    @Property
    void every_result_of_athenas_is_read_back(
            @ForAll("rows") List<List<String>> rows, @ForAll @IntRange(min = 1, max = 40) int bufferBytes) {
        List<List<@Nullable String>> expected = new ArrayList<>();
        rows.forEach(row -> expected.add(withNulls(row)));
        int columns = rows.isEmpty() ? 3 : rows.get(0).size();
        assertThat(read(csv(expected), columns, bufferBytes)).isEqualTo(expected);
    }

    @Property
    void reading_may_start_at_any_row(@ForAll("rows") List<List<String>> rows) {
        byte[] bytes = csv(rows).getBytes(StandardCharsets.UTF_8);
        int columns = rows.isEmpty() ? 3 : rows.get(0).size();
        ResultCsv all = new ResultCsv(new ByteArrayInputStream(bytes), 0, columns, 8, "reading");
        for (int i = 0; i < rows.size(); i++) {
            int offset = (int) all.offset();
            ResultCsv rest = new ResultCsv(
                    new ByteArrayInputStream(bytes, offset, bytes.length - offset), offset, columns, 8, "reading");
            assertThat(rest.next()).isTrue();
            assertThat(values(rest, columns)).isEqualTo(rows.get(i));
            assertThat(all.next()).isTrue();
        }
        assertThat(all.offset()).isEqualTo(bytes.length);
    }

    @Example
    void a_blank_line_is_a_row_of_one_null_and_quotes_are_an_empty_text() {
        assertThat(read("\"a\"\n\n\"\"\n\n", 1, 2))
                .isEqualTo(Arrays.asList(
                        Arrays.asList("a"), Arrays.asList((String) null), Arrays.asList(""), Arrays.asList((String)
                                null)));
    }

    @Example
    void a_file_that_is_cut_off_is_refused() {
        assertThatThrownBy(() -> read("\"a\",\"b\"\n\"c\",\"d", 2, 16))
                .isInstanceOf(SourceUnavailableException.class)
                .hasMessage("reading: the row at byte 8 of the result ends in its middle: the file is cut off");
    }

    @Example
    void a_file_of_other_columns_is_refused() {
        assertThatThrownBy(() -> read("\"a\",\"b\"\n", 3, 16))
                .hasMessage("reading: the row at byte 0 of the result has 2 columns and not 3");
        assertThatThrownBy(() -> read("\"a\",\"b\"\n", 1, 16))
                .hasMessage("reading: the row at byte 0 of the result has more than its 1 columns");
        assertThatThrownBy(() -> read("a,b\n", 2, 16))
                .hasMessage("reading: the row at byte 0 of the result has a value without quotes in column 1");
        assertThatThrownBy(() -> read("\"a\"b\n", 1, 16))
                .hasMessage(
                        "reading: the row at byte 0 of the result has something after the closing quote of column 1");
    }

    private static List<List<@Nullable String>> read(String csv, int columns, int bufferBytes) {
        InputStream in = new ByteArrayInputStream(csv.getBytes(StandardCharsets.UTF_8));
        List<List<@Nullable String>> rows = new ArrayList<>();
        try (ResultCsv result = new ResultCsv(in, 0, columns, bufferBytes, "reading")) {
            while (result.next()) {
                rows.add(values(result, columns));
            }
            assertThat(result.next()).isFalse();
        }
        return rows;
    }

    private static List<@Nullable String> values(ResultCsv result, int columns) {
        List<@Nullable String> values = new ArrayList<>();
        for (int i = 0; i < columns; i++) {
            values.add((String) result.value(i, TEXT));
        }
        return values;
    }

    private static List<@Nullable String> withNulls(List<String> row) {
        List<@Nullable String> values = new ArrayList<>();
        row.forEach(each -> values.add(each.startsWith("N") ? null : each));
        return values;
    }

    private static String csv(List<? extends List<? extends @Nullable String>> rows) {
        StringBuilder csv = new StringBuilder();
        for (List<? extends @Nullable String> row : rows) {
            for (int i = 0; i < row.size(); i++) {
                String value = row.get(i);
                csv.append(i == 0 ? "" : ",");
                if (value != null) {
                    csv.append('"').append(value.replace("\"", "\"\"")).append('"');
                }
            }
            csv.append('\n');
        }
        return csv.toString();
    }

    @Provide
    Arbitrary<List<List<String>>> rows() {
        return net.jqwik.api.Arbitraries.integers()
                .between(1, 4)
                .flatMap(columns -> Texts.any().list().ofSize(columns).list().ofMaxSize(6));
    }
}
