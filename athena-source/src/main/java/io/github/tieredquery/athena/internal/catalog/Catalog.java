package io.github.tieredquery.athena.internal.catalog;

import io.github.tieredquery.athena.aws.AwsAccess;
import io.github.tieredquery.athena.internal.aws.AwsErrors;
import io.github.tieredquery.athena.internal.execution.AthenaCalls;
import io.github.tieredquery.spi.ScanControl;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.athena.model.MetadataException;
import software.amazon.awssdk.services.athena.model.TableMetadata;

/**
 * The catalog that a source's tables are in. Immutable and thread-safe.
 *
 * @param source the source's name, for messages
 * @param name the catalog's name
 * @param workGroup null for Athena's default
 */
public record Catalog(
        AwsAccess aws,
        AthenaCalls calls,
        String source,
        String name,
        @Nullable String workGroup) {

    /** What the catalog has of a table, null if there is no such table. */
    @Nullable
    public TableMetadata find(String database, String table) {
        String what = "looking at the table " + database + "." + table + " for " + source;
        return calls.call(ScanControl.unlimited(), what, () -> {
            try {
                return aws.athena(ScanControl.unlimited())
                        .getTableMetadata(request -> request.catalogName(name)
                                .databaseName(database)
                                .tableName(table)
                                .workGroup(workGroup))
                        .tableMetadata();
            } catch (MetadataException e) {
                if (AwsErrors.message(e).contains("EntityNotFound")
                        || AwsErrors.message(e).contains("not found")) {
                    return null;
                }
                throw e;
            }
        });
    }
}
