package io.github.tieredquery.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import software.amazon.awssdk.core.sync.ResponseTransformer;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ServiceClientConfiguration;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/**
 * Serves one object, by ranges, from a file, so that what is measured is the reading of a result and not a server that
 * runs in the same JVM.
 */
final class FileS3 implements S3Client {

    private final S3Client s3;
    private final Path file;

    /**
     * A client whose every object is the file.
     *
     * @param s3 the client that it stands for; somebody else's
     */
    FileS3(S3Client s3, Path file) {
        this.s3 = s3;
        this.file = file;
    }

    /** Takes ranges of the form {@code bytes=0-9} and {@code bytes=10-}. */
    @Override
    public <R> R getObject(GetObjectRequest request, ResponseTransformer<GetObjectResponse, R> transformer) {
        String[] range = request.range().substring("bytes=".length()).split("-", -1);
        try {
            long size = Files.size(file);
            long from = Long.parseLong(range[0]);
            long to = range[1].isEmpty() ? size : Math.min(size, Long.parseLong(range[1]) + 1);
            FileChannel channel = FileChannel.open(file).position(from);
            GetObjectResponse response = GetObjectResponse.builder()
                    .eTag("\"one\"")
                    .contentLength(to - from)
                    .contentRange("bytes " + from + "-" + (to - 1) + "/" + size)
                    .build();
            return transformer.transform(response, AbortableInputStream.create(Channels.newInputStream(channel)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (Exception e) {
            throw new IllegalStateException("the object can't be read", e);
        }
    }

    @Override
    public S3ServiceClientConfiguration serviceClientConfiguration() {
        return s3.serviceClientConfiguration();
    }

    @Override
    public String serviceName() {
        return s3.serviceName();
    }

    /** The client is somebody else's. */
    @Override
    public void close() {}
}
