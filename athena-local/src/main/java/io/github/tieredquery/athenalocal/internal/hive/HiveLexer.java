package io.github.tieredquery.athenalocal.internal.hive;

import io.github.tieredquery.athenalocal.internal.type.MalformedQueryException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The tokens of Hive's grammar: backtick identifiers, and strings in either quotes with backslash escapes. */
final class HiveLexer {
    enum Kind {
        WORD,
        QUOTED,
        STRING,
        NUMBER,
        SYMBOL,
        END
    }

    /** A token and where it stands; lines count from 1 and columns from 0. */
    record Token(Kind kind, String text, String raw, int line, int column) {
        boolean is(String word) {
            return kind == Kind.WORD && text.equalsIgnoreCase(word);
        }

        boolean isSymbol(String symbol) {
            return kind == Kind.SYMBOL && text.equals(symbol);
        }
    }

    private final String sql;
    private final List<Token> tokens = new ArrayList<>();
    private int position;
    private int line = 1;
    private int lineStart;
    private boolean blockComment;

    HiveLexer(String sql) {
        this.sql = sql;
    }

    List<Token> tokens() {
        while (skipBlanks()) {
            tokens.add(next());
        }
        tokens.add(new Token(Kind.END, "", "<EOF>", line, position - lineStart));
        return tokens;
    }

    /** Whether the statement holds a block comment, which many of Hive's statements don't survive. */
    boolean hasBlockComment() {
        return blockComment;
    }

    private boolean skipBlanks() {
        while (position < sql.length()) {
            char c = sql.charAt(position);
            if (c == '\n') {
                line++;
                lineStart = position + 1;
                position++;
            } else if (Character.isWhitespace(c)) {
                position++;
            } else if (sql.startsWith("--", position)) {
                int end = sql.indexOf('\n', position);
                position = end < 0 ? sql.length() : end;
            } else if (sql.startsWith("/*", position)) {
                blockComment = true;
                int end = sql.indexOf("*/", position + 2);
                position = end < 0 ? sql.length() : end + 2;
            } else {
                return true;
            }
        }
        return false;
    }

    private Token next() {
        int start = position;
        char c = sql.charAt(position);
        if (c == '`') {
            return token(Kind.QUOTED, backticks(), start);
        }
        if (c == '\'' || c == '"') {
            return token(Kind.STRING, string(c), start);
        }
        if (Character.isLetter(c) || c == '_') {
            return token(Kind.WORD, word(), start);
        }
        if (Character.isDigit(c)) {
            String text = word();
            boolean number = text.chars().allMatch(Character::isDigit);
            return token(number ? Kind.NUMBER : Kind.WORD, text, start);
        }
        position++;
        return token(Kind.SYMBOL, String.valueOf(c), start);
    }

    private Token token(Kind kind, String text, int start) {
        return new Token(kind, text, sql.substring(start, position), line, start - lineStart);
    }

    private String word() {
        int start = position;
        while (position < sql.length()
                && (Character.isLetterOrDigit(sql.charAt(position)) || sql.charAt(position) == '_')) {
            position++;
        }
        return sql.substring(start, position);
    }

    private String backticks() {
        StringBuilder text = new StringBuilder();
        for (position++; position < sql.length(); position++) {
            if (sql.charAt(position) == '`') {
                if (position + 1 < sql.length() && sql.charAt(position + 1) == '`') {
                    position++;
                } else {
                    position++;
                    return text.toString();
                }
            }
            text.append(sql.charAt(position));
        }
        throw unterminated();
    }

    private String string(char quote) {
        StringBuilder text = new StringBuilder();
        position++;
        while (position < sql.length()) {
            char c = sql.charAt(position++);
            if (c == quote) {
                return text.toString();
            }
            if (c == '\\' && position < sql.length()) {
                escaped(text);
            } else {
                text.append(c);
            }
        }
        throw unterminated();
    }

    private void escaped(StringBuilder text) {
        char c = sql.charAt(position++);
        if (c == 'u' && position + 4 <= sql.length()) {
            text.append((char) Integer.parseInt(sql.substring(position, position + 4), 16));
            position += 4;
            return;
        }
        if (c >= '0' && c <= '1' && position + 2 <= sql.length() && octal(position) && octal(position + 1)) {
            text.append((char) Integer.parseInt(sql.substring(position - 1, position + 2), 8));
            position += 2;
            return;
        }
        text.append(
                switch (c) {
                    case '0' -> "\0";
                    case 'b' -> "\b";
                    case 'n' -> "\n";
                    case 'r' -> "\r";
                    case 't' -> "\t";
                    case 'Z' -> "\u001A";
                    case '%' -> "\\%";
                    case '_' -> "\\_";
                    default -> String.valueOf(c);
                });
    }

    private boolean octal(int at) {
        return sql.charAt(at) >= '0' && sql.charAt(at) <= '7';
    }

    private MalformedQueryException unterminated() {
        return new MalformedQueryException(String.format(
                Locale.ROOT, "line %d:%d: a quote isn't closed", line, Math.max(0, position - lineStart)));
    }
}
