package io.github.tieredquery.athena.links;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The answer to a request for a link, from {@link LinkHandler}. For one thread. Whoever gets it closes it, which lets
 * go of S3; close it also when the client has gone.
 */
public final class LinkResponse implements AutoCloseable {

    private final int status;
    private final Map<String, String> headers;
    private final long bodyBytes;
    private final InputStream body;

    private LinkResponse(int status, Map<String, String> headers, long bodyBytes, InputStream body) {
        this.status = status;
        this.headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
        this.bodyBytes = bodyBytes;
        this.body = body;
    }

    /** An answer with these headers and no body. */
    static LinkResponse empty(int status, Map<String, String> headers) {
        return new LinkResponse(status, headers, 0, InputStream.nullInputStream());
    }

    /** An answer with the object's bytes; the stream is closed with the answer. */
    static LinkResponse of(int status, Map<String, String> headers, long bodyBytes, InputStream body) {
        return new LinkResponse(status, headers, bodyBytes, body);
    }

    /** A line for people, that no cache may keep. */
    static LinkResponse message(int status, String text, boolean head, @Nullable String header, String value) {
        byte[] bytes = (text + "\n").getBytes(StandardCharsets.US_ASCII);
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Content-Type", "text/plain; charset=utf-8");
        headers.put("Content-Length", Integer.toString(bytes.length));
        headers.put("Cache-Control", "no-store");
        if (header != null) {
            headers.put(header, value);
        }
        return head ? empty(status, headers) : of(status, headers, bytes.length, new ByteArrayInputStream(bytes));
    }

    /**
     * The HTTP status.
     *
     * @return 200, 206, 304, 404, 405, 410, 412, 416 or 503
     */
    public int status() {
        return status;
    }

    /**
     * The headers to send, all of them, {@code Content-Length} among them.
     *
     * @return names and values, each once
     */
    public Map<String, String> headers() {
        return headers;
    }

    /**
     * How many bytes the body has.
     *
     * @return 0 where no body may be sent; {@code Content-Length} says then what a GET would send
     */
    public long bodyBytes() {
        return bodyBytes;
    }

    /**
     * The body, read from S3 while it is read here. A connection to S3 that breaks is taken up again at the byte
     * reached; if that can't be done, reading throws an {@link IOException}, and the connection to the client has to be
     * cut, for what was sent is not all.
     *
     * @return the bytes; closed with this answer
     */
    public InputStream body() {
        return body;
    }

    @Override
    public void close() {
        try {
            body.close();
        } catch (IOException e) {
            // Nobody reads on, and the connection is gone either way.
        }
    }
}
