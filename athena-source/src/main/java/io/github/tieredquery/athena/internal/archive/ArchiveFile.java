package io.github.tieredquery.athena.internal.archive;

import io.github.tieredquery.athena.aws.AwsAccess;
import io.github.tieredquery.athena.format.FileFormat;
import io.github.tieredquery.athena.internal.aws.AwsFault;
import io.github.tieredquery.athena.internal.s3.S3Location;
import io.github.tieredquery.athena.internal.sql.AthenaColumn;
import io.github.tieredquery.error.ArchiveRefusedException;
import io.github.tieredquery.error.QueryCancelledException;
import io.github.tieredquery.error.QueryTimedOutException;
import io.github.tieredquery.error.SourceUnavailableException;
import io.github.tieredquery.error.TieredQueryException;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.store.ColdFile;
import io.github.tieredquery.store.StoredFile;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.Table;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** A file of the archive: written to the local disk first, then put into S3 as a whole, so that S3 never has half. */
final class ArchiveFile implements ColdFile {

    private static final Logger LOG = LoggerFactory.getLogger(ArchiveFile.class);

    /** Athena's limit on a row. */
    private static final long LONGEST_ROW_BYTES = 32_000_000;

    private static final long MOST_BYTES_OF_A_CHAR = 3;
    private static final int BYTES_OF_A_NUMBER = 8;

    /** In the metadata of a file that may be there once only: tells our own from others'. */
    private static final String WRITTEN_BY = "tieredquery-attempt";

    private static final int PRECONDITION_FAILED = 412;
    private static final int CONFLICT = 409;
    private static final int CONFLICTS = 5;
    private static final Duration FIRST_PAUSE = Duration.ofMillis(200);

    private final AwsAccess aws;
    private final ScanControl control;
    private final Table table;
    private final List<AthenaColumn> columns;
    private final PutObjectRequest request;
    private final Path directory;
    private final Path path;
    private final FileFormat.Writer writer;
    private long rows;

    ArchiveFile(
            AwsAccess aws,
            Table table,
            List<AthenaColumn> columns,
            FileFormat format,
            PutObjectRequest request,
            Path parent,
            ScanControl control) {
        this.control = control;
        this.aws = aws;
        this.table = table;
        this.columns = columns;
        this.request = request;
        List<FileFormat.FileColumn> fileColumns = new ArrayList<>();
        for (AthenaColumn each : columns) {
            fileColumns.add(new FileFormat.FileColumn(
                    each.physicalName(),
                    each.codec().storedType(),
                    each.column().nullable()));
        }
        try {
            this.directory = Files.createTempDirectory(parent, "tieredquery-");
            this.path = directory.resolve("part" + format.suffix());
            this.writer = open(format, directory, path, fileColumns);
        } catch (IOException e) {
            throw new SourceUnavailableException(
                    "writing a file of " + target() + " below " + parent + " failed: " + e.getMessage(), e);
        }
    }

    private static FileFormat.Writer open(
            FileFormat format, Path directory, Path path, List<FileFormat.FileColumn> columns) throws IOException {
        boolean opened = false;
        try {
            FileFormat.Writer writer = format.open(path, columns);
            opened = true;
            return writer;
        } finally {
            if (!opened) {
                delete(directory, path);
            }
        }
    }

    private static void delete(Path directory, Path path) {
        try {
            Files.deleteIfExists(path);
            Files.deleteIfExists(directory);
        } catch (IOException e) {
            LOG.warn("the temporary file {} could not be deleted", path, e);
        }
    }

    @Override
    public void write(Row row) {
        @Nullable Object[] values = new @Nullable Object[columns.size()];
        long most = 0;
        for (int i = 0; i < values.length; i++) {
            AthenaColumn column = columns.get(i);
            Object value = row.value(column.column().name());
            if (value == null && !column.column().nullable()) {
                throw refused(row, column, "it is NULL, and the table says it never is");
            }
            if (value != null) {
                check(row, column, value);
            }
            values[i] = stored(row, column, value);
            most += values[i] instanceof String text ? text.length() * MOST_BYTES_OF_A_CHAR : bytes(values[i]);
        }
        if (most > LONGEST_ROW_BYTES) {
            checkLength(row, values);
        }
        try {
            writer.write(values);
        } catch (IOException e) {
            throw broken(e);
        }
        rows++;
    }

