package io.github.tieredquery.athena.internal.result;

import io.github.tieredquery.athena.aws.AwsAccess;
import io.github.tieredquery.athena.internal.aws.AwsErrors;
import io.github.tieredquery.athena.internal.aws.AwsFault;
import io.github.tieredquery.athena.internal.codec.Codec;
import io.github.tieredquery.athena.internal.codec.TextCodec;
import io.github.tieredquery.athena.internal.execution.AthenaCalls;
import io.github.tieredquery.athena.internal.execution.Execution;
import io.github.tieredquery.athena.internal.result.ResultObject.ReplacedResultException;
import io.github.tieredquery.athena.internal.s3.S3Location;
import io.github.tieredquery.error.SourceUnavailableException;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.table.ColumnType;
import java.util.List;
import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** Opens results: from S3 where they are, else by GetQueryResults. Thread-safe. */
public final class ResultReader {

    private static final Logger LOG = LoggerFactory.getLogger(ResultReader.class);
    private static final int BUFFER_BYTES = 64 << 10;

    private final AwsAccess aws;
    private final AthenaCalls calls;
    private final ReadOptions options;
    private final ExecutorService executor;

    ResultReader(AwsAccess aws, AthenaCalls calls, ReadOptions options, ExecutorService executor) {
        this.aws = aws;
        this.calls = calls;
        this.options = options;
        this.executor = executor;
    }

    /**
     * How results are read.
     *
     * @param bucketOwner the account that must own the result's bucket, null to take any
     * @param pagesOnly whether S3 isn't asked
     * @param partBytes how much of a big result one request reads
     * @param partsAhead how many such requests run ahead of the reader
     */
    public record ReadOptions(@Nullable String bucketOwner, boolean pagesOnly, int partBytes, int partsAhead) {}

    /** Opens a result, past its header. */
    ResultRows open(Execution execution, List<String> names, String what, ScanControl control) {
        ResultRows rows = rows(execution, names.size(), control, what);
        try {
            checkHeader(rows, names, what);
            return rows;
        } catch (RuntimeException e) {
            rows.close();
            throw e;
        }
    }

    /**
     * Opens a result file at a row, null if it can't be read there any more: by one request, if what is left is small.
     */
    @Nullable
    ResultRows resume(Execution execution, int columns, long offset, String what, ScanControl control) {
        String output = execution.outputLocation();
        if (options.pagesOnly() || output == null) {
            return null;
        }
        ResultObject object = object(execution, output, control, what);
        try {
            ResultStream stream = new ResultStream(
                    object, offset, executor, control, options.partBytes(), options.partsAhead(), what);
            return new ResultCsv(stream, offset, columns, BUFFER_BYTES, what);
        } catch (S3Exception e) {
            object.close();
            LOG.debug("{}: {} can't be read at byte {}: {}", what, output, offset, AwsErrors.code(e));
            return null;
        } catch (ReplacedResultException e) {
            object.close();
            LOG.warn("{}", e.getMessage());
            return null;
        } catch (SdkException e) {
            object.close();
            throw AwsFault.error(what + ": reading " + output + " failed: " + e.getMessage(), e);
        }
    }

    private ResultObject object(Execution execution, String output, ScanControl control, String what) {
        return new ResultObject(aws, S3Location.parse(output), options.bucketOwner(), execution.ended(), control, what);
    }

    private ResultRows rows(Execution execution, int columns, ScanControl control, String what) {
        if (options.pagesOnly()) {
            return paged(execution, control, what);
        }
        String output = execution.outputLocation();
        if (output == null) {
            LOG.info(
                    "{}: the workgroup keeps results to itself, reading by GetQueryResults, a thousand rows a call",
                    what);
            return paged(execution, control, what);
        }
        ResultObject object = object(execution, output, control, what);
        try {
            ResultStream stream =
                    new ResultStream(object, 0, executor, control, options.partBytes(), options.partsAhead(), what);
            return new ResultCsv(stream, 0, columns, BUFFER_BYTES, what);
        } catch (S3Exception e) {
            object.close();
            if (e.statusCode() == 403) {
                LOG.warn(
                        "{}: S3 refuses to read {} ({}), reading by GetQueryResults, a thousand rows a call. Allow"
                                + " s3:GetObject there, or choose it with AthenaResults.byApi()",
                        what,
                        output,
                        AwsErrors.code(e));
                return paged(execution, control, what);
            }
            throw failed(what, output, e);
        } catch (SdkException e) {
            object.close();
            throw AwsFault.error(what + ": reading " + output + " failed: " + e.getMessage(), e);
        } catch (ReplacedResultException e) {
            object.close();
            throw e;
        }
    }

    private RuntimeException failed(String what, String output, S3Exception e) {
        String message = what + ": reading " + output + " failed: " + AwsErrors.code(e) + ": " + AwsErrors.message(e);
        return AwsFault.error(message, e);
    }

    private ResultRows paged(Execution execution, ScanControl control, String what) {
        return new PagedRows(aws, calls, execution.id(), control, what);
    }

    private static void checkHeader(ResultRows rows, List<String> names, String what) {
        Codec text = TextCodec.plain(ColumnType.STRING);
        if (!rows.next()) {
            throw new SourceUnavailableException(what + ": the result has no header");
        }
        for (int i = 0; i < names.size(); i++) {
            if (!names.get(i).equals(rows.value(i, text))) {
                throw new SourceUnavailableException(what + ": the result's column " + (i + 1) + " isn't '"
                        + names.get(i) + "': it isn't this query's");
            }
        }
    }
}
