package io.github.tieredquery.jdbc.internal.scan;

import io.github.tieredquery.jdbc.internal.dialect.SqlColumn;
import io.github.tieredquery.jdbc.internal.dialect.SqlType;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.partition.HivePartitionPlanner;
import io.github.tieredquery.partition.PartitionLook;
import io.github.tieredquery.query.Filter;
import io.github.tieredquery.spi.Scan;
import io.github.tieredquery.spi.VisibleVersions;
import io.github.tieredquery.table.ColumnType;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The conditions that name the partitions of a scan. The times and versions in them stand in the text as literals: an
 * engine leaves partitions out while it plans, when some don't know the parameters yet. Conditions on the other
 * partition columns, which are columns of the table, come with the filter itself. Immutable and thread-safe.
 */
final class PartitionSql {

    private static final Pattern SAFE = Pattern.compile("[-/._: 0-9A-Za-z%+]+");
    private static final Pattern DIGITS = Pattern.compile("[0-9]+");

    private final @Nullable HivePartitionPlanner planner;
    private final Map<String, SqlColumn> columns;

    private PartitionSql(@Nullable HivePartitionPlanner planner, Map<String, SqlColumn> columns) {
        this.planner = planner;
        this.columns = Map.copyOf(columns);
    }

    /**
     * The conditions for a table.
     *
     * @param time the time column
     * @param columns the partition columns that aren't the table's, by their names
     */
    static PartitionSql of(TableSettings settings, SqlColumn time, Map<String, SqlColumn> columns) {
        HivePartitionLayout layout = settings.layout();
        if (layout == null) {
            return new PartitionSql(null, columns);
        }
        HivePartitionPlanner planner = HivePartitionPlanner.of(settings.table(), layout);
        // What an archiver has written keeps its times as they were; others' times an engine may have rounded.
        boolean coarse = time.secondDigits() < 6 && !layout.isVersioned();
        Duration unit = Duration.of((long) Math.pow(10, 6 - time.secondDigits()), ChronoUnit.MICROS);
        return new PartitionSql(coarse ? planner.timesRoundedTo(unit) : planner, columns);
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
        SqlColumn version = physical(HivePartitionLayout.VERSION_COLUMN);
        String column = version.sql();
        conditions.add(column + " <= " + literal(version, HivePartitionLayout.versionText(versions.ceiling())));
        if (!versions.excluded().isEmpty()) {
            conditions.add(versions.excluded().stream()
                    .map(each -> literal(version, HivePartitionLayout.versionText(each)))
                    .collect(Collectors.joining(", ", column + " NOT IN (", ")")));
        }
    }

    private String times(Filter filter) {
        if (filter instanceof Filter.Comparison comparison) {
            SqlColumn column = physical(comparison.column());
            return column.sql() + " " + comparison.operator().symbol() + " " + literal(column, comparison.value());
        } else if (filter instanceof Filter.In in) {
            SqlColumn column = physical(in.column());
            return in.values().stream()
                    .map(value -> literal(column, value))
                    .collect(Collectors.joining(", ", column.sql() + " IN (", ")"));
        } else if (filter instanceof Filter.And and) {
            return and.filters().stream().map(this::times).collect(Collectors.joining(" AND ", "(", ")"));
        } else if (filter instanceof Filter.Or or) {
            return or.filters().stream().map(this::times).collect(Collectors.joining(" OR ", "(", ")"));
        } else if (filter instanceof Filter.None) {
            return "1 = 0";
        }
        throw new IllegalStateException("a condition on time partitions isn't made of " + filter);
    }

    private SqlColumn physical(String column) {
        SqlColumn physical = columns.get(column);
        if (physical == null) {
            throw new IllegalStateException("no partition column '" + column + "' among " + columns.keySet());
        }
        return physical;
    }

    /**
     * The conditions that tell a partition which isn't one of the layout's; to be joined with OR.
     *
     * @param ofTable the table's own columns that are partition columns, by name
     */
    List<String> signs(PartitionLook look, Function<String, SqlColumn> ofTable) {
        List<String> conditions = new ArrayList<>();
        for (PartitionLook.Sign sign : look.signs()) {
            SqlColumn own = columns.get(sign.column());
            SqlColumn column = own == null ? ofTable.apply(sign.column()) : own;
            boolean isText = column.type() == SqlType.TEXT;
            List<String> texts =
                    sign.texts().stream().map(text -> literal(column, text)).toList();
            switch (sign.test()) {
                case NOT_IN -> {
                    if (isText || own != null) {
                        conditions.add(column.sql() + " NOT IN (" + String.join(", ", texts) + ")");
                    }
                }
                case NULL -> conditions.add(column.sql() + " IS NULL");
                case NOT_LIKE, LIKE -> {
                    String word = sign.test() == PartitionLook.Test.LIKE ? " LIKE " : " NOT LIKE ";
                    if (isText) {
                        texts.forEach(text -> conditions.add(column.sql() + word + text));
                    }
                }
            }
        }
        return conditions;
    }

    /** A literal of the column's type that needs no escaping, since it is checked to be what layouts consist of. */
    private static String literal(SqlColumn column, Object value) {
        if (!(value instanceof String text) || !SAFE.matcher(text).matches()) {
            throw new IllegalStateException("a partition's time or version isn't written " + value);
        }
        if (column.type().holds(ColumnType.Kind.INT64) && DIGITS.matcher(text).matches()) {
            return Long.toString(Long.parseLong(text));
        }
        return (column.type() == SqlType.DATE ? "DATE " : "") + "'" + text + "'";
    }
}
