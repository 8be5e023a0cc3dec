package io.github.tieredquery.export;

import java.util.Objects;

/**
 * A running or finished export, as a short text that never changes: whoever holds it, in any process with the same
 * keys, can drive the export on. It is safe in URLs, holds no secret, is signed, and belongs to one query with its
 * restrictions and one target. Immutable and thread-safe.
 */
public final class ExportTicket {

    private final String text;

    private ExportTicket(String text) {
        this.text = text;
    }

    /**
     * A ticket from its text, which is checked when the ticket is used.
     *
     * @param text what {@link #toString} gave
     * @return the ticket
     */
    public static ExportTicket of(String text) {
        return new ExportTicket(Objects.requireNonNull(text, "text"));
    }

    /** The ticket as text: letters, digits, {@code -} and {@code _}. */
    @Override
    public String toString() {
        return text;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ExportTicket that && text.equals(that.text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }
}
