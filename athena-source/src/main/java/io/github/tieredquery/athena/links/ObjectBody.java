package io.github.tieredquery.athena.links;

import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * A range of one version of an object, as a stream that holds no bytes back. A connection that breaks is taken up again
 * at the byte reached, of the same version only. For one thread.
 */
final class ObjectBody extends InputStream {

    private static final Logger LOG = LoggerFactory.getLogger(LinkHandler.class);
    private static final int ATTEMPTS = 5;

    /** Opens the version from a byte on. */
    interface Opener {
        ResponseInputStream<GetObjectResponse> open(long from);
    }

    private final Opener opener;
    private final long to;
    private long position;
    private @Nullable ResponseInputStream<GetObjectResponse> in;

    /** Begins with a stream that is open already, so that what S3 refuses is known before an answer is begun. */
    ObjectBody(Opener opener, long from, long to) {
        this.opener = opener;
        this.position = from;
        this.to = to;
        this.in = open();
    }

    private ResponseInputStream<GetObjectResponse> open() {
        ResponseInputStream<GetObjectResponse> opened = opener.open(position);
        String range = opened.response().contentRange();
        if (position > 0 && (range == null || !range.startsWith("bytes " + position + "-"))) {
            opened.abort();
            throw SdkClientException.create("the object was asked for from byte " + position
                    + " on, and the server sent '" + range + "'; it must serve ranges");
        }
        return opened;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, target.length);
        if (length == 0) {
            return 0;
        }
        if (position >= to) {
            return -1;
        }
        for (int attempt = 1; ; attempt++) {
            Exception failure;
            try {
                ResponseInputStream<GetObjectResponse> from = in == null ? open() : in;
                in = from;
                int read = from.read(target, offset, (int) Math.min(length, to - position));
                if (read > 0) {
                    position += read;
                    return read;
                }
                failure = new IOException("the connection ended");
            } catch (IOException | SdkException e) {
                failure = e;
            }
            abort();
            if (failure instanceof S3Exception s3 && s3.statusCode() == 412) {
                throw new IOException("the object was replaced while it was read, at byte " + position, failure);
            }
            if (attempt == ATTEMPTS) {
                throw new IOException(
                        "reading the object broke " + ATTEMPTS + " times at byte " + position + ": "
                                + failure.getMessage(),
                        failure);
            }
            LOG.debug("reading the object of a link broke at byte {}, going on there", position, failure);
        }
    }

    /** Lets the connection be used again if all was read, else cuts it, rather than read on for nobody. */
    @Override
    public void close() throws IOException {
        try {
            if (in != null && position >= to && in.read() < 0) {
                in.close();
                in = null;
            }
        } finally {
            abort();
            position = to;
        }
    }

    private void abort() {
        if (in != null) {
            in.abort();
            in = null;
        }
    }
}
