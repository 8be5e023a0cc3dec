package io.github.tieredquery.athenalocal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tieredquery.athenalocal.internal.catalog.Partition;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import software.amazon.awssdk.services.athena.model.Column;
import software.amazon.awssdk.services.athena.model.MetadataException;
import software.amazon.awssdk.services.athena.model.QueryExecution;
import software.amazon.awssdk.services.athena.model.TableMetadata;

/** Tables, partitions, and which of them are seen. */
final class DdlTest {
    @RegisterExtension
    static final AthenaLocalExtension EXTENSION = AthenaLocalExtension.create();

    private static int tables;

    private final AthenaLocal athena = EXTENSION.get();
    private final Sql sql = new Sql(athena);
    private final String name = "d" + tables++;
    private final String root = "s3://" + athena.bucket() + "/" + name + "/";

    private void create() {
        athena.run("CREATE EXTERNAL TABLE IF NOT EXISTS `" + name
                + "` (`a` string COMMENT 'it''s') PARTITIONED BY".replace("it''s", "its")
                + " (k string, `l` string) ROW FORMAT DELIMITED FIELDS TERMINATED BY ',' STORED AS INPUTFORMAT"
                + " 'org.apache.hadoop.mapred.TextInputFormat' OUTPUTFORMAT"
                + " 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat' LOCATION '" + root
                + "' TBLPROPERTIES ('classification'='csv')");
    }

    private String rows() {
        return sql.rows("SELECT a, k, l FROM " + name + " ORDER BY 1").toString();
    }

    @Test
    void files_of_a_partition_that_isnt_registered_are_not_seen() {
        create();
        sql.put(name + "/k=1/l=2/f.csv", "x\n");
        assertThat(rows()).isEqualTo("[]");
        athena.run("ALTER TABLE " + name + " ADD PARTITION (k='1', l='2')");
        assertThat(rows()).isEqualTo("[[x, 1, 2]]");
        athena.run("ALTER TABLE " + name + " DROP PARTITION (k='1', l='2')");
        assertThat(rows()).isEqualTo("[]");
    }

    @Test
    void a_partition_has_the_values_that_were_registered_whatever_its_path_says() {
        create();
        sql.put(name + "/k=1/l=2/f.csv", "x\n");
        athena.run("ALTER TABLE " + name + " ADD PARTITION (k='it\\'s', l='" + Partition.NULL_VALUE + "') LOCATION '"
                + root + "k=1/l=2'");
        assertThat(rows()).isEqualTo("[[x, it's, null]]");
    }

    @Test
    void rows_of_a_partition_whose_value_is_backslash_n_have_null_and_the_list_has_the_text() {
        create();
        sql.put(name + "/k=%5CN/l=1/f.csv", "x\n");
        sql.put(name + "/k=N/l=1/f.csv", "y\n");
        athena.run("ALTER TABLE " + name + " ADD PARTITION (k='\\\\N', l='1') PARTITION (k='N', l='1')");
        assertThat(rows()).isEqualTo("[[x, null, 1], [y, N, 1]]");
        assertThat(sql.rows("SELECT k, count(*) FROM " + name + " GROUP BY k ORDER BY k"))
                .hasToString("[[N, 1], [null, 1]]");
        assertThat(sql.rows("SELECT k FROM \"" + name + "$partitions\" ORDER BY k"))
                .hasToString("[[N], [\\N]]");
    }

    @Test
    void a_location_is_the_literal_key() {
        create();
        sql.put(name + "/k=a%2Fb/l=1/f.csv", "x\n");
        athena.run("ALTER TABLE " + name + " ADD PARTITION (k='a/b', l='1')");
        assertThat(rows()).isEqualTo("[[x, a/b, 1]]");
        assertThat(sql.object(sql.execute("SHOW PARTITIONS " + name)
                        .resultConfiguration()
                        .outputLocation()))
                .isEqualTo("k=a%2Fb/l=1");
    }

