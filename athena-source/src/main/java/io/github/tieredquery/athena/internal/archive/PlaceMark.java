package io.github.tieredquery.athena.internal.archive;

import io.github.tieredquery.athena.aws.AwsAccess;
import io.github.tieredquery.athena.internal.aws.AwsErrors;
import io.github.tieredquery.athena.internal.s3.S3Calls;
import io.github.tieredquery.athena.internal.s3.S3Location;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.store.ArchiveMark;
import io.github.tieredquery.store.StoredMark;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.ResponseBytes;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * The archive's mark: a small object beside the table's partitions, whose name begins so that Athena passes over it. S3
 * replaces it only in the place of what was read before. Immutable and thread-safe.
 */
public final class PlaceMark {

    /** MSCK REPAIR TABLE and Athena's queries pass over names that begin with an underscore. */
    public static final String NAME = "_tieredquery_mark";

    private final AwsAccess aws;
    private final ArchiveWriter archive;
    private final S3Calls calls;
    private final S3Location place;

    /**
     * Of a table.
     *
     * @param folder where the table lies
     */
    public PlaceMark(AwsAccess aws, ArchiveWriter archive, S3Location folder) {
        this.aws = aws;
        this.archive = archive;
        this.calls = new S3Calls(aws);
        this.place = folder.resolve(NAME);
    }

    public Optional<StoredMark> find(ScanControl control) {
        Optional<ResponseBytes<GetObjectResponse>> found = calls.call("reading " + place, control, () -> {
            try {
                return Optional.of(aws.s3(control)
                        .getObjectAsBytes(get -> get.bucket(place.bucket())
                                .key(place.key())
                                .expectedBucketOwner(archive.bucketOwner())));
            } catch (S3Exception e) {
                if (e.statusCode() == 404 && !"NoSuchBucket".equals(AwsErrors.code(e))) {
                    return Optional.empty();
                }
                throw e;
            }
        });
        return found.map(object -> new StoredMark(
                ArchiveMark.parse(place.toString(), object.asUtf8String()),
                object.response().eTag()));
    }

    /**
     * Whether it is there now, in the place of what was found before. A put whose answer is lost is made again by the
     * SDK, which then meets its own mark: by its nonce it is known.
     */
    public boolean leave(ArchiveMark mark, @Nullable StoredMark before, ScanControl control) {
        PutObjectRequest.Builder request = archive.put(place).contentType("text/plain; charset=utf-8");
        if (before == null) {
            request.ifNoneMatch("*");
        } else {
            request.ifMatch(before.tag());
        }
        boolean written = calls.call("writing " + place, control, () -> {
            try {
                aws.s3(control).putObject(request.build(), RequestBody.fromString(mark.text()));
                return true;
            } catch (S3Exception e) {
                // With If-Match, an object that isn't there is as good as one that somebody has changed.
                if (e.statusCode() == 412 || (e.statusCode() == 404 && before != null)) {
                    return false;
                }
                throw e;
            }
        });
        return written
                || find(control).map(StoredMark::mark).filter(mark::equals).isPresent();
    }
}
