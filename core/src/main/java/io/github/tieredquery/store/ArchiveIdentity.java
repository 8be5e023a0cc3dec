package io.github.tieredquery.store;

import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.table.Column;
import io.github.tieredquery.table.Table;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * With which table and layout an archive is written, where it lies, and how the hot store's times without a zone are
 * read. A process that is configured otherwise would put rows where nobody looks for them, look where they aren't, or
 * take its hot rows for those of other moments. Immutable and thread-safe.
 *
 * <p>Nullable columns may be appended to the table. Each time that an archiver comes with more columns is a schema
 * version, counted from 1; the columns of each are a beginning of those of the next. Nothing else may change. A reader
 * may have fewer columns than were archived, and reads those, or more, and reads NULL; an archiver with fewer would
 * drop values.
 *
 * <p>The place and the reading of local times may be unknown: of archives that were begun before they were recorded,
 * and of processes that have none. What is unknown on one side isn't compared, and is recorded by the next archiver
 * that knows it.
 *
 * <p>As text it is one line: {@code flights(at TIMESTAMP NOT NULL, id INT64 NOT NULL, origin STRING; key at, id; since
 * 2 gate STRING) partitioned year, month, day, tq_version in Z; local times of Europe/Berlin EARLIER; lies at
 * s3://archive/flights/}.
 */
public final class ArchiveIdentity {

    private static final String KEY = "; key ";
    private static final String SINCE = "; since ";
    private static final String PARTITIONED = ") partitioned ";
    private static final String NOT_NULL = " NOT NULL";
    private static final HexFormat HEX = HexFormat.of().withUpperCase();
    private static final String LOCAL_TIMES = "; local times of ";
    private static final String PLACE = "; lies at ";

    private final String name;
    private final String key;
    private final String layout;
    /** The columns that each schema version has added. */
    private final List<List<String>> added;
    /** Null if it is unknown, or if the hot store keeps no local times. */
    private final @Nullable String localTimes;
    /** Null if it is unknown. */
    private final @Nullable String place;

    private final String text;

    private ArchiveIdentity(
            String name,
            String key,
            String layout,
            List<List<String>> added,
            @Nullable String localTimes,
            @Nullable String place) {
        this.name = name;
        this.key = key;
        this.layout = layout;
        this.added = List.copyOf(added);
        this.localTimes = localTimes;
        this.place = place;
        this.text = text(name, key, layout, added)
                + (localTimes == null ? "" : LOCAL_TIMES + localTimes)
                + (place == null ? "" : PLACE + encoded(place));
    }

    /**
     * The identity of a set-up whose place isn't known, and whose hot store keeps no local times.
     *
     * @param table the table
     * @param layout the layout of its archive
     * @return the identity, of the schema version 1
     */
    public static ArchiveIdentity of(Table table, HivePartitionLayout layout) {
        return new ArchiveIdentity(
                table.name(),
                String.join(", ", table.orderColumns()),
                layout.describe(),
                List.of(table.rowType().columns().stream().map(Column::describe).toList()),
                null,
                null);
    }

    /**
     * The identity of a set-up.
     *
     * @param hot where the rows come from
     * @param cold where the archive lies
     * @param layout the archive's layout
     * @return the identity, of the schema version 1
     */
    public static ArchiveIdentity of(HotStore hot, ArchiveSource cold, HivePartitionLayout layout) {
        return of(hot.table(), layout)
                .withLocalTimes(hot.localTimes().orElse(null))
                .withPlace(cold.place().orElse(null));
    }

    /**
     * With a reading of local times.
     *
     * @param reading the zone, and which of two instants a repeated time is: {@code Europe/Berlin EARLIER}; null if it
     *     is unknown, or if there are none
     * @return the identity
     */
    public ArchiveIdentity withLocalTimes(@Nullable String reading) {
        return new ArchiveIdentity(name, key, layout, added, reading, place);
    }

    /**
     * With a place.
     *
     * @param where what tells it from others: {@code s3://archive/flights/}; null if it is unknown
     * @return the identity
     */
    public ArchiveIdentity withPlace(@Nullable String where) {
        return new ArchiveIdentity(name, key, layout, added, localTimes, where);
    }

    /**
     * What binds the next archiver as long as no version was given out: nothing can lie anywhere yet, so that the place
     * and the reading of local times may still be corrected.
     *
     * @return the identity without them
     */
    public ArchiveIdentity beforeAnyVersion() {
        return new ArchiveIdentity(name, key, layout, added, null, null);
    }

    /** The text with neither spaces nor line breaks, so that where it begins can be found. */
    private static String encoded(String place) {
        StringBuilder encoded = new StringBuilder();
        place.codePoints().forEach(c -> {
            if (c == '%' || c <= ' ') {
                encoded.append('%').append(HEX.toHexDigits((byte) c));
            } else {
                encoded.appendCodePoint(c);
            }
        });
        return encoded.toString();
    }

    private static String decoded(String encoded) {
        StringBuilder place = new StringBuilder();
        for (int i = 0; i < encoded.length(); i++) {
            if (encoded.charAt(i) == '%') {
                place.append((char) HexFormat.fromHexDigits(encoded, i + 1, i + 3));
                i += 2;
            } else {
                place.append(encoded.charAt(i));
            }
        }
        return place.toString();
    }

    /**
     * Reads an identity back.
     *
     * @param text what {@link #text} gave
     * @return the identity
     * @throws ConfigurationException if the text has another form, that of a newer version of the library
     */
    public static ArchiveIdentity parse(String text) {
        // The table's name may hold anything, so marks are looked for from the end.
        int end = text.lastIndexOf(PARTITIONED);
        int keyAt = end < 0 ? -1 : text.lastIndexOf(KEY, end);
        if (keyAt >= 0) {
            String[] parts = text.substring(keyAt + KEY.length(), end).split(SINCE, -1);
            String time = "(" + parts[0].split(", ", -1)[0] + " TIMESTAMP" + NOT_NULL;
            int columnsAt = text.lastIndexOf(time, keyAt);
            if (columnsAt >= 0) {
                List<List<String>> added = new ArrayList<>();
                added.add(columns(text.substring(columnsAt + 1, keyAt)));
                for (int i = 1; i < parts.length; i++) {
                    added.add(columns(parts[i].substring(parts[i].indexOf(' ') + 1)));
                }
                String rest = text.substring(end + PARTITIONED.length());
                int placeAt = indexOf(rest, PLACE);
                int timesAt = indexOf(rest, LOCAL_TIMES);
                return new ArchiveIdentity(
                        text.substring(0, columnsAt),
                        parts[0],
                        rest.substring(0, Math.min(placeAt, timesAt)),
                        added,
                        timesAt == rest.length() ? null : rest.substring(timesAt + LOCAL_TIMES.length(), placeAt),
                        placeAt == rest.length() ? null : decoded(rest.substring(placeAt + PLACE.length())));
            }
        }
        throw new ConfigurationException(
                "the journal says that the archive was written with\n  " + text
                        + "\nwhich this version of the library doesn't understand; use the version that wrote it, or a newer one");
    }

    /** The text's end if it hasn't the mark. */
    private static int indexOf(String text, String mark) {
        int found = text.indexOf(mark);
        return found < 0 ? text.length() : found;
    }

    private static List<String> columns(String text) {
        return List.of(text.split(", ", -1));
    }

    /**
     * The identity as one line of text.
     *
     * @return the text
     */
    public String text() {
        return text;
    }

    private static String text(String name, String key, String layout, List<List<String>> added) {
        StringBuilder text = new StringBuilder(name + "(" + String.join(", ", added.get(0)) + KEY + key);
        for (int i = 1; i < added.size(); i++) {
            text.append(SINCE).append(i + 1).append(' ').append(String.join(", ", added.get(i)));
        }
        return text + PARTITIONED + layout;
    }

    /**
     * The version of the schema that has all columns.
     *
     * @return from 1
     */
    public int schemaVersion() {
        return added.size();
    }

    /**
     * What an archive is written with once an archiver goes on with it.
     *
     * @param archiver how the archiver is configured
     * @return this, or this with a further schema version if the archiver has appended columns, and with what was
     *     unknown and the archiver knows
     * @throws ConfigurationException if it has changed anything else, or lacks columns; with both texts and what
     *     differs
     */
    public ArchiveIdentity continuedBy(ArchiveIdentity archiver) {
        List<String> differences = differences(archiver);
        if (!differences.isEmpty()) {
            throw refusal(archiver, differences);
        }
        List<String> mine = columns();
        List<String> theirs = archiver.columns();
        List<List<String>> all = new ArrayList<>(added);
        if (theirs.size() > mine.size()) {
            all.add(theirs.subList(mine.size(), theirs.size()));
        }
        return new ArchiveIdentity(
                name,
                key,
                layout,
                all,
                localTimes == null ? archiver.localTimes : localTimes,
                place == null ? archiver.place : place);
    }

    /**
     * Fails if a reader can't read what was archived.
     *
     * @param reader how the reader is configured
     * @throws ConfigurationException if the one's columns aren't a beginning of the other's, or if anything else
     *     differs; with both texts and what differs
     */
    public void checkReadableBy(ArchiveIdentity reader) {
        if (!reader.differences(this).isEmpty()) {
            List<String> differences = differences(reader);
            if (!differences.isEmpty()) {
                throw refusal(reader, differences);
            }
        }
    }

    /**
     * Fails if a process would write rows with other columns than the archive has now.
     *
     * @param table the table that the process is configured with
     * @throws ConfigurationException if its columns aren't exactly the archive's
     */
    public void checkWrittenBy(Table table) {
        List<String> theirs =
                table.rowType().columns().stream().map(Column::describe).toList();
        if (!columns().equals(theirs)) {
            throw new ConfigurationException("the archive of table '" + name + "' has the columns " + columns()
                    + " by now, and this process is configured with " + theirs + ", so that it can't write to it;"
                    + " another archiver has come with another table. Start this one again with the same");
        }
    }

    /**
     * Fails if a process would take the hot store's local times for other moments than those that were archived.
     *
     * @param reading how the process reads them; null if it has none
     * @throws ConfigurationException with both readings
     */
    public void checkLocalTimes(@Nullable String reading) {
        if (reading != null && localTimes != null && !reading.equals(localTimes)) {
            throw new ConfigurationException("table '" + name + "': the hot table's times without a zone were archived"
                    + " as those of " + localTimes + ", and this process takes them for those of " + reading
                    + ", so that rows would be of other moments. Configure the zone, and which of two instants a"
                    + " repeated time is, as the archive was written, or use another journal");
        }
    }

    private List<String> columns() {
        return added.stream().flatMap(List::stream).toList();
    }

    /** What keeps another identity from being this one with nullable columns appended. */
    private List<String> differences(ArchiveIdentity other) {
        List<String> differences = new ArrayList<>();
        compare(differences, "the table's name", name, other.name);
        compare(differences, "the order and key of rows", key, other.key);
        compare(differences, "the layout", layout, other.layout);
        compareIfKnown(differences, "the zone of the hot table's local times", localTimes, other.localTimes);
        compareIfKnown(differences, "the place", place, other.place);
        List<String> mine = columns();
        List<String> theirs = other.columns();
        if (theirs.size() >= mine.size() && theirs.subList(0, mine.size()).equals(mine)) {
            theirs.subList(mine.size(), theirs.size()).stream()
                    .filter(column -> column.endsWith(NOT_NULL))
                    .forEach(column -> differences.add("the column " + column
                            + " is new here, and rows that were archived before have no value for it; only nullable"
                            + " columns can be appended"));
            return differences;
        }
        compareColumns(differences, named(mine), named(theirs));
        return differences;
    }

    private static void compare(List<String> differences, String what, String archived, String here) {
        if (!archived.equals(here)) {
            differences.add(what + " is " + archived + " in the archive, and " + here + " here");
        }
    }

    private static void compareIfKnown(
            List<String> differences, String what, @Nullable String archived, @Nullable String here) {
        if (archived != null && here != null) {
            compare(differences, what, archived, here);
        }
    }

    private static void compareColumns(
            List<String> differences, Map<String, String> archived, Map<String, String> here) {
        int before = differences.size();
        archived.forEach((column, described) -> {
            String found = here.get(column);
            if (found == null) {
                differences.add("the column " + described + " is in the archive, and not here");
            } else if (!found.equals(described)) {
                differences.add("the column " + described + " of the archive is " + found + " here");
            }
        });
        if (differences.size() == before) {
            differences.add("the archive's columns are " + archived.keySet() + " in this order, and " + here.keySet()
                    + " here; new ones stand after all others");
        }
    }

    private static Map<String, String> named(List<String> columns) {
        Map<String, String> named = new LinkedHashMap<>();
        columns.forEach(column -> named.put(column.substring(0, column.indexOf(' ')), column));
        return named;
    }

    private ConfigurationException refusal(ArchiveIdentity other, List<String> differences) {
        return new ConfigurationException("the archive was written with\n  " + text()
                + "\nbut this process is configured with\n  " + other.text() + "\nThat is: "
                + String.join("; ", differences)
                + ". Configure it as the archive was written, or use another journal");
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ArchiveIdentity that && text().equals(that.text());
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return text();
    }
}
