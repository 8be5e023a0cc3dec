package io.github.tieredquery.athenalocal.internal.hive;

import io.github.tieredquery.athenalocal.internal.catalog.Column;
import io.github.tieredquery.athenalocal.internal.catalog.Storage;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A statement of Hive's grammar. A null database is the session's. */
public sealed interface HiveStatement {

    /** A table's name. */
    record Name(@Nullable String database, String table) {
        public String in(String session) {
            return database == null ? session : database;
        }
    }

    /** A partition of an ALTER TABLE; a null location is the Hive-style one under the table's. */
    record Spec(Map<String, String> values, @Nullable String location) {}

    record CreateDatabase(String name, boolean ifNotExists) implements HiveStatement {}

    record DropDatabase(String name, boolean ifExists, boolean cascade) implements HiveStatement {}

    record CreateTable(
            Name name,
            boolean ifNotExists,
            List<Column> columns,
            List<Column> partitionKeys,
            Storage storage,
            String location,
            Map<String, String> properties)
            implements HiveStatement {}

    record DropTable(Name name, boolean ifExists) implements HiveStatement {}

    record AddPartitions(Name name, boolean ifNotExists, List<Spec> partitions) implements HiveStatement {}

    record DropPartitions(Name name, boolean ifExists, List<Map<String, String>> partitions) implements HiveStatement {}

    record AddColumns(Name name, List<Column> columns) implements HiveStatement {}

    record Repair(Name name) implements HiveStatement {}

    record ShowPartitions(Name name) implements HiveStatement {}

    record ShowTables(@Nullable String database, @Nullable String pattern) implements HiveStatement {}

    record ShowDatabases() implements HiveStatement {}

    record ShowCreateTable(Name name) implements HiveStatement {}

    record Describe(Name name) implements HiveStatement {}

    /** The type and subtype that GetQueryExecution tells. */
    default List<String> kinds() {
        if (this instanceof CreateDatabase) {
            return List.of("DDL", "CREATE_DATABASE");
        }
        if (this instanceof DropDatabase) {
            return List.of("DDL", "DROP_DATABASE");
        }
        if (this instanceof CreateTable) {
            return List.of("DDL", "CREATE_TABLE");
        }
        if (this instanceof DropTable) {
            return List.of("DDL", "DROP_TABLE");
        }
        if (this instanceof AddPartitions) {
            return List.of("DDL", "ALTER_TABLE_ADD_PARTITION");
        }
        if (this instanceof DropPartitions) {
            return List.of("DDL", "ALTER_TABLE_DROP_PARTITION");
        }
        if (this instanceof AddColumns) {
            return List.of("DDL", "ALTER_TABLE_ADD_COLUMNS");
        }
        if (this instanceof Repair) {
            return List.of("DDL", "MSCK_REPAIR");
        }
        if (this instanceof ShowPartitions) {
            return List.of("UTILITY", "SHOW_PARTITIONS");
        }
        if (this instanceof ShowTables) {
            return List.of("UTILITY", "SHOW_TABLES");
        }
        if (this instanceof ShowDatabases) {
            return List.of("UTILITY", "SHOW_DATABASES");
        }
        return this instanceof Describe
                ? List.of("UTILITY", "DESCRIBE_TABLE")
                : List.of("UTILITY", "SHOW_CREATE_TABLE");
    }

    /** What SHOW and DESCRIBE answer with, or nothing for DDL. */
    default List<String> resultColumns() {
        if (this instanceof ShowPartitions) {
            return List.of("partition");
        }
        if (this instanceof ShowTables) {
            return List.of("tab_name");
        }
        if (this instanceof ShowDatabases) {
            return List.of("database_name");
        }
        if (this instanceof Describe) {
            return List.of("col_name", "data_type", "comment");
        }
        return this instanceof ShowCreateTable ? List.of("createtab_stmt") : List.of();
    }
}
