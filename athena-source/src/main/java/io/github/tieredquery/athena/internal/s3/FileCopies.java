package io.github.tieredquery.athena.internal.s3;

import io.github.tieredquery.athena.aws.AwsAccess;
import io.github.tieredquery.athena.internal.aws.AwsFault;
import io.github.tieredquery.error.QueryCancelledException;
import io.github.tieredquery.error.QueryTimedOutException;
import io.github.tieredquery.spi.ScanControl;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.CopyObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;

/** Lets S3 copy files, in parts what is too big for one copy. Immutable and thread-safe. */
public final class FileCopies {

    private static final Logger LOG = LoggerFactory.getLogger(FileCopies.class);

    /** S3's limit. */
    public static final long LARGEST_COPY_BYTES = 5L << 30;

    /** So long an upload that is given up is tried to be aborted once a run's time is over. */
    private static final Duration LAST_WORDS = Duration.ofMillis(300);

    private final AwsAccess aws;
    private final long largestCopyBytes;

    /**
     * Copies.
     *
     * @param largestCopyBytes what is bigger is copied in parts that aren't; twice the least size of a part, or more
     */
    public FileCopies(AwsAccess aws, long largestCopyBytes) {
        this.aws = aws;
        this.largestCopyBytes = largestCopyBytes;
    }

    /**
     * Copies a file.
     *
     * @param request from where to where, and how it is written
     * @param bytes how big the file is
     */
    public void copy(CopyObjectRequest request, long bytes, ScanControl control) {
        S3Location source = new S3Location(request.sourceBucket(), request.sourceKey());
        S3Location target = new S3Location(request.destinationBucket(), request.destinationKey());
        String what = "copying " + source + " to " + target;
        control.check(what);
        try {
            if (bytes <= largestCopyBytes) {
                aws.s3(control).copyObject(request);
            } else {
                copyParts(request, source, target, what, control);
            }
        } catch (QueryTimedOutException | QueryCancelledException e) {
            // The caller's own words say more.
            control.check(what);
            throw e;
        } catch (SdkException e) {
            control.check(what);
            throw AwsFault.error(what + " failed: " + e.getMessage(), e);
        }
    }

    private void copyParts(
            CopyObjectRequest request, S3Location source, S3Location target, String what, ScanControl control) {
        HeadObjectResponse head = aws.s3(control)
                .headObject(each -> each.bucket(source.bucket())
                        .key(source.key())
                        .expectedBucketOwner(request.expectedSourceBucketOwner()));
        MultipartCopy upload =
                new MultipartCopy(aws, target, begin(request, head, control), request.expectedBucketOwner(), control);
        boolean completed = false;
        try {
            upload.complete(
                    parts(upload, new MultipartCopy.Source(source, head.eTag(), head.contentLength()), what, control));
            completed = true;
        } finally {
            if (!completed) {
                abort(upload.within(control.later(LAST_WORDS)));
            }
        }
    }

    /** What CopyObject would take over by itself has to be said here. */
    private String begin(CopyObjectRequest request, HeadObjectResponse head, ScanControl control) {
        return aws.s3(control)
                .createMultipartUpload(each -> each.bucket(request.destinationBucket())
                        .key(request.destinationKey())
                        .contentType(head.contentType())
                        .contentEncoding(head.contentEncoding())
                        .metadata(head.metadata())
                        .serverSideEncryption(request.serverSideEncryption())
                        .ssekmsKeyId(request.ssekmsKeyId())
                        .expectedBucketOwner(request.expectedBucketOwner())
                        .acl(request.acl()))
                .uploadId();
    }

    /** Of about the same size each, so that none is smaller than S3 allows. */
    private List<CompletedPart> parts(
            MultipartCopy upload, MultipartCopy.Source source, String what, ScanControl control) {
        long count = Math.max(1, (source.bytes() + largestCopyBytes - 1) / largestCopyBytes);
        List<CompletedPart> parts = new ArrayList<>();
        for (int part = 0; part < count; part++) {
            control.check(what);
            parts.add(
                    upload.copy(part + 1, source, source.bytes() * part / count, source.bytes() * (part + 1) / count));
        }
        return parts;
    }

    private static void abort(MultipartCopy upload) {
        try {
            upload.abort();
        } catch (SdkException | QueryTimedOutException | QueryCancelledException e) {
            LOG.warn("the upload of {} could not be aborted; the clean-up does it", upload.target(), e);
        }
    }
}
