package io.github.tieredquery.athenalocal.internal.hive;

import io.github.tieredquery.athenalocal.internal.catalog.Catalog;
import io.github.tieredquery.athenalocal.internal.catalog.Column;
import io.github.tieredquery.athenalocal.internal.catalog.Storage;
import io.github.tieredquery.athenalocal.internal.hive.HiveLexer.Kind;
import io.github.tieredquery.athenalocal.internal.hive.HiveLexer.Token;
import io.github.tieredquery.athenalocal.internal.hive.HiveStatement.Name;
import io.github.tieredquery.athenalocal.internal.type.MalformedQueryException;
import io.github.tieredquery.athenalocal.internal.type.QueryFailedException;
import io.github.tieredquery.athenalocal.internal.type.S3Address;
import io.github.tieredquery.athenalocal.internal.type.SqlType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Parses the statements that Athena hands to Hive's grammar. */
public final class HiveParser {
    private final List<Token> tokens;
    private final boolean blockComment;
    private int position;

    public HiveParser(String sql) {
        HiveLexer lexer = new HiveLexer(sql);
        tokens = lexer.tokens();
        blockComment = lexer.hasBlockComment();
    }

    /**
     * Parses one statement.
     *
     * @throws MalformedQueryException if Athena refuses it at its start
     * @throws QueryFailedException if it fails only afterwards
     */
    public HiveStatement parse() {
        if (blockComment
                && (at("MSCK") || at("DESCRIBE") || at("DESC") || at("ALTER") || at("SHOW"))
                && !(at("SHOW") && !tokens.get(1).is("CREATE"))) {
            throw QueryFailedException.hive(
                    1003, "FAILED: ParseException line 1:0 cannot recognize input near '/' '*' in statement");
        }
        HiveStatement statement = statement();
        boolean ended = accept(";");
        while (ended) {
            ended = accept(";");
        }
        if (peek().kind() != Kind.END) {
            throw unexpected("<EOF>");
        }
        return statement;
    }

    private HiveStatement statement() {
        if (acceptWord("CREATE")) {
            return create();
        }
        if (acceptWord("DROP")) {
            return drop();
        }
        if (acceptWord("ALTER")) {
            expectWord("TABLE");
            return alter(name());
        }
        if (acceptWord("MSCK")) {
            expectWord("REPAIR");
            expectWord("TABLE");
            return new HiveStatement.Repair(name());
        }
        if (acceptWord("SHOW")) {
            return show();
        }
        if (acceptWord("DESCRIBE") || acceptWord("DESC")) {
            if (!acceptWord("EXTENDED")) {
                acceptWord("FORMATTED");
            }
            return new HiveStatement.Describe(name());
        }
        throw unexpected("a statement");
    }

    private HiveStatement create() {
        if (at("OR")) {
            throw unexpected("'DATABASE', 'EXTERNAL', 'SCHEMA', 'TABLE'");
        }
        if (acceptWord("DATABASE") || acceptWord("SCHEMA")) {
            boolean ifNotExists = acceptIfNotExists();
            String name = identifier();
            if (acceptWord("COMMENT")) {
                string();
            }
            if (acceptWord("LOCATION")) {
                string();
            }
            if (acceptWord("WITH")) {
                expectWord("DBPROPERTIES");
                properties();
            }
            return new HiveStatement.CreateDatabase(name, ifNotExists);
        }
        if (at("TABLE")) {
            throw new MalformedQueryException("line " + peek().line() + ":" + (peek().column() + 1)
                    + ": a Hive table must be created with EXTERNAL and have a LOCATION");
        }
        expectWord("EXTERNAL");
        expectWord("TABLE");
        return createTable();
    }

    private HiveStatement createTable() {
        boolean ifNotExists = acceptIfNotExists();
        Name name = name();
        List<Column> columns = columns();
        List<Column> keys = List.of();
        TableFormat format = new TableFormat();
        String location = null;
        Map<String, String> properties = Map.of();
        while (peek().kind() != Kind.END && !peek().isSymbol(";")) {
            if (acceptWord("COMMENT")) {
                string();
            } else if (acceptWord("PARTITIONED")) {
                expectWord("BY");
                keys = columns();
            } else if (acceptWord("ROW")) {
                expectWord("FORMAT");
                rowFormat(format);
            } else if (acceptWord("WITH")) {
                expectWord("SERDEPROPERTIES");
                format.serdeProperties.putAll(properties());
            } else if (acceptWord("STORED")) {
                expectWord("AS");
                storedAs(format);
            } else if (acceptWord("LOCATION")) {
                location = string();
            } else if (acceptWord("TBLPROPERTIES")) {
                properties = properties();
            } else {
                throw unexpected(
                        "'COMMENT', 'LOCATION', 'PARTITIONED', 'ROW', 'STORED', 'TBLPROPERTIES', 'WITH', <EOF>");
            }
        }
        if (location == null) {
            throw new MalformedQueryException("No location was specified for table. An S3 location must be specified");
        }
        if (S3Address.parse(location) == null) {
            throw new MalformedQueryException("The S3 location provided to save your table is invalid: " + location);
        }
        return new HiveStatement.CreateTable(
                name, ifNotExists, columns, keys, format.storage(properties), location, properties);
    }

