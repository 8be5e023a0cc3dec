package io.github.tieredquery.athena;

import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.spi.Source;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.Table;
import io.github.tieredquery.testkit.ColdRows;
import io.github.tieredquery.testkit.SourceContract;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.AfterAll;

/** The contract of sources, with rows that went into Athena through the same source's archive files. */
public abstract class AthenaSourceContract extends SourceContract {

    private static final long VERSION = 42;

    private final Athenas athena = Athenas.configured();

    /** Chooses the format. */
    protected abstract OwnArchiveBuilder with(OwnArchiveBuilder builder);

    @Override
    protected Source sourceWith(Table table, List<Row> rows) {
        HivePartitionLayout layout = HivePartitionLayout.monthly(ZoneOffset.UTC);
        String name = athena.freshName(table.name());
        AthenaSource source = with(athena.source(table, name)
                        .layout(table.rowType().has("region") ? layout.thenBy("region") : layout)
                        .createTableIfMissing())
                .build();
        try {
            ColdRows.write(source, VERSION, rows);
            return source;
        } catch (RuntimeException e) {
            source.close();
            throw e;
        }
    }

    @Override
    protected long queriesStarted() {
        return athena.started();
    }

    @Override
    protected int randomFilters() {
        return 40;
    }

    @AfterAll
    void close_athena() {
        athena.close();
    }
}