    /** Counts the bytes, which takes time and which few rows need. */
    private void checkLength(Row row, @Nullable Object[] values) {
        long length = 0;
        for (int i = 0; i < values.length; i++) {
            length += bytes(values[i]);
            if (length > LONGEST_ROW_BYTES) {
                throw refused(
                        row,
                        columns.get(i),
                        "the row is longer than the " + LONGEST_ROW_BYTES + " bytes that Athena reads");
            }
        }
    }

    private static long bytes(@Nullable Object value) {
        return value instanceof String text
                ? text.getBytes(StandardCharsets.UTF_8).length
                : value instanceof byte[] bytes ? bytes.length : BYTES_OF_A_NUMBER;
    }

    /** Some databases hold what the column's type doesn't: NUL in a text, say, which no reader of the files expects. */
    private void check(Row row, AthenaColumn column, Object value) {
        try {
            column.column().type().canonical(value);
        } catch (IllegalArgumentException e) {
            throw refused(row, column, e.getMessage());
        }
    }

    private @Nullable Object stored(Row row, AthenaColumn column, @Nullable Object value) {
        try {
            return column.codec().stored(value);
        } catch (IllegalArgumentException e) {
            throw refused(row, column, e.getMessage());
        }
    }

    private ArchiveRefusedException refused(Row row, AthenaColumn column, @Nullable String problem) {
        List<String> key = new ArrayList<>();
        table.orderColumns().forEach(each -> key.add(each + "=" + row.value(each)));
        return new ArchiveRefusedException("table '" + table.name() + "', the row " + key + ", column '"
                + column.column().name() + "': " + problem + ". Change the row; later rows wait for it");
    }

    @Override
    public long bytes() {
        return writer.bytes();
    }

    @Override
    public StoredFile finish() {
        try {
            writer.close();
            long size = Files.size(path);
            put();
            return new StoredFile(target().toString(), rows, size);
        } catch (IOException e) {
            throw broken(e);
        }
    }

    /**
     * Where a file must not be there yet, S3 refuses a put that it has carried out before, when its answer was lost and
     * the SDK sent it again: such a file is ours.
     */
    private void put() {
        String attempt = UUID.randomUUID().toString();
        PutObjectRequest put = request.ifNoneMatch() == null
                ? request
                : request.toBuilder().metadata(Map.of(WRITTEN_BY, attempt)).build();
        for (int conflicts = 1; ; conflicts++) {
            try {
                aws.s3(control).putObject(put, RequestBody.fromFile(path));
                return;
            } catch (S3Exception e) {
                if (e.statusCode() == PRECONDITION_FAILED && isWrittenBy(attempt)) {
                    return;
                }
                // Two puts of one key at a time: S3 says to try again.
                if (e.statusCode() != CONFLICT || conflicts == CONFLICTS) {
                    throw failed(e);
                }
            } catch (QueryTimedOutException | QueryCancelledException e) {
                // The caller's own words say more.
                control.check("putting " + target());
                throw e;
            } catch (SdkException e) {
                control.check("putting " + target());
                throw failed(e);
            }
            control.pause(FIRST_PAUSE.multipliedBy(1L << (conflicts - 1)), "putting " + target() + " again");
        }
    }

    private TieredQueryException failed(SdkException e) {
        return AwsFault.error("putting " + target() + " failed: " + e.getMessage(), e);
    }

    private boolean isWrittenBy(String attempt) {
        try {
            return attempt.equals(aws.s3(control)
                    .headObject(head -> head.bucket(request.bucket())
                            .key(request.key())
                            .expectedBucketOwner(request.expectedBucketOwner()))
                    .metadata()
                    .get(WRITTEN_BY));
        } catch (SdkException e) {
            LOG.warn("{} is there already, and can't be looked at", target(), e);
            return false;
        }
    }

    private SourceUnavailableException broken(IOException e) {
        return new SourceUnavailableException("writing " + path + " for " + target() + " failed: " + e.getMessage(), e);
    }

    private S3Location target() {
        return new S3Location(request.bucket(), request.key());
    }

    @Override
    public void close() {
        try {
            writer.close();
        } catch (IOException e) {
            LOG.debug("closing {} failed; it is dropped", path, e);
        }
        delete(directory, path);
    }
}
