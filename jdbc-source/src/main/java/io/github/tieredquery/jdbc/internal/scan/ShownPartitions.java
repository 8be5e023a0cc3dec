package io.github.tieredquery.jdbc.internal.scan;

import io.github.tieredquery.jdbc.internal.dialect.ColumnReader;
import io.github.tieredquery.jdbc.internal.dialect.Dialect;
import io.github.tieredquery.jdbc.internal.dialect.SqlText;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.partition.PartitionLook;
import io.github.tieredquery.spi.Scan;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.table.ColumnType;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The partitions of which a database shows rows. */
final class ShownPartitions {

    private final PhysicalTable table;
    private final Dialect dialect;
    private final HivePartitionLayout layout;
    private final PartitionLook look;
    private final List<String> names;

    ShownPartitions(PhysicalTable table, Dialect dialect, HivePartitionLayout layout) {
        this.table = table;
        this.dialect = dialect;
        this.layout = layout;
        this.look = PartitionLook.forReading(
                table.name(),
                table.table(),
                layout,
                layout.timeColumns().stream()
                        .filter(name -> table.sql().partitionColumn(name).type().holds(ColumnType.Kind.INT64))
                        .collect(Collectors.toSet()));
        this.names = new ArrayList<>(layout.partitionColumns());
        if (layout.isVersioned()) {
            names.add(HivePartitionLayout.VERSION_COLUMN);
        }
    }

    /** The paths of those in the time partitions that a scan needs, with their versions if the layout has them. */
    Set<String> read(Connection connection, Scan scan, ScanControl control) {
        Set<String> paths = new HashSet<>();
        read(connection, table.sql().selectPartitions(scan, names), control, values -> paths.add(path(values)));
        return paths;
    }

    /**
     * Refuses a table that has partitions which the layout doesn't write. The conditions are on partition columns
     * alone, so that an engine which leaves partitions out reads no file where there are none.
     */
    void refuseOthers(Connection connection) {
        read(connection, table.sql().selectOthers(look, names), ScanControl.unlimited(), look::partition);
    }

    private void read(
            Connection connection, SqlText sql, ScanControl control, Consumer<List<@Nullable String>> partitions) {
        String what = "looking for partitions of " + table.name();
        List<ColumnReader> readers = names.stream()
                .map(name -> dialect.reader(table.sql().partitionColumn(name)))
                .toList();
        RunningStatement running =
                RunningStatement.prepare(connection, sql, table.fetchSize(), table.name(), dialect, control, () -> {});
        ResultSet rows = running.execute(control, what);
        try {
            while (rows.next()) {
                List<@Nullable String> values = new ArrayList<>();
                for (int i = 0; i < readers.size(); i++) {
                    Object value = readers.get(i).read(rows, i + 1);
                    values.add(value == null ? null : value.toString());
                }
                partitions.accept(values);
            }
        } catch (SQLException e) {
            control.check(what);
            throw running.failure(e);
        } finally {
            running.close(false);
        }
    }

    private String path(List<@Nullable String> values) {
        if (!layout.isVersioned()) {
            return look.partition(values).path();
        }
        int last = values.size() - 1;
        return look.partition(values.subList(0, last)).path() + "/" + HivePartitionLayout.VERSION_COLUMN + "="
                + values.get(last);
    }
}
