package io.github.tieredquery.examples.quickstart;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;

/**
 * A SHA-256 over every value of every row in the order of the rows: one changed value or two swapped rows change it.
 */
final class OrderedDigest {

    private final MessageDigest sha256;
    private final ByteBuffer numbers = ByteBuffer.allocate(2 * Long.BYTES + 2 * Integer.BYTES);
    private final ByteBuffer length = ByteBuffer.allocate(Integer.BYTES);
    private long rows;

    OrderedDigest() {
        try {
            sha256 = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    void add(Flight flight) {
        numbers.clear()
                .putLong(ChronoUnit.MICROS.between(Instant.EPOCH, flight.departedAt()))
                .putLong(flight.id())
                .putInt(flight.delay())
                .putInt(flight.distance());
        sha256.update(numbers.flip());
        add(flight.origin());
        add(flight.destination());
        rows++;
    }

    /** The length goes first, so that no two rows have the same bytes. */
    private void add(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        sha256.update(length.clear().putInt(utf8.length).flip());
        sha256.update(utf8);
    }

    long rows() {
        return rows;
    }

    /** The digest; the object can't be used afterwards. */
    String finish() {
        return HexFormat.of().formatHex(sha256.digest());
    }
}
