package io.github.tieredquery.athena;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tieredquery.athena.internal.codec.TrinoSql;
import io.github.tieredquery.athena.internal.sql.HiveSql;
import io.trino.sql.parser.SqlParser;
import io.trino.sql.tree.Identifier;
import io.trino.sql.tree.StringLiteral;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class EscapingProperties {

    private static final SqlParser PARSER = new SqlParser();

    @Property
    void trino_reads_a_string_literal_as_the_text(@ForAll("texts") String text) {
        assertThat(PARSER.createExpression(TrinoSql.string(text)))
                .isInstanceOfSatisfying(
                        StringLiteral.class,
                        literal -> assertThat(literal.getValue()).isEqualTo(text));
    }

    @Property
    void trino_reads_an_identifier_as_the_name(@ForAll("texts") String text) {
        String name = "x" + text;
        assertThat(PARSER.createExpression(TrinoSql.identifier(name)))
                .isInstanceOfSatisfying(
                        Identifier.class,
                        identifier -> assertThat(identifier.getValue()).isEqualTo(name));
    }

    @Property
    void a_string_literal_has_no_control_characters(@ForAll("texts") String text) {
        assertThat(TrinoSql.string(text).chars().filter(Character::isISOControl))
                .isEmpty();
        assertThat(HiveSql.string(text).chars().filter(Character::isISOControl)).isEmpty();
    }

    @Property
    void hive_reads_a_string_literal_as_the_text(@ForAll("texts") String text) {
        assertThat(readAsHive(HiveSql.string(text))).isEqualTo(text);
    }

    @Example
    void the_two_grammars_escape_differently() {
        assertThat(TrinoSql.string("it's \\ here")).isEqualTo("'it''s \\ here'");
        assertThat(HiveSql.string("it's \\ here")).isEqualTo("'it\\'s \\\\ here'");
        assertThat(TrinoSql.string("a\n'\\b")).isEqualTo("U&'a\\000A''\\\\b'");
        assertThat(HiveSql.string("a\n\u000B")).isEqualTo("'a\\n\\u000B'");
        assertThat(TrinoSql.identifier("a\"b")).isEqualTo("\"a\"\"b\"");
        assertThat(HiveSql.identifier("a`b")).isEqualTo("`a``b`");
    }

    /** As Hive's unescapeSQLString does, for the escapes that Hive documents. */
    private static String readAsHive(String literal) {
        assertThat(literal).startsWith("'").endsWith("'");
        String body = literal.substring(1, literal.length() - 1);
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < body.length(); ) {
            char unit = body.charAt(i++);
            assertThat(unit).as("an unescaped quote ends the literal").isNotEqualTo('\'');
            if (unit != '\\') {
                text.append(unit);
                continue;
            }
            char escaped = body.charAt(i++);
            switch (escaped) {
                case 'n' -> text.append('\n');
                case 'r' -> text.append('\r');
                case 't' -> text.append('\t');
                case 'u' -> {
                    text.append((char) Integer.parseInt(body.substring(i, i + 4), 16));
                    i += 4;
                }
                default -> text.append(escaped);
            }
        }
        return text.toString();
    }

    @Provide
    Arbitrary<String> texts() {
        return Texts.any();
    }
}
