package io.github.tieredquery.athena;

import io.github.tieredquery.athena.aws.AwsAccess;
import io.github.tieredquery.athena.internal.adopt.AdoptedArchive;
import io.github.tieredquery.athena.internal.archive.ArchiveWriter;
import io.github.tieredquery.athena.internal.catalog.Catalog;
import io.github.tieredquery.athena.internal.codec.Codec;
import io.github.tieredquery.athena.internal.result.AthenaSession;
import io.github.tieredquery.athena.internal.sql.AthenaTable;
import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.table.Column;
import io.github.tieredquery.table.Table;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * Builds an {@link AthenaSource} over an archive of the library's that takes over what another job has filled.
 * {@link AthenaSource#adopting} starts it. Not thread-safe.
 */
public final class AdoptedArchiveBuilder extends AthenaArchiveBuilder<AdoptedArchiveBuilder> {

    private final String adoptedDatabase;
    private final String adoptedName;
    private final Map<String, ColumnEncoding> encodings = new LinkedHashMap<>();

    AdoptedArchiveBuilder(AwsAccess aws, Table table, String adoptedDatabase, String adoptedName) {
        super(aws, table);
        this.adoptedDatabase = checked("database", adoptedDatabase);
        this.adoptedName = checked("table", adoptedName);
    }

    /**
     * Maps a column to another name and encoding. Columns are of Athena's own types by default.
     *
     * @param column the logical column
     * @param coldName its name in Athena, in lower case
     * @param encoding how its values stand there
     * @return this builder
     * @throws IllegalArgumentException if the table has no such column, or if the name isn't one in Athena
     */
    public AdoptedArchiveBuilder column(String column, String coldName, ColumnEncoding encoding) {
        encodings.put(column, Objects.requireNonNull(encoding, "encoding"));
        return column(column, coldName);
    }

    @Override
    Codec codec(String subject, Column column) {
        return encodings.getOrDefault(column.name(), ColumnEncoding.natively()).codec(subject, column);
    }

    @Override
    void check(String subject, HivePartitionLayout layout) {
        if (!layout.isVersioned()) {
            throw new ConfigurationException(subject + "a table that takes over the files of another one is written"
                    + " under versions; leave out withoutVersion()");
        }
        if (adoptedDatabase.equals(database()) && adoptedName.equals(name())) {
            throw new ConfigurationException(
                    subject + "the table can't take over itself; name a new one with table(…)");
        }
        if (isProjected()) {
            throw new ConfigurationException(subject + "partition projection can't work versions out, and a table that"
                    + " takes over the files of another one has them; register partitions with"
                    + " Registration.addPartition()");
        }
        super.check(subject, layout);
    }

    @Override
    boolean isTable(String viewName) {
        return super.isTable(viewName) || (viewName.equals(adoptedName) && adoptedDatabase.equals(database()));
    }

    @Override
    AdoptedArchive foreignArchive(ArchiveWriter archive, AthenaTable cold, AthenaSession session, Catalog catalog) {
        AthenaTable adopted = coldTable(adoptedDatabase, adoptedName, layout().withoutVersion(), Map.of());
        return new AdoptedArchive(
                adopted, cold.layout(), archive.ddl().location(), FileFormatKind.typed(), session, catalog);
    }
}
