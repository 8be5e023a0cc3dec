package io.github.tieredquery.athena;

import io.github.tieredquery.athena.aws.AwsAccess;
import io.github.tieredquery.athena.internal.catalog.SchemaCheck;
import io.github.tieredquery.athena.internal.codec.Codec;
import io.github.tieredquery.athena.internal.codec.PartitionCodec;
import io.github.tieredquery.athena.internal.execution.AthenaCalls;
import io.github.tieredquery.athena.internal.execution.Pauses;
import io.github.tieredquery.athena.internal.sql.AthenaTable;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.partition.HivePartitionPlanner;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.table.Column;
import io.github.tieredquery.table.Table;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import software.amazon.awssdk.services.athena.model.TableMetadata;

/**
 * Builds an {@link AthenaSource} over a table that somebody else fills. {@link AthenaSource#existing} starts it. Not
 * thread-safe.
 */
public final class ExistingTableBuilder extends AthenaSourceBuilder<ExistingTableBuilder> {

    private final Map<String, ColumnEncoding> encodings = new LinkedHashMap<>();
    private final Map<String, String> partitionTypes = new LinkedHashMap<>();

    ExistingTableBuilder(AwsAccess aws, Table table) {
        super(aws, table);
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
    public ExistingTableBuilder column(String column, String coldName, ColumnEncoding encoding) {
        encodings.put(column, Objects.requireNonNull(encoding, "encoding"));
        return column(column, coldName);
    }

    /**
     * The type of a partition column. As the catalog says by default; needed only {@link #withoutSchemaCheck}, where it
     * is {@code string} by default.
     *
     * @param partitionColumn its name in Athena
     * @param type {@code string}, {@code int}, {@code bigint}, {@code date} and so on, as in DDL
     * @return this builder
     * @throws IllegalArgumentException if the name isn't one in Athena
     */
    public ExistingTableBuilder partitionType(String partitionColumn, String type) {
        String declared = type.toLowerCase(Locale.ROOT).replace(" ", "");
        if (!PartitionCodec.isText(declared)) {
            partitionTypes.put(checked("column", partitionColumn), declared);
        }
        return this;
    }

    @Override
    AthenaSource build(Pauses pauses) {
        AthenaTable described = coldTable(partitionTypes);
        if (unchecked) {
            return new AthenaSource(this, partitionTypes, pauses);
        }
        AthenaCalls calls = new AthenaCalls(aws, pauses, throttleLimit());
        TableMetadata found = catalog(calls).find(described.database(), described.name());
        Map<String, String> types = found == null ? partitionTypes : SchemaCheck.partitionTypes(found);
        return passing(new AthenaSource(this, types, pauses), source -> {
            source.archiveTable().check(found);
            source.lookAtPartitions(
                    Objects.requireNonNull(found, "a missing table is refused"), ScanControl.unlimited());
        });
    }

    @Override
    HivePartitionLayout layout() {
        return super.layout().withoutVersion();
    }

    @Override
    Codec codec(String subject, Column column) {
        return encodings.getOrDefault(column.name(), ColumnEncoding.natively()).codec(subject, column);
    }

    /** Another job's times may be finer than those that are read, and have sorted its rows into partitions. */
    @Override
    HivePartitionPlanner planner(HivePartitionPlanner planner, Codec time) {
        return time.sorted(planner);
    }
}
