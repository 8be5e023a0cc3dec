package io.github.tieredquery.athenalocal.internal.s3;

import io.github.tieredquery.athenalocal.fault.Fault;
import io.github.tieredquery.athenalocal.fault.Faults;
import io.github.tieredquery.athenalocal.internal.type.S3Address;
import io.github.tieredquery.athenalocal.internal.type.Tally;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import java.util.regex.Pattern;
import org.gaul.s3proxy.AccessGrant;
import org.gaul.s3proxy.CrossOriginResourceSharing;
import org.gaul.s3proxy.S3ProxyHandler;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.blobstore.BlobStore;
import org.gaul.s3proxy.blobstore.S3Exceptions;
import org.gaul.s3proxy.nio2blob.FilesystemNio2BlobStore;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;

/**
 * S3Proxy's request handler in a server of its own, so that requests can be counted and struck by faults before it sees
 * them. Objects are plain files {@code root/bucket/key}.
 */
public final class S3Server implements AutoCloseable {
    private static final long MAX_OBJECT_BYTES = 5L * 1024 * 1024 * 1024;
    private static final long MAX_UNCHUNKED_BYTES = 32L * 1024 * 1024;
    private static final int MAX_CHUNK_BYTES = 16 * 1024 * 1024;
    private static final int MAX_SKEW_SECONDS = 15 * 60;

    private static final Pattern BUCKET_NAME = Pattern.compile("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]");

    private final Path root;
    private final BlobStore store;
    private final Identities identities;
    private final Tally tally;
    private final Faults faults;
    private final Handler handler;
    private final Endpoint endpoint;

    public S3Server(Path root, int port, Identities identities, Identity owner, Tally tally, Faults faults) {
        this.root = root;
        this.identities = identities;
        this.tally = tally;
        this.faults = faults;
        store = new FilesystemNio2BlobStore(root.toString());
        handler = new Handler(store, owner);
        handler.setBlobStoreLocator((accessKeyId, bucket, key) -> {
            Identity identity = identities.find(accessKeyId);
            return identity == null ? null : new AccessGrant(identity.secretAccessKey(), store);
        });
        endpoint = new Endpoint("athena-local-s3", port, new Servlet());
    }

    public void start() {
        endpoint.start();
    }

    public URI endpoint() {
        return endpoint.uri();
    }

    /** The file that holds an object. */
    public Path file(String bucket, String key) {
        return root.resolve(bucket).resolve(key);
    }

    public Path bucketDirectory(String bucket) {
        return root.resolve(bucket);
    }

    public boolean bucketExists(String bucket) {
        return !bucket.isEmpty() && Files.isDirectory(root.resolve(bucket));
    }

    /**
     * Makes a bucket.
     *
     * @throws IllegalArgumentException if S3 would not take the name
     */
    public void createBucket(String bucket) {
        if (!BUCKET_NAME.matcher(bucket).matches()) {
            throw new IllegalArgumentException("'" + bucket + "' isn't a bucket's name: 3 to 63 lower-case letters,"
                    + " digits, dots and hyphens, with a letter or digit at both ends");
        }
        store.createContainer(bucket);
    }

    /**
     * Writes an object on Athena's own behalf: nobody's request, so that it is neither counted nor struck by faults.
     *
     * @throws software.amazon.awssdk.core.exception.SdkException if it couldn't be written
     */
    public void put(S3Address address, InputStream content, long length) {
        store.putBlob(
                PutObjectRequest.builder()
                        .bucket(address.bucket())
                        .key(address.key())
                        .contentType("application/octet-stream")
                        .contentLength(length)
                        .build(),
                content);
    }

    public int openMultipartUploads() {
        int open = 0;
        for (var bucket : store.list().buckets()) {
            open += store.listMultipartUploads(bucket.name()).size();
        }
        return open;
    }

    @Override
    public void close() {
        endpoint.close();
    }

