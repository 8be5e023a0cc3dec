package io.github.tieredquery.store;

import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.table.Column;
import io.github.tieredquery.table.Table;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * With which table and layout an archive is written. A process that is configured otherwise would put rows where nobody
 * looks for them, or look where they aren't. Immutable and thread-safe.
 *
 * <p>Nullable columns may be appended to the table. Each time that an archiver comes with more columns is a schema
 * version, counted from 1; the columns of each are a beginning of those of the next. Nothing else may change. A reader
 * may have fewer columns than were archived, and reads those, or more, and reads NULL; an archiver with fewer would
 * drop values.
 *
 * <p>As text it is one line: {@code flights(at TIMESTAMP NOT NULL, id INT64 NOT NULL, origin STRING; key at, id; since
 * 2 gate STRING) partitioned year, month, day, tq_version in Z}.
 */
public final class ArchiveIdentity {

    private static final String KEY = "; key ";
    private static final String SINCE = "; since ";
    private static final String PARTITIONED = ") partitioned ";
    private static final String NOT_NULL = " NOT NULL";

    private final String name;
    private final String key;
    private final String layout;
    /** The columns that each schema version has added. */
    private final List<List<String>> added;

    private final String text;

    private ArchiveIdentity(String name, String key, String layout, List<List<String>> added) {
        this.name = name;
        this.key = key;
        this.layout = layout;
        this.added = List.copyOf(added);
        this.text = text(name, key, layout, added);
    }

    /**
     * The identity of a set-up.
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
                List.of(table.rowType().columns().stream().map(Column::describe).toList()));
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
                return new ArchiveIdentity(
                        text.substring(0, columnsAt), parts[0], text.substring(end + PARTITIONED.length()), added);
            }
        }
        throw new ConfigurationException(
                "the journal says that the archive was written with\n  " + text
                        + "\nwhich this version of the library doesn't understand; use the version that wrote it, or a newer one");
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
     * @return this, or this with a further schema version if the archiver has appended columns
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
        if (mine.size() == theirs.size()) {
            return this;
        }
        List<List<String>> more = new ArrayList<>(added);
        more.add(theirs.subList(mine.size(), theirs.size()));
        return new ArchiveIdentity(name, key, layout, more);
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

    private List<String> columns() {
        return added.stream().flatMap(List::stream).toList();
    }

    /** What keeps another identity from being this one with nullable columns appended. */
    private List<String> differences(ArchiveIdentity other) {
        List<String> differences = new ArrayList<>();
        compare(differences, "the table's name", name, other.name);
        compare(differences, "the order and key of rows", key, other.key);
        compare(differences, "the layout", layout, other.layout);
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
        return Objects.hash(Arrays.asList(name, key, layout, added));
    }

    @Override
    public String toString() {
        return text();
    }
}
