package io.github.tieredquery.jdbc.internal.dialect;

/**
 * A table or view as the catalog names it.
 *
 * @param schema the schema, in MySQL and MariaDB the database
 */
public record TableName(String schema, String name) {

    /** For messages. */
    @Override
    public String toString() {
        return schema + "." + name;
    }
}