    /** The API name of the operation that a request asks for. */
    static String operation(HttpServletRequest request) {
        String query = request.getQueryString() == null ? "" : "&" + request.getQueryString();
        boolean copy = request.getHeader("x-amz-copy-source") != null;
        boolean upload = query.contains("&uploadId=");
        String path = request.getRequestURI();
        boolean object = path.indexOf('/', 1) > 0 && path.indexOf('/', 1) < path.length() - 1;
        return switch (request.getMethod()) {
            case "GET" -> getOperation(path, query, object, upload);
            case "HEAD" -> object ? "HeadObject" : "HeadBucket";
            case "PUT" ->
                !object
                        ? "CreateBucket"
                        : upload ? (copy ? "UploadPartCopy" : "UploadPart") : copy ? "CopyObject" : "PutObject";
            case "POST" ->
                query.contains("&delete")
                        ? "DeleteObjects"
                        : query.contains("&uploads")
                                ? "CreateMultipartUpload"
                                : upload ? "CompleteMultipartUpload" : "PutObject";
            case "DELETE" -> !object ? "DeleteBucket" : upload ? "AbortMultipartUpload" : "DeleteObject";
            default -> request.getMethod();
        };
    }

    private static String getOperation(String path, String query, boolean object, boolean upload) {
        if (path.equals("/")) {
            return "ListBuckets";
        }
        if (object) {
            return upload ? "ListParts" : query.contains("&attributes") ? "GetObjectAttributes" : "GetObject";
        }
        if (query.contains("&uploads")) {
            return "ListMultipartUploads";
        }
        return query.contains("&list-type=2") ? "ListObjectsV2" : "ListObjects";
    }

    private static String key(HttpServletRequest request) {
        String path = request.getRequestURI();
        int slash = path.indexOf('/', 1);
        return slash < 0
                ? ""
                : URLDecoder.decode(path.substring(slash + 1).replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    /** Opens S3Proxy's error responses to this package. */
    private static final class Handler extends S3ProxyHandler {
        Handler(BlobStore store, Identity owner) {
            super(
                    store,
                    AuthenticationType.AWS_V4,
                    owner.accessKeyId(),
                    owner.secretAccessKey(),
                    "localhost",
                    MAX_OBJECT_BYTES,
                    MAX_UNCHUNKED_BYTES,
                    MAX_CHUNK_BYTES,
                    true,
                    CrossOriginResourceSharing.disabled(),
                    "",
                    MAX_SKEW_SECONDS);
        }

        void sendError(
                HttpServletRequest request, HttpServletResponse response, int status, String code, String message)
                throws IOException {
            sendSimpleErrorResponse(request, response, code, status, message, Map.of());
        }
    }

    private final class Servlet extends HttpServlet {
        private static final long serialVersionUID = 1;

        @Override
        protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
            String accessKeyId = SigV4.accessKeyId(request.getHeader("Authorization"), request.getQueryString());
            Identity identity = identities.find(accessKeyId);
            String operation = operation(request);
            tally.s3Request(operation);
            faults.delay(operation);
            Fault fault = faults.strike(operation, key(request));
            if (fault != null && fault.kind() == Fault.Kind.ERROR) {
                handler.sendError(request, response, fault.httpStatus(), code(fault), fault.message());
                return;
            }
            if (identity != null && !admitted(identity, request, response)) {
                return;
            }
            answer(request, operation.equals("GetObject") ? new CountingResponse(response, tally) : response);
            if ((operation.equals("PutObject") || operation.equals("UploadPart")) && response.getStatus() < 300) {
                tally.received(payloadBytes(request));
            }
            if (fault != null) {
                Endpoint.cut(request);
            }
        }

        private boolean admitted(Identity identity, HttpServletRequest request, HttpServletResponse response)
                throws IOException {
            if (identity.isExpired(Instant.now())) {
                handler.sendError(request, response, 400, "ExpiredToken", "The provided token has expired.");
                return false;
            }
            String token = request.getHeader("x-amz-security-token");
            if (token == null) {
                token = SigV4.queryParameter(request.getQueryString(), "X-Amz-Security-Token");
            }
            if (identity.sessionToken() != null && !identity.sessionToken().equals(token)) {
                handler.sendError(
                        request,
                        response,
                        400,
                        "InvalidToken",
                        "The provided token is malformed or otherwise invalid.");
                return false;
            }
            return true;
        }

        private static String code(Fault fault) {
            return switch (fault.code()) {
                case "InternalServerException" -> "InternalError";
                case "ExpiredTokenException" -> "ExpiredToken";
                default -> fault.code();
            };
        }

        private static long payloadBytes(HttpServletRequest request) {
            String decoded = request.getHeader("x-amz-decoded-content-length");
            return decoded == null ? Math.max(0, request.getContentLengthLong()) : Long.parseLong(decoded);
        }

        private void answer(HttpServletRequest request, HttpServletResponse response) throws IOException {
            try (InputStream body = request.getInputStream()) {
                handler.doHandle(request, request, response, body, new S3ProxyHandler.RequestContext());
            } catch (IllegalArgumentException | IllegalStateException failure) {
                handler.sendError(request, response, 400, "InvalidArgument", String.valueOf(failure.getMessage()));
            } catch (UnsupportedOperationException failure) {
                handler.sendError(request, response, 501, "NotImplemented", String.valueOf(failure.getMessage()));
            } catch (AwsServiceException failure) {
                sendError(request, response, failure);
            } catch (IOException | RuntimeException failure) {
                AwsServiceException service = serviceException(failure);
                if (service == null) {
                    throw failure;
                }
                sendError(request, response, service);
            }
        }

        private static @Nullable AwsServiceException serviceException(Throwable failure) {
            for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
                if (cause instanceof AwsServiceException service) {
                    return service;
                }
            }
            return null;
        }

        private void sendError(HttpServletRequest request, HttpServletResponse response, AwsServiceException failure)
                throws IOException {
            var original = S3Exceptions.httpResponse(failure);
            if (original != null) {
                for (String header : List.of("ETag", "x-amz-delete-marker", "x-amz-version-id", "Allow")) {
                    original.firstMatchingHeader(header).ifPresent(value -> response.setHeader(header, value));
                }
            }
            String code = S3Exceptions.errorCode(failure);
            int status = failure.statusCode();
            if (code != null) {
                String message = failure.awsErrorDetails().errorMessage();
                handler.sendError(request, response, status, code, message == null ? "" : message);
            } else if (status == 412 && isConditionalRead(request)) {
                response.setStatus(HttpServletResponse.SC_NOT_MODIFIED);
            } else {
                switch (status) {
                    case 412 ->
                        handler.sendError(
                                request,
                                response,
                                412,
                                "PreconditionFailed",
                                "At least one of the preconditions you specified did not hold.");
                    case 416 ->
                        handler.sendError(
                                request, response, 416, "InvalidRange", "The requested range is not satisfiable");
                    case 400, 422 ->
                        handler.sendError(
                                request,
                                response,
                                400,
                                "BadDigest",
                                "The Content-MD5 you specified did not match what we received.");
                    default -> response.setStatus(status);
                }
            }
        }

        private static boolean isConditionalRead(HttpServletRequest request) {
            boolean read =
                    request.getMethod().equals("GET") || request.getMethod().equals("HEAD");
            return read
                    && request.getHeader("If-Match") == null
                    && (request.getHeader("If-None-Match") != null || request.getHeader("If-Modified-Since") != null);
        }
    }

