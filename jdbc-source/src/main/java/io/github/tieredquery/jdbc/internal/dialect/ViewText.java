package io.github.tieredquery.jdbc.internal.dialect;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The definition of a view as MySQL and MariaDB print it: with all names quoted, each column with its own, and words in
 * lower case.
 */
final class ViewText {

    private static final String SELECT = "select ";
    private static final String FROM = " from ";
    private static final String NAME = "`((?:[^`]|``)+)`";
    private static final Pattern COLUMN = Pattern.compile("(?:" + NAME + "\\.){0,2}" + NAME + " AS " + NAME);
    private static final Pattern TABLE =
            Pattern.compile("(?:" + NAME + "\\.)?" + NAME + "(?: " + NAME + ")?(?: where .*)?", Pattern.DOTALL);
    private static final Pattern NESTED = Pattern.compile("\\bselect\\b");

    private final String text;
    /** The text with blanks for all that stands in quotes. */
    private final String words;

    private ViewText(String text) {
        this.text = text;
        this.words = words(text);
    }

    /**
     * Reads a definition.
     *
     * @param schema the view's own
     * @return empty if it isn't a selection from one table without a sub-select
     */
    static Optional<BaseTable.View> read(String text, String schema) {
        return text.startsWith(SELECT) ? new ViewText(text).read(schema) : Optional.empty();
    }

    private Optional<BaseTable.View> read(String schema) {
        List<Integer> ends = new ArrayList<>();
        int depth = 0;
        int from = -1;
        for (int i = SELECT.length(); i < words.length() && from < 0; i++) {
            char c = words.charAt(i);
            depth += c == '(' ? 1 : c == ')' ? -1 : 0;
            if (depth == 0 && c == ',') {
                ends.add(i);
            } else if (depth == 0 && words.startsWith(FROM, i)) {
                ends.add(i);
                from = i + FROM.length();
            }
        }
        if (from < 0 || NESTED.matcher(words.substring(SELECT.length())).find()) {
            return Optional.empty();
        }
        Matcher table = TABLE.matcher(text.substring(from));
        return table.matches()
                ? Optional.of(new BaseTable.View(
                        new TableName(table.group(1) == null ? schema : plain(table.group(1)), plain(table.group(2))),
                        columns(ends)))
                : Optional.empty();
    }

    private Map<String, String> columns(List<Integer> ends) {
        Map<String, String> columns = new HashMap<>();
        int start = SELECT.length();
        for (int end : ends) {
            Matcher column = COLUMN.matcher(text.substring(start, end));
            if (column.matches()) {
                columns.put(plain(column.group(3)), plain(column.group(2)));
            }
            start = end + 1;
        }
        return columns;
    }

    private static String plain(String quoted) {
        return quoted.replace("``", "`");
    }

    private static String words(String text) {
        StringBuilder words = new StringBuilder(text);
        char quote = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (quote == 0) {
                quote = c == '`' || c == '\'' || c == '"' ? c : 0;
            } else if (c == quote) {
                quote = 0;
            } else {
                words.setCharAt(i, ' ');
                if (c == '\\' && quote != '`' && i + 1 < text.length()) {
                    words.setCharAt(++i, ' ');
                }
            }
        }
        return words.toString();
    }
}
