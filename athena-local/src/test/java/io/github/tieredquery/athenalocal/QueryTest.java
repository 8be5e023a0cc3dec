package io.github.tieredquery.athenalocal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What queries mean, and what Trino refuses. */
final class QueryTest {
    @RegisterExtension
    static final AthenaLocalExtension EXTENSION = AthenaLocalExtension.create();

    private final AthenaLocal athena = EXTENSION.get();
    private final Sql sql = new Sql(athena);

    @BeforeAll
    static void create_a_table() {
        AthenaLocal athena = EXTENSION.get();
        athena.run("CREATE EXTERNAL TABLE t (id bigint, name string, at timestamp, price decimal(10,2), ok boolean)"
                + " PARTITIONED BY (day string, n int) ROW FORMAT DELIMITED FIELDS TERMINATED BY '|'"
                + " LOCATION 's3://" + athena.bucket() + "/t/'");
        Sql sql = new Sql(athena);
        sql.put("t/a/1.txt", "1|one|2024-01-01 10:00:00.5|1.50|true\n2|two|2024-01-01 11:00:00|2|false\n");
        sql.put("t/b/1.txt", "3|\\N|2024-01-02 00:00:00|-0.25|\n");
        athena.run("ALTER TABLE t ADD PARTITION (day='2024-01-01', n=1) LOCATION 's3://" + athena.bucket() + "/t/a/'"
                + " PARTITION (day='2024-01-02', n=2) LOCATION 's3://" + athena.bucket() + "/t/b/'");
    }

    @Test
    void partition_keys_are_values_of_their_types_and_texts_compare_as_texts() {
        athena.run("CREATE EXTERNAL TABLE typed (id bigint) PARTITIONED BY (m string, n int, d date)"
                + " ROW FORMAT DELIMITED FIELDS TERMINATED BY '|' LOCATION 's3://" + athena.bucket() + "/typed/'");
        sql.put("typed/m=9/n=09/d=2024-01-05/1.txt", "1\n");
        sql.put("typed/m=10/n=10/d=2024-01-06/1.txt", "2\n");
        athena.run("MSCK REPAIR TABLE typed");
        assertThat(sql.rows("SELECT id FROM typed WHERE m > '10'")).hasToString("[[1]]");
        assertThat(sql.rows("SELECT id, n FROM typed WHERE n < 10")).hasToString("[[1, 9]]");
        assertThat(sql.rows("SELECT m, n, d FROM \"typed$partitions\" WHERE d = DATE '2024-01-05'"))
                .hasToString("[[9, 9, 2024-01-05]]");
        assertThat(sql.failure("SELECT id FROM typed WHERE n = '9'")).startsWith("TYPE_MISMATCH: ");
    }

