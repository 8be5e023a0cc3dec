package io.github.tieredquery.athenalocal;

/**
 * A column of a result.
 *
 * @param type the name of its type in Athena's results
 */
record ResultColumn(String name, String type, int precision, int scale) {

    static ResultColumn of(String name, SqlType type) {
        return new ResultColumn(
                name, type.athenaName(), type.athenaPrecision(), type.is(SqlType.Kind.DECIMAL) ? type.scale() : 0);
    }

    /** A column of SHOW or DESCRIBE. */
    static ResultColumn string(String name) {
        return new ResultColumn(name, "string", 0, 0);
    }

    boolean isCaseSensitive() {
        return type.equals("varchar") || type.equals("char");
    }
}
