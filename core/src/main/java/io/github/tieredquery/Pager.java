package io.github.tieredquery;

import io.github.tieredquery.table.Column;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.RowType;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads one page of a query: what follows a position, up to a number of rows. */
final class Pager {

    private final Request asked;
    private final PageToken tokens;
    private final @Nullable Position start;

    /**
     * A page.
     *
     * @param asked the query as the caller made it
     * @param token where the page starts, null for the first page
     * @throws io.github.tieredquery.error.BadPageTokenException if it isn't a token of this query
     */
    Pager(Request asked, TokenKeys keys, @Nullable String token) {
        this.asked = asked;
        this.tokens = new PageToken(asked, keys);
        this.start = token == null ? null : tokens.read(token);
    }

    /**
     * What has to be read: the rest of the query after the position, with the columns that tell a row's position.
     *
     * @param limit how many rows at most
     */
    Request rest(long limit) {
        Request rest = asked.withOrderColumns().limit(limit);
        return start == null
                ? rest
                : rest.narrowed(start.rest(asked.range(), asked.order()), start.after(asked.table(), asked.order()));
    }

    /** Reads the page and closes the run. */
    <T> Page<T> read(QueryRun run, int size, Function<Row, T> mapper) {
        RowType type = asked.withOrderColumns().rowType();
        int[] indexes = asked.rowType().columns().stream()
                .map(Column::name)
                .mapToInt(type::indexOf)
                .toArray();
        List<T> rows = new ArrayList<>();
        try (run) {
            Row last = null;
            while (rows.size() < size) {
                Row row = run.next();
                if (row == null) {
                    return new Page<>(rows, null);
                }
                last = row;
                rows.add(mapper.apply(type.equals(asked.rowType()) ? row : projected(row, indexes)));
            }
            String next = last != null && run.mayGoOn() ? tokens.write(Position.of(asked.table(), last)) : null;
            return new Page<>(rows, next);
        }
    }

    private Row projected(Row row, int[] indexes) {
        @Nullable Object[] values = new @Nullable Object[indexes.length];
        for (int i = 0; i < indexes.length; i++) {
            values[i] = row.value(indexes[i]);
        }
        return asked.rowType().row(values);
    }
}
