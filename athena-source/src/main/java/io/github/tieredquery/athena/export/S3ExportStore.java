package io.github.tieredquery.athena.export;

import io.github.tieredquery.athena.aws.AwsAccess;
import io.github.tieredquery.athena.internal.aws.AwsErrors;
import io.github.tieredquery.athena.internal.aws.StoppableBody;
import io.github.tieredquery.athena.internal.s3.DeletedObjects;
import io.github.tieredquery.athena.internal.s3.MultipartCopy;
import io.github.tieredquery.athena.internal.s3.S3Calls;
import io.github.tieredquery.athena.internal.s3.S3Location;
import io.github.tieredquery.export.ExportContent;
import io.github.tieredquery.export.ExportStore;
import io.github.tieredquery.export.StoredObject;
import io.github.tieredquery.export.UploadGoneException;
import io.github.tieredquery.spi.ScanControl;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.ResponseBytes;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.DeleteObjectsResponse;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.MetadataDirective;
import software.amazon.awssdk.services.s3.model.MultipartUpload;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * Exports in a folder of a bucket, which may be another account's. Copies are made by S3 itself, in the region of the
 * clients or into it from others.
 *
 * <p>It needs {@code s3:GetObject} where results are, and {@code s3:GetObject}, {@code s3:PutObject},
 * {@code s3:DeleteObject}, {@code s3:AbortMultipartUpload}, {@code s3:ListBucketMultipartUploads} and
 * {@code s3:ListBucket} in the folder's bucket; without the last S3 calls an object forbidden that isn't there. Give
 * that bucket a lifecycle rule that aborts uploads that are older than the exports' lifetime, for those that nobody
 * advances or cancels.
 *
 * <p>Thread-safe. It doesn't close the {@link AwsAccess}.
 */
public final class S3ExportStore implements ExportStore {

    private static final String TYPE = "text/csv; charset=utf-8";
    private static final Set<String> GONE = Set.of("NoSuchUpload", "InvalidPart", "InvalidPartOrder");
    private static final int KEYS_PER_DELETE = 1000;

    /** In an object's metadata: which write has made it. */
    private static final String WRITTEN_BY = "tieredquery-write";

    private final AwsAccess aws;
    private final S3Location folder;
    private final S3Calls calls;

    private S3ExportStore(AwsAccess aws, S3Location folder) {
        this.aws = aws;
        this.folder = folder;
        this.calls = new S3Calls(aws);
    }

    /**
     * Exports into a folder.
     *
     * @param aws the clients; stays the caller's to close
     * @param location {@code s3://bucket/prefix/}
     * @return the store
     * @throws IllegalArgumentException if the location isn't a folder in S3
     */
    public static S3ExportStore of(AwsAccess aws, String location) {
        return new S3ExportStore(aws, S3Location.folder(location));
    }

    @Override
    public String location() {
        return folder.toString();
    }

    private String key(String name) {
        return folder.resolve(name).key();
    }

    private String doing(String what, String name) {
        return what + " " + folder.resolve(name);
    }

    @Override
    public Optional<Versioned> read(String name, ScanControl control) {
        return calls.call(doing("reading", name), control, orElse404(() -> {
            ResponseBytes<GetObjectResponse> found = aws.s3(control)
                    .getObjectAsBytes(get -> get.bucket(folder.bucket()).key(key(name)));
            return new Versioned(found.asByteArray(), found.response().eTag());
        }));
    }

    @Override
    public Optional<String> write(String name, byte[] bytes, @Nullable String expected, ScanControl control) {
        String nonce = UUID.randomUUID().toString();
        PutObjectRequest.Builder put = PutObjectRequest.builder()
                .bucket(folder.bucket())
                .key(key(name))
                .metadata(Map.of(WRITTEN_BY, nonce));
        if (expected == null) {
            put.ifNoneMatch("*");
        } else {
            put.ifMatch(expected);
        }
        return calls.call(doing("writing", name), control, () -> {
            try {
                return Optional.of(aws.s3(control)
                        .putObject(put.build(), RequestBody.fromBytes(bytes))
                        .eTag());
            } catch (S3Exception e) {
                // With If-Match, an object that isn't there is as good as one that somebody has changed.
                if (e.statusCode() == 412 || (e.statusCode() == 404 && expected != null)) {
                    return writtenBy(nonce, name, control);
                }
                throw e;
            }
        });
    }

