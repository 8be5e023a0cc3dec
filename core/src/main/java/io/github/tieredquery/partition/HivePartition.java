package io.github.tieredquery.partition;

import io.github.tieredquery.table.CodePointOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One partition: a text or NULL for each of the layout's partition columns, without the version.
 *
 * <p>Partitions are equal if they have the same columns and values. Their natural order is by the columns' names, then
 * by time, then by the other values in the order of the columns: NULL first, texts by code point. Immutable and
 * thread-safe.
 */
public final class HivePartition implements Comparable<HivePartition> {

    private static final String NULL_IN_FILES = "\\N";
    private static final Comparator<@Nullable String> VALUES = Comparator.nullsFirst(CodePointOrder.INSTANCE);

    private final HivePartitionLayout layout;
    private final List<@Nullable String> values;

    /** For callers that made sure of the values; the array is theirs no longer. */
    HivePartition(HivePartitionLayout layout, @Nullable String[] values) {
        this.layout = layout;
        this.values = Collections.unmodifiableList(Arrays.asList(values));
    }

    /**
     * A partition of given values.
     *
     * @param layout the layout
     * @param values a text for each of the layout's partition columns in their order, null for NULL
     * @return the partition
     * @throws IllegalArgumentException if there are more or fewer values than columns, if a time column's text isn't
     *     one that the layout writes, or if a text can't be in a partition: the empty string,
     *     {@code __HIVE_DEFAULT_PARTITION__} and {@code \N}, which read back as NULL
     */
    public static HivePartition of(HivePartitionLayout layout, List<@Nullable String> values) {
        List<String> columns = layout.partitionColumns();
        if (values.size() != columns.size()) {
            throw new IllegalArgumentException(
                    values.size() + " values " + values + " for the partition columns " + columns);
        }
        layout.times().read(values);
        for (int i = 0; i < columns.size(); i++) {
            String value = values.get(i);
            if (value != null && readsAsNull(value)) {
                throw new IllegalArgumentException("partition column '" + columns.get(i) + "' can't hold '" + value
                        + "', which reads back as NULL");
            }
        }
        return new HivePartition(layout, values.toArray(new @Nullable String[0]));
    }

    /**
     * Reads a path such as {@code year=2024/month=01/day=05/origin=SFO}, with one slash or none at its end.
     *
     * @param layout the layout
     * @param path the path below the table's location; in a versioned layout its last directory may be the version,
     *     which is left out ({@link #parseVersion} reads it)
     * @return the partition
     * @throws IllegalArgumentException if the path isn't one that the layout writes
     */
    public static HivePartition parse(HivePartitionLayout layout, String path) {
        List<String> columns = layout.partitionColumns();
        List<String> directories = directories(path);
        boolean versioned = layout.isVersioned() && directories.size() == columns.size() + 1;
        if (versioned) {
            parseVersion(layout, path);
        }
        if (!versioned && directories.size() != columns.size()) {
            throw new IllegalArgumentException(
                    "the path '" + path + "' has " + directories.size() + " directories; the layout's are " + columns);
        }
        List<@Nullable String> values = new ArrayList<>();
        for (int i = 0; i < columns.size(); i++) {
            String text = HivePath.unescape(after(columns.get(i), directories.get(i), path));
            values.add(text.equals(HivePath.NULL_TEXT) ? null : text);
        }
        try {
            return of(layout, values);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("the path '" + path + "' isn't of the layout: " + e.getMessage(), e);
        }
    }

