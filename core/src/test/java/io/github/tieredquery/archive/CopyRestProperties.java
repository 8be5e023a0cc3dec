package io.github.tieredquery.archive;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.spi.Scan;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.store.FinishedFile;
import io.github.tieredquery.store.PartitionManifest;
import io.github.tieredquery.store.RowDigest;
import io.github.tieredquery.store.StoredFile;
import io.github.tieredquery.table.ColumnType;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.RowType;
import io.github.tieredquery.table.Table;
import io.github.tieredquery.testkit.ArchiveSteps;
import io.github.tieredquery.testkit.ContractRows;
import io.github.tieredquery.testkit.MemoryHotStore;
import io.github.tieredquery.testkit.TestClock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class CopyRestProperties {

    private static final Table TABLE = Table.builder("places")
            .time("at")
            .key("id", ColumnType.INT64)
            .column("region", ColumnType.STRING)
            .column("zone", ColumnType.INT32)
            .build();
    private static final TimeRange DAY =
            new TimeRange(Instant.parse("2024-03-01T00:00:00Z"), Instant.parse("2024-03-02T00:00:00Z"));

    /** NULL comes first with one column and last with two. */
    @Property(tries = 500)
    void what_follows_the_last_finished_file_is_what_was_not_copied(
            @ForAll Random random, @ForAll @IntRange(min = 1, max = 2) int columns) {
        HivePartitionLayout layout = (columns == 1
                        ? HivePartitionLayout.hourly(ZoneOffset.UTC).thenBy("region")
                        : HivePartitionLayout.daily(ZoneOffset.UTC).thenBy("region", "zone"))
                .checkedAgainst(TABLE);
        MemoryHotStore store = new MemoryHotStore("hot", TABLE, new TestClock(DAY.from()));
        for (int id = 0; id < 20; id++) {
            store.put(row(random, id));
        }
        Scan scan = Scan.of(TABLE, DAY).clusteredBy(layout.filterColumns());
        List<Row> all = ArchiveSteps.rows(store.open(scan, ScanControl.unlimited()));
        RowType position = FinishedFile.positionType(TABLE, layout);
        List<FinishedFile> finished = new ArrayList<>();
        int copied = 0;
        for (Row row : all) {
            copied++;
            boolean ends = copied == all.size()
                    || !layout.partitionOf(row).equals(layout.partitionOf(all.get(copied)))
                    || random.nextInt(3) == 0;
            if (ends) {
                finished.add(finished(layout, row, position));
                Scan rest = scan.filter(ResumePoint.filter(TABLE, layout, finished));
                assertThat(ArchiveSteps.rows(store.open(rest, ScanControl.unlimited())))
                        .as("after %s", row)
                        .isEqualTo(all.subList(copied, all.size()));
            }
        }
    }

    private static FinishedFile finished(HivePartitionLayout layout, Row last, RowType position) {
        PartitionManifest manifest = new PartitionManifest(
                layout.partitionOf(last),
                1,
                List.of(new StoredFile("mem://", 1, 1)),
                1,
                1,
                DAY.from(),
                DAY.from(),
                RowDigest.EMPTY,
                1);
        return new FinishedFile(
                manifest,
                position.row(position.names().stream().map(last::value).toArray()));
    }

    private static Row row(Random random, long id) {
        Instant at = DAY.from().plus(Duration.ofHours(random.nextInt(3)));
        String region = List.of("a", "A", "\ud83d\ude00", "\uffff").get(random.nextInt(4));
        return ContractRows.row(
                TABLE.rowType(),
                at,
                id,
                random.nextInt(4) == 0 ? null : region,
                random.nextInt(3) == 0 ? null : (Integer) random.nextInt(3));
    }
}