    /**
     * The version of an object if this very write has made it: a write whose answer was lost is sent again, by the SDK
     * too, and refused then, since the first one was carried out.
     */
    private Optional<String> writtenBy(String nonce, String name, ScanControl control) {
        try {
            HeadObjectResponse head = aws.s3(control)
                    .headObject(request -> request.bucket(folder.bucket()).key(key(name)));
            return nonce.equals(head.metadata().get(WRITTEN_BY)) ? Optional.of(head.eTag()) : Optional.empty();
        } catch (S3Exception e) {
            if (e.statusCode() == 404) {
                return Optional.empty();
            }
            throw e;
        }
    }

    @Override
    public void remove(List<String> names, ScanControl control) {
        for (int from = 0; from < names.size(); from += KEYS_PER_DELETE) {
            List<String> keys = names.subList(from, Math.min(from + KEYS_PER_DELETE, names.size())).stream()
                    .map(this::key)
                    .toList();
            String what = "removing " + keys.size() + " objects of " + folder;
            DeleteObjectsResponse answer = calls.call(
                    what,
                    control,
                    () -> aws.s3(control)
                            .deleteObjects(
                                    request -> request.bucket(folder.bucket()).delete(DeletedObjects.of(keys))));
            DeletedObjects.check(answer, keys, what);
        }
    }

    @Override
    public List<String> list(String name, ScanControl control) {
        return calls.call(
                doing("listing", name),
                control,
                () -> aws
                        .s3(control)
                        .listObjectsV2Paginator(
                                request -> request.bucket(folder.bucket()).prefix(key(name)))
                        .contents()
                        .stream()
                        .map(object -> object.key().substring(folder.key().length()))
                        .toList());
    }

    @Override
    public Optional<StoredObject> find(String name, ScanControl control) {
        return calls.call(doing("looking for", name), control, orElse404(() -> {
            HeadObjectResponse head = aws.s3(control)
                    .headObject(request -> request.bucket(folder.bucket()).key(key(name)));
            return new StoredObject(folder.resolve(name).toString(), head.contentLength(), head.eTag());
        }));
    }

    private static <T> Supplier<Optional<T>> orElse404(Supplier<T> call) {
        return () -> {
            try {
                return Optional.of(call.get());
            } catch (S3Exception e) {
                if (e.statusCode() == 404) {
                    return Optional.empty();
                }
                throw e;
            }
        };
    }

    @Override
    public String begin(String name, ScanControl control) {
        return calls.call(
                doing("starting the upload of", name),
                control,
                () -> aws.s3(control)
                        .createMultipartUpload(request ->
                                request.bucket(folder.bucket()).key(key(name)).contentType(TYPE))
                        .uploadId());
    }

    @Override
    public Part upload(String name, String upload, int number, ExportContent content, ScanControl control) {
        return ofUpload(
                "uploading part " + number + " of",
                name,
                control,
                key -> new Part(
                        number,
                        aws.s3(control)
                                .uploadPart(
                                        request -> request.bucket(folder.bucket())
                                                .key(key)
                                                .uploadId(upload)
                                                .partNumber(number),
                                        body(content))
                                .eTag()));
    }

    private static RequestBody body(ExportContent content) {
        // A stream that another attempt takes the place of is closed.
        return RequestBody.fromContentProvider(
                ContentStreamProvider.fromInputStreamSupplier(() -> open(content)), content.bytes(), TYPE);
    }

    private static InputStream open(ExportContent content) {
        try {
            return content.open();
        } catch (IOException e) {
            throw new UncheckedIOException("what is to be uploaded can't be read", e);
        }
    }