    @Test
    void a_partition_whose_text_is_not_of_its_keys_type_fails_the_query() {
        athena.run("CREATE EXTERNAL TABLE mistyped (id bigint) PARTITIONED BY (n int)"
                + " ROW FORMAT DELIMITED FIELDS TERMINATED BY '|' LOCATION 's3://" + athena.bucket() + "/mistyped/'");
        sql.put("mistyped/n=x1/1.txt", "1\n");
        athena.run("MSCK REPAIR TABLE mistyped");
        assertThat(sql.failure("SELECT id FROM mistyped WHERE n = 1"))
                .isEqualTo("HIVE_INVALID_PARTITION_VALUE: Invalid partition value 'x1' for INTEGER partition key: n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            quoteCharacter = '`',
            value = {
                "SELECT cast('12' AS bigint), cast(1.5 AS varchar), cast(1e20 AS varchar) # [12, 1.5E0, 1.0E20]",
                "SELECT 7/2, -7/2, 7%3, 1e7, 12345678.9, 0.0001, 1e0/3 # [3, -3, 1, 1.0E7, 1.23456789E7, 1.0E-4, 0.3333333333333333]",
                "SELECT 'a' || 'b', concat('a', NULL), concat('a', 'b', 'c') # [ab, null, abc]",
                "SELECT substr('hello', 2), substr('hello', -2), substr('hello', 0), substr('hello', 2, 2) # [ello, lo, , el]",
                "SELECT strpos('hello', 'l'), length('é😀'), starts_with('abc', 'ab'), chr(233) # [3, 2, true, é]",
                "SELECT to_hex(X'01AB'), from_hex('01AB'), X'0aff', U&'\\00e9' # [01AB, 01 ab, 0a ff, é]",
                "SELECT timestamp '2020-01-01 10:00:00.123', date '2020-01-31', cast('2020-01-01 10:00:00.123456' AS timestamp(6)) # [2020-01-01 10:00:00.123, 2020-01-31, 2020-01-01 10:00:00.123456]",
                "SELECT cast('2020-01-01 10:00:00.1235' AS timestamp), cast(timestamp '2020-01-01 10:00:00' AS date) # [2020-01-01 10:00:00.124, 2020-01-01]",
                "SELECT nullif(1, 1), coalesce(NULL, 2), TRY_CAST('x' AS integer), TRY_CAST('5' AS integer) # [null, 2, null, 5]",
                "SELECT CASE WHEN true THEN 1 ELSE 2.5 END, CASE 'a' WHEN 'a' THEN 'x' END, if(false, 1) # [1.0, x, null]",
                "SELECT 'a%b' LIKE 'a\\%b' ESCAPE '\\', 'ab' LIKE 'a_', 5 BETWEEN 1 AND 5, 1 NOT IN (2, 3) # [true, true, true, true]",
                "SELECT date_trunc('month', date '2024-05-17'), date_add('day', 1, date '2024-02-28'), date_diff('day', date '2024-01-01', date '2024-03-01') # [2024-05-01, 2024-02-29, 60]",
                "SELECT timestamp '2024-01-01 00:00:00' - interval '1' hour, date '2024-03-01' - interval '1' day # [2023-12-31 23:00:00.000, 2024-02-29]",
                "SELECT count(*), sum(x), avg(x), min(x), max(x), count(*) FILTER (WHERE x > 1) FROM (VALUES 1, 2, 3) v(x) # [3, 6, 2.0, 1, 3, 2]",
                "SELECT year(date '2024-05-17'), extract(month FROM date '2024-05-17'), day(timestamp '2024-05-17 01:00:00') # [2024, 5, 17]",
                "SELECT decimal '1.50' + 1, cast('1.005' AS decimal(5,2)), -decimal '0.10' # [2.50, 1.01, -0.10]",
                "SELECT true, cast('true' AS boolean), cast(1 AS boolean), cast(NULL AS varchar) # [true, true, true, null]",
                "SELECT (SELECT max(x) FROM (VALUES 1, 5) v(x)), EXISTS (SELECT 1 WHERE false), 2 IN (SELECT 2) # [5, false, true]",
                "WITH a AS (SELECT 1 AS x), b(y) AS (SELECT x + 1 FROM a) SELECT a.x, b.y FROM a CROSS JOIN b # [1, 2]",
                "SELECT regexp_like('abc', 'b'), regexp_replace('abc', 'b', 'x'), date_format(timestamp '2024-01-02 03:04:05', '%Y-%m-%d %H:%i:%s') # [true, axc, 2024-01-02 03:04:05]",
                "SELECT greatest(1, 2), least(1, 2), greatest(1, NULL), abs(-2), round(2.5), typeof(1) # [2, 1, null, 2, 3.0, integer]",
                "SELECT date_add('second', 2147483647, TIMESTAMP '1970-01-01 00:00:00'), date_add('second', -2147483648, TIMESTAMP '1970-01-01 00:00:00') # [2038-01-19 03:14:07.000, 1901-12-13 20:45:52.000]",
                "SELECT date_add('day', 11323, date_add('millisecond', NULL, TIMESTAMP '1970-01-01 00:00:00.000')) # [null]",
                "SELECT date_format(TIMESTAMP '2024-01-02 03:04:05.678912', '%H:%i:%s.%f'), date_format(TIMESTAMP '1969-12-31 23:59:59.999999', '%s.%f') # [03:04:05.678000, 59.999000]",
                "SELECT from_unixtime(1700000000.1235) = TIMESTAMP '2023-11-14 22:13:20.124 UTC' # [true]",
                "SELECT sum(x), avg(y) FROM (VALUES (decimal '99999999999999999999999999999999999998', 1.0E0), (decimal '1', 2.0E0)) v(x, y) # [99999999999999999999999999999999999999, 1.5]",
                "SELECT row_number() OVER (ORDER BY x DESC) FROM (VALUES 1) v(x) # [1]",
            })
    void an_expression_has_its_value(String query, String expected) {
        assertThat(sql.rows(query)).hasToString("[" + expected + "]");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            quoteCharacter = '`',
            value = {
                "SELECT * FROM t WHERE day = 5 # TYPE_MISMATCH: line 1:27: Cannot apply operator: varchar = integer",
                "SELECT * FROM t WHERE at > '2024-01-01' # TYPE_MISMATCH: line 1:26: Cannot apply operator: timestamp(3) > varchar(10)",
                "SELECT * FROM t WHERE id IN ('1') # TYPE_MISMATCH: line 1:30: IN value and list items must be the same type: bigint vs varchar(1)",
                "SELECT * FROM t WHERE name BETWEEN 1 AND 2 # TYPE_MISMATCH: line 1:28: Cannot check if varchar is BETWEEN integer and integer",
                "SELECT * FROM t WHERE id LIKE '1' # TYPE_MISMATCH: line 1:26: Left side of LIKE expression must evaluate to a varchar (actual: bigint)",
                "SELECT * FROM t WHERE id # TYPE_MISMATCH: line 1:23: WHERE clause must evaluate to a boolean: actual type bigint",
                "SELECT nothing FROM t # COLUMN_NOT_FOUND: line 1:8: Column 'nothing' cannot be resolved",
                "SELECT day FROM t a CROSS JOIN t b # AMBIGUOUS_NAME: line 1:8: Column 'day' is ambiguous",
                "SELECT * FROM nowhere # TABLE_NOT_FOUND: line 1:15: Table 'awsdatacatalog.default.nowhere' does not exist",
                "SELECT * FROM nowhere.t # SCHEMA_NOT_FOUND: line 1:15: Schema 'nowhere' does not exist",
                "SELECT nonsense(1) # FUNCTION_NOT_FOUND: line 1:8: Function 'nonsense' not registered",
                "SELECT length(1) # FUNCTION_NOT_FOUND: line 1:8: Unexpected parameters (integer) for function length.",
                "SELECT 'a' + 1 # TYPE_MISMATCH: line 1:12: Cannot apply operator: varchar(1) + integer",
                "SELECT 1/0 # DIVISION_BY_ZERO: Division by zero",
                "SELECT cast('x' AS bigint) # INVALID_CAST_ARGUMENT: Cannot cast 'x' to BIGINT",
                "SELECT coalesce(1, 'a') # TYPE_MISMATCH: line 1:20: All COALESCE operands must be the same type: integer vs varchar(1)",
                "SELECT 1 UNION ALL SELECT 'a' # TYPE_MISMATCH: line 1:10: column 1 in UNION query has incompatible types: integer, varchar(1)",
                "SELECT date_add('millisecond', 978307200000, TIMESTAMP '1970-01-01 00:00:00') # INVALID_FUNCTION_ARGUMENT: integer overflow",
                "SELECT date_add('second', x, TIMESTAMP '1970-01-01 00:00:00') FROM (VALUES 2147483648) v(x) # INVALID_FUNCTION_ARGUMENT: integer overflow",
                "SELECT date_add('second', -2147483649, TIMESTAMP '1970-01-01 00:00:00') # INVALID_FUNCTION_ARGUMENT: integer overflow",
                "SELECT date_add('day', 2147483648, DATE '1970-01-01') # INVALID_FUNCTION_ARGUMENT: integer overflow",
                "SELECT sum(x) FROM (VALUES decimal '60000000000000000000000000000000000000', decimal '60000000000000000000000000000000000000') v(x) # NUMERIC_VALUE_OUT_OF_RANGE: Decimal overflow",
                "SELECT sum(x) FROM (VALUES decimal '99999999999999999999999999999999999999', decimal '99999999999999999999999999999999999999') v(x) # NUMERIC_VALUE_OUT_OF_RANGE: Decimal overflow",
                "SELECT sum(x) OVER () FROM (VALUES decimal '-6000000000000000000000000000000000000.5', decimal '-6000000000000000000000000000000000000.5') v(x) # NUMERIC_VALUE_OUT_OF_RANGE: Decimal overflow",
                "SELECT decimal '99999999999999999999999999999999999999' + decimal '99999999999999999999999999999999999999' # NUMERIC_VALUE_OUT_OF_RANGE: Decimal overflow",
                "SELECT date '2024-13-01' # INVALID_LITERAL: line 1:8: '2024-13-01' is not a valid date literal",
            })
    void a_query_that_trino_refuses_fails(String query, String reason) {
        assertThat(sql.failure(query)).isEqualTo(reason);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT 1 FROM",
                "SELECT `day` FROM t",
                "SELECT id::varchar FROM t",
                "SELECT * FROM t WHERE name ILIKE 'a'",
                "SELECT * FROM t LIMIT 1 OFFSET 1",
                "SELECT 1; SELECT 2",
            })
    void sql_that_isnt_trinos_is_refused_at_the_start(String query) {
        assertThat(org.assertj.core.api.Assertions.catchThrowable(() -> sql.start(query)))
                .isInstanceOfSatisfying(
                        software.amazon.awssdk.services.athena.model.InvalidRequestException.class,
                        refused -> assertThat(refused.athenaErrorCode()).isEqualTo("MALFORMED_QUERY"));
    }