    @Test
    void a_partition_that_exists_is_refused_or_left_as_it_is() {
        create();
        athena.run("ALTER TABLE " + name + " ADD PARTITION (k='1', l='1') LOCATION '" + root + "one/'");
        sql.put(name + "/one/f.csv", "x\n");
        assertThat(sql.failure("ALTER TABLE " + name + " ADD PARTITION (k='1', l='1')"))
                .isEqualTo("FAILED: Execution Error, return code 1 from org.apache.hadoop.hive.ql.exec.DDLTask."
                        + " AlreadyExistsException(message:Partition already exists.)");
        athena.run("ALTER TABLE " + name + " ADD IF NOT EXISTS PARTITION (k='1', l='1') LOCATION '" + root + "two/'"
                + " PARTITION (k='2', l='1') LOCATION '" + root + "two/'");
        assertThat(rows()).isEqualTo("[[x, 1, 1]]");
        assertThat(sql.failure("ALTER TABLE " + name + " DROP PARTITION (k='9', l='9')"))
                .isEqualTo("FAILED: SemanticException [Error 10006]: Partition not found k=9/l=9");
        athena.run("ALTER TABLE " + name
                + " DROP IF EXISTS PARTITION (k='9', l='9'), PARTITION (k='1', l='1'), PARTITION (k='2', l='1')");
        assertThat(rows()).isEqualTo("[]");
    }

    @Test
    void msck_adds_hive_style_paths_only() {
        create();
        sql.put(name + "/k=a%20b/l=1/f.csv", "x\n");
        sql.put(name + "/k=10:30/l=1/f.csv", "y\n");
        sql.put(name + "/K=1/l=1/f.csv", "z\n");
        sql.put(name + "/2024/01/f.csv", "z\n");
        QueryExecution repaired = sql.execute("MSCK REPAIR TABLE " + name);
        assertThat(sql.object(repaired.resultConfiguration().outputLocation()))
                .isEqualTo("Partitions not in metastore:\t" + name + ":k=a b/l=1\nRepair: Added partition to metastore "
                        + name + ":k=a b/l=1");
        assertThat(repaired.substatementType()).isEqualTo("MSCK_REPAIR");
        assertThat(rows()).isEqualTo("[[x, a b, 1]]");
    }

    @Test
    void ddl_is_hives_grammar() {
        create();
        assertThatThrownBy(() -> sql.start("DROP TABLE \"" + name + "\""))
                .hasMessageContaining("line 1:12: mismatched input '\"" + name + "\"'. Expecting: an identifier");
        assertThatThrownBy(() -> sql.start("CREATE OR REPLACE TABLE x (a string) LOCATION '" + root + "'"))
                .hasMessageContaining("mismatched input 'OR'");
        assertThatThrownBy(() -> sql.start("CREATE EXTERNAL TABLE x (a string)"))
                .hasMessageContaining("No location was specified for table. An S3 location must be specified");
        assertThat(sql.failure("/* note */ MSCK REPAIR TABLE " + name)).startsWith("FAILED: ParseException");
        athena.run("-- note\nMSCK REPAIR TABLE " + name + ";");
        assertThat(sql.failure("ALTER TABLE nowhere ADD PARTITION (k='1')"))
                .isEqualTo("FAILED: SemanticException [Error 10001]: Table not found default.nowhere");
    }

    @Test
    void databases_and_tables_are_listed_and_dropped() {
        athena.run("CREATE DATABASE IF NOT EXISTS db_" + name);
        athena.run("CREATE EXTERNAL TABLE db_" + name + ".t (a int) LOCATION '" + root + "'");
        assertThat(text("SHOW TABLES IN db_" + name)).isEqualTo("t");
        assertThat(text("SHOW DATABASES")).contains("db_" + name);
        assertThat(text("DESCRIBE db_" + name + ".t"))
                .isEqualTo("a                   \tint                 \t" + " ".repeat(20));
        assertThat(sql.failure("DROP DATABASE db_" + name)).contains("is not empty");
        athena.run("DROP DATABASE db_" + name + " CASCADE");
        athena.run("DROP TABLE IF EXISTS db_" + name + ".t");
        assertThat(sql.failure("SELECT * FROM db_" + name + ".t")).startsWith("SCHEMA_NOT_FOUND");
    }

