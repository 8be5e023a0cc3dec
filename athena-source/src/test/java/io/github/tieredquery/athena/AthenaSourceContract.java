package io.github.tieredquery.athena;

import io.github.tieredquery.partition.HivePartition;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.spi.Source;
import io.github.tieredquery.store.ColdFile;
import io.github.tieredquery.store.PartitionManifest;
import io.github.tieredquery.store.RowDigest;
import io.github.tieredquery.store.StoredFile;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.Table;
import io.github.tieredquery.testkit.SourceContract;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;

/** The contract of sources, with rows that went into Athena through the same source's archive files. */
public abstract class AthenaSourceContract extends SourceContract {

    private static final long VERSION = 42;

    private final Athenas athena = Athenas.configured();
    private long started;

    /** Chooses the format. */
    protected abstract AthenaSourceBuilder with(AthenaSourceBuilder builder);

    @Override
    protected Source sourceWith(Table table, List<Row> rows) {
        HivePartitionLayout layout = HivePartitionLayout.monthly(ZoneOffset.UTC);
        String name = athena.freshName(table.name());
        AthenaSource source = with(AthenaSource.builder(athena.aws(), table)
                        .table(athena.database(), name)
                        .location(athena.location(name))
                        .outputLocation(athena.outputLocation())
                        .layout(table.rowType().has("region") ? layout.thenBy("region") : layout)
                        .polling(Duration.ofMillis(2), Duration.ofMillis(10))
                        .createTableIfMissing())
                .build();
        try {
            source.publish(write(source, rows), ScanControl.unlimited());
            return source;
        } catch (RuntimeException e) {
            source.close();
            throw e;
        }
    }

    private static List<PartitionManifest> write(AthenaSource source, List<Row> rows) {
        Map<HivePartition, List<Row>> byPartition = new TreeMap<>();
        for (Row row : rows) {
            byPartition
                    .computeIfAbsent(source.layout().partitionOf(row), absent -> new ArrayList<>())
                    .add(row);
        }
        List<PartitionManifest> manifests = new ArrayList<>();
        byPartition.forEach((partition, held) -> manifests.add(write(source, partition, held)));
        return manifests;
    }

    private static PartitionManifest write(AthenaSource source, HivePartition partition, List<Row> rows) {
        RowDigest.Builder digest = new RowDigest.Builder(source.table().rowType());
        Instant first = Instant.MAX;
        Instant last = Instant.MIN;
        StoredFile stored;
        try (ColdFile file = source.create(partition, VERSION, 1)) {
            for (Row row : rows) {
                file.write(row);
                digest.add(row);
                Instant time = Objects.requireNonNull(
                        row.timestamp(source.table().timeColumn().name()));
                first = time.isBefore(first) ? time : first;
                last = time.isAfter(last) ? time : last;
            }
            stored = file.finish();
        }
        return new PartitionManifest(
                partition, VERSION, List.of(stored), rows.size(), stored.bytes(), first, last, digest.build(), 1);
    }

    @Override
    protected long queriesStarted() {
        return athena.isReal() ? started++ : athena.theLocalOne().counters().athena("StartQueryExecution");
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
