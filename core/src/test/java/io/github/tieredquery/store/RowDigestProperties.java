package io.github.tieredquery.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tieredquery.table.Column;
import io.github.tieredquery.table.ColumnType;
import io.github.tieredquery.table.RowType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;

class RowDigestProperties {

    @Provide
    Arbitrary<List<List<@Nullable String>>> rows() {
        return Arbitraries.of("", "a", "b", "\0\0\0\0", "\u0000")
                .injectNull(0.4)
                .list()
                .ofSize(3)
                .list()
                .ofMaxSize(5);
    }

    private static RowDigest digest(int columns, List<List<@Nullable String>> rows) {
        List<Column> type = new ArrayList<>();
        for (int i = 0; i < columns; i++) {
            type.add(new Column("c" + i, ColumnType.STRING, true));
        }
        RowDigest.Builder digest = new RowDigest.Builder(RowType.of(type));
        for (List<@Nullable String> row : rows) {
            List<@Nullable String> values = new ArrayList<>(row);
            values.addAll(Collections.nCopies(columns - row.size(), null));
            digest.add(RowType.of(type).row(values.toArray()));
        }
        return digest.build();
    }

    @Property
    void columns_that_are_appended_and_null_change_nothing(@ForAll("rows") List<List<@Nullable String>> rows) {
        assertThat(digest(5, rows)).isEqualTo(digest(3, rows));
    }

    @Property
    void other_rows_have_another_digest(
            @ForAll("rows") List<List<@Nullable String>> some, @ForAll("rows") List<List<@Nullable String>> others) {
        List<List<@Nullable String>> left = new ArrayList<>(others);
        boolean same = some.size() == others.size() && some.stream().allMatch(left::remove);
        assertThat(digest(3, some).equals(digest(3, others))).isEqualTo(same);
    }
}
