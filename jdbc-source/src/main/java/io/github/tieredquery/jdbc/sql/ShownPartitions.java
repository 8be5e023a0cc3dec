package io.github.tieredquery.jdbc.sql;

import io.github.tieredquery.partition.HivePartition;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.spi.Scan;
import io.github.tieredquery.spi.ScanControl;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The partitions of which a database shows rows. */
final class ShownPartitions {

    private final PhysicalTable table;
    private final Dialect dialect;
    private final HivePartitionLayout layout;
    private final List<String> names;

    ShownPartitions(PhysicalTable table, Dialect dialect, HivePartitionLayout layout) {
        this.table = table;
        this.dialect = dialect;
        this.layout = layout;
        this.names = new ArrayList<>(layout.partitionColumns());
        if (layout.isVersioned()) {
            names.add(HivePartitionLayout.VERSION_COLUMN);
        }
    }

    /** The paths of those in the time partitions that a scan needs, with their versions if the layout has them. */
    Set<String> read(Connection connection, Scan scan, ScanControl control) {
        String what = "looking for partitions of " + table.name();
        List<ColumnReader> readers = names.stream()
                .map(name -> dialect.reader(table.sql().partitionColumn(name)))
                .toList();
        RunningStatement running = RunningStatement.prepare(
                connection,
                table.sql().selectPartitions(scan, names),
                table.fetchSize(),
                table.name(),
                dialect,
                control,
                () -> {});
        ResultSet rows = running.execute(control, what);
        try {
            Set<String> paths = new HashSet<>();
            while (rows.next()) {
                paths.add(path(rows, readers));
            }
            return paths;
        } catch (SQLException e) {
            control.check(what);
            throw running.failure(e);
        } finally {
            running.close(false);
        }
    }

    private String path(ResultSet rows, List<ColumnReader> readers) throws SQLException {
        List<@Nullable String> values = new ArrayList<>();
        for (int i = 0; i < readers.size(); i++) {
            Object value = readers.get(i).read(rows, i + 1);
            values.add(value == null ? null : value.toString());
        }
        if (!layout.isVersioned()) {
            return HivePartition.of(layout, values).path();
        }
        String version = String.valueOf(values.remove(values.size() - 1));
        return HivePartition.of(layout, values).path() + "/" + HivePartitionLayout.VERSION_COLUMN + "=" + version;
    }
}
