package io.github.tieredquery.partition;

import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The partition columns that together stand for the keys of a grain. Immutable. */
final class TimeColumns {

    private static final int HOUR = 3;

    private final List<TimeColumn> columns;
    private final List<String> names;
    private final boolean padded;

    private TimeColumns(List<TimeColumn> columns, boolean padded) {
        this.columns = List.copyOf(columns);
        this.names = columns.stream().map(TimeColumn::name).toList();
        this.padded = padded;
    }

    /** {@code year}, {@code month} and so on, with zeros before small numbers. */
    static TimeColumns numbers(TimeGrain grain) {
        return new TimeColumns(
                IntStream.range(0, grain.depth())
                        .mapToObj(level -> (TimeColumn) new TimeColumn.Field(level, true))
                        .toList(),
                true);
    }

    /** The same without zeros before months, days and hours. */
    TimeColumns unpadded() {
        return new TimeColumns(columns.stream().map(TimeColumn::unpadded).toList(), false);
    }

    /**
     * Instead of these, a date, and an hour after it if the grain has one and the pattern doesn't.
     *
     * @throws IllegalArgumentException if the pattern has other fields than the grain
     */
    TimeColumns date(TimeGrain grain, String name, String pattern) {
        boolean hours = pattern.contains("HH");
        String fields = grain == TimeGrain.MONTH ? "yyyy and MM" : "yyyy, MM and dd";
        String between = "[-/._: ]*";
        String wanted = grain == TimeGrain.MONTH
                ? "yyyy" + between + "MM"
                : "yyyy" + between + "MM" + between + "dd"
                        + (grain == TimeGrain.HOUR && hours ? "(" + between + "|'T')HH" : "");
        if (!Pattern.matches(between + wanted + between, pattern)) {
            throw new IllegalArgumentException("the pattern '" + pattern + "' of the partition column '" + name
                    + "' doesn't fit: it has " + fields + (grain == TimeGrain.HOUR ? ", HH or not," : "")
                    + " in this order, with -, /, _, ., : or a space between them, or 'T' before HH");
        }
        List<TimeColumn> all = new ArrayList<>();
        ChronoUnit unit = grain == TimeGrain.MONTH
                ? ChronoUnit.MONTHS
                : grain == TimeGrain.HOUR && hours ? ChronoUnit.HOURS : ChronoUnit.DAYS;
        all.add(new TimeColumn.Dated(name, unit, pattern));
        if (grain == TimeGrain.HOUR && !hours) {
            all.add(new TimeColumn.Field(HOUR, padded));
        }
        return new TimeColumns(all, padded);
    }

    List<String> names() {
        return names;
    }

    int depth() {
        return columns.size();
    }

    TimeColumn get(int index) {
        return columns.get(index);
    }

    TimeColumn get(String name) {
        int index = names.indexOf(name);
        if (index < 0) {
            throw new IllegalArgumentException("no time column '" + name + "' among " + names);
        }
        return columns.get(index);
    }

    /** Whether they are those that an archiver writes. */
    boolean areHouseForm() {
        return padded && columns.get(0) instanceof TimeColumn.Field;
    }

    /** Writes the texts of a key into the start of an array. */
    void write(LocalDateTime key, @Nullable String[] values) {
        for (int i = 0; i < columns.size(); i++) {
            values[i] = columns.get(i).text(columns.get(i).value(key));
        }
    }

    /**
     * The key that texts stand for.
     *
     * @throws IllegalArgumentException if they aren't texts that are written
     */
    LocalDateTime read(List<@Nullable String> values) {
        int[] fields = {0, 1, 1, 0};
        for (int i = 0; i < columns.size(); i++) {
            String text = values.get(i);
            if (text == null) {
                throw columns.get(i).refused(null);
            }
            columns.get(i).read(text, fields);
        }
        try {
            return LocalDateTime.of(fields[0], fields[1], fields[2], fields[3], 0);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(values.subList(0, depth()) + " is no date: " + e.getMessage(), e);
        }
    }

    /** As they stand in a layout's description. */
    String describe() {
        return columns.stream().map(TimeColumn::describe).collect(Collectors.joining(", "))
                + (padded ? "" : " (unpadded)");
    }
}