    /** Counts what an object's reader gets, before he gets it: he may look at the counters as soon as he has it. */
    private static final class CountingResponse extends HttpServletResponseWrapper {
        private final Tally tally;
        private @Nullable CountingOutput output;

        CountingResponse(HttpServletResponse response, Tally tally) {
            super(response);
            this.tally = tally;
        }

        @Override
        public ServletOutputStream getOutputStream() throws IOException {
            if (output == null) {
                output = new CountingOutput(super.getOutputStream(), this::count);
            }
            return output;
        }

        private void count(long bytes) {
            if (getStatus() < 300) {
                tally.sent(bytes);
            }
        }
    }

    private static final class CountingOutput extends ServletOutputStream {
        private final ServletOutputStream target;
        private final LongConsumer count;

        CountingOutput(ServletOutputStream target, LongConsumer count) {
            this.target = target;
            this.count = count;
        }

        @Override
        public void write(int one) throws IOException {
            count.accept(1);
            target.write(one);
        }

        @Override
        public void write(byte[] buffer, int offset, int length) throws IOException {
            count.accept(length);
            target.write(buffer, offset, length);
        }

        @Override
        public void flush() throws IOException {
            target.flush();
        }

        @Override
        public void close() throws IOException {
            target.close();
        }

        @Override
        public boolean isReady() {
            return target.isReady();
        }

        @Override
        public void setWriteListener(WriteListener listener) {
            target.setWriteListener(listener);
        }
    }
}
