package io.github.tieredquery.query;

import io.github.tieredquery.TieredQuery;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Some rows of a query, and where the next ones start. Immutable.
 *
 * @param rows the rows in the query's order, unmodifiable
 * @param nextToken what {@link TieredQuery#page} takes for the next page; null if there is none
 * @param <T> what rows are mapped onto
 */
public record Page<T>(List<T> rows, @Nullable String nextToken) {

    /** Copies the list. */
    public Page {
        rows = List.copyOf(rows);
    }

    /**
     * The token of the next page.
     *
     * @return the token, empty on the last page
     */
    public Optional<String> next() {
        return Optional.ofNullable(nextToken);
    }
}
