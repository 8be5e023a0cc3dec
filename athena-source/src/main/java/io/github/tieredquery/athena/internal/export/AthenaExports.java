package io.github.tieredquery.athena.internal.export;

import io.github.tieredquery.athena.aws.AwsAccess;
import io.github.tieredquery.athena.internal.execution.Execution;
import io.github.tieredquery.athena.internal.execution.ExecutionFailure;
import io.github.tieredquery.athena.internal.execution.StatementRunner;
import io.github.tieredquery.athena.internal.s3.S3Calls;
import io.github.tieredquery.athena.internal.s3.S3Location;
import io.github.tieredquery.athena.internal.sql.AthenaTable;
import io.github.tieredquery.athena.internal.sql.ExportSql;
import io.github.tieredquery.export.ExportScan;
import io.github.tieredquery.export.ExportSource;
import io.github.tieredquery.export.StoredObject;
import io.github.tieredquery.spi.ScanControl;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.athena.model.QueryExecution;
import software.amazon.awssdk.services.athena.model.QueryExecutionState;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;

/** Statements that run on by themselves and whose result files are moved by S3. Thread-safe. */
public final class AthenaExports {

    private final AwsAccess aws;
    private final String source;
    private final ExportSql sql;
    private final StatementRunner runner;
    private final S3Calls s3;

    public AthenaExports(AwsAccess aws, String source, AthenaTable cold, StatementRunner runner) {
        this.aws = aws;
        this.source = source;
        this.sql = new ExportSql(source, cold);
        this.runner = runner;
        this.s3 = new S3Calls(aws);
    }

    public Optional<String> statement(ExportScan scan) {
        return sql.statement(scan);
    }

    public ExportSource.Progress lookAt(String executionId, ScanControl control) {
        QueryExecution execution = runner.look(executionId, control);
        long bytesScanned = StatementRunner.bytesScanned(execution);
        QueryExecutionState state = execution.status().state();
        if (state == QueryExecutionState.SUCCEEDED) {
            String output = output(execution);
            if (output == null) {
                return new ExportSource.Progress(ExportSource.State.SUCCEEDED, null, null, bytesScanned);
            }
            HeadObjectResponse head = head(output, control);
            Instant ended = execution.status().completionDateTime();
            if (Execution.isLaterThan(ended, head.lastModified())) {
                return new ExportSource.Progress(
                        ExportSource.State.FAILED_RETRYABLE,
                        source + ": " + output + " was written at " + head.lastModified()
                                + ", after the query had ended"
                                + " at " + ended + ", so it isn't the query's result. Nothing but Athena should write"
                                + " there",
                        null,
                        bytesScanned);
            }
            return new ExportSource.Progress(
                    ExportSource.State.SUCCEEDED,
                    null,
                    new StoredObject(output, head.contentLength(), head.eTag()),
                    bytesScanned);
        }
        if (state != QueryExecutionState.FAILED && state != QueryExecutionState.CANCELLED) {
            return new ExportSource.Progress(ExportSource.State.RUNNING, null, null, bytesScanned);
        }
        return new ExportSource.Progress(
                ExecutionFailure.isRetryable(execution)
                        ? ExportSource.State.FAILED_RETRYABLE
                        : ExportSource.State.FAILED,
                ExecutionFailure.of(source, execution, 1).getMessage(),
                null,
                bytesScanned);
    }

    /** What an UNLOAD has is a list of its files. */
    private static @Nullable String output(QueryExecution execution) {
        String manifest =
                execution.statistics() == null ? null : execution.statistics().dataManifestLocation();
        if (manifest != null) {
            return manifest;
        }
        return execution.resultConfiguration() == null
                ? null
                : execution.resultConfiguration().outputLocation();
    }

    private HeadObjectResponse head(String output, ScanControl control) {
        S3Location location = S3Location.parse(output);
        return s3.call(
                "looking at the result " + output + " of " + source,
                control,
                () -> aws.s3(control)
                        .headObject(request -> request.bucket(location.bucket()).key(location.key())));
    }

    public void stop(String executionId, ScanControl control) {
        runner.stop(executionId, control);
    }
}