    private String text(String statement) {
        return sql.object(sql.execute(statement).resultConfiguration().outputLocation());
    }

    @Test
    void the_metadata_of_a_table_tells_its_columns() {
        create();
        TableMetadata metadata = athena.athenaClient()
                .getTableMetadata(get -> get.catalogName("AwsDataCatalog")
                        .databaseName("default")
                        .tableName(name))
                .tableMetadata();
        assertThat(metadata.columns()).extracting(Column::name, Column::type).hasToString("[(\"a\", \"string\")]");
        assertThat(metadata.partitionKeys()).extracting(Column::name).containsExactly("k", "l");
        assertThat(metadata.parameters()).containsEntry("classification", "csv").containsEntry("location", root);
        assertThatThrownBy(() -> athena.athenaClient()
                        .getTableMetadata(get -> get.catalogName("AwsDataCatalog")
                                .databaseName("default")
                                .tableName("nowhere")))
                .isInstanceOf(MetadataException.class);
    }

    @Test
    void the_metadata_of_a_view_tells_its_columns_in_types_of_ddl() {
        create();
        athena.run("CREATE VIEW " + name + "_v AS SELECT k, CAST(a AS integer) AS n, CAST(a AS decimal(12, 2)) AS d,"
                + " CAST(a AS timestamp(6)) AS t, CAST(a AS varchar(3)) AS v, from_hex(a) AS b, CAST(a AS real) AS r,"
                + " CAST(a AS char(2)) AS c, CAST(a AS date) AS e FROM " + name);
        TableMetadata metadata = athena.athenaClient()
                .getTableMetadata(get -> get.catalogName("AwsDataCatalog")
                        .databaseName("default")
                        .tableName(name + "_v"))
                .tableMetadata();
        assertThat(metadata.tableType()).isEqualTo("VIRTUAL_VIEW");
        assertThat(metadata.columns())
                .extracting(each -> each.name() + " " + each.type())
                .containsExactly(
                        "k string",
                        "n int",
                        "d decimal(12,2)",
                        "t timestamp",
                        "v varchar(3)",
                        "b binary",
                        "r float",
                        "c char(2)",
                        "e date");
        assertThat(metadata.partitionKeys()).isEmpty();
        assertThat(metadata.parameters())
                .containsOnly(Map.entry("comment", "Presto View"), Map.entry("presto_view", "true"));
        assertThat(sql.failure("CREATE OR REPLACE VIEW " + name + " AS SELECT 1 AS a"))
                .isEqualTo(
                        "TABLE_ALREADY_EXISTS: line 1:1: Table already exists: 'awsdatacatalog.default." + name + "'");
    }