    @Test
    void nulls_come_last_in_either_order_unless_the_query_says_otherwise() {
        String from = " FROM (VALUES 1, NULL, 2) v(x) ORDER BY x";
        assertThat(sql.rows("SELECT x" + from)).hasToString("[[1], [2], [null]]");
        assertThat(sql.rows("SELECT x" + from + " DESC")).hasToString("[[2], [1], [null]]");
        assertThat(sql.rows("SELECT x" + from + " NULLS FIRST")).hasToString("[[null], [1], [2]]");
    }

    @Test
    void offset_comes_before_limit() {
        assertThat(sql.rows("SELECT x FROM (VALUES 1, 2, 3) v(x) ORDER BY x OFFSET 1 LIMIT 1;"))
                .hasToString("[[2]]");
        assertThat(sql.rows("SELECT x FROM (VALUES 1, 2, 3) v(x) ORDER BY x OFFSET 1 ROWS FETCH FIRST ROW ONLY"))
                .hasToString("[[2]]");
    }

    @Test
    void columns_of_a_table_have_their_types() {
        assertThat(sql.csv("SELECT * FROM t ORDER BY id")).isEqualTo("""
                "id","name","at","price","ok","day","n"
                "1","one","2024-01-01 10:00:00.500","1.50","true","2024-01-01","1"
                "2","two","2024-01-01 11:00:00.000","2.00","false","2024-01-01","1"
                "3",,"2024-01-02 00:00:00.000","-0.25",,"2024-01-02","2"
                """);
        assertThat(sql.rows("SELECT sum(price), count(name) FROM t WHERE at >= timestamp '2024-01-01 11:00:00'"))
                .hasToString("[[1.75, 1]]");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            value = {
                "day = '2024-01-01' # 72",
                "day > '2024-01-01' # 32",
                "n = 2 # 32",
                "cast(n AS varchar) = '2' # 32",
                "day || '' = '2024-01-02' # 32",
                "(day = '2024-01-01' AND id > 0) OR (day = '2024-01-01' AND name = 'x') # 72",
                "day = '2024-01-01' OR id = 3 # 104",
                "NOT (day = '2024-01-01') # 32",
                "NOT (day = '2024-01-01' AND id = 1) # 104",
                "at > timestamp '2030-01-01 00:00:00' # 104",
                "day IN ('2024-01-02', '2024-01-03') AND n BETWEEN 1 AND 2 # 32",
                "(day, n) > ('2024-01-01', 1) # 32",
                "1 = 0 # 0",
            })
    void only_partitions_that_can_match_are_read(String where, long bytes) {
        assertThat(sql.execute("SELECT * FROM t WHERE " + where).statistics().dataScannedInBytes())
                .isEqualTo(bytes);
        assertThat(sql.execute("SELECT * FROM (SELECT day, n, id, at, name, max(ok) OVER () AS o FROM t WHERE " + where
                                + ") x JOIN (SELECT 1 AS one) y ON true")
                        .statistics()
                        .dataScannedInBytes())
                .isEqualTo(bytes);
    }

