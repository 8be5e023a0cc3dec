package io.github.tieredquery.archive;

import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.partition.HivePartition;
import io.github.tieredquery.spi.RowCursor;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.store.ArchiveAttempt;
import io.github.tieredquery.store.ForeignPartition;
import io.github.tieredquery.store.PartitionManifest;
import io.github.tieredquery.store.RowDigest;
import io.github.tieredquery.table.Row;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the rows of foreign files as readers will get them, and makes the manifests of their partitions. For one
 * window; holds one row, and what is known of each partition.
 */
final class AdoptedRows {

    private static final int KEYS_REPORTED = 100;
    private static final int ROWS_BETWEEN_CHECKS = 1_000;

    private final ArchiveContext context;
    private final ArchiveAttempt attempt;
    private final Map<HivePartition, Known> known = new HashMap<>();
    private final List<Row> duplicateKeys = new ArrayList<>();
    private long duplicates;

    AdoptedRows(ArchiveContext context, ArchiveAttempt attempt) {
        this.context = context;
        this.attempt = attempt;
    }

    private static final class Known {

        private final RowDigest.Builder digest;
        private final Instant minTime;
        private Instant maxTime;

        Known(RowDigest.Builder digest, Instant first) {
            this.digest = digest;
            this.minTime = first;
            this.maxTime = first;
        }
    }

    /**
     * Reads rows.
     *
     * @param rows oldest first; closed in the end
     * @param between called every now and then, to hold the lease
     */
    void read(RowCursor rows, Runnable between, ScanControl control) {
        Comparator<Row> order = context.table().rowOrder(context.table().rowType());
        long count = 0;
        Row before = null;
        try (rows) {
            for (Row row = rows.next(); row != null; row = rows.next()) {
                if (++count % ROWS_BETWEEN_CHECKS == 0) {
                    control.check("reading " + attempt.window() + " of table '"
                            + context.table().name() + "' to take it over");
                    between.run();
                }
                add(row);
                if (before != null && order.compare(before, row) == 0) {
                    duplicates++;
                    if (duplicateKeys.size() < KEYS_REPORTED) {
                        duplicateKeys.add(context.table().keyOf(row));
                    }
                }
                before = row;
            }
        }
    }

    private void add(Row row) {
        Instant time = context.timeOf(row);
        Known partition = known.computeIfAbsent(
                context.layout().partitionOf(row),
                absent -> new Known(new RowDigest.Builder(context.table().rowType()), time));
        partition.digest.add(row);
        partition.maxTime = time;
    }

    /**
     * The manifests.
     *
     * @throws ConfigurationException if a partition has other rows than a reader gets of it
     */
    List<PartitionManifest> manifests(List<ForeignPartition> foreign) {
        List<PartitionManifest> manifests = new ArrayList<>();
        for (ForeignPartition each : foreign) {
            @Nullable Known rows = known.get(each.partition());
            RowDigest digest = rows == null ? RowDigest.EMPTY : rows.digest.build();
            if (rows == null || digest.rows() != each.rows()) {
                throw notRead(
                        context,
                        attempt,
                        "the partition " + each.partition().path() + " has " + each.rows() + " rows, and "
                                + digest.rows() + " of them are read");
            }
            manifests.add(new PartitionManifest(
                    each.partition(),
                    attempt.version(),
                    each.files(),
                    each.rows(),
                    each.bytes(),
                    rows.minTime,
                    rows.maxTime,
                    digest,
                    attempt.schemaVersion()));
        }
        return manifests;
    }

    /** Rows that a query by time would miss mustn't be taken for archived. */
    static ConfigurationException notRead(ArchiveContext context, ArchiveAttempt attempt, String what) {
        return new ConfigurationException("taking over the archive of table '"
                + context.table().name() + "', window " + attempt.window() + ": "
                + context.cold().name()
                + " doesn't give its readers all rows: " + what + ". Rows without a time, or of another time than their"
                + " partition's in " + context.layout().zone() + ", are never found by it. Correct the layout's zone or"
                + " the encodings of the columns, or the files. Nothing of the window was taken over");
    }

    long duplicates() {
        return duplicates;
    }

    List<Row> duplicateKeys() {
        return duplicateKeys;
    }
}
