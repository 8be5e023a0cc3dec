package io.github.tieredquery.testkit;

import io.github.tieredquery.table.ColumnType;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.Table;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A small table for tests of what stands above the stores. */
public final class Flights {

    /** Time, key, a column to partition by and one that can be null. */
    public static final Table TABLE = Table.builder("flights")
            .time("departed_at")
            .key("id", ColumnType.INT64)
            .required("origin", ColumnType.STRING)
            .column("delay", ColumnType.INT32)
            .build();

    private Flights() {}

    /**
     * A row.
     *
     * @param departedAt the time, in whole microseconds
     * @param id the key
     * @param origin the origin
     * @param delay the delay
     * @return the row
     */
    public static Row flight(Instant departedAt, long id, String origin, @Nullable Integer delay) {
        return ContractRows.row(TABLE.rowType(), departedAt, id, origin, delay);
    }

    /**
     * A row.
     *
     * @param departedAt the time as ISO text
     * @param id the key
     * @param origin the origin
     * @param delay the delay
     * @return the row
     */
    public static Row flight(String departedAt, long id, String origin, @Nullable Integer delay) {
        return flight(Instant.parse(departedAt), id, origin, delay);
    }
}
