package io.github.tieredquery.athena.internal.archive;

import io.github.tieredquery.athena.aws.AwsAccess;
import io.github.tieredquery.athena.internal.execution.AthenaCalls;
import io.github.tieredquery.athena.internal.s3.DeletedObjects;
import io.github.tieredquery.athena.internal.s3.S3Location;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.spi.ScanControl;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.s3.model.DeleteObjectsResponse;
import software.amazon.awssdk.services.s3.model.ListMultipartUploadsResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.MultipartUpload;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * Finds and deletes what dead attempts have left in S3: by listing, since an attempt that died has told nobody of its
 * files. For one removal.
 */
public final class DeadFiles {

    private final AwsAccess aws;
    private final AthenaCalls calls;
    private final ScanControl control;
    private final S3Location folder;
    private final Predicate<String> dead;
    private long files;
    private long bytes;

    /**
     * Of some kind.
     *
     * @param folder where the table lies; nothing outside of it is touched
     * @param dead tells by a key whether the file goes
     */
    public DeadFiles(AwsAccess aws, AthenaCalls calls, S3Location folder, Predicate<String> dead, ScanControl control) {
        this.aws = aws;
        this.calls = calls;
        this.folder = folder;
        this.control = control;
        this.dead = dead;
    }

    /** Those of some versions. */
    public static Predicate<String> ofVersions(S3Location folder, Set<Long> versions) {
        Set<String> directories = versions.stream()
                .map(version -> HivePartitionLayout.VERSION_COLUMN + "=" + HivePartitionLayout.versionText(version))
                .collect(Collectors.toSet());
        return key -> {
            // The version is the last directory; a value of another column can't hold a slash that isn't escaped.
            int end = key.lastIndexOf('/');
            int start = key.lastIndexOf('/', end - 1);
            return start >= folder.key().length() - 1 && directories.contains(key.substring(start + 1, end));
        };
    }

    /**
     * Deletes what there is below a directory.
     *
     * @param directory relative to the table, empty for all of it
     */
    public void removeBelow(String directory) {
        S3Location place = folder.resolve(directory);
        String what = "deleting dead files below " + place;
        abortUploads(place, what);
        list(place, what, page -> {
            List<S3Object> found =
                    page.stream().filter(object -> dead.test(object.key())).toList();
            if (!found.isEmpty()) {
                delete(place.bucket(), found, what);
            }
        });
    }

    /** Looks at what there is below a directory, and deletes nothing. */
    public void lookBelow(String directory, Consumer<S3Object> each) {
        S3Location place = folder.resolve(directory);
        list(place, "looking for files below " + place, page -> page.forEach(each));
    }

    private void list(S3Location place, String what, Consumer<List<S3Object>> page) {
        String token = null;
        do {
            String from = token;
            ListObjectsV2Response response = calls.call(
                    control,
                    what,
                    () -> aws.s3(control)
                            .listObjectsV2(request -> request.bucket(place.bucket())
                                    .prefix(place.key())
                                    .continuationToken(from)));
            page.accept(response.contents());
            token = Boolean.TRUE.equals(response.isTruncated()) ? response.nextContinuationToken() : null;
        } while (token != null);
    }

    private void delete(String bucket, List<S3Object> objects, String what) {
        List<String> keys = objects.stream().map(S3Object::key).toList();
        DeleteObjectsResponse response = calls.call(
                control,
                what,
                () -> aws.s3(control)
                        .deleteObjects(request -> request.bucket(bucket).delete(DeletedObjects.of(keys))));
        DeletedObjects.check(response, keys, what);
        files += objects.size();
        bytes += objects.stream().mapToLong(S3Object::size).sum();
    }

    private void abortUploads(S3Location place, String what) {
        String keyMarker = null;
        String idMarker = null;
        boolean more;
        do {
            String key = keyMarker;
            String id = idMarker;
            ListMultipartUploadsResponse page = calls.call(
                    control,
                    what,
                    () -> aws.s3(control)
                            .listMultipartUploads(request -> request.bucket(place.bucket())
                                    .prefix(place.key())
                                    .keyMarker(key)
                                    .uploadIdMarker(id)));
            for (MultipartUpload upload : page.uploads()) {
                if (dead.test(upload.key())) {
                    calls.call(
                            control,
                            what,
                            () -> aws.s3(control)
                                    .abortMultipartUpload(request -> request.bucket(place.bucket())
                                            .key(upload.key())
                                            .uploadId(upload.uploadId())));
                }
            }
            more = Boolean.TRUE.equals(page.isTruncated());
            keyMarker = page.nextKeyMarker();
            idMarker = page.nextUploadIdMarker();
        } while (more);
    }

    public long files() {
        return files;
    }

    public long bytes() {
        return bytes;
    }
}