    /**
     * Reads the version at the end of a path.
     *
     * @param layout a versioned layout
     * @param path the path below the table's location, with one slash or none at its end
     * @return the version, 0 or more
     * @throws IllegalArgumentException if the layout has no version, or the path's last directory is none
     */
    public static long parseVersion(HivePartitionLayout layout, String path) {
        if (!layout.isVersioned()) {
            throw new IllegalArgumentException("the layout has no version: " + layout.describe());
        }
        List<String> directories = directories(path);
        String text = after(HivePartitionLayout.VERSION_COLUMN, directories.get(directories.size() - 1), path);
        if (text.length() != HivePartitionLayout.VERSION_DIGITS
                || !text.chars().allMatch(digit -> digit >= '0' && digit <= '9')) {
            throw new IllegalArgumentException("the path '" + path + "' has the version '" + text + "'; it has "
                    + HivePartitionLayout.VERSION_DIGITS + " digits");
        }
        return Long.parseLong(text);
    }

    private static List<String> directories(String path) {
        String bare = path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
        return Arrays.asList(bare.split("/", -1));
    }

    private static String after(String column, String directory, String path) {
        if (!directory.startsWith(column + "=")) {
            throw new IllegalArgumentException(
                    "the path '" + path + "' has '" + directory + "' where the layout has '" + column + "=…'");
        }
        return directory.substring(column.length() + 1);
    }

    /**
     * Hive writes NULL and the empty string in the same way and reads both as NULL. Trino, and so Athena, takes its
     * text for NULL in files for one in partitions, too, whatever their paths say.
     */
    static boolean readsAsNull(String text) {
        return text.isEmpty() || text.equals(HivePath.NULL_TEXT) || text.equals(NULL_IN_FILES);
    }

    /**
     * The values.
     *
     * @return a text for each partition column in order, null for NULL; unmodifiable
     */
    public List<@Nullable String> values() {
        return values;
    }

    /**
     * The partition columns.
     *
     * @return their names in order, without the version
     */
    public List<String> columns() {
        return layout.partitionColumns();
    }

    /**
     * A value by name.
     *
     * @param column a partition column
     * @return its text, null for NULL
     * @throws IllegalArgumentException if there is no such partition column
     */
    public @Nullable String value(String column) {
        int index = columns().indexOf(column);
        if (index < 0) {
            throw new IllegalArgumentException("no partition column '" + column + "' among " + columns());
        }
        return values.get(index);
    }

    /**
     * The directory below the table's location, escaped as Hive does, without the version.
     *
     * @return for example {@code year=2024/month=01/day=05/origin=SFO}, no slash at its end
     */
    public String path() {
        StringBuilder path = new StringBuilder();
        List<String> columns = columns();
        for (int i = 0; i < columns.size(); i++) {
            String value = values.get(i);
            path.append(i == 0 ? "" : "/").append(columns.get(i)).append('=');
            path.append(value == null ? HivePath.NULL_TEXT : HivePath.escape(value));
        }
        return path.toString();
    }

    /**
     * The directory of one version.
     *
     * @param version the version, 0 to 9999999999
     * @return for example {@code year=2024/month=01/day=05/origin=SFO/tq_version=0000000042}
     * @throws IllegalArgumentException if the version is out of range
     * @throws IllegalStateException if the layout has no version
     */
    public String path(long version) {
        if (!layout.isVersioned()) {
            throw new IllegalStateException("the layout has no version: " + layout.describe());
        }
        return path() + "/" + HivePartitionLayout.VERSION_COLUMN + "=" + HivePartitionLayout.versionText(version);
    }

    @Override
    public int compareTo(HivePartition other) {
        int result = columns().equals(other.columns())
                ? 0
                : columns().toString().compareTo(other.columns().toString());
        for (int i = 0; result == 0 && i < values.size(); i++) {
            // Of unpadded numbers the shorter one is less.
            result = i < layout.timeColumns().size() ? Integer.compare(length(i), other.length(i)) : 0;
            result = result != 0 ? result : VALUES.compare(values.get(i), other.values.get(i));
        }
        return result;
    }

    private int length(int index) {
        String value = values.get(index);
        return value == null ? 0 : value.length();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof HivePartition that
                && values.equals(that.values)
                && columns().equals(that.columns());
    }

    @Override
    public int hashCode() {
        return values.hashCode();
    }

    /** The path. */
    @Override
    public String toString() {
        return path();
    }
}
