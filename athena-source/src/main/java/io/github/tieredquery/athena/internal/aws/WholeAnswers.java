package io.github.tieredquery.athena.internal.aws;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.ResponseBytes;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.athena.model.GetQueryExecutionResponse;
import software.amazon.awssdk.services.athena.model.GetQueryResultsResponse;
import software.amazon.awssdk.services.athena.model.GetTableMetadataResponse;
import software.amazon.awssdk.services.athena.model.StartQueryExecutionResponse;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadResponse;
import software.amazon.awssdk.services.s3.model.CopyObjectResponse;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadResponse;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ListMultipartUploadsResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;
import software.amazon.awssdk.services.s3.model.UploadPartCopyResponse;
import software.amazon.awssdk.services.s3.model.UploadPartResponse;

/**
 * Tells whole answers from those whose connection ended among the headers, which HTTP clients take for answers without
 * headers and body: a list of nothing, a table that isn't there, a copy that was made.
 */
final class WholeAnswers {

    private WholeAnswers() {}

    /**
     * An answer, if it has what its kind always has.
     *
     * @throws SdkClientException if not, as after other broken connections
     */
    static <R> R whole(R answer) {
        need(answer, StartQueryExecutionResponse.class, "QueryExecutionId", each -> each.queryExecutionId());
        need(answer, GetQueryExecutionResponse.class, "Status", WholeAnswers::state);
        need(answer, GetQueryResultsResponse.class, "ResultSet", each -> each.resultSet());
        need(answer, GetTableMetadataResponse.class, "TableMetadata", each -> each.tableMetadata());
        need(answer, ListObjectsV2Response.class, "IsTruncated", each -> each.isTruncated());
        need(answer, ListMultipartUploadsResponse.class, "IsTruncated", each -> each.isTruncated());
        need(answer, HeadObjectResponse.class, "Content-Length", each -> each.contentLength());
        need(answer, HeadObjectResponse.class, "ETag", each -> tag(each.eTag()));
        need(answer, PutObjectResponse.class, "ETag", each -> tag(each.eTag()));
        need(answer, CopyObjectResponse.class, "CopyObjectResult", each -> each.copyObjectResult());
        need(answer, CreateMultipartUploadResponse.class, "UploadId", each -> each.uploadId());
        need(answer, UploadPartResponse.class, "ETag", each -> tag(each.eTag()));
        need(answer, UploadPartCopyResponse.class, "CopyPartResult", each -> each.copyPartResult());
        need(answer, CompleteMultipartUploadResponse.class, "ETag", each -> each.eTag());
        need(answer, ResponseBytes.class, "all its bytes", WholeAnswers::bytes);
        return answer;
    }

    private static @Nullable Object state(GetQueryExecutionResponse answer) {
        return answer.queryExecution() == null || answer.queryExecution().status() == null
                ? null
                : answer.queryExecution().status().state();
    }

    private static byte @Nullable [] bytes(ResponseBytes<?> answer) {
        byte[] bytes = answer.asByteArrayUnsafe();
        boolean whole = answer.response() instanceof GetObjectResponse object
                && object.contentLength() != null
                && object.contentLength() == bytes.length
                && tag(object.eTag()) != null;
        return whole ? bytes : null;
    }

    /** A header may end in the middle. */
    private static @Nullable String tag(@Nullable String eTag) {
        return eTag != null && eTag.endsWith("\"") ? eTag : null;
    }

    private static <A> void need(Object answer, Class<A> type, String name, Function<A, @Nullable Object> part) {
        if (type.isInstance(answer) && part.apply(type.cast(answer)) == null) {
            throw SdkClientException.create(
                    "the answer was cut before its end: " + type.getSimpleName() + " without " + name);
        }
    }
}
