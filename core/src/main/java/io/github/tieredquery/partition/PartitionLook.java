package io.github.tieredquery.partition;

import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.table.ColumnType;
import io.github.tieredquery.table.Table;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Looks whether partitions that somebody else has written are ones of a layout: queries would miss the others, since
 * they name partitions as the layout writes them. A source asks its catalog for partitions that show a {@link Sign},
 * and has them judged by {@link #partition}. Immutable and thread-safe.
 */
public final class PartitionLook {

    private final String source;
    private final Table table;
    private final HivePartitionLayout layout;
    private final Set<String> numbers;
    private final String advice;

    private PartitionLook(String source, Table table, HivePartitionLayout layout, Set<String> numbers, String advice) {
        this.source = source;
        this.table = table;
        this.layout = layout.checkedAgainst(table);
        this.numbers = Set.copyOf(numbers);
        this.advice = advice;
    }

    /**
     * A look at an archive that is to be read.
     *
     * @param source the source's name, for messages
     * @param table the logical table
     * @param layout how its rows are spread
     * @param numbers the time columns that are numbers, so that zeros before them say nothing
     * @return the look
     * @throws ConfigurationException if the layout doesn't fit the table
     */
    public static PartitionLook forReading(
            String source, Table table, HivePartitionLayout layout, Set<String> numbers) {
        return new PartitionLook(
                source,
                table,
                layout,
                numbers,
                "Its rows would be missed. Say in the layout how partitions are written, with unpadded() or"
                        + " dateColumn(…), or read a view without those that are written otherwise");
    }

    /**
     * A look at an archive that is to be taken over.
     *
     * @param source the name of the table that has it, for messages
     * @param table the logical table
     * @param layout how an archiver spreads its rows
     * @return the look
     * @throws ConfigurationException if the layout doesn't fit the table
     */
    public static PartitionLook forAdoption(String source, Table table, HivePartitionLayout layout) {
        return new PartitionLook(
                source,
                table,
                layout,
                Set.of(),
                "An archive can be taken over if all of its partitions are written as an archiver writes them; others"
                        + " can be read with existing(…) and a layout that says how they are written");
    }

    /** What is asked of a column's text. */
    public enum Test {
        /** Whether it is none of the texts. */
        NOT_IN,
        /** Whether it isn't like the texts, of which there is one, in SQL's sense. */
        NOT_LIKE,
        /** Whether it is like one of the texts, in SQL's sense. */
        LIKE,
        /** Whether it is NULL; there is no text. */
        NULL
    }

    /**
     * A sign that a partition isn't one of the layout's.
     *
     * @param column a partition column
     * @param test what is asked of its text
     * @param texts what it is compared with; digits, letters, {@code - / _ . : %} and spaces
     */
    public record Sign(String column, Test test, List<String> texts) {

        /** Copies the list. */
        public Sign {
            texts = List.copyOf(texts);
        }
    }

    /**
     * The signs, of which one is enough. There may be partitions without a sign that aren't the layout's: years that
     * aren't digits, or days that no calendar has.
     *
     * @return the signs of all partition columns but those of STRING columns, which hold any text
     */
    public List<Sign> signs() {
        List<Sign> signs = new ArrayList<>();
        for (String name : layout.timeColumns()) {
            TimeColumn column = layout.times().get(name);
            signs.add(
                    column.texts().isEmpty()
                            ? new Sign(name, Test.NOT_LIKE, List.of(column.like()))
                            : new Sign(name, Test.NOT_IN, column.texts()));
            signs.add(new Sign(name, Test.NULL, List.of()));
        }
        for (String name : layout.filterColumns()) {
            switch (table.column(name).type().kind()) {
                case INT32, INT64 -> signs.add(new Sign(name, Test.LIKE, List.of("0_%", "-0%", "+%", " %", "% ")));
                case BOOLEAN -> signs.add(new Sign(name, Test.NOT_IN, List.of("false", "true")));
                case DATE -> signs.add(new Sign(name, Test.NOT_LIKE, List.of("____-__-__")));
                default -> {}
            }
        }
        return signs;
    }

    /**
     * Judges one partition.
     *
     * @param values the texts of the layout's partition columns in their order, null for NULL
     * @return the partition
     * @throws ConfigurationException if the layout doesn't write it so
     */
    public HivePartition partition(List<@Nullable String> values) {
        List<@Nullable String> texts = new ArrayList<>(values);
        for (int i = 0; i < layout.times().depth(); i++) {
            String text = texts.get(i);
            if (text != null && numbers.contains(layout.timeColumns().get(i))) {
                texts.set(i, layout.times().get(i).withZeros(text));
            }
        }
        try {
            HivePartition partition = HivePartition.of(layout, texts);
            for (String column : layout.filterColumns()) {
                String text = partition.value(column);
                if (text != null) {
                    check(column, table.column(column).type(), text);
                }
            }
            return partition;
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException(
                    source + ": the partition " + path(values) + " isn't one of the layout " + layout.describe() + ": "
                            + e.getMessage() + ". " + advice,
                    e);
        }
    }

    private static void check(String column, ColumnType type, String text) {
        String written;
        try {
            written = switch (type.kind()) {
                case INT32 -> Integer.toString(Integer.parseInt(text));
                case INT64 -> Long.toString(Long.parseLong(text));
                case DATE -> LocalDate.parse(text).toString();
                case BOOLEAN -> text.equalsIgnoreCase("true") ? "true" : "false";
                default -> text;
            };
        } catch (NumberFormatException | DateTimeException e) {
            throw new IllegalArgumentException("the " + column + " is '" + text + "', which is no " + type, e);
        }
        if (type.kind() == ColumnType.Kind.BOOLEAN && !written.equalsIgnoreCase(text)) {
            throw new IllegalArgumentException("the " + column + " is '" + text + "', which is no " + type);
        }
        if (!written.equals(text)) {
            throw new IllegalArgumentException(
                    "the " + column + " is '" + text + "'; that value is written '" + written + "'");
        }
    }

    private String path(List<@Nullable String> values) {
        StringBuilder path = new StringBuilder();
        for (int i = 0; i < values.size(); i++) {
            String value = values.get(i);
            path.append(i == 0 ? "" : "/")
                    .append(layout.partitionColumns().get(i))
                    .append('=')
                    .append(value == null ? HivePath.NULL_TEXT : HivePath.escape(value));
        }
        return path.toString();
    }
}
