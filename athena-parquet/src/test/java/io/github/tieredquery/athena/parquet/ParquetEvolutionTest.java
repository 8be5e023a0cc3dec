package io.github.tieredquery.athena.parquet;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tieredquery.athena.AthenaResults;
import io.github.tieredquery.athena.AthenaSource;
import io.github.tieredquery.athena.Athenas;
import io.github.tieredquery.athena.EvolutionContract;
import io.github.tieredquery.athena.FileFormatKind;
import io.github.tieredquery.athena.OwnArchiveBuilder;
import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.table.ColumnType;
import io.github.tieredquery.table.Table;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class ParquetEvolutionTest extends EvolutionContract {

    @Override
    protected OwnArchiveBuilder with(OwnArchiveBuilder builder) {
        return builder.format(FileFormatKind.PARQUET);
    }

    @Test
    void a_date_that_athena_cannot_add_is_refused_with_what_to_do() {
        Table.Builder table = Table.builder("parcels").time("at").key("id", ColumnType.INT64);
        try (Athenas athena = Athenas.local()) {
            String name = athena.freshName("parcels");
            builder(athena, name, table.build()).build().close();
            Table dated = table.column("due", ColumnType.DATE).build();
            assertThatThrownBy(() -> builder(athena, name, dated).build())
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessage("athena:default." + name + ": Athena's ALTER TABLE can't add 'due', since it is a date."
                            + " Add the columns in Glue, at the end of the others, as\nALTER TABLE `default`.`" + name
                            + "` ADD COLUMNS (`due` date)\nwould");
        }
    }

    private OwnArchiveBuilder builder(Athenas athena, String name, Table table) {
        return with(AthenaSource.archive(athena.aws(), table)
                .table("default", name)
                .location(athena.location(name))
                .results(AthenaResults.at(athena.outputLocation()))
                .layout(HivePartitionLayout.daily(ZoneOffset.UTC))
                .createTableIfMissing());
    }
}
