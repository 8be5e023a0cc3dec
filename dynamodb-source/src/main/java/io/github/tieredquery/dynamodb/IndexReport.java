package io.github.tieredquery.dynamodb;

import java.util.List;

/**
 * What an {@link IndexCheck} has found. Immutable.
 *
 * @param rows how many rows there are
 * @param indexItems how many index items there are, of declared patterns
 * @param missing how many index items a row lacks
 * @param different how many index items have other projected columns than their rows
 * @param stale how many index items point to no row, or to one that has another value
 * @param foreign how many items are neither rows nor index items of declared patterns; they are left alone
 * @param unreadable how many rows and index items aren't what is declared (their keys have other parts, or an attribute
 *     is of another type), so that queries that meet them fail; they are left alone
 * @param repaired how many of the missing, different and stale ones were brought into line
 * @param examples the keys of some items that aren't in line, for people
 */
public record IndexReport(
        long rows,
        long indexItems,
        long missing,
        long different,
        long stale,
        long foreign,
        long unreadable,
        long repaired,
        List<String> examples) {

    /** Copies the list. */
    public IndexReport {
        examples = List.copyOf(examples);
    }

    /**
     * Whether every row has exactly its index items.
     *
     * @return whether nothing is missing, different, stale or unreadable
     */
    public boolean isInLine() {
        return missing == 0 && different == 0 && stale == 0 && unreadable == 0;
    }
}
