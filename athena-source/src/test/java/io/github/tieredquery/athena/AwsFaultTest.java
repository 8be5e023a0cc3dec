package io.github.tieredquery.athena;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.github.tieredquery.TieredQuery;
import io.github.tieredquery.athena.aws.AwsAccess;
import io.github.tieredquery.athena.export.S3ExportStore;
import io.github.tieredquery.athena.internal.aws.AwsFault;
import io.github.tieredquery.athena.internal.execution.AthenaFault;
import io.github.tieredquery.athena.internal.execution.ExecutionFailure;
import io.github.tieredquery.athena.internal.s3.S3Calls;
import io.github.tieredquery.athenalocal.AthenaLocal;
import io.github.tieredquery.error.BadDataException;
import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.error.SourceUnavailableException;
import io.github.tieredquery.error.ThrottledException;
import io.github.tieredquery.error.TieredQueryException;
import io.github.tieredquery.export.Exporter;
import io.github.tieredquery.spi.ScanControl;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.athena.model.AthenaError;
import software.amazon.awssdk.services.athena.model.QueryExecution;
import software.amazon.awssdk.services.athena.model.QueryExecutionState;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** The tables of what AWS's errors are for a caller, in the code and in the guide. */
class AwsFaultTest {

    static Stream<Arguments> calls() {
        return Stream.of(
                arguments("NoSuchBucket", 404, ConfigurationException.class),
                arguments("PermanentRedirect", 301, ConfigurationException.class),
                arguments("AccessDenied", 403, ConfigurationException.class),
                arguments("", 403, ConfigurationException.class),
                arguments("InvalidAccessKeyId", 403, ConfigurationException.class),
                arguments("NoSuchKey", 404, SourceUnavailableException.class),
                arguments("", 404, SourceUnavailableException.class),
                arguments("InternalError", 500, SourceUnavailableException.class),
                arguments("SlowDown", 503, SourceUnavailableException.class));
    }

    @ParameterizedTest
    @MethodSource("calls")
    void a_call_of_s3_that_is_not_repeated_has_one_error(
            String code, int status, Class<? extends TieredQueryException> error) {
        S3Exception said = (S3Exception) S3Exception.builder()
                .awsErrorDetails(AwsErrorDetails.builder()
                        .errorCode(code)
                        .errorMessage("words")
                        .build())
                .statusCode(status)
                .build();
        assertThat(AwsFault.error("putting x", said)).isExactlyInstanceOf(error).hasCause(said);
    }

    /** S3's status is that of a missing right. */
    @ParameterizedTest
    @CsvSource({
        "RequestTimeTooSkewed, The difference between the request time and the current time is too large.",
        "RequestExpired, Request has expired.",
        "SignatureDoesNotMatch, Signature expired: 20240101T000000Z is now earlier than 20240101T010000Z",
        "InvalidSignatureException, Signature not yet current: 20240101T020000Z is still later than 20240101T010000Z"
    })
    void a_clock_that_is_wrong_is_to_be_set_and_no_right_is_missing(String code, String message) {
        S3Exception said = (S3Exception) S3Exception.builder()
                .awsErrorDetails(AwsErrorDetails.builder()
                        .errorCode(code)
                        .errorMessage(message)
                        .build())
                .statusCode(403)
                .build();
        assertThat(AwsFault.error("putting x", said))
                .isExactlyInstanceOf(ConfigurationException.class)
                .hasMessage("putting x. Set this machine's clock");
    }

    @Test
    void missing_credentials_are_a_matter_of_configuration_and_a_lost_connection_is_not() {
        assertThat(AwsFault.error(
                        "putting x",
                        SdkClientException.create("Unable to load credentials from any of the providers in the chain")))
                .isExactlyInstanceOf(ConfigurationException.class)
                .hasMessage("putting x. Give credentials to AwsAccess, or set up the SDK's default chain");
        assertThat(AwsFault.error("putting x", SdkClientException.create("Connection reset")))
                .isExactlyInstanceOf(SourceUnavailableException.class);
    }