    @Test
    void a_filter_around_a_subquery_prunes_where_it_can() {
        assertThat(scanned("SELECT * FROM (SELECT day AS d, id FROM t) x WHERE x.d = '2024-01-02'"))
                .isEqualTo(32);
        assertThat(scanned("WITH x AS (SELECT day AS d, id FROM t) SELECT * FROM x WHERE d = '2024-01-02'"))
                .isEqualTo(32);
        assertThat(scanned("SELECT * FROM (SELECT day, count(*) c FROM t GROUP BY day) x WHERE day = '2024-01-02'"))
                .isEqualTo(32);
        assertThat(scanned(
                        "SELECT * FROM (SELECT day FROM t UNION ALL SELECT '2024-01-01') x WHERE day = '2024-01-02'"))
                .isEqualTo(32);
        assertThat(scanned("SELECT * FROM (SELECT day FROM t LIMIT 1) x WHERE day = '2024-01-02'"))
                .isEqualTo(104);
        assertThat(scanned("SELECT * FROM (VALUES 1) v(x) LEFT JOIN t ON t.day = '2024-01-02'"))
                .isEqualTo(104);
        assertThat(scanned("SELECT * FROM \"t$partitions\"")).isEqualTo(0);
    }

    private long scanned(String query) {
        return sql.execute(query).statistics().dataScannedInBytes();
    }

