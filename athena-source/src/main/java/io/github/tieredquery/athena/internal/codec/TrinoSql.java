package io.github.tieredquery.athena.internal.codec;

import io.github.tieredquery.athena.internal.sql.HiveSql;
import java.util.Collection;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Names and values in Athena's grammar of queries, which is Trino's. Athena reads DDL by another grammar, in which
 * these escapes mean something else: that is {@link HiveSql}'s.
 */
public final class TrinoSql {

    private TrinoSql() {}

    public static String identifier(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    /**
     * A varchar literal. Control characters are written as Unicode escapes, so that a statement stays one readable line
     * in logs and no layer on the way normalises a line break.
     */
    public static String string(String value) {
        return value.chars().anyMatch(TrinoSql::isControl) ? unicode(value) : "'" + value.replace("'", "''") + "'";
    }

    private static String unicode(String value) {
        StringBuilder literal = new StringBuilder("U&'");
        for (int i = 0; i < value.length(); i++) {
            char unit = value.charAt(i);
            if (isControl(unit)) {
                literal.append(String.format(Locale.ROOT, "\\%04X", (int) unit));
            } else if (unit == '\'' || unit == '\\') {
                literal.append(unit).append(unit);
            } else {
                literal.append(unit);
            }
        }
        return literal.append('\'').toString();
    }

    private static boolean isControl(int unit) {
        return Character.isISOControl(unit) || unit == 0x2028 || unit == 0x2029;
    }

    /** A list of literals for IN. */
    public static String list(Collection<String> literals) {
        return literals.stream().collect(Collectors.joining(", ", "(", ")"));
    }
}
