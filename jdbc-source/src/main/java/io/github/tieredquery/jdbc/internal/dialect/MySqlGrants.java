package io.github.tieredquery.jdbc.internal.dialect;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a user of MariaDB or MySQL may see, as {@code SHOW GRANTS} says it, active roles included. Where it can be read
 * in two ways, it is read as less. Immutable.
 *
 * @param lines the grants and partial revokes
 * @param exactNames whether names of tables and databases differ by case alone
 * @param patterns whether a database's name in a grant is a pattern
 */
record MySqlGrants(List<String> lines, boolean exactNames, boolean patterns) {

    private static final int WITHOUT_GRANTS = 1290;

    private static final String QUOTED = "(`(?:[^`]|``)*`|\"(?:[^\"]|\"\")*\"|\\*)";
    private static final Pattern GRANT = Pattern.compile("(GRANT|REVOKE) (.*) ON (?:TABLE )?" + QUOTED + "\\." + QUOTED
            + " (?:TO|FROM) (.*?)(?: WITH GRANT OPTION)?");
    private static final Pattern COLUMNS = Pattern.compile("\\((?:`(?:[^`]|``)*`|\"(?:[^\"]|\"\")*\"|[^()`\"])*\\)");
    private static final Pattern TRIGGER = Pattern.compile("(?:^|.*, )(?:TRIGGER|ALL PRIVILEGES)(?:,.*|$)");

    private static final String SETTINGS = """
            SHOW GLOBAL VARIABLES WHERE Variable_name IN ('lower_case_table_names', 'partial_revokes')
            """;

    private record Grant(boolean revokes, boolean ofTriggers, String database, String table, String to) {}

    /** A server without grants lets everybody see everything. */
    static MySqlGrants of(Connection connection) throws SQLException {
        Map<String, String> settings = new HashMap<>();
        try (PreparedStatement statement = connection.prepareStatement(SETTINGS);
                ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                settings.put(rows.getString(1), rows.getString(2));
            }
        }
        List<String> lines = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement("SHOW GRANTS");
                ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                lines.add(rows.getString(1));
            }
        } catch (SQLException e) {
            if (e.getErrorCode() != WITHOUT_GRANTS) {
                throw e;
            }
            lines.add("GRANT ALL PRIVILEGES ON *.* TO ``");
        }
        return new MySqlGrants(
                List.copyOf(lines),
                settings.getOrDefault("lower_case_table_names", "0").equals("0"),
                !settings.getOrDefault("partial_revokes", "OFF").equals("ON"));
    }

    /**
     * Whoever may create a trigger of a table sees those that it has. A right on everything doesn't hold for a database
     * that it was partially revoked for. Of grants on databases only the closest one counts.
     */
    boolean seeTriggersOf(TableName table) {
        List<Grant> all = lines.stream()
                .map(GRANT::matcher)
                .filter(Matcher::matches)
                .map(MySqlGrants::grant)
                .toList();
        boolean revoked = all.stream()
                .anyMatch(grant -> grant.revokes() && grant.ofTriggers() && isDatabase(grant.database(), table));
        List<Grant> granted = all.stream().filter(grant -> !grant.revokes()).toList();
        for (Grant grant : granted) {
            if (grant.ofTriggers() && grant.database().equals("*") && !revoked) {
                return true;
            }
            if (grant.ofTriggers() && isTable(grant, table)) {
                return true;
            }
            if (isOnDatabase(grant, table)
                    && granted.stream()
                            .filter(other -> other.to().equals(grant.to()) && isOnDatabase(other, table))
                            .allMatch(Grant::ofTriggers)) {
                return true;
            }
        }
        return false;
    }

    private static Grant grant(Matcher line) {
        return new Grant(
                line.group(1).equals("REVOKE"),
                TRIGGER.matcher(COLUMNS.matcher(line.group(2)).replaceAll("")).matches(),
                line.group(3),
                line.group(4),
                line.group(5));
    }

    private boolean isOnDatabase(Grant grant, TableName table) {
        return grant.table().equals("*") && !grant.database().equals("*") && isDatabase(grant.database(), table);
    }

    private boolean isTable(Grant grant, TableName table) {
        return !grant.table().equals("*")
                && same(plain(grant.database()), table.schema())
                && same(plain(grant.table()), table.name());
    }

    private boolean same(String granted, String name) {
        return exactNames ? granted.equals(name) : granted.equalsIgnoreCase(name);
    }

    private static String plain(String quoted) {
        String quote = quoted.substring(0, 1);
        return quoted.substring(1, quoted.length() - 1).replace(quote + quote, quote);
    }

    /** In a pattern a backslash takes a sign to the letter. */
    private boolean isDatabase(String granted, TableName table) {
        if (granted.equals("*")) {
            return true;
        }
        String text = plain(granted);
        if (!patterns) {
            return same(text, table.schema());
        }
        StringBuilder regex = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\' && i + 1 < text.length()) {
                regex.append(Pattern.quote(String.valueOf(text.charAt(++i))));
            } else {
                regex.append(c == '%' ? ".*" : c == '_' ? "." : Pattern.quote(String.valueOf(c)));
            }
        }
        return Pattern.compile(regex.toString(), exactNames ? 0 : Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE)
                .matcher(table.schema())
                .matches();
    }
}
