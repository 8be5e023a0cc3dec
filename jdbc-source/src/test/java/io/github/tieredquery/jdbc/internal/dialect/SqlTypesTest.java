package io.github.tieredquery.jdbc.internal.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tieredquery.table.ColumnType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.JDBCType;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** docs/reference.md tells truthfully which types of a database a column may have. */
class SqlTypesTest {

    private static final Pattern ROW = Pattern.compile("(?m)^\\| ([A-Z0-9]+) \\|(.*)\\|$");
    private static final Pattern TYPE = Pattern.compile("`([^`]+)`");
    private static final List<List<Dialect>> DATABASES = List.of(
            List.of(new PostgreSql()),
            List.of(new MySql("mariadb"), new MySql("mysql")),
            List.of(new H2()),
            List.of(new DuckDb()),
            List.of(new Trino()));

    @Test
    void every_type_in_the_reference_is_one_that_its_column_may_have() throws IOException {
        String reference = Files.readString(Path.of("../docs/reference.md"));
        String text = reference.substring(reference.indexOf("### In SQL databases"));
        Matcher row = ROW.matcher(text.substring(0, text.indexOf("### In DynamoDB")));
        int rows = 0;
        while (row.find()) {
            ColumnType.Kind kind = ColumnType.Kind.valueOf(row.group(1));
            String[] cells = row.group(2).split("\\|");
            assertThat(cells).hasSameSizeAs(DATABASES);
            for (int i = 0; i < cells.length; i++) {
                Matcher type = TYPE.matcher(cells[i]);
                assertThat(type.find()).as(row.group()).isTrue();
                do {
                    for (Dialect dialect : DATABASES.get(i)) {
                        assertThat(typeOf(dialect, type.group(1)).holds(kind))
                                .as("%s holds %s in %s", type.group(1), kind, dialect)
                                .isTrue();
                    }
                } while (type.find());
            }
            rows++;
        }
        assertThat(rows).isEqualTo(ColumnType.Kind.values().length);
    }

    private static SqlType typeOf(Dialect dialect, String name) {
        int jdbcType = dialect instanceof H2 ? JDBCType.valueOf(name).getVendorTypeNumber() : 0;
        return dialect.typeOf(jdbcType, name, 0);
    }
}
