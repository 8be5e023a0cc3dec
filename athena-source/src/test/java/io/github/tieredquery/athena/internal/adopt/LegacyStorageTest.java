package io.github.tieredquery.athena.internal.adopt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tieredquery.athena.internal.format.TypedFormat;
import io.github.tieredquery.error.ConfigurationException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.athena.model.Column;
import software.amazon.awssdk.services.athena.model.TableMetadata;

class LegacyStorageTest {

    private static final List<TypedFormat> FORMATS =
            List.of(new TypedFormat("PARQUET", "a.ParquetSerDe"), new TypedFormat("ORC", "an.OrcSerDe"));

    private static LegacyStorage of(Map<String, String> parameters) {
        TableMetadata metadata = TableMetadata.builder()
                .name("old")
                .parameters(parameters)
                .columns(
                        Column.builder().name("TS").type("bigint").build(),
                        Column.builder().name("note").type("string").build())
                .build();
        return LegacyStorage.of("athena:lake.old", metadata, FORMATS);
    }

    @Test
    void a_table_is_made_with_the_serde_and_the_properties_of_the_other_one() {
        LegacyStorage storage = of(Map.of(
                "location",
                "s3://lake/old",
                "serde.serialization.lib",
                "org.apache.hadoop.hive.serde2.OpenCSVSerde",
                "serde.param.separatorChar",
                ";",
                "skip.header.line.count",
                " 2 "));
        assertThat(storage.clauses())
                .isEqualTo("ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.OpenCSVSerde'\n"
                        + "WITH SERDEPROPERTIES ('separatorChar' = ';')\nSTORED AS TEXTFILE\n");
        assertThat(storage.properties()).isEqualTo(Map.of("skip.header.line.count", "2"));
        assertThat(storage.columns()).containsExactly(Map.entry("ts", "bigint"), Map.entry("note", "string"));
        assertThat(storage.location()).hasToString("s3://lake/old/");
        assertThat(storage.isPositional()).isFalse();
    }

    @Test
    void texts_are_of_hives_own_serde_unless_the_catalog_says_another() {
        LegacyStorage storage = of(Map.of("location", "s3://lake/old/"));
        assertThat(storage.clauses())
                .isEqualTo("ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe'\n"
                        + "STORED AS TEXTFILE\n");
        assertThat(storage.properties()).isEmpty();
    }

    @Test
    void a_further_format_is_known_by_its_serde() {
        LegacyStorage storage = of(Map.of("location", "s3://lake/old/", "serde.serialization.lib", "an.OrcSerDe"));
        assertThat(storage.clauses()).isEqualTo("ROW FORMAT SERDE 'an.OrcSerDe'\nSTORED AS ORC\n");
        assertThatThrownBy(() -> storage.writer("athena:lake.old"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage("athena:lake.old: nothing on the class path writes ORC; add tieredquery-athena-orc");
    }

    @Test
    void files_that_the_library_cannot_write_are_refused_and_so_are_those_that_lie_nowhere() {
        String known = "; an archive that is taken over is written with the OpenCSV SerDe, with LazySimpleSerDe, or"
                + " stored as PARQUET or ORC, and lies in S3";
        assertThatThrownBy(() -> of(Map.of("location", "s3://lake/old/", "serde.serialization.lib", "a.JsonSerDe")))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage(
                        "athena:lake.old: the table old has the SerDe a.JsonSerDe and lies at s3://lake/old/" + known);
        assertThatThrownBy(() -> of(Map.of()))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage("athena:lake.old: the table old has the SerDe"
                        + " org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe and lies at null" + known);
    }
}
