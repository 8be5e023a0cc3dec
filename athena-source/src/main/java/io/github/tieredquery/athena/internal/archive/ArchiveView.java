package io.github.tieredquery.athena.internal.archive;

import io.github.tieredquery.athena.internal.catalog.Catalog;
import io.github.tieredquery.athena.internal.codec.TrinoSql;
import io.github.tieredquery.athena.internal.execution.StatementRunner;
import io.github.tieredquery.athena.internal.result.AthenaSession;
import io.github.tieredquery.athena.internal.sql.AthenaColumn;
import io.github.tieredquery.athena.internal.sql.AthenaTable;
import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.spi.VisibleVersions;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.athena.model.TableMetadata;

/**
 * The view for those who ask Athena by themselves: the archived rows that count, as the archiver last said, with values
 * in Athena's own types. Thread-safe.
 */
public final class ArchiveView {

    /** The version, under a name that no view of somebody else has: it tells which views are the library's. */
    static final String LIVE_VERSION = "tq_live_version";

    /**
     * For so long the same statement isn't run again. Each would leave a version of the view in Glue, which keeps
     * 100,000 of them. It is short beside the time for which dead versions are kept: a statement of another archiver
     * that Athena carries out late, after ours, is made up for before anything is removed that it shows.
     */
    private static final Duration REMEMBERED = Duration.ofHours(1);

    private final String source;
    private final String name;
    private final AthenaTable cold;
    private final Catalog catalog;
    private final AthenaSession session;
    private final LongSupplier nanoTime;
    private volatile @Nullable Made last;

    /** A statement that was run. */
    private record Made(String sql, long nanos) {}

    /**
     * A view.
     *
     * @param source the source's name, for messages
     * @param name the view's name; it is in the table's database
     */
    public ArchiveView(
            String source,
            String name,
            AthenaTable cold,
            Catalog catalog,
            AthenaSession session,
            LongSupplier nanoTime) {
        this.source = source;
        this.name = name;
        this.cold = cold;
        this.catalog = catalog;
        this.session = session;
        this.nanoTime = nanoTime;
    }

    /** Refuses a table or a view of that name that the library hasn't made. */
    public void check() {
        TableMetadata found = catalog.find(cold.database(), name);
        if (found == null) {
            return;
        }
        boolean ours = "VIRTUAL_VIEW".equals(found.tableType())
                && found.columns().stream().anyMatch(column -> LIVE_VERSION.equals(column.name()));
        if (!ours) {
            throw new ConfigurationException(source + ": " + cold.database() + "." + name + " is there already, a "
                    + found.tableType()
                    + " that isn't a view of this library's, and is left alone. Say another view(…),"
                    + " or drop it");
        }
    }

    /** Makes the view, or replaces it. */
    public void replace(VisibleVersions versions, ScanControl control) {
        String sql = statement(cold, name, versions);
        long now = nanoTime.getAsLong();
        Made before = last;
        if (before != null && before.sql().equals(sql) && now - before.nanos() < REMEMBERED.toNanos()) {
            return;
        }
        checkLength(sql, versions);
        check();
        session.run(sql, control);
        last = new Made(sql, now);
    }

    private void checkLength(String sql, VisibleVersions versions) {
        int bytes = sql.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > StatementRunner.LONGEST_STATEMENT_BYTES) {
            throw new ConfigurationException(
                    source + ": the view " + cold.database() + "." + name + " has to leave out "
                            + versions.excluded().size() + " versions, and its statement would have " + bytes
                            + " bytes; Athena takes " + StatementRunner.LONGEST_STATEMENT_BYTES
                            + ". Drop the view, and let the archiver run once without view(…): it removes dead versions");
        }
    }

    /**
     * The statement, in Trino's grammar. Conditions on the partition columns of time reach the table as they are, so
     * that they keep files from being read.
     */
    public static String statement(AthenaTable cold, String view, VisibleVersions versions) {
        List<String> columns = new ArrayList<>();
        List<String> shown = new ArrayList<>();
        for (AthenaColumn column : cold.columns()) {
            columns.add(column.codec().shown(column.reference()) + " AS " + TrinoSql.identifier(column.physicalName()));
            shown.add(column.physicalName());
        }
        for (String column : cold.partitionColumns()) {
            boolean version = column.equals(HivePartitionLayout.VERSION_COLUMN);
            if (version || !shown.contains(column)) {
                columns.add(AthenaTable.ALIAS + "." + TrinoSql.identifier(column) + " AS "
                        + TrinoSql.identifier(version ? LIVE_VERSION : column));
            }
        }
        return "CREATE OR REPLACE VIEW " + TrinoSql.identifier(cold.database()) + "." + TrinoSql.identifier(view)
                + " AS SELECT " + String.join(", ", columns) + cold.from() + " WHERE "
                + String.join(" AND ", AthenaTable.visible(versions));
    }
}
