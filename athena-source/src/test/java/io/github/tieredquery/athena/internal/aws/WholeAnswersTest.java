package io.github.tieredquery.athena.internal.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.core.ResponseBytes;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.athena.model.GetQueryExecutionResponse;
import software.amazon.awssdk.services.athena.model.GetQueryResultsResponse;
import software.amazon.awssdk.services.athena.model.GetTableMetadataResponse;
import software.amazon.awssdk.services.athena.model.QueryExecution;
import software.amazon.awssdk.services.athena.model.QueryExecutionState;
import software.amazon.awssdk.services.athena.model.QueryExecutionStatus;
import software.amazon.awssdk.services.athena.model.ResultSet;
import software.amazon.awssdk.services.athena.model.StartQueryExecutionResponse;
import software.amazon.awssdk.services.athena.model.TableMetadata;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadResponse;
import software.amazon.awssdk.services.s3.model.CopyObjectResponse;
import software.amazon.awssdk.services.s3.model.CopyObjectResult;
import software.amazon.awssdk.services.s3.model.CopyPartResult;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadResponse;
import software.amazon.awssdk.services.s3.model.DeleteObjectsResponse;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ListMultipartUploadsResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;
import software.amazon.awssdk.services.s3.model.UploadPartCopyResponse;
import software.amazon.awssdk.services.s3.model.UploadPartResponse;

/** Which answers are taken for what they say, and which for a connection that broke. */
class WholeAnswersTest {

    private static final String TAG = "\"e1\"";

    static Stream<Object> whole() {
        return Stream.of(
                StartQueryExecutionResponse.builder().queryExecutionId("id").build(),
                execution(QueryExecutionState.RUNNING),
                GetQueryResultsResponse.builder()
                        .resultSet(ResultSet.builder().build())
                        .build(),
                GetTableMetadataResponse.builder()
                        .tableMetadata(TableMetadata.builder().build())
                        .build(),
                ListObjectsV2Response.builder().isTruncated(false).build(),
                ListMultipartUploadsResponse.builder().isTruncated(false).build(),
                HeadObjectResponse.builder().contentLength(0L).eTag(TAG).build(),
                PutObjectResponse.builder().eTag(TAG).build(),
                CopyObjectResponse.builder()
                        .copyObjectResult(CopyObjectResult.builder().build())
                        .build(),
                CreateMultipartUploadResponse.builder().uploadId("id").build(),
                UploadPartResponse.builder().eTag(TAG).build(),
                UploadPartCopyResponse.builder()
                        .copyPartResult(CopyPartResult.builder().build())
                        .build(),
                CompleteMultipartUploadResponse.builder().eTag(TAG).build(),
                bytes(3L, TAG, 3),
                DeleteObjectsResponse.builder().build());
    }

    static Stream<Arguments> cut() {
        return Stream.of(
                Arguments.of(
                        StartQueryExecutionResponse.builder().build(),
                        "StartQueryExecutionResponse without QueryExecutionId"),
                Arguments.of(GetQueryExecutionResponse.builder().build(), "GetQueryExecutionResponse without Status"),
                Arguments.of(execution(null), "GetQueryExecutionResponse without Status"),
                Arguments.of(GetQueryResultsResponse.builder().build(), "GetQueryResultsResponse without ResultSet"),
                Arguments.of(
                        GetTableMetadataResponse.builder().build(), "GetTableMetadataResponse without TableMetadata"),
                Arguments.of(ListObjectsV2Response.builder().build(), "ListObjectsV2Response without IsTruncated"),
                Arguments.of(
                        ListMultipartUploadsResponse.builder().build(),
                        "ListMultipartUploadsResponse without IsTruncated"),
                Arguments.of(
                        HeadObjectResponse.builder().eTag(TAG).build(), "HeadObjectResponse without Content-Length"),
                Arguments.of(
                        HeadObjectResponse.builder()
                                .contentLength(10L)
                                .eTag("\"e")
                                .build(),
                        "HeadObjectResponse without ETag"),
                Arguments.of(PutObjectResponse.builder().build(), "PutObjectResponse without ETag"),
                Arguments.of(CopyObjectResponse.builder().build(), "CopyObjectResponse without CopyObjectResult"),
                Arguments.of(
                        CreateMultipartUploadResponse.builder().build(),
                        "CreateMultipartUploadResponse without UploadId"),
                Arguments.of(UploadPartResponse.builder().eTag("\"e").build(), "UploadPartResponse without ETag"),
                Arguments.of(UploadPartCopyResponse.builder().build(), "UploadPartCopyResponse without CopyPartResult"),
                Arguments.of(
                        CompleteMultipartUploadResponse.builder().build(),
                        "CompleteMultipartUploadResponse without ETag"),
                Arguments.of(bytes(3L, TAG, 2), "ResponseBytes without all its bytes"),
                Arguments.of(bytes(null, TAG, 3), "ResponseBytes without all its bytes"),
                Arguments.of(bytes(3L, "\"e", 3), "ResponseBytes without all its bytes"));
    }

    private static GetQueryExecutionResponse execution(@Nullable QueryExecutionState state) {
        return GetQueryExecutionResponse.builder()
                .queryExecution(QueryExecution.builder()
                        .status(QueryExecutionStatus.builder().state(state).build())
                        .build())
                .build();
    }

    private static ResponseBytes<GetObjectResponse> bytes(@Nullable Long length, String tag, int read) {
        return ResponseBytes.fromByteArray(
                GetObjectResponse.builder().contentLength(length).eTag(tag).build(), new byte[read]);
    }

    @ParameterizedTest
    @MethodSource("whole")
    void an_answer_with_all_that_its_kind_has_is_taken(Object answer) {
        assertThat(WholeAnswers.whole(answer)).isSameAs(answer);
    }

    @ParameterizedTest
    @MethodSource("cut")
    void an_answer_that_lacks_something_is_a_connection_that_broke(Object answer, String missing) {
        assertThatThrownBy(() -> WholeAnswers.whole(answer))
                .isInstanceOf(SdkClientException.class)
                .hasMessage("the answer was cut before its end: " + missing);
    }
}
