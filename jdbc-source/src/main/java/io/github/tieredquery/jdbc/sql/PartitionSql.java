package io.github.tieredquery.jdbc.sql;

import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.partition.HivePartitionPlanner;
import io.github.tieredquery.query.Filter;
import io.github.tieredquery.spi.Scan;
import io.github.tieredquery.spi.VisibleVersions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The conditions that name the partitions of a scan. The times and versions in them are digits and stand in the text as
 * literals: an engine leaves partitions out while it plans, when some don't know the parameters yet. Conditions on the
 * other partition columns, which are columns of the table, come with the filter itself. Immutable and thread-safe.
 */
final class PartitionSql {

    private final @Nullable HivePartitionPlanner planner;
    private final Map<String, SqlColumn> columns;

    private PartitionSql(@Nullable HivePartitionPlanner planner, Map<String, SqlColumn> columns) {
        this.planner = planner;
        this.columns = Map.copyOf(columns);
    }

    static PartitionSql of(TableSettings settings, Map<String, SqlColumn> columns) {
        return new PartitionSql(
                settings.layout() == null ? null : HivePartitionPlanner.of(settings.table(), settings.layout()),
                columns);
    }

    /** Conditions to be joined with AND. */
    List<String> conditions(Scan scan) {
        List<String> conditions = new ArrayList<>();
        if (planner != null) {
            Filter times = planner.predicate(scan.range(), Filter.all());
            if (!(times instanceof Filter.All)) {
                conditions.add(times(times));
            }
            if (planner.layout().isVersioned()) {
                scan.versions().ifPresent(versions -> versions(versions, conditions));
            }
        }
        return conditions;
    }

    /** What a partition column is read as: null if it is one of the table's own. */
    @Nullable
    SqlColumn column(String name) {
        return columns.get(name);
    }

    private void versions(VisibleVersions versions, List<String> conditions) {
        String column = sql(HivePartitionLayout.VERSION_COLUMN);
        conditions.add(column + " <= " + digits(HivePartitionLayout.versionText(versions.ceiling())));
        if (!versions.excluded().isEmpty()) {
            conditions.add(versions.excluded().stream()
                    .map(version -> digits(HivePartitionLayout.versionText(version)))
                    .collect(Collectors.joining(", ", column + " NOT IN (", ")")));
        }
    }

    private String times(Filter filter) {
        if (filter instanceof Filter.Comparison comparison) {
            return sql(comparison.column()) + " " + comparison.operator().symbol() + " " + digits(comparison.value());
        } else if (filter instanceof Filter.And and) {
            return and.filters().stream().map(this::times).collect(Collectors.joining(" AND ", "(", ")"));
        } else if (filter instanceof Filter.Or or) {
            return or.filters().stream().map(this::times).collect(Collectors.joining(" OR ", "(", ")"));
        } else if (filter instanceof Filter.None) {
            return "1 = 0";
        }
        throw new IllegalStateException("a condition on time partitions isn't made of " + filter);
    }

    private String sql(String column) {
        SqlColumn physical = columns.get(column);
        if (physical == null) {
            throw new IllegalStateException("no partition column '" + column + "' among " + columns.keySet());
        }
        return physical.sql();
    }

    /** A literal that needs no escaping, since it is checked to be digits. */
    private static String digits(Object text) {
        if (!(text instanceof String digits) || !digits.matches("[0-9]+")) {
            throw new IllegalStateException("a partition's time or version is digits, not " + text);
        }
        return "'" + digits + "'";
    }
}
