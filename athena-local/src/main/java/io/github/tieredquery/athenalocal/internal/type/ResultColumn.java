package io.github.tieredquery.athenalocal.internal.type;

/**
 * A column of a result.
 *
 * @param type the name of its type in Athena's results
 */
public record ResultColumn(String name, String type, int precision, int scale) {

    public static ResultColumn of(String name, SqlType type) {
        return new ResultColumn(
                name, type.athenaName(), type.athenaPrecision(), type.is(SqlType.Kind.DECIMAL) ? type.scale() : 0);
    }

    /** A column of SHOW or DESCRIBE. */
    public static ResultColumn string(String name) {
        return new ResultColumn(name, "string", 0, 0);
    }

    public boolean isCaseSensitive() {
        return type.equals("varchar") || type.equals("char");
    }
}