    private void rowFormat(TableFormat format) {
        if (acceptWord("SERDE")) {
            format.serde = string();
            return;
        }
        expectWord("DELIMITED");
        format.serde = Storage.LAZY_SIMPLE_SERDE;
        while (true) {
            if (acceptWord("FIELDS")) {
                expectWord("TERMINATED");
                expectWord("BY");
                format.serdeProperties.put("field.delim", string());
                if (acceptWord("ESCAPED")) {
                    expectWord("BY");
                    format.serdeProperties.put("escape.delim", string());
                }
            } else if (acceptWord("LINES") || acceptWord("COLLECTION") || acceptWord("MAP")) {
                acceptWord("ITEMS");
                acceptWord("KEYS");
                expectWord("TERMINATED");
                expectWord("BY");
                string();
            } else if (acceptWord("ESCAPED")) {
                expectWord("BY");
                format.serdeProperties.put("escape.delim", string());
            } else if (acceptWord("NULL")) {
                expectWord("DEFINED");
                expectWord("AS");
                format.serdeProperties.put("serialization.null.format", string());
            } else {
                return;
            }
        }
    }

    private void storedAs(TableFormat format) {
        if (acceptWord("INPUTFORMAT")) {
            format.input = string();
            if (acceptWord("OUTPUTFORMAT")) {
                string();
            }
        } else if (acceptWord("TEXTFILE")) {
            format.input = "text";
        } else if (acceptWord("PARQUET")) {
            format.input = "parquet";
        } else {
            throw unexpected("'INPUTFORMAT', 'PARQUET', 'TEXTFILE'");
        }
    }

    private HiveStatement drop() {
        if (acceptWord("TABLE")) {
            boolean ifExists = acceptIfExists();
            return new HiveStatement.DropTable(name(), ifExists);
        }
        if (!acceptWord("DATABASE")) {
            expectWord("SCHEMA");
        }
        boolean ifExists = acceptIfExists();
        String name = identifier();
        boolean cascade = acceptWord("CASCADE");
        if (!cascade) {
            acceptWord("RESTRICT");
        }
        return new HiveStatement.DropDatabase(name, ifExists, cascade);
    }

    private HiveStatement alter(Name name) {
        if (acceptWord("ADD")) {
            if (acceptWord("COLUMNS")) {
                return new HiveStatement.AddColumns(name, columns());
            }
            boolean ifNotExists = acceptIfNotExists();
            List<HiveStatement.Spec> partitions = new ArrayList<>();
            do {
                expectWord("PARTITION");
                Map<String, String> values = partition();
                partitions.add(new HiveStatement.Spec(values, acceptWord("LOCATION") ? string() : null));
            } while (at("PARTITION"));
            return new HiveStatement.AddPartitions(name, ifNotExists, partitions);
        }
        expectWord("DROP");
        boolean ifExists = acceptIfExists();
        List<Map<String, String>> partitions = new ArrayList<>();
        do {
            expectWord("PARTITION");
            partitions.add(partition());
        } while (accept(","));
        return new HiveStatement.DropPartitions(name, ifExists, partitions);
    }

    private HiveStatement show() {
        if (acceptWord("PARTITIONS")) {
            return new HiveStatement.ShowPartitions(name());
        }
        if (acceptWord("DATABASES") || acceptWord("SCHEMAS")) {
            return new HiveStatement.ShowDatabases();
        }
        if (acceptWord("CREATE")) {
            expectWord("TABLE");
            return new HiveStatement.ShowCreateTable(name());
        }
        expectWord("TABLES");
        String database = acceptWord("IN") || acceptWord("FROM") ? identifier() : null;
        acceptWord("LIKE");
        String pattern = peek().kind() == Kind.STRING ? string() : null;
        return new HiveStatement.ShowTables(database, pattern);
    }

    private Map<String, String> partition() {
        Map<String, String> values = new LinkedHashMap<>();
        expect("(");
        do {
            String key = identifier();
            expect("=");
            Token value = peek();
            boolean minus = accept("-");
            value = minus ? peek() : value;
            if (value.kind() != Kind.STRING && value.kind() != Kind.NUMBER) {
                throw unexpected("a constant");
            }
            position++;
            values.put(key, (minus ? "-" : "") + value.text());
        } while (accept(","));
        expect(")");
        return values;
    }

    private List<Column> columns() {
        List<Column> columns = new ArrayList<>();
        expect("(");
        do {
            String name = identifier();
            Token at = peek();
            String declared = type();
            SqlType type = SqlType.ofHive(declared);
            if (type == null) {
                throw new MalformedQueryException(String.format(
                        Locale.ROOT,
                        "line %d:%d: this Athena doesn't know the type '%s'",
                        at.line(),
                        at.column() + 1,
                        declared));
            }
            if (acceptWord("COMMENT")) {
                string();
            }
            columns.add(new Column(name, declared, type));
        } while (accept(","));
        expect(")");
        return columns;
    }

