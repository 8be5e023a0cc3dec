package io.github.tieredquery.athena.internal.result;

import io.github.tieredquery.athena.aws.AwsAccess;
import io.github.tieredquery.athena.internal.aws.AwsErrors;
import io.github.tieredquery.athena.internal.execution.Execution;
import io.github.tieredquery.athena.internal.s3.S3Location;
import io.github.tieredquery.error.QueryCancelledException;
import io.github.tieredquery.error.QueryTimedOutException;
import io.github.tieredquery.error.SourceUnavailableException;
import io.github.tieredquery.spi.ScanControl;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * A result file of Athena's in S3, read by ranges. All reads are of the same object: the first one checks that nobody
 * has written it since the query's end, and pins its ETag. A read that breaks goes on at the byte it has reached.
 * Thread-safe.
 */
final class ResultObject implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ResultObject.class);
    private static final int ATTEMPTS = 5;
    private static final Pattern RANGE = Pattern.compile("bytes (\\d{1,18})-(\\d{1,18})/(\\d{1,18})");
    private static final Duration FIRST_PAUSE = Duration.ofMillis(200);

    private final AwsAccess aws;
    private final S3Location location;
    private final @Nullable String bucketOwner;
    private final ScanControl control;
    private final String what;
    private final @Nullable Instant ended;
    private final Set<Download> open = new HashSet<>();
    private volatile @Nullable String etag;
    private volatile long size = -1;
    private boolean closed;
    private final ScanControl.Registration registration;

    /**
     * Reads nothing yet.
     *
     * @param ended when the query ended, null if that isn't known
     */
    ResultObject(
            AwsAccess aws,
            S3Location location,
            @Nullable String bucketOwner,
            @Nullable Instant ended,
            ScanControl control,
            String what) {
        this.aws = aws;
        this.location = location;
        this.bucketOwner = bucketOwner;
        this.control = control;
        this.what = what;
        this.ended = ended;
        this.registration = control.onStop(this::abort);
    }

    /** The object's size in bytes, known once {@link #open} has returned for the first time. */
    long size() {
        return size;
    }

    /**
     * Starts reading a range.
     *
     * @param to exclusive; may lie beyond the end
     */
    Download open(long from, long to) {
        Download download = new Download(from, to);
        download.connect();
        return download;
    }

    /**
     * A range of the object that was {@linkplain #open opened} before. The first {@link Download#read} sends the
     * request, and tries again what fails.
     *
     * @param to exclusive
     */
    Download part(long from, long to) {
        return new Download(from, to);
    }

    /** Ends all reads at once, without reading what is on the way. */
    @Override
    public void close() {
        registration.close();
        abort();
    }

    private void abort() {
        Set<Download> toAbort;
        synchronized (open) {
            closed = true;
            toAbort = Set.copyOf(open);
            open.clear();
        }
        toAbort.forEach(Download::abort);
    }

    private boolean isClosed() {
        synchronized (open) {
            return closed;
        }
    }

    /** Somebody has written the result since the query's end. */
    static final class ReplacedResultException extends SourceUnavailableException {

        private static final long serialVersionUID = 1L;

        private ReplacedResultException(String message) {
            super(message);
        }
    }

    /** Reads a range once, from its start to its end. For one thread at a time; {@link #close} may come from any. */
    final class Download implements AutoCloseable {

        private final long to;
        private long position;
        private volatile @Nullable ResponseInputStream<GetObjectResponse> in;

        private Download(long from, long to) {
            this.position = from;
            this.to = to;
        }

        /** Reads some bytes, at least one; -1 at the end of the range or of the object. */
        int read(byte[] target, int offset, int length) {
            int failures = 0;
            while (true) {
                if (isClosed()) {
                    control.check(what);
                    throw new SourceUnavailableException(what + ": the result was closed while it was read");
                }
                if (position >= Math.min(to, size)) {
                    close();
                    return -1;
                }
                Exception failure;
                try {
                    int read = connected().read(target, offset, (int) Math.min(length, Math.min(to, size) - position));
                    if (read > 0) {
                        position += read;
                        return read;
                    }
                    failure = new IOException("the connection ended at byte " + position + " of " + size);
                } catch (IOException | SdkException e) {
                    failure = e;
                }
                abort();
                failures++;
                if (failures == ATTEMPTS) {
                    throw new SourceUnavailableException(
                            what + ": reading " + location + " broke " + ATTEMPTS + " times at byte " + position + ": "
                                    + failure.getMessage(),
                            failure);
                }
                if (!isClosed()) {
                    LOG.debug("{}: reading {} broke at byte {}, going on there", what, location, position, failure);
                    control.pause(FIRST_PAUSE.multipliedBy(1L << failures), what);
                }
            }
        }

        private ResponseInputStream<GetObjectResponse> connected() {
            ResponseInputStream<GetObjectResponse> from = in;
            return from == null ? connect() : from;
        }

        private ResponseInputStream<GetObjectResponse> connect() {
            GetObjectRequest.Builder request = GetObjectRequest.builder()
                    .bucket(location.bucket())
                    .key(location.key())
                    .range("bytes=" + position + "-" + (to == Long.MAX_VALUE ? "" : to - 1));
            if (etag != null) {
                request.ifMatch(etag);
            }
            if (bucketOwner != null) {
                request.expectedBucketOwner(bucketOwner);
            }
            ResponseInputStream<GetObjectResponse> response = get(request.build());
            long total = totalSize(response, position);
            checkUntouched(response);
            size = total;
            etag = response.response().eTag();
            in = response;
            boolean late;
            synchronized (open) {
                late = closed;
                if (!late) {
                    open.add(this);
                }
            }
            if (late) {
                abort();
            }
            return response;
        }

        private ResponseInputStream<GetObjectResponse> get(GetObjectRequest request) {
            for (int attempt = 1; ; attempt++) {
                try {
                    return aws.s3(control).getObject(request);
                } catch (QueryTimedOutException | QueryCancelledException e) {
                    // The caller's own words say more.
                    control.check(what);
                    throw e;
                } catch (S3Exception e) {
                    boolean expired = AwsErrors.isExpired(e);
                    if (e.statusCode() == 412) {
                        throw new SourceUnavailableException(
                                what + ": " + location
                                        + " was replaced while it was read; nothing but Athena should write there",
                                e);
                    }
                    if (!expired || attempt == ATTEMPTS) {
                        throw e;
                    }
                    aws.renewCredentials();
                } catch (SdkClientException e) {
                    control.check(what);
                    throw e;
                }
                control.pause(FIRST_PAUSE.multipliedBy(attempt), what);
            }
        }

        /** Lets go of the connection: back into the pool if all was read, else closed. */
        @Override
        public void close() {
            ResponseInputStream<GetObjectResponse> from = in;
            if (from == null) {
                return;
            }
            if (position < Math.min(to, size)) {
                abort();
                return;
            }
            forget();
            try {
                // Reads the end of the body, which lets the connection be used again.
                if (from.read() >= 0) {
                    from.abort();
                } else {
                    from.close();
                }
            } catch (IOException | SdkException e) {
                from.abort();
            }
        }

        private void abort() {
            ResponseInputStream<GetObjectResponse> from = in;
            forget();
            if (from != null) {
                from.abort();
            }
        }

        private void forget() {
            in = null;
            synchronized (open) {
                open.remove(this);
            }
        }
    }

    private void checkUntouched(ResponseInputStream<GetObjectResponse> response) {
        Instant written = response.response().lastModified();
        if (Execution.isLaterThan(ended, written)) {
            response.abort();
            throw new ReplacedResultException(
                    what + ": " + location + " was written at " + written + ", after the query had ended at " + ended
                            + ", so it isn't the query's result. Nothing but Athena should write there; run the query"
                            + " again");
        }
    }

    /**
     * The HTTP client takes an answer whose connection ends among the headers for whole, so that they may be missing or
     * end in the middle: a size of 1 rather than 100 would end the result where its second byte is.
     *
     * <p>From {@code Content-Range: bytes 0-9/100}, or the length if a server has ignored the range. Ignored in the
     * middle, it would give bytes from the start for later ones.
     */
    private long totalSize(ResponseInputStream<GetObjectResponse> response, long position) {
        String range = response.response().contentRange();
        if (range == null && position > 0) {
            response.abort();
            throw new SourceUnavailableException(what + ": " + location + " was asked for from byte " + position
                    + " on, and the server sent it from the start; it must serve ranges");
        }
        Matcher parts = RANGE.matcher(range == null ? "" : range);
        Long length = response.response().contentLength();
        long total = -1;
        if (range == null) {
            total = length == null ? -1 : length;
        } else if (parts.matches()
                && Long.parseLong(parts.group(1)) == position
                && Long.parseLong(parts.group(2)) < Long.parseLong(parts.group(3))) {
            total = Long.parseLong(parts.group(3));
        }
        String tag = response.response().eTag();
        if (total < 0 || tag == null || !tag.endsWith("\"")) {
            response.abort();
            throw SdkClientException.create("the answer was cut before its body: Content-Range '" + range
                    + "', Content-Length '" + length + "', ETag '" + tag + "'");
        }
        return total;
    }
}