    @Test
    void projection_finds_partitions_without_registration() {
        athena.run("CREATE EXTERNAL TABLE " + name + " (a string) PARTITIONED BY (y string, d string, kind string,"
                + " tenant string) LOCATION '" + root + "' TBLPROPERTIES ('projection.enabled'='true',"
                + " 'projection.y.type'='integer', 'projection.y.range'='2023,2024',"
                + " 'projection.d.type'='date', 'projection.d.format'='yyyy-MM-dd',"
                + " 'projection.d.range'='2024-01-01,2024-01-03',"
                + " 'projection.kind.type'='enum', 'projection.kind.values'='a,b', 'projection.tenant.type'='injected',"
                + " 'storage.location.template'='" + root + "${y}/${d}/${kind}/${tenant}/')");
        sql.put(name + "/2024/2024-01-02/b/t1/f", "x\n");
        sql.put(name + "/2024/2024-01-09/b/t1/f", "out of range\n");
        assertThat(sql.rows("SELECT a, y, d, kind, tenant FROM " + name + " WHERE tenant = 't1'"))
                .hasToString("[[x, 2024, 2024-01-02, b, t1]]");
        assertThat(sql.execute("SELECT a FROM " + name + " WHERE tenant IN ('t1', 't2') AND kind = 'a'")
                        .statistics()
                        .dataScannedInBytes())
                .isZero();
        assertThat(sql.failure("SELECT a FROM " + name))
                .isEqualTo("CONSTRAINT_VIOLATION: For the injected projected partition column tenant, the WHERE clause"
                        + " must contain only static equality conditions, and at least one such condition must be"
                        + " present.");
    }

    @Test
    void tens_of_thousands_of_partitions_are_registered_and_counted() {
        create();
        for (int batch = 0; batch < 34; batch++) {
            int first = batch * 1000;
            athena.run("ALTER TABLE " + name + " ADD IF NOT EXISTS "
                    + IntStream.range(first, first + 1000)
                            .mapToObj(i -> "PARTITION (k='" + i / 100 + "', l='" + i % 100 + "')")
                            .collect(Collectors.joining(" ")));
        }
        sql.put(name + "/k=1/l=1/f.csv", "x\n");
        sql.put(name + "/k=339/l=99/f.csv", "y\nz\n");
        assertThat(sql.rows("SELECT k, l, \"$path\", count(*) FROM " + name + " GROUP BY 1, 2, 3 ORDER BY 1"))
                .hasToString("[[1, 1, " + root + "k=1/l=1/f.csv, 1], [339, 99, " + root + "k=339/l=99/f.csv, 2]]");
        assertThat(sql.rows("SELECT count(*) FROM \"" + name + "$partitions\"")).hasToString("[[34000]]");
        assertThat(sql.execute("SELECT count(*) FROM " + name + " WHERE k = '339' AND l > '98'")
                        .statistics()
                        .dataScannedInBytes())
                .isEqualTo(4);
    }

    @Test
    void columns_that_are_added_are_null_in_partitions_that_were_registered_before() {
        create();
        sql.put(name + "/k=1/l=1/f.csv", "a,one\n");
        sql.put(name + "/k=1/l=2/f.csv", "b,two\nc\n");
        athena.run("ALTER TABLE " + name + " ADD PARTITION (k='1', l='1')");
        athena.run("ALTER TABLE " + name + " ADD COLUMNS (b string)");
        athena.run("ALTER TABLE " + name + " ADD PARTITION (k='1', l='2')");
        assertThat(sql.rows("SELECT a, b FROM " + name + " ORDER BY 1").toString())
                .as("whatever the files hold")
                .isEqualTo("[[a, null], [b, two], [c, null]]");
        athena.run("ALTER TABLE " + name + " DROP PARTITION (k='1', l='1')");
        athena.run("ALTER TABLE " + name + " ADD PARTITION (k='1', l='1')");
        assertThat(sql.rows("SELECT b FROM " + name + " WHERE a = 'a'").toString())
                .isEqualTo("[[one]]");
    }

    @Test
    void a_column_is_not_added_twice_and_a_date_not_at_all() {
        create();
        assertThatThrownBy(() -> athena.run("ALTER TABLE " + name + " ADD COLUMNS (b string, a int)"))
                .hasMessageContaining("Duplicate column name among [b, a]");
        assertThatThrownBy(() -> athena.run("ALTER TABLE " + name + " ADD COLUMNS (b string, c date)"))
                .hasMessageContaining("doesn't work for columns with the date datatype: c");
        athena.run("ALTER TABLE " + name + " ADD COLUMNS (b string)");
        assertThat(sql.rows("SELECT a, b FROM " + name)).isEmpty();
    }
}
