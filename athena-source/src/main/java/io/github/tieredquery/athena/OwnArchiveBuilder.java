package io.github.tieredquery.athena;

import io.github.tieredquery.athena.aws.AwsAccess;
import io.github.tieredquery.athena.internal.codec.Codec;
import io.github.tieredquery.athena.internal.format.TableStorage;
import io.github.tieredquery.table.Column;
import io.github.tieredquery.table.Table;
import java.util.Objects;

/**
 * Builds an {@link AthenaSource} over an archive that the library's archiver fills from its first row on. The encoding
 * of each column follows from the format. {@link AthenaSource#archive} starts it. Not thread-safe.
 */
public final class OwnArchiveBuilder extends AthenaArchiveBuilder<OwnArchiveBuilder> {

    private FileFormatKind form = FileFormatKind.CSV;

    OwnArchiveBuilder(AwsAccess aws, Table table) {
        super(aws, table);
    }

    /**
     * The form of the table's files. {@link FileFormatKind#CSV} by default. Writing another one needs its module on the
     * class path; reading needs none.
     *
     * @param format the form
     * @return this builder
     */
    public OwnArchiveBuilder format(FileFormatKind format) {
        form = Objects.requireNonNull(format, "format");
        return this;
    }

    @Override
    TableStorage storage() {
        return form.storage();
    }

    @Override
    Codec codec(String subject, Column column) {
        return form.storage().codec(column);
    }
}
