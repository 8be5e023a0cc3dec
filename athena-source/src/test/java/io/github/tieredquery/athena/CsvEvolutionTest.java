package io.github.tieredquery.athena;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.table.ColumnType;
import io.github.tieredquery.table.Table;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class CsvEvolutionTest extends EvolutionContract {

    @Override
    protected OwnArchiveBuilder with(OwnArchiveBuilder builder) {
        return builder.format(FileFormatKind.CSV);
    }

    @Test
    void columns_that_stand_elsewhere_in_the_table_than_in_files_are_refused() {
        try (Athenas athena = Athenas.local()) {
            String name = athena.freshName("parcels");
            OwnArchiveBuilder first = AthenaSource.archive(athena.aws(), table("one", "two"))
                    .table("default", name)
                    .location(athena.location(name))
                    .results(AthenaResults.at(athena.outputLocation()))
                    .layout(HivePartitionLayout.daily(ZoneOffset.UTC));
            first.createTableIfMissing().build().close();
            assertThatThrownBy(() -> AthenaSource.archive(athena.aws(), table("two", "one"))
                            .table("default", name)
                            .location(athena.location(name))
                            .layout(HivePartitionLayout.daily(ZoneOffset.UTC))
                            .build())
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessage("athena:default." + name + ": the table in Athena isn't the one that the source"
                            + " describes: files have the columns [at, id, two, one] in this order, and the table"
                            + " begins with [at, id, one, two]");
        }
    }

    private static Table table(String third, String fourth) {
        return Table.builder("parcels")
                .time("at")
                .key("id", ColumnType.INT64)
                .column(third, ColumnType.STRING)
                .column(fourth, ColumnType.STRING)
                .build();
    }
}
