package io.github.tieredquery.athena;

import io.github.tieredquery.athena.aws.AwsAccess;
import io.github.tieredquery.athena.internal.archive.ArchiveView;
import io.github.tieredquery.athena.internal.archive.ArchiveWriter;
import io.github.tieredquery.athena.internal.archive.PartitionRegistration;
import io.github.tieredquery.athena.internal.catalog.Catalog;
import io.github.tieredquery.athena.internal.execution.Pauses;
import io.github.tieredquery.athena.internal.result.AthenaSession;
import io.github.tieredquery.athena.internal.s3.S3Location;
import io.github.tieredquery.athena.internal.sql.AthenaTable;
import io.github.tieredquery.athena.internal.sql.ProjectionProperties;
import io.github.tieredquery.athena.internal.sql.TableDdl;
import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.table.Table;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Builds an {@link AthenaSource} whose table the library's archiver fills: the options that an archive of the library's
 * has, whether it began empty or took over another job's. Not thread-safe.
 *
 * @param <B> the kind of builder, which each option gives back
 */
public abstract sealed class AthenaArchiveBuilder<B extends AthenaArchiveBuilder<B>> extends AthenaSourceBuilder<B>
        permits OwnArchiveBuilder, AdoptedArchiveBuilder {

    private @Nullable S3Location location;
    private Registration registration = Registration.addPartition();
    private Path workDirectory = Path.of(System.getProperty("java.io.tmpdir"));
    private boolean createIfMissing;
    private @Nullable String view;

    AthenaArchiveBuilder(AwsAccess aws, Table table) {
        super(aws, table);
    }

    /**
     * Where the table's files are. Required.
     *
     * @param folder {@code s3://bucket/prefix/}
     * @return this builder
     * @throws IllegalArgumentException if it isn't such a folder
     */
    public B location(String folder) {
        location = S3Location.folder(folder);
        return self();
    }

    /**
     * How Athena gets to know of new partitions. {@link Registration#addPartition} by default.
     *
     * @param way the way
     * @return this builder
     */
    public B registration(Registration way) {
        registration = Objects.requireNonNull(way, "way");
        return self();
    }

    /**
     * Where files are written before they go to S3. The system's temporary directory by default.
     *
     * @param directory a directory with room for one file of the archive for each archiver
     * @return this builder
     */
    public B workDirectory(Path directory) {
        workDirectory = Objects.requireNonNull(directory, "directory");
        return self();
    }

    /**
     * Keeps a view in the table's database for others who query the archive by themselves. No view by default. Not for
     * layouts {@linkplain HivePartitionLayout#withoutVersion() without a version}, whose table others can query.
     *
     * <p>It shows the archived rows that count, with the columns of the {@link Table} under their names in Athena and
     * in Athena's own types, then the partition columns of the layout, and as {@code tq_live_version} the version.
     * Times that stand as texts of a {@link ColumnEncoding#pattern} stay texts. Rows that are still in the hot store
     * aren't in it, and what came late or was erased only shows after the sweep.
     *
     * <p>The archiver replaces it at the end of each run, so it is as the archive was at the end of the last one; where
     * the source has nothing to do with an archiver, this does nothing. A table of that name, or a view that the
     * library hasn't made, is refused when the archiver starts, and left alone.
     *
     * @param viewName the view, in lower case; not the table's name
     * @return this builder
     * @throws IllegalArgumentException if it isn't a name in Athena
     */
    public B view(String viewName) {
        view = checked("view", viewName);
        return self();
    }

    /**
     * Makes the table in Athena when the source is built, if there is none, and adds the nullable columns that were
     * appended to the {@link Table} since. By default a missing table is refused, and so is one without a column.
     *
     * @return this builder
     */
    public B createTableIfMissing() {
        createIfMissing = true;
        return self();
    }

    @Override
    final AthenaSource build(Pauses pauses) {
        return passing(new AthenaSource(this, Map.of(), pauses), source -> {
            if (createIfMissing && !(unchecked && source.archiveTable().exists())) {
                source.prepare(ScanControl.unlimited());
            } else if (!unchecked) {
                source.archiveTable().check();
            }
        });
    }

    @Override
    AthenaTable coldTable(Map<String, String> partitionTypes) {
        check(subject() + ": ", layout());
        return super.coldTable(partitionTypes);
    }

    /** Fails if something required is missing, or options exclude each other. */
    void check(String subject, HivePartitionLayout layout) {
        place();
        if (layout.isReadOnly()) {
            throw new ConfigurationException(subject + "the layout " + layout.describe() + " is one that others write;"
                    + " an archiver writes year=2024/month=01/day=05, each row in the partition of its time. Read the"
                    + " table with AthenaSource.existing(…), or leave unpadded(), dateColumn(…), rowsLateBy(…) and"
                    + " rowsEarlyBy(…) out");
        }
        if (isProjected() && layout.isVersioned()) {
            throw new ConfigurationException(subject
                    + "partition projection can't work versions out; say layout(….withoutVersion()), which promises"
                    + " less, or register partitions with Registration.addPartition()");
        }
        if (view != null && !layout.isVersioned()) {
            throw new ConfigurationException(subject + "a view leaves out versions that don't count, and this table has"
                    + " none; leave out view(…), and let others query the table");
        }
        if (view != null && isTable(view)) {
            throw new ConfigurationException(
                    subject + "the view can't have the table's name " + view + "; say another one with view(…)");
        }
    }

    final boolean isProjected() {
        return registration.way() instanceof PartitionRegistration.Projection;
    }

    /** Whether the name of a view is that of a table that the source has to do with. */
    boolean isTable(String viewName) {
        return viewName.equals(name());
    }

    private S3Location place() {
        if (location == null) {
            throw new ConfigurationException(subject() + ": the source needs the place of its files; say location(…)");
        }
        return location;
    }

    @Override
    ArchiveWriter archive(AthenaTable cold) {
        S3Location place = place();
        Map<String, String> projection = registration.way() instanceof PartitionRegistration.Projection projected
                ? new ProjectionProperties(cold, place, projected.firstYear(), projected.lastYear())
                        .of(projected.values())
                : Map.of();
        TableDdl ddl = new TableDdl(cold, place, projection);
        return new ArchiveWriter(aws, cold, ddl, new ArchiveWriter.Options(registration.way(), bucket, workDirectory));
    }

    @Override
    @Nullable
    ArchiveView view(AthenaTable cold, AthenaSession session, Catalog catalog) {
        return view == null ? null : new ArchiveView(subject(), view, cold, catalog, session, System::nanoTime);
    }
}
