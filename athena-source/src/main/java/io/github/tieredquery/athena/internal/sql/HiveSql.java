package io.github.tieredquery.athena.internal.sql;

import io.github.tieredquery.athena.internal.codec.TrinoSql;
import java.util.Locale;

/**
 * Names and values in Athena's grammar of DDL, which is Hive's: backticks, and backslashes inside strings. Queries are
 * read by another grammar, {@link TrinoSql}'s.
 */
public final class HiveSql {

    private HiveSql() {}

    public static String identifier(String name) {
        return '`' + name.replace("`", "``") + '`';
    }

    public static String string(String value) {
        StringBuilder literal = new StringBuilder("'");
        for (int i = 0; i < value.length(); i++) {
            char unit = value.charAt(i);
            switch (unit) {
                case '\'', '\\' -> literal.append('\\').append(unit);
                case '\n' -> literal.append("\\n");
                case '\r' -> literal.append("\\r");
                case '\t' -> literal.append("\\t");
                default -> {
                    if (Character.isISOControl(unit)) {
                        literal.append(String.format(Locale.ROOT, "\\u%04X", (int) unit));
                    } else {
                        literal.append(unit);
                    }
                }
            }
        }
        return literal.append('\'').toString();
    }
}
