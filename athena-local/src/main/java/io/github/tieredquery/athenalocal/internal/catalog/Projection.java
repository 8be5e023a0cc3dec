package io.github.tieredquery.athenalocal.internal.catalog;

import io.github.tieredquery.athenalocal.internal.type.QueryFailedException;
import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Partition projection: the partitions of a table come from its properties instead of the catalog. */
public final class Projection {
    private static final int MAX_PARTITIONS = 1_000_000;
    private static final Pattern NOW =
            Pattern.compile("NOW(?:([+-])(\\d+)(YEARS?|MONTHS?|WEEKS?|DAYS?|HOURS?|MINUTES?|SECONDS?))?");

    private final Table table;

    private Projection(Table table) {
        this.table = table;
    }

    public static Projection of(Table table) {
        return new Projection(table);
    }

    /** Every projected partition; the filters tell the values of injected columns. */
    public List<Partition> partitions(List<String> filters) {
        List<List<String>> domains = new ArrayList<>();
        long count = 1;
        for (int i = 0; i < table.partitionKeys().size(); i++) {
            List<String> domain = domain(i, filters);
            domains.add(domain);
            count *= domain.size();
            if (count > MAX_PARTITIONS) {
                throw QueryFailedException.of(
                        "NOT_SUPPORTED",
                        "The projection of " + table.name() + " has more than " + MAX_PARTITIONS
                                + " partitions, more than this Athena enumerates.");
            }
        }
        List<Partition> partitions = new ArrayList<>((int) count);
        product(domains, new ArrayList<>(), partitions);
        return partitions;
    }

    private void product(List<List<String>> domains, List<String> values, List<Partition> partitions) {
        if (values.size() == domains.size()) {
            partitions.add(new Partition(List.copyOf(values), location(values), Integer.MAX_VALUE));
            return;
        }
        for (String value : domains.get(values.size())) {
            values.add(value);
            product(domains, values, partitions);
            values.remove(values.size() - 1);
        }
    }

    private String location(List<String> values) {
        String template = table.properties().get("storage.location.template");
        if (template == null) {
            return table.location() + HivePaths.partition(table.partitionKeys(), values) + "/";
        }
        String location = template;
        for (int i = 0; i < values.size(); i++) {
            location = location.replace("${" + table.partitionKeys().get(i).name() + "}", values.get(i));
        }
        return location;
    }

    private List<String> domain(int key, List<String> filters) {
        String column = table.partitionKeys().get(key).name();
        String type = property(column, "type");
        return switch (type.toLowerCase(Locale.ROOT)) {
            case "enum" -> List.of(property(column, "values").split(",", -1));
            case "integer" -> integers(column);
            case "date" -> dates(column);
            case "injected" -> injected(key, column, filters);
            default -> throw invalid(column, "type", type);
        };
    }

    private String property(String column, String name) {
        String value = optional(column, name);
        if (value == null) {
            throw QueryFailedException.of(
                    "INVALID_TABLE_PROPERTY",
                    "Table " + table.name() + " is configured for partition projection, but projection." + column + "."
                            + name + " is missing");
        }
        return value;
    }

    private @Nullable String optional(String column, String name) {
        String value = table.properties().get("projection." + column + "." + name);
        return value == null ? null : value.trim();
    }

    private QueryFailedException invalid(String column, String name, String value) {
        return QueryFailedException.of(
                "INVALID_TABLE_PROPERTY",
                "Table " + table.name() + " has the invalid value '" + value + "' for projection." + column + "."
                        + name);
    }

    private List<String> integers(String column) {
        String range = property(column, "range");
        String[] ends = range.split(",", -1);
        String digits = optional(column, "digits");
        String interval = optional(column, "interval");
        try {
            long step = interval == null ? 1 : Long.parseLong(interval);
            String format = digits == null ? "%d" : "%0" + Integer.parseInt(digits) + "d";
            List<String> values = new ArrayList<>();
            long last = Long.parseLong(ends[1].trim());
            for (long value = Long.parseLong(ends[0].trim()); value <= last; value += step) {
                values.add(String.format(Locale.ROOT, format, value));
            }
            return values;
        } catch (NumberFormatException | ArrayIndexOutOfBoundsException malformed) {
            throw invalid(column, "range", range);
        }
    }

    private List<String> dates(String column) {
        String pattern = property(column, "format");
        String range = property(column, "range");
        String[] ends = range.split(",", -1);
        String interval = optional(column, "interval");
        String unitName = optional(column, "interval.unit");
        try {
            DateTimeFormatter format = new DateTimeFormatterBuilder()
                    .appendPattern(pattern.replace("yyyy", "uuuu"))
                    .parseDefaulting(ChronoField.MONTH_OF_YEAR, 1)
                    .parseDefaulting(ChronoField.DAY_OF_MONTH, 1)
                    .parseDefaulting(ChronoField.HOUR_OF_DAY, 0)
                    .toFormatter(Locale.ROOT);
            ChronoUnit unit = unitName == null
                    ? pattern.contains("d")
                            ? ChronoUnit.DAYS
                            : pattern.contains("M") ? ChronoUnit.MONTHS : ChronoUnit.YEARS
                    : unit(unitName);
            long step = interval == null ? 1 : Long.parseLong(interval);
            LocalDateTime last = end(ends[1].trim(), format);
            List<String> values = new ArrayList<>();
            LocalDateTime first = end(ends[0].trim(), format);
            for (LocalDateTime at = first; !at.isAfter(last); at = at.plus(step, unit)) {
                values.add(format.format(at));
            }
            return values;
        } catch (DateTimeException | IllegalArgumentException | ArrayIndexOutOfBoundsException malformed) {
            throw invalid(column, "range", range);
        }
    }

    private static LocalDateTime end(String text, DateTimeFormatter format) {
        Matcher now = NOW.matcher(text);
        if (!now.matches()) {
            return LocalDateTime.parse(text, format);
        }
        LocalDateTime moment = LocalDateTime.now(ZoneOffset.UTC);
        if (now.group(1) == null) {
            return moment;
        }
        long amount = Long.parseLong(now.group(2)) * (now.group(1).equals("-") ? -1 : 1);
        return moment.plus(amount, unit(now.group(3)));
    }

    private static ChronoUnit unit(String name) {
        String upper = name.toUpperCase(Locale.ROOT);
        return ChronoUnit.valueOf(upper.endsWith("S") ? upper : upper + "S");
    }

    /** The constants that the query compares the column with. */
    private static List<String> injected(int key, String column, List<String> filters) {
        Pattern equal = Pattern.compile("\\(p\\.k" + key + " = '((?:[^']|'')*)'\\)");
        Pattern in = Pattern.compile("\\(p\\.k" + key + " IN \\(((?:'(?:[^']|'')*'(?:, )?)+)\\)\\)");
        List<String> values = new ArrayList<>();
        for (String filter : filters) {
            Matcher one = equal.matcher(filter);
            Matcher many = in.matcher(filter);
            if (filter.contains(" OR ")) {
                continue;
            }
            if (one.find()) {
                values.add(one.group(1).replace("''", "'"));
            } else if (many.find()) {
                Matcher item = Pattern.compile("'((?:[^']|'')*)'").matcher(many.group(1));
                while (item.find()) {
                    values.add(item.group(1).replace("''", "'"));
                }
            }
        }
        if (values.isEmpty()) {
            throw QueryFailedException.of(
                    "CONSTRAINT_VIOLATION",
                    "For the injected projected partition column " + column
                            + ", the WHERE clause must contain only static equality conditions, and at least one such"
                            + " condition must be present.");
        }
        return values;
    }
}
