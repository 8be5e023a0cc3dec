package io.github.tieredquery.internal.export;

import io.github.tieredquery.error.BadExportTicketException;
import io.github.tieredquery.export.ExportTicket;
import io.github.tieredquery.internal.bound.Sha256;
import io.github.tieredquery.query.Query;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** Issues tickets, and checks those that come back from strangers. Thread-safe. */
final class TicketCodec {

    static final int ID_BYTES = 16;

    /** No page token and no state starts so, which the same keys sign. */
    private static final byte VERSION = 'E';

    private static final int BINDING_BYTES = 16;
    private static final int BODY_BYTES = 1 + ID_BYTES + BINDING_BYTES + Long.BYTES;

    /** In characters; every ticket is shorter. */
    private static final int LONGEST = 256;

    private final ExportBackend backend;
    private final String location;

    /**
     * For one target.
     *
     * @param location where the exports lie
     */
    TicketCodec(ExportBackend backend, String location) {
        this.backend = backend;
        this.location = location;
    }

    /**
     * What a ticket says.
     *
     * @param id the export's
     * @param binding tells its query, restrictions and target from others
     * @param expires when it ends
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Content(byte[] id, byte[] binding, Instant expires) {}

    ExportTicket issue(byte[] id, Query query, Instant expires) {
        byte[] body = ByteBuffer.allocate(BODY_BYTES)
                .put(VERSION)
                .put(id)
                .put(binding(query))
                .putLong(expires.getEpochSecond())
                .array();
        return ExportTicket.of(encoded(backend.sign(body)));
    }

    /**
     * Reads a ticket.
     *
     * @throws BadExportTicketException if it wasn't issued with these keys, or has expired
     */
    Content read(ExportTicket ticket, Instant now) {
        if (ticket.toString().length() > LONGEST) {
            throw refused(
                    "has " + ticket.toString().length() + " characters, and none that was given out has more than "
                            + LONGEST,
                    null);
        }
        byte[] body;
        try {
            byte[] bytes = Base64.getUrlDecoder().decode(ticket.toString());
            if (!encoded(bytes).equals(ticket.toString())) {
                throw new IllegalArgumentException("another text of the same bytes");
            }
            body = backend.verified(bytes);
        } catch (IllegalArgumentException e) {
            throw refused("is damaged, or signed with a key that isn't known", e);
        }
        if (body == null) {
            throw refused("is damaged, or signed with a key that isn't known", null);
        }
        if (body.length != BODY_BYTES || body[0] != VERSION) {
            throw refused("has an unknown version", null);
        }
        ByteBuffer in = ByteBuffer.wrap(body, 1, body.length - 1);
        byte[] id = new byte[ID_BYTES];
        byte[] binding = new byte[BINDING_BYTES];
        in.get(id).get(binding);
        Instant expires = Instant.ofEpochSecond(in.getLong());
        if (now.isAfter(expires)) {
            throw refused("expired at " + expires, null);
        }
        return new Content(id, binding, expires);
    }

    /** Checks that a ticket is for this query with these restrictions, and for this target. */
    void checkBinding(Content ticket, Query query) {
        if (!MessageDigest.isEqual(ticket.binding(), binding(query))) {
            throw foreign();
        }
    }

    BadExportTicketException foreign() {
        return refused("belongs to another query, restriction or target", null);
    }

    BadExportTicketException unknown() {
        return refused("is of an export that isn't there any more, or of another target", null);
    }

    private BadExportTicketException refused(String why, @Nullable Exception cause) {
        return new BadExportTicketException(
                "table '" + backend.table().name() + "': the export ticket " + why + ". Start the export again", cause);
    }

    private byte[] binding(Query query) {
        MessageDigest digest = Sha256.start();
        digest.update(backend.fingerprint(query));
        return Arrays.copyOf(digest.digest(location.getBytes(StandardCharsets.UTF_8)), BINDING_BYTES);
    }

    private static String encoded(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
