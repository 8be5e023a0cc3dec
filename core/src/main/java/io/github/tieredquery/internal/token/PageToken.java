package io.github.tieredquery.internal.token;

import io.github.tieredquery.error.BadPageTokenException;
import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.internal.bound.BoundQuery;
import io.github.tieredquery.internal.bound.PositionCodec;
import io.github.tieredquery.internal.bound.QueryFingerprint;
import io.github.tieredquery.internal.bound.QueryLog;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.spi.ResultPlace;
import io.github.tieredquery.spi.RowPosition;
import io.github.tieredquery.table.Micros;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Writes and reads page tokens of one query. A token is base64url of: the format's version, the query's fingerprint,
 * the position of the page's last row, where the next one stands in a kept result if it does, and a signature. It comes
 * back from strangers: whatever is not exactly what was written is refused, and all that a forged one can choose is a
 * position in its own query. The part that leads to a result counts only with a good signature; without keys of the
 * service, tokens that have no such part have no signature.
 */
public final class PageToken {

    private static final Logger LOG = QueryLog.LOG;

    private static final byte VERSION = 1;

    /**
     * In characters. Far beyond what two keys that a database can index come to, and few enough that nobody has the
     * service decode and sign megabytes.
     */
    private static final int LONGEST = 32_768;

    private final BoundQuery request;
    private final TokenKeys keys;
    private final byte[] fingerprint;

    /**
     * What a token says.
     *
     * @param position of the last row before the page
     * @param result where the page stands in a kept result, null if it isn't known
     */
    public record Start(RowPosition position, @Nullable ResumableResult result) {}

    /**
     * Tokens of a query.
     *
     * @param request the query as the caller made it, not the rest that is left of it
     */
    public PageToken(BoundQuery request, TokenKeys keys) {
        this.request = request;
        this.keys = keys;
        this.fingerprint = QueryFingerprint.of(request);
    }

    public String write(Start start) {
        String token = text(start);
        // Without the result's place the page is read by position.
        String fitting = token.length() <= LONGEST ? token : text(new Start(start.position(), null));
        if (fitting.length() > LONGEST) {
            throw new ConfigurationException("table '" + request.table().name() + "': the key of the page's last row is"
                    + " too long for a page token, which has at most " + LONGEST
                    + " characters. Declare a key of shorter values, or read such rows with stream(…)");
        }
        return fitting;
    }

    private String text(Start start) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ResumableResult result = start.result();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(VERSION);
            out.write(fingerprint);
            PositionCodec.write(out, start.position());
            out.writeBoolean(result != null);
            if (result != null) {
                write(out, result);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory", e);
        }
        byte[] body = bytes.toByteArray();
        return encoded(keys.areOfService() || result != null ? keys.sign(body) : body);
    }

    private static String encoded(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /**
     * Reads a token of this query.
     *
     * @throws BadPageTokenException if it isn't one
     */
    public Start read(String token) {
        if (token.length() > LONGEST) {
            throw refused(
                    "has " + token.length() + " characters, and none that was given out has more than " + LONGEST,
                    null);
        }
        byte[] bytes;
        boolean verified;
        try {
            bytes = Base64.getUrlDecoder().decode(token);
            if (!encoded(bytes).equals(token)) {
                throw new IllegalArgumentException("another text of the same bytes");
            }
            byte[] body = keys.verified(bytes);
            verified = body != null;
            if (keys.areOfService() && !verified) {
                throw new IllegalArgumentException("no key made the signature");
            }
            bytes = body == null ? bytes : body;
        } catch (IllegalArgumentException e) {
            throw refused("is damaged, or signed with a key that isn't known", e);
        }
        if (bytes.length <= QueryFingerprint.BYTES || bytes[0] != VERSION) {
            throw refused("has an unknown version", null);
        }
        if (!MessageDigest.isEqual(fingerprint, Arrays.copyOfRange(bytes, 1, 1 + QueryFingerprint.BYTES))) {
            throw refused("belongs to another query: its range, condition, columns or order differ", null);
        }
        Start start;
        try {
            start = start(Arrays.copyOfRange(bytes, 1 + QueryFingerprint.BYTES, bytes.length), verified);
        } catch (IOException | RuntimeException e) {
            throw refused("is damaged", e);
        }
        ResumableResult result = start.result();
        boolean resultIsInside = result == null || request.range().encloses(result.range());
        if (!request.range().contains(start.position().time()) || !resultIsInside) {
            throw refused("points outside of the query's range", null);
        }
        return start;
    }

    private BadPageTokenException refused(String why, @Nullable Exception cause) {
        return new BadPageTokenException(
                "table '" + request.table().name() + "': the page token " + why
                        + ". Ask for the first page, without a token",
                cause);
    }

    private Start start(byte[] bytes, boolean verified) throws IOException {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            RowPosition position = PositionCodec.read(in, request.table());
            int hasResult = in.readByte();
            if (hasResult == 1 && !verified) {
                LOG.debug(
                        "page of {}: the token's result was not signed by this process; reading on by position",
                        request.table().name());
                return new Start(position, null);
            }
            if (hasResult < 0 || hasResult > 1) {
                throw new IOException("a flag is " + hasResult);
            }
            Start start = new Start(position, hasResult == 1 ? result(in) : null);
            if (in.available() > 0) {
                throw new IOException("something follows");
            }
            return start;
        }
    }

    private static void write(DataOutputStream out, ResumableResult result) throws IOException {
        out.writeUTF(result.place().executionId());
        writeNumber(out, result.place().offset());
        // No rows lie beyond these years, and no number of microseconds reaches all instants.
        TimeRange range = result.range().clamped();
        out.writeLong(Micros.of(range.from()));
        out.writeLong(Micros.of(range.to()));
        writeNumber(out, result.limit());
        writeNumber(out, result.remaining());
        writeNumber(out, result.ceiling());
        writeNumber(out, result.epoch());
        RowPosition after = result.after();
        out.writeBoolean(after != null);
        if (after != null) {
            PositionCodec.write(out, after);
        }
    }

    private ResumableResult result(DataInputStream in) throws IOException {
        ResultPlace place = new ResultPlace(in.readUTF(), readNumber(in));
        TimeRange range = new TimeRange(Micros.toInstant(in.readLong()), Micros.toInstant(in.readLong()));
        long limit = readNumber(in);
        long remaining = readNumber(in);
        long ceiling = readNumber(in);
        long epoch = readNumber(in);
        RowPosition after = in.readBoolean() ? PositionCodec.read(in, request.table()) : null;
        return new ResumableResult(place, after, range, limit, remaining, ceiling, epoch);
    }

    /** Seven bits a byte, the lowest first: most numbers are small. */
    private static void writeNumber(DataOutputStream out, long number) throws IOException {
        long rest = number;
        while ((rest & ~0x7FL) != 0) {
            out.writeByte((int) ((rest & 0x7F) | 0x80));
            rest >>>= 7;
        }
        out.writeByte((int) rest);
    }

    private static long readNumber(DataInputStream in) throws IOException {
        long number = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            byte next = in.readByte();
            number |= (next & 0x7FL) << shift;
            if (next >= 0) {
                return number;
            }
        }
        throw new IOException("a number doesn't end");
    }
}
