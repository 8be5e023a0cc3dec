package io.github.tieredquery.jdbc.internal.scan;

import io.github.tieredquery.jdbc.internal.dialect.InfiniteTimes;
import io.github.tieredquery.jdbc.internal.dialect.LocalTimes;
import io.github.tieredquery.jdbc.internal.dialect.Relation;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.table.Table;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the developer says of a table in a database. Immutable.
 *
 * @param table the logical table
 * @param relation where its rows are
 * @param names the database's names of columns that have another one, by the table's names
 * @param excluded the database's names of columns that aren't archived
 * @param localTimes how local times stand for instants
 * @param infiniteTimes what infinite times stand for, null if they are refused
 * @param layout how the rows are spread over partitions, null if they aren't
 * @param fetchSize how many rows the driver fetches at a time
 */
public record TableSettings(
        Table table,
        Relation relation,
        Map<String, String> names,
        Set<String> excluded,
        LocalTimes localTimes,
        @Nullable InfiniteTimes infiniteTimes,
        @Nullable HivePartitionLayout layout,
        int fetchSize) {

    /** Copies the collections. */
    public TableSettings {
        names = Map.copyOf(names);
        excluded = Set.copyOf(excluded);
    }

    /** The table in messages: its name in the database or, for an expression, its logical name. */
    String label() {
        return relation.isTable() ? String.join(".", relation.parts()) : table.name();
    }
}
