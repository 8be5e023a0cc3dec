package io.github.tieredquery.athena;

import io.github.tieredquery.athena.aws.AwsAccess;
import io.github.tieredquery.export.Exporter;
import io.github.tieredquery.partition.HivePartition;
import io.github.tieredquery.query.Query;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.store.PartitionManifest;
import io.github.tieredquery.store.RowDigest;
import io.github.tieredquery.table.Row;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** A process that exports and is killed: it says when, and waits for it. */
final class ExportVictim {

    /** Before this moment rows are archived; those from it on aren't. */
    static final Instant WATERMARK = Exports.START.plus(1, ChronoUnit.DAYS);

    private ExportVictim() {}

    /** Six megabytes to be archived and six to stay, the same in each process. */
    static List<Row> rows() {
        List<Row> rows = new ArrayList<>();
        for (Row row : Exports.rows(2, 32, 5)) {
            rows.add(Exports.withLabel(row, 200_000));
        }
        return rows;
    }

    static Query query(String order) {
        return order.equals("OLDEST_FIRST") ? Exports.all() : Exports.all().newestFirst();
    }

    /**
     * Exports.
     *
     * @param arguments the number of the fatal call, when it is fatal, the order, the request, the version of the
     *     archived rows, the folder for tables, the location of results, the addresses of an Athena
     */
    public static void main(String[] arguments) {
        MortalProcess process = new MortalProcess(
                Integer.parseInt(arguments[0]), MortalProcess.When.valueOf(arguments[1]), ExportVictim::announce);
        try (AwsAccess aws = Athenas.access(Arrays.asList(arguments).subList(7, arguments.length));
                Exports things = new Exports(aws, "default", arguments[5], arguments[6], "things")) {
            archived(things, Long.parseLong(arguments[4]));
            Exporter exporter = Exports.fast(things.query()
                            .cold(process.source(things.cold))
                            .build()
                            .exporter(process.store(things.store())))
                    .build();
            exporter.advance(exporter.start(query(arguments[2]), arguments[3]), Duration.ofMinutes(1));
            System.out.println("SURVIVED " + process.calls());
        }
    }

    /** What the process that archived them has in its journal. */
    private static void archived(Exports things, long version) {
        Set<HivePartition> partitions = new HashSet<>();
        for (Row row : rows()) {
            if (Exports.time(row).isBefore(WATERMARK)) {
                partitions.add(things.cold.layout().partitionOf(row));
            } else {
                things.hot.put(row);
            }
        }
        List<PartitionManifest> manifests = new ArrayList<>();
        for (HivePartition partition : partitions) {
            manifests.add(new PartitionManifest(
                    partition, version, List.of(), 1, 1, Exports.START, WATERMARK, RowDigest.EMPTY, 1));
        }
        things.hot.adopt(new TimeRange(Exports.START, WATERMARK), manifests);
    }

    private static void announce(String call) {
        System.out.println("KILL ME at " + call);
        System.out.flush();
    }
}
