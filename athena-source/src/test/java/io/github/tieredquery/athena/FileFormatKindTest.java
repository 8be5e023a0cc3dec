package io.github.tieredquery.athena;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tieredquery.athena.aws.AwsAccess;
import io.github.tieredquery.athena.format.FileFormat;
import io.github.tieredquery.athena.internal.format.TypedFormat;
import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.partition.HivePartition;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.table.ColumnType;
import io.github.tieredquery.table.Table;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** How Athena is told of each format, without the modules that write them: a reader needs none. */
class FileFormatKindTest {

    private static final Table THINGS = Table.builder("things")
            .time("at")
            .key("id", ColumnType.INT64)
            .column("fine", ColumnType.BOOLEAN)
            .column("count", ColumnType.INT32)
            .column("ratio", ColumnType.DOUBLE)
            .column("price", ColumnType.decimal(10, 2))
            .column("label", ColumnType.STRING)
            .column("day", ColumnType.DATE)
            .column("seen", ColumnType.TIMESTAMP)
            .column("receipt", ColumnType.BINARY)
            .build();

    private static final String PARTITIONS_AND_PLACE = """
            )
            PARTITIONED BY (
              `year` string,
              `month` string,
              `tq_version` string
            )
            %sLOCATION 's3://lake/things/'""";

    private static final Map<FileFormatKind, String> STATEMENTS = Map.of(
            FileFormatKind.CSV,
            """
            CREATE EXTERNAL TABLE IF NOT EXISTS `lake`.`things` (
              `at` string,
              `id` string,
              `fine` string,
              `count` string,
              `ratio` string,
              `price` string,
              `label` string,
              `day` string,
              `seen` string,
              `receipt` string
            """ + PARTITIONS_AND_PLACE.formatted("""
                            ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.OpenCSVSerde'
                            WITH SERDEPROPERTIES ('separatorChar' = ',', 'quoteChar' = '"', 'escapeChar' = '\\\\')
                            STORED AS TEXTFILE
                            """) + "\nTBLPROPERTIES ('skip.header.line.count' = '1')",
            FileFormatKind.PARQUET,
            """
            CREATE EXTERNAL TABLE IF NOT EXISTS `lake`.`things` (
              `at` string,
              `id` bigint,
              `fine` boolean,
              `count` int,
              `ratio` double,
              `price` decimal(10,2),
              `label` string,
              `day` date,
              `seen` string,
              `receipt` binary
            """ + PARTITIONS_AND_PLACE.formatted("STORED AS PARQUET\n"));

    private final AwsAccess aws = AwsAccess.builder().region("eu-west-1").build();

    @AfterEach
    void close() {
        aws.close();
    }

    private AthenaSource source(FileFormatKind format) {
        return AthenaSource.archive(aws, THINGS)
                .table("lake", "things")
                .layout(HivePartitionLayout.monthly(ZoneOffset.UTC))
                .location("s3://lake/things/")
                .format(format)
                .withoutSchemaCheck()
                .build();
    }

    @ParameterizedTest
    @EnumSource
    void the_table_of_each_format_is_made_by_its_own_statement(FileFormatKind format) {
        try (AthenaSource source = source(format)) {
            assertThat(source.createTableStatement()).isEqualTo(STATEMENTS.get(format));
        }
    }

    @Test
    void a_format_whose_module_is_missing_is_read_and_not_written() {
        try (AthenaSource source = source(FileFormatKind.PARQUET)) {
            HivePartition partition = HivePartition.of(source.layout(), List.of("2024", "03"));
            assertThatThrownBy(() -> source.create(partition, 1, 1))
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessage("athena:lake.things: nothing on the class path writes PARQUET; add"
                            + " tieredquery-athena-parquet");
        }
    }

    @Test
    void its_constant_is_all_that_a_further_format_of_typed_columns_needs() {
        TypedFormat orc = new TypedFormat("ORC", "org.apache.hadoop.hive.ql.io.orc.OrcSerde");
        assertThat(orc.clauses()).isEqualTo("STORED AS ORC\n");
        assertThat(orc.properties()).isEmpty();
        assertThatThrownBy(() -> orc.writer("athena:lake.things"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage("athena:lake.things: nothing on the class path writes ORC; add tieredquery-athena-orc");
    }

    @Test
    void a_writer_is_found_by_the_name_of_the_constant() {
        assertThat(FileFormatKind.typed())
                .isNotEmpty()
                .allSatisfy(format -> assertThat(
                                FileFormatKind.valueOf(format.name()).storage())
                        .isEqualTo(format));
        FileFormat csv = FileFormatKind.CSV.storage().writer("athena:lake.things");
        assertThat(FileFormatKind.valueOf(csv.name())).isEqualTo(FileFormatKind.CSV);
    }
}