    private String type() {
        if (peek().kind() != Kind.WORD) {
            throw unexpected("a type");
        }
        StringBuilder type = new StringBuilder(tokens.get(position++).text().toLowerCase(Locale.ROOT));
        if (accept("(")) {
            type.append('(').append(tokens.get(position++).text());
            if (accept(",")) {
                type.append(',').append(tokens.get(position++).text());
            }
            expect(")");
            type.append(')');
        }
        return type.toString();
    }

    private Map<String, String> properties() {
        Map<String, String> properties = new LinkedHashMap<>();
        expect("(");
        do {
            String key = string();
            expect("=");
            properties.put(key, string());
        } while (accept(","));
        expect(")");
        return properties;
    }

    private Name name() {
        String first = identifier();
        return accept(".") ? new Name(first, identifier()) : new Name(null, first);
    }

    private String identifier() {
        Token token = peek();
        if (token.kind() != Kind.WORD && token.kind() != Kind.QUOTED) {
            throw unexpected("an identifier");
        }
        position++;
        return Catalog.lower(token.text());
    }

    private String string() {
        Token token = peek();
        if (token.kind() != Kind.STRING) {
            throw unexpected("a string");
        }
        position++;
        return token.text();
    }

    private boolean acceptIfNotExists() {
        if (acceptWord("IF")) {
            expectWord("NOT");
            expectWord("EXISTS");
            return true;
        }
        return false;
    }

    private boolean acceptIfExists() {
        if (acceptWord("IF")) {
            expectWord("EXISTS");
            return true;
        }
        return false;
    }

    private Token peek() {
        return tokens.get(Math.min(position, tokens.size() - 1));
    }

    private boolean at(String word) {
        return peek().is(word);
    }

    private boolean acceptWord(String word) {
        boolean found = at(word);
        position += found ? 1 : 0;
        return found;
    }

    private boolean accept(String symbol) {
        boolean found = peek().isSymbol(symbol);
        position += found ? 1 : 0;
        return found;
    }

    private void expectWord(String word) {
        if (!acceptWord(word)) {
            throw unexpected("'" + word + "'");
        }
    }

    private void expect(String symbol) {
        if (!accept(symbol)) {
            throw unexpected("'" + symbol + "'");
        }
    }

    private MalformedQueryException unexpected(String expected) {
        Token token = peek();
        return new MalformedQueryException(String.format(
                Locale.ROOT,
                "line %d:%d: mismatched input '%s'. Expecting: %s",
                token.line(),
                token.column() + 1,
                token.raw(),
                expected));
    }

    /** What the clauses of a CREATE TABLE say of its files. */
    private static final class TableFormat {
        private @Nullable String serde;
        private @Nullable String input;
        private final Map<String, String> serdeProperties = new LinkedHashMap<>();

        Storage storage(Map<String, String> properties) {
            boolean parquet = (serde != null && serde.toLowerCase(Locale.ROOT).contains("parquet"))
                    || (serde == null
                            && input != null
                            && input.toLowerCase(Locale.ROOT).contains("parquet"));
            int headers = Integer.parseInt(
                    properties.getOrDefault("skip.header.line.count", "0").trim());
            if (parquet) {
                return new Storage(
                        Storage.Format.PARQUET, Storage.PARQUET_SERDE, serdeProperties, ',', '"', null, "\\N", 0);
            }
            if (serde == null || serde.equals(Storage.LAZY_SIMPLE_SERDE)) {
                String format = serdeProperties.getOrDefault("serialization.format", "1");
                String delimiter = serdeProperties.getOrDefault(
                        "field.delim",
                        format.chars().allMatch(Character::isDigit)
                                ? String.valueOf((char) Integer.parseInt(format))
                                : format);
                String escape = serdeProperties.get("escape.delim");
                return new Storage(
                        Storage.Format.DELIMITED,
                        Storage.LAZY_SIMPLE_SERDE,
                        serdeProperties,
                        character(delimiter),
                        '"',
                        escape == null ? null : character(escape),
                        serdeProperties.getOrDefault("serialization.null.format", "\\N"),
                        headers);
            }
            if (serde.equals(Storage.OPEN_CSV_SERDE)) {
                return new Storage(
                        Storage.Format.OPEN_CSV,
                        serde,
                        serdeProperties,
                        character(serdeProperties.getOrDefault("separatorChar", ",")),
                        character(serdeProperties.getOrDefault("quoteChar", "\"")),
                        character(serdeProperties.getOrDefault("escapeChar", "\\")),
                        "",
                        headers);
            }
            throw new MalformedQueryException("This Athena doesn't know the SerDe " + serde);
        }

        private static char character(String text) {
            return text.isEmpty() ? '\0' : text.charAt(0);
        }
    }
}