    static Stream<Arguments> executions() {
        return Stream.of(
                arguments(1400, "GENERIC_INTERNAL_ERROR: x", ThrottledException.class),
                arguments(1501, "x", ConfigurationException.class),
                arguments(-1, "PERMISSION_DENIED: x", ConfigurationException.class),
                arguments(-1, "COLUMN_NOT_FOUND: x", ConfigurationException.class),
                arguments(1301, "FAILED: SemanticException Database does not exist", ConfigurationException.class),
                arguments(1306, "x", ConfigurationException.class),
                arguments(401, "x (NoSuchBucket; 404)", ConfigurationException.class),
                arguments(-1, "HIVE_BAD_DATA: x", BadDataException.class),
                arguments(-1, "INVALID_CAST_ARGUMENT: x", BadDataException.class),
                arguments(-1, "HIVE_CURSOR_ERROR: x", SourceUnavailableException.class),
                arguments(200, "GENERIC_INTERNAL_ERROR: x", SourceUnavailableException.class));
    }

    @ParameterizedTest
    @MethodSource("executions")
    void a_failed_execution_has_one_error(int type, String reason, Class<? extends TieredQueryException> error) {
        QueryExecution ended = QueryExecution.builder()
                .queryExecutionId("e1")
                .status(status -> status.state(QueryExecutionState.FAILED)
                        .stateChangeReason(reason)
                        .athenaError(
                                type < 0
                                        ? null
                                        : AthenaError.builder().errorType(type).build()))
                .build();
        assertThat(ExecutionFailure.of("athena:t", ended, 1)).isExactlyInstanceOf(error);
    }

    @Test
    void a_bucket_that_is_not_there_is_a_matter_of_configuration() {
        try (Exports things = new Exports()) {
            TieredQuery<?> query = things.query().build();
            Exporter nowhere = query.exporter(S3ExportStore.of(things.aws(), "s3://no-such-bucket-here/exports/"))
                    .build();
            assertThatThrownBy(() -> nowhere.start(Exports.all()))
                    .isExactlyInstanceOf(ConfigurationException.class)
                    .hasMessageMatching(
                            "writing s3://no-such-bucket-here/exports/[0-9a-f]{32}[.]csv[.]export: NoSuchBucket:"
                                    + " The specified bucket does not exist[.] Create the bucket, or correct the location that"
                                    + " names it");
        }
    }

    @Test
    void a_bucket_of_an_archive_that_is_not_there_is_a_matter_of_configuration() {
        try (AthenaLocal athena = AthenaLocal.builder().start();
                AwsAccess aws = Athenas.access(athena).build()) {
            S3Calls calls = new S3Calls(aws);
            assertThatThrownBy(() -> calls.call(
                            "putting s3://no-such-bucket-here/x",
                            ScanControl.unlimited(),
                            () -> aws.s3()
                                    .putObject(
                                            PutObjectRequest.builder()
                                                    .bucket("no-such-bucket-here")
                                                    .key("x")
                                                    .build(),
                                            software.amazon.awssdk.core.sync.RequestBody.fromString("x"))))
                    .isExactlyInstanceOf(ConfigurationException.class)
                    .hasMessage("putting s3://no-such-bucket-here/x: NoSuchBucket: The specified bucket does not exist."
                            + " Create the bucket, or correct the location that names it");
        }
    }

    @Test
    void the_reference_has_the_tables_of_the_code() throws IOException {
        assertThat(Files.readAllLines(Path.of("../docs/reference.md")))
                .containsSubsequence(Arrays.stream(AwsFault.values())
                        .map(AwsFault::documented)
                        .toList())
                .containsSubsequence(Arrays.stream(AthenaFault.values())
                        .map(AthenaFault::documented)
                        .toList());
    }
}
