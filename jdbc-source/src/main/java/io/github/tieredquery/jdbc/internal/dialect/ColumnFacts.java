package io.github.tieredquery.jdbc.internal.dialect;

/**
 * What a database's catalog says of a column.
 *
 * @param collation the collation of a text as the database calls it, empty if it has none
 * @param exact whether the database compares the text to the letter, spaces at its end included, and equal means the
 *     same
 * @param nullable whether the catalog lets the column be NULL; false where it can't say
 * @param computed whether the database makes the column's values from those of others; false where it can't say
 * @param listed whether its texts are those of a list, by whose order the database sorts them
 */
public record ColumnFacts(String collation, boolean exact, boolean nullable, boolean computed, boolean listed) {

    /** Of a column that isn't of a list. */
    ColumnFacts(String collation, boolean exact, boolean nullable, boolean computed) {
        this(collation, exact, nullable, computed, false);
    }
}
