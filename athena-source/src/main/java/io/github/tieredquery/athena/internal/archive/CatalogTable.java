package io.github.tieredquery.athena.internal.archive;

import io.github.tieredquery.athena.internal.adopt.AdoptedArchive;
import io.github.tieredquery.athena.internal.adopt.LegacyStorage;
import io.github.tieredquery.athena.internal.catalog.Catalog;
import io.github.tieredquery.athena.internal.catalog.SchemaCheck;
import io.github.tieredquery.athena.internal.format.TableStorage;
import io.github.tieredquery.athena.internal.result.AthenaSession;
import io.github.tieredquery.athena.internal.sql.AthenaColumn;
import io.github.tieredquery.athena.internal.sql.AthenaTable;
import io.github.tieredquery.athena.internal.sql.TableDdl;
import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.error.TieredQueryException;
import io.github.tieredquery.spi.ScanControl;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.athena.model.TableMetadata;

/** The table as the catalog has it: makes it, compares it with what the source describes, adds columns. Thread-safe. */
public final class CatalogTable {

    private final String source;
    private final AthenaTable cold;
    private final @Nullable TableDdl ddl;
    private final Catalog catalog;
    private final AthenaSession session;
    private final @Nullable TableStorage own;
    private final @Nullable AdoptedArchive foreign;
    /** How the files are written of a table that has taken over another one's; null if none or not known yet. */
    private volatile @Nullable TableStorage like;

    /**
     * A table.
     *
     * @param ddl its statements, null if somebody else fills it
     * @param own how its files are written, null if not by the library or like those that it takes over
     * @param foreign what it takes over, null if nothing
     */
    public CatalogTable(
            String source,
            AthenaTable cold,
            @Nullable TableDdl ddl,
            Catalog catalog,
            AthenaSession session,
            @Nullable TableStorage own,
            @Nullable AdoptedArchive foreign) {
        this.source = source;
        this.cold = cold;
        this.ddl = ddl;
        this.catalog = catalog;
        this.session = session;
        this.own = own;
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
        if (foreign == null) {
            return ddl().createTable(storage());
        }
        LegacyStorage other = foreign.storage();
        return ddl().createLike(other, other.columns());
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
            session.run(createStatement(), control);
            found = find();
        } else if (!appended(found).isEmpty()) {
            addColumns(appended(found), control);
            found = find();
        }
        check(found);
    }

    /** Somebody else may do so at the same time: who comes second fails, and finds the columns there. */
    private void addColumns(List<AthenaColumn> columns, ScanControl control) {
        String statement = ddl().addColumns(columns);
        for (AthenaColumn column : columns) {
            if (column.codec().declaredType().equals("date")) {
                throw new ConfigurationException(source + ": Athena's ALTER TABLE can't add '" + column.physicalName()
                        + "', since it is a date. Add the columns in Glue, at the end of the others, as\n" + statement
                        + "\nwould");
            }
        }
        try {
            session.run(statement, control);
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
        List<AthenaColumn> appended = appended(metadata);
        if (!differences.isEmpty()) {
            throw new ConfigurationException(source + ": the table in Athena isn't the one that the source describes: "
                    + String.join("; ", differences)
                    + (appended.isEmpty()
                            ? ""
                            : ". Build the source with createTableIfMissing(), which adds the columns, or run\n"
                                    + ddl().addColumns(appended)));
        }
        if (foreign != null) {
            like = foreign.storage(source, metadata);
        }
    }

    private List<AthenaColumn> appended(TableMetadata metadata) {
        return ddl == null ? List.of() : SchemaCheck.appended(cold, isPositional(), metadata);
    }

    private boolean isPositional() {
        return own != null && own.isPositional();
    }

    /** How files are written: in the table's own format, or like those of another job that it has taken over. */
    public TableStorage storage() {
        if (own != null) {
            return own;
        }
        if (like == null) {
            check();
        }
        return Objects.requireNonNull(like, "the table was checked");
    }

    /** What the catalog has of the table, null if there is no such table. */
    @Nullable
    public TableMetadata find() {
        return catalog.find(cold.database(), cold.name());
    }
}
