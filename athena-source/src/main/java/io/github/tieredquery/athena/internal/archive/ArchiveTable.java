package io.github.tieredquery.athena.internal.archive;

import io.github.tieredquery.athena.internal.adopt.ForeignArchive;
import io.github.tieredquery.athena.internal.catalog.Catalog;
import io.github.tieredquery.athena.internal.catalog.SchemaCheck;
import io.github.tieredquery.athena.internal.result.Statements;
import io.github.tieredquery.athena.internal.sql.ColdColumn;
import io.github.tieredquery.athena.internal.sql.ColdTable;
import io.github.tieredquery.athena.internal.sql.ForeignStorage;
import io.github.tieredquery.athena.internal.sql.TableDdl;
import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.error.TieredQueryException;
import io.github.tieredquery.spi.ScanControl;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.athena.model.TableMetadata;

/** The table as the catalog has it: makes it, compares it with what the source describes, adds columns. Thread-safe. */
public final class ArchiveTable {

    private final String source;
    private final ColdTable cold;
    private final @Nullable TableDdl ddl;
    private final Catalog catalog;
    private final Statements statements;
    private final @Nullable ForeignArchive foreign;
    /** How the files are written of a table that has taken over another one's; null if none or not known yet. */
    private volatile @Nullable ForeignStorage storage;

    /**
     * A table.
     *
     * @param ddl its statements, null if somebody else fills it
     * @param foreign what it takes over, null if nothing
     */
    public ArchiveTable(
            String source,
            ColdTable cold,
            @Nullable TableDdl ddl,
            Catalog catalog,
            Statements statements,
            @Nullable ForeignArchive foreign) {
        this.source = source;
        this.cold = cold;
        this.ddl = ddl;
        this.catalog = catalog;
        this.statements = statements;
        this.foreign = foreign;
    }

    public boolean exists() {
        return find() != null;
    }

    /**
     * What makes it.
     *
     * @throws ConfigurationException if somebody else fills it
     */
    public String createStatement() {
        return foreign == null ? ddl().createTable() : ddl().createLike(foreign.storage());
    }

    private TableDdl ddl() {
        if (ddl == null) {
            throw new ConfigurationException(
                    source + ": somebody else fills this table, so this library has no statement that makes it");
        }
        return ddl;
    }

    /** Makes the table if there is none, and adds the columns that it lacks. */
    public void prepare(ScanControl control) {
        TableMetadata found = find();
        if (found == null) {
            statements.run(createStatement(), control);
            found = find();
        } else if (!appended(found).isEmpty()) {
            addColumns(appended(found), control);
            found = find();
        }
        check(found);
    }

    /** Somebody else may do so at the same time: who comes second fails, and finds the columns there. */
    private void addColumns(List<ColdColumn> columns, ScanControl control) {
        String statement = ddl().addColumns(columns);
        for (ColdColumn column : columns) {
            if (column.codec().declaredType().equals("date")) {
                throw new ConfigurationException(source + ": Athena's ALTER TABLE can't add '" + column.physicalName()
                        + "', since it is a date. Add the columns in Glue, at the end of the others, as\n" + statement
                        + "\nwould");
            }
        }
        try {
            statements.run(statement, control);
        } catch (TieredQueryException e) {
            TableMetadata now = find();
            if (now == null || !appended(now).isEmpty()) {
                throw e;
            }
        }
    }

    /** Compares the table in Athena with the source's. */
    public void check() {
        check(find());
    }

    /** Compares the table, as the catalog has it, with the source's. */
    public void check(@Nullable TableMetadata metadata) {
        if (metadata == null) {
            throw new ConfigurationException(source + ": there is no such table in the catalog " + catalog.name()
                    + (ddl == null
                            ? ". Correct its name in table(…) or the catalog in catalog(…)"
                            : "; make it with createTableIfMissing(), or run\n" + createStatement()));
        }
        List<String> differences = SchemaCheck.differences(cold, metadata);
        if (isPositional()) {
            differences.addAll(SchemaCheck.misplaced(cold, metadata));
        }
        List<ColdColumn> appended = appended(metadata);
        if (!differences.isEmpty()) {
            throw new ConfigurationException(source + ": the table in Athena isn't the one that the source describes: "
                    + String.join("; ", differences)
                    + (appended.isEmpty()
                            ? ""
                            : ". Build the source with createTableIfMissing(), which adds the columns, or run\n"
                                    + ddl().addColumns(appended)));
        }
        if (foreign != null) {
            storage = ForeignStorage.of(source, metadata);
        }
    }

    private List<ColdColumn> appended(TableMetadata metadata) {
        return ddl == null ? List.of() : SchemaCheck.appended(cold, isPositional(), metadata);
    }

    /** Files like another job's are written in the order of its table, whatever the order of the library's. */
    private boolean isPositional() {
        return foreign == null && ddl != null && ddl.isPositional();
    }

    /** How the files of another job are written, which further ones are to be like; null if there is no such job. */
    @Nullable
    public ForeignStorage storage() {
        if (foreign == null) {
            return null;
        }
        if (storage == null) {
            check();
        }
        return Objects.requireNonNull(storage, "the table was checked");
    }

    /** What the catalog has of the table, null if there is no such table. */
    @Nullable
    public TableMetadata find() {
        return catalog.find(cold.database(), cold.name());
    }
}
