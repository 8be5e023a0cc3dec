package io.github.tieredquery.testkit;

import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.store.HotStore;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.Table;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** How a contract gets hot stores, and how other clients of their databases write. */
public interface HotStores {

    /**
     * A store over a new physical table. Its journal isn't prepared yet.
     *
     * @param journal the journal's name, lower-case letters, digits and {@code _}; stores of one name share a journal
     * @param table the table, whose logical name may be any text
     * @param rows its rows
     * @return the store; the contract closes nothing but what it opens on it
     */
    HotStore create(String journal, Table table, List<Row> rows);

    /**
     * What another process builds over the same physical table and journal.
     *
     * @param store a store from {@link #create}
     * @param table the table as that process is configured
     * @return the other process's store
     */
    HotStore another(HotStore store, Table table);

    /**
     * Somebody appends columns to the physical table.
     *
     * @param store a store from {@link #create}
     * @param table the table with further nullable columns at its end
     */
    void alter(HotStore store, Table table);

    /**
     * What the stores cannot hold; the contracts write no such value.
     *
     * @return nothing by default
     */
    default Set<Awkward> cannotHold() {
        return EnumSet.noneOf(Awkward.class);
    }

    /**
     * Another client inserts rows, which are committed when this returns.
     *
     * @param store a store from {@link #create}
     * @param rows what to insert
     */
    void insert(HotStore store, List<Row> rows);

    /**
     * Another client deletes rows, which is committed when this returns.
     *
     * @param store a store from {@link #create}
     * @param range from inclusive, to exclusive
     */
    void delete(HotStore store, TimeRange range);
}
