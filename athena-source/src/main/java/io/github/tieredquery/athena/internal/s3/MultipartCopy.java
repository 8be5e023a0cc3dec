package io.github.tieredquery.athena.internal.s3;

import io.github.tieredquery.athena.aws.AwsAccess;
import io.github.tieredquery.spi.ScanControl;
import java.util.List;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.AbortMultipartUploadResponse;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadResponse;
import software.amazon.awssdk.services.s3.model.CompletedPart;

/**
 * A multipart upload whose parts S3 copies from other objects. Thread-safe.
 *
 * @param target what is put together
 * @param id the upload's
 * @param bucketOwner the account that the buckets have to belong to, null for any
 * @param control tells when its calls end
 */
public record MultipartCopy(
        AwsAccess aws,
        S3Location target,
        String id,
        @Nullable String bucketOwner,
        ScanControl control) {

    /** The same upload for somebody else's time. */
    MultipartCopy within(ScanControl other) {
        return new MultipartCopy(aws, target, id, bucketOwner, other);
    }

    /**
     * An object of which parts are copied.
     *
     * @param eTag that it still has to have
     */
    public record Source(S3Location location, String eTag, long bytes) {}

    /**
     * Copies a part.
     *
     * @param number from 1
     * @param from the first byte, inclusive
     * @param to the last byte, exclusive
     */
    public CompletedPart copy(int number, Source source, long from, long to) {
        // A range of a small object is refused, also if it is the whole object.
        String range = from == 0 && to == source.bytes() ? null : "bytes=" + from + "-" + (to - 1);
        String eTag = aws.s3(control)
                .uploadPartCopy(
                        request -> request.sourceBucket(source.location().bucket())
                                .sourceKey(source.location().key())
                                .copySourceIfMatch(source.eTag())
                                .copySourceRange(range)
                                .expectedSourceBucketOwner(bucketOwner)
                                .expectedBucketOwner(bucketOwner)
                                .destinationBucket(target.bucket())
                                .destinationKey(target.key())
                                .uploadId(id)
                                .partNumber(number))
                .copyPartResult()
                .eTag();
        return CompletedPart.builder().partNumber(number).eTag(eTag).build();
    }

    /**
     * Makes the object of its parts.
     *
     * @param parts by number
     */
    public CompleteMultipartUploadResponse complete(List<CompletedPart> parts) {
        return aws.s3(control)
                .completeMultipartUpload(request -> request.bucket(target.bucket())
                        .key(target.key())
                        .uploadId(id)
                        .expectedBucketOwner(bucketOwner)
                        .multipartUpload(multipart -> multipart.parts(parts)));
    }

    /** Gives it up; S3 forgets the parts. */
    public AbortMultipartUploadResponse abort() {
        return aws.s3(control)
                .abortMultipartUpload(request -> request.bucket(target.bucket())
                        .key(target.key())
                        .uploadId(id)
                        .expectedBucketOwner(bucketOwner));
    }
}