    @Test
    void a_view_is_read_like_a_table() {
        athena.run("CREATE VIEW v AS SELECT id, upper(name) AS name, day FROM t");
        assertThat(sql.rows("SELECT name FROM v WHERE day = '2024-01-01' ORDER BY id"))
                .hasToString("[[ONE], [TWO]]");
        assertThat(sql.failure("CREATE VIEW v AS SELECT 1 AS a"))
                .isEqualTo("TABLE_ALREADY_EXISTS: line 1:1: View already exists: 'awsdatacatalog.default.v'");
        athena.run("CREATE OR REPLACE VIEW v AS SELECT 1 AS a");
        assertThat(sql.rows("SELECT * FROM v")).isEqualTo(List.of(List.of("1")));
        athena.run("DROP VIEW v");
        assertThat(sql.failure("DROP VIEW v"))
                .isEqualTo("TABLE_NOT_FOUND: line 1:1: View 'awsdatacatalog.default.v' does not exist");
    }

    @Test
    void a_view_shows_registered_partitions_only_and_keeps_others_from_being_read() {
        athena.run("CREATE OR REPLACE VIEW w AS SELECT CAST(nullif(name, '') AS varchar) AS name, day AS d FROM t"
                + " WHERE day <= '2024-01-02' AND day NOT IN ('2024-01-01')");
        assertThat(scanned("SELECT * FROM w")).isEqualTo(32);
        assertThat(sql.rows("SELECT d FROM w")).hasToString("[[2024-01-02]]");
        sql.put("t/c/1.txt", "4|four|2024-01-02 00:00:00|1|\n");
        assertThat(sql.rows("SELECT count(*) FROM w")).hasToString("[[1]]");
        athena.run("ALTER TABLE t ADD PARTITION (day='2024-01-02', n=3) LOCATION 's3://" + athena.bucket() + "/t/c/'");
        assertThat(sql.rows("SELECT count(*) FROM w")).hasToString("[[2]]");
        athena.run("ALTER TABLE t DROP PARTITION (day='2024-01-02', n=3)");
        assertThat(scanned("SELECT * FROM w WHERE d = '2024-01-03'")).isZero();
        athena.run("DROP VIEW w");
    }

    @Test
    void hidden_columns_and_the_partitions_of_a_table_can_be_asked_for() {
        assertThat(
                        sql.rows(
                                "SELECT \"$path\", \"$file_size\", \"$partition\", count(*) FROM t GROUP BY 1, 2, 3 ORDER BY 1"))
                .hasToString("[[s3://" + athena.bucket() + "/t/a/1.txt, 72, day=2024-01-01/n=1, 2], [s3://"
                        + athena.bucket() + "/t/b/1.txt, 32, day=2024-01-02/n=2, 1]]");
        assertThat(sql.rows("SELECT * FROM \"t$partitions\" ORDER BY n DESC"))
                .hasToString("[[2024-01-02, 2], [2024-01-01, 1]]");
    }

    @Test
    void joins_find_their_columns() {
        String both = "(VALUES (1, 'a'), (2, 'b')) l(id, x)";
        String other = "(VALUES (2, 'c'), (3, 'd')) r(id, y)";
        assertThat(sql.rows("SELECT * FROM " + both + " FULL JOIN " + other + " USING (id) ORDER BY id"))
                .hasToString("[[1, a, null], [2, b, c], [3, null, d]]");
        assertThat(sql.rows("SELECT l.*, r.y FROM " + both + " LEFT JOIN " + other + " ON l.id = r.id ORDER BY 1"))
                .hasToString("[[1, a, null], [2, b, c]]");
        assertThat(sql.rows("SELECT x FROM " + both + " WHERE EXISTS (SELECT 1 FROM " + other + " WHERE r.id = l.id)"))
                .hasToString("[[b]]");
    }
}