    @Override
    public Part copyPart(
            String name, String upload, int number, StoredObject source, long from, long to, ScanControl control) {
        S3Location origin = S3Location.parse(source.location());
        return ofUpload(
                "copying " + origin + " to part " + number + " of",
                name,
                control,
                key -> new Part(
                        number,
                        multipart(name, upload, control)
                                .copy(
                                        number,
                                        new MultipartCopy.Source(origin, source.version(), source.bytes()),
                                        from,
                                        to)
                                .eTag()));
    }

    private MultipartCopy multipart(String name, String id, ScanControl control) {
        return new MultipartCopy(aws, folder.resolve(name), id, null, control);
    }

    @Override
    public void complete(String name, String upload, List<Part> parts, ScanControl control) {
        List<CompletedPart> completed = parts.stream()
                .map(part -> CompletedPart.builder()
                        .partNumber(part.number())
                        .eTag(part.version())
                        .build())
                .toList();
        ofUpload(
                "completing",
                name,
                control,
                key -> multipart(name, upload, control).complete(completed));
    }

    private <T> T ofUpload(String doing, String name, ScanControl control, Function<String, T> call) {
        String what = doing(doing, name);
        return calls.call(what, control, () -> {
            try {
                return call.apply(key(name));
            } catch (S3Exception e) {
                if (GONE.contains(AwsErrors.code(e))) {
                    throw new UploadGoneException(
                            what + ": the upload, or a part of it, isn't there any more: " + AwsErrors.code(e), e);
                }
                throw e;
            }
        });
    }

    @Override
    public void abort(String name, String upload, ScanControl control) {
        calls.call(
                doing("aborting the upload of", name),
                control,
                orElse404(() -> multipart(name, upload, control).abort()));
    }

    @Override
    public List<String> openUploads(String name, ScanControl control) {
        return calls.call(
                doing("listing the uploads of", name),
                control,
                () -> aws
                        .s3(control)
                        .listMultipartUploads(
                                request -> request.bucket(folder.bucket()).prefix(key(name)))
                        .uploads()
                        .stream()
                        .filter(upload -> upload.key().equals(key(name)))
                        .map(MultipartUpload::uploadId)
                        .toList());
    }

    @Override
    public void copy(String name, StoredObject source, ScanControl control) {
        S3Location origin = S3Location.parse(source.location());
        calls.call(
                doing("copying " + origin + " to", name),
                control,
                () -> aws.s3(control)
                        .copyObject(request -> request.sourceBucket(origin.bucket())
                                .sourceKey(origin.key())
                                .copySourceIfMatch(source.version())
                                .destinationBucket(folder.bucket())
                                .destinationKey(key(name))
                                .metadataDirective(MetadataDirective.REPLACE)
                                .contentType(TYPE)));
    }

    @Override
    public void put(String name, ExportContent content, ScanControl control) {
        calls.call(doing("writing", name), control, () -> {
            try {
                return aws.s3(control)
                        .putObject(
                                request -> request.bucket(folder.bucket())
                                        .key(key(name))
                                        .contentType(TYPE)
                                        .ifNoneMatch("*"),
                                body(content))
                        .eTag();
            } catch (S3Exception e) {
                // The name is this export's alone: what is there, another process has finished.
                if (e.statusCode() == 412) {
                    return "";
                }
                throw e;
            }
        });
    }

    @Override
    public InputStream open(StoredObject source, long from, long to, ScanControl control) {
        S3Location origin = S3Location.parse(source.location());
        String what = "reading bytes " + from + " to " + to + " of " + origin;
        return calls.call(
                what,
                control,
                () -> new StoppableBody(
                        aws.s3(control)
                                .getObject(request -> request.bucket(origin.bucket())
                                        .key(origin.key())
                                        .ifMatch(source.version())
                                        .range("bytes=" + from + "-" + (to - 1))),
                        control,
                        what));
    }
}
