package io.github.tieredquery.archive;

import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.store.ArchiveJournal;
import io.github.tieredquery.store.ColdStore;
import io.github.tieredquery.store.HotStore;
import io.github.tieredquery.table.Table;

/**
 * What an archiver works on.
 *
 * @param layout bound to the table
 */
record Stores(HotStore hot, ColdStore cold, ArchiveJournal journal, Table table, HivePartitionLayout layout) {}
