package io.github.tieredquery.store;

import io.github.tieredquery.error.ConfigurationException;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an archive leaves at its place in the cold store before it writes anything there, so that the place knows of
 * versions that a journal has forgotten, after a restore, or never knew of, in a copy of its database. The journal
 * issues a mark whenever it gives out a version, or the right to write under one again; no two are alike. Immutable.
 *
 * <p>As text it is a few lines of a name and a value each.
 *
 * @param archive tells archives apart: a random text that the journal has drawn when the archive was begun
 * @param number counts the marks that the journal has issued, from 1
 * @param nonce random: two histories that have parted don't have the same mark of one number
 * @param version the highest version that was given out by then; 0 if none was
 * @param epoch the archive's epoch by then
 * @param erasedKeys how many keys were erased through the journal by then, since the journal counts them
 * @param issued when, by the database's clock, in whole microseconds
 */
public record ArchiveMark(
        String archive, long number, String nonce, long version, long epoch, long erasedKeys, Instant issued) {

    private static final String TITLE = "tieredquery archive mark 1";
    private static final List<String> NAMES =
            List.of("archive", "number", "nonce", "version", "epoch", "erased-keys", "issued");

    /** Checks that the texts have no line breaks. */
    public ArchiveMark {
        if ((archive + nonce).lines().count() != 1) {
            throw new IllegalArgumentException("'" + archive + "' and '" + nonce + "' are to be of one line");
        }
    }

    /**
     * The mark as the store keeps it.
     *
     * @return lines of text
     */
    public String text() {
        List<Object> values = List.of(archive, number, nonce, version, epoch, erasedKeys, issued);
        StringBuilder text = new StringBuilder(TITLE).append('\n');
        for (int i = 0; i < values.size(); i++) {
            text.append(NAMES.get(i)).append(' ').append(values.get(i)).append('\n');
        }
        return text.toString();
    }

    /**
     * Reads a mark back.
     *
     * @param where where it was found, for messages
     * @param text what {@link #text} gave
     * @return the mark
     * @throws ConfigurationException if it has another form, that of a newer version of the library, or isn't a mark
     */
    public static ArchiveMark parse(String where, String text) {
        List<String> lines = text.lines().toList();
        try {
            if (lines.size() == NAMES.size() + 1 && lines.get(0).equals(TITLE)) {
                List<String> values = new ArrayList<>();
                for (int i = 0; i < NAMES.size(); i++) {
                    String line = lines.get(i + 1);
                    if (!line.startsWith(NAMES.get(i) + " ")) {
                        throw unreadable(where, null);
                    }
                    values.add(line.substring(NAMES.get(i).length() + 1));
                }
                return new ArchiveMark(
                        values.get(0),
                        Long.parseLong(values.get(1)),
                        values.get(2),
                        Long.parseLong(values.get(3)),
                        Long.parseLong(values.get(4)),
                        Long.parseLong(values.get(5)),
                        Instant.parse(values.get(6)));
            }
        } catch (NumberFormatException | DateTimeParseException e) {
            throw unreadable(where, e);
        }
        throw unreadable(where, null);
    }

    private static ConfigurationException unreadable(String where, @Nullable Exception cause) {
        return new ConfigurationException(
                where + " isn't an archive's mark as this version of the library writes it. Use the version that wrote"
                        + " it, or a newer one; if somebody else has put it there, put the object's former version back",
                cause);
    }

    /**
     * Whether another mark is this one.
     *
     * @param other the other mark
     * @return whether both were issued at once
     */
    public boolean isSameAs(ArchiveMark other) {
        return archive.equals(other.archive) && number == other.number && nonce.equals(other.nonce);
    }
}
