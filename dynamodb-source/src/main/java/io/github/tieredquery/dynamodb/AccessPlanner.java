package io.github.tieredquery.dynamodb;

import io.github.tieredquery.error.BadQueryException;
import io.github.tieredquery.query.Filter;
import io.github.tieredquery.query.Filter.Operator;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.spi.AccessPath;
import io.github.tieredquery.spi.Scan;
import io.github.tieredquery.table.Column;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Finds the declared pattern that serves a scan, or says which one would. Immutable and thread-safe. */
final class AccessPlanner {

    /** Each value is a Query of its own. */
    private static final int MAX_VALUES = 100;

    /** About how many index items are read for the price of one row's item. */
    private static final long INDEX_ITEMS_PER_ROW = 80;

    private final DynamoDbTable declared;
    private final String source;
    private final boolean filterScans;
    private final InstantSource clock;

    AccessPlanner(DynamoDbTable declared, String source, boolean filterScans, InstantSource clock) {
        this.declared = declared;
        this.source = source;
        this.filterScans = filterScans;
        this.clock = clock;
    }

    /**
     * Plans a scan.
     *
     * @throws BadQueryException if no declared pattern serves it, and filter scans aren't allowed
     */
    Access plan(Scan scan) {
        List<Filter> conditions = new ArrayList<>(
                scan.filter() instanceof Filter.And and
                        ? and.filters()
                        : scan.filter() instanceof Filter.All ? List.of() : List.of(scan.filter()));
        TimeRange range = living(narrowed(scan.range(), conditions));
        Set<Object> tenants = tenants(conditions);
        if (tenants == null) {
            if (!filterScans) {
                throw new BadQueryException(noPartition());
            }
            return new Access(
                    AccessPath.FILTER_SCAN, List.of(), range, List.of(), Filter.all(), Filter.and(conditions), false);
        }
        List<String> partitions =
                tenants.stream().map(declared.keys()::partition).toList();
        if (conditions.isEmpty() || partitions.isEmpty()) {
            return new Access(AccessPath.KEY_RANGE, partitions, range, List.of(), Filter.all(), Filter.all(), false);
        }
        List<Access.Lookup> lookups = chosen(lookups(conditions));
        if (lookups.isEmpty()) {
            if (!filterScans) {
                throw new BadQueryException(noPattern(conditions));
            }
            return new Access(
                    AccessPath.FILTER_SCAN, partitions, range, List.of(), Filter.all(), Filter.and(conditions), false);
        }
        return byIndex(scan, partitions, range, conditions, lookups);
    }

    private Access byIndex(
            Scan scan, List<String> partitions, TimeRange range, List<Filter> conditions, List<Access.Lookup> lookups) {
        Set<Filter> answered =
                lookups.stream().map(Access.Lookup::condition).collect(Collectors.toCollection(LinkedHashSet::new));
        Filter residual = Filter.and(conditions.stream()
                .filter(condition -> !answered.contains(condition))
                .toList());
        Set<String> needed = new HashSet<>(scan.rowType().names());
        needed.addAll(residual.columns());
        needed.addAll(scan.clusteredBy());
        List<Access.Lookup> ordered = new ArrayList<>(lookups);
        ordered.sort(Comparator.comparing(lookup -> !covers(lookup.pattern(), needed)));
        boolean indexOnly = covers(ordered.get(0).pattern(), needed);
        return new Access(AccessPath.INDEX, partitions, range, ordered, Filter.and(answered), residual, indexOnly);
    }

    private boolean covers(AccessPattern pattern, Set<String> columns) {
        return columns.stream()
                .allMatch(column -> pattern.projected().contains(column)
                        || declared.isInKey(declared.table().column(column)));
    }

    private TimeRange living(TimeRange range) {
        TimeToLive timeToLive = declared.timeToLive();
        return timeToLive == null ? range : timeToLive.living(range, clock.instant());
    }

    /** Takes the comparisons with the time out of the conditions: they narrow the key range. */
    private TimeRange narrowed(TimeRange asked, List<Filter> conditions) {
        TimeRange range = asked;
        for (Filter condition : List.copyOf(conditions)) {
            if (condition instanceof Filter.Comparison comparison
                    && comparison.column().equals(declared.table().timeColumn().name())
                    && comparison.operator() != Operator.NE) {
                Instant time = (Instant) comparison.value();
                Instant after = time.plusNanos(1_000);
                range = switch (comparison.operator()) {
                    case GE -> range.since(time);
                    case GT -> range.since(after);
                    case LT -> range.before(time);
                    case LE -> range.before(after);
                    default -> range.since(time).before(after);
                };
                conditions.remove(condition);
            }
        }
        return range;
    }

    /**
     * Takes the conditions that name tenants out; null if none does, one that means nothing if there is one partition.
     */
    private @Nullable Set<Object> tenants(List<Filter> conditions) {
        Column partition = declared.partition();
        if (partition == null) {
            return Set.of(declared.rowName());
        }
        Set<Object> tenants = null;
        List<Filter> naming = new ArrayList<>();
        for (Filter condition : conditions) {
            List<Object> values = values(condition, partition);
            if (values != null) {
                Set<Object> named = new LinkedHashSet<>(values);
                if (tenants != null) {
                    named.retainAll(tenants);
                }
                tenants = named;
                naming.add(condition);
            }
        }
        if (tenants == null || tenants.size() > MAX_VALUES) {
            return null;
        }
        conditions.removeAll(naming);
        return tenants;
    }

    private List<Access.Lookup> lookups(List<Filter> conditions) {
        List<Access.Lookup> lookups = new ArrayList<>();
        for (Filter condition : conditions) {
            for (AccessPattern pattern : declared.patterns()) {
                List<Object> values = values(condition, declared.table().column(pattern.column()));
                boolean known =
                        lookups.stream().anyMatch(lookup -> lookup.condition().equals(condition));
                if (values != null && values.size() <= MAX_VALUES && !pattern.isBuilding() && !known) {
                    lookups.add(new Access.Lookup(pattern, values, condition));
                }
            }
        }
        return lookups;
    }

    /** The smallest, and those that are not much longer. */
    private static List<Access.Lookup> chosen(List<Access.Lookup> lookups) {
        long least = lookups.stream()
                .mapToLong(AccessPlanner::rows)
                .filter(rows -> rows > 0)
                .min()
                .orElse(0);
        return least == 0
                ? lookups
                : lookups.stream()
                        .filter(lookup -> rows(lookup) > 0 && rows(lookup) / least < INDEX_ITEMS_PER_ROW)
                        .toList();
    }

    private static long rows(Access.Lookup lookup) {
        return lookup.pattern().rowsPerValue() * lookup.values().size();
    }

    /** The values that a condition allows the column to have, null if it says otherwise or of another column. */
    private @Nullable List<Object> values(Filter condition, Column column) {
        boolean list = declared.list(column.name()) != null;
        if (condition instanceof Filter.Comparison comparison) {
            return comparison.column().equals(column.name()) && comparison.operator() == Operator.EQ && !list
                    ? List.of(comparison.value())
                    : null;
        } else if (condition instanceof Filter.In in) {
            return in.column().equals(column.name()) && !list ? in.values() : null;
        } else if (condition instanceof Filter.HasElement has) {
            return has.column().equals(column.name()) && list ? List.of(has.element()) : null;
        } else if (condition instanceof Filter.Or or) {
            Set<Object> values = new LinkedHashSet<>();
            for (Filter part : or.filters()) {
                List<Object> more = values(part, column);
                if (more == null) {
                    return null;
                }
                values.addAll(more);
            }
            return List.copyOf(values);
        }
        return null;
    }

    private String noPartition() {
        Column partition = declared.partition();
        return source + ": the query names no " + (partition == null ? "partition" : partition.name())
                + ", and its rows lie in one partition for each; add eq(\""
                + (partition == null ? "" : partition.name()) + "\", …), as restrictedTo(…) can, or allow reading the"
                + " whole table with allowFilterScans()";
    }

    private String noPattern(List<Filter> conditions) {
        String columns = conditions.stream()
                .flatMap(condition -> condition.columns().stream())
                .distinct()
                .collect(Collectors.joining(", "));
        List<String> advice = new ArrayList<>();
        for (Filter condition : conditions) {
            for (Column column : declared.table().rowType().columns()) {
                List<Object> values = values(condition, column);
                if (values != null && AccessPattern.canIndex(column)) {
                    advice.add(advice(column, values));
                }
            }
        }
        return source + ": no declared pattern serves the filter on " + columns + "; "
                + (advice.isEmpty()
                        ? "a pattern answers equality, in(…) and, on a list, hasElement(…): add such a condition, or keep"
                                + " a column that has one value for all rows that are meant"
                        : String.join(", or ", advice))
                + ", or allow reading all rows of the range with allowFilterScans()";
    }

    private String advice(Column column, List<Object> values) {
        if (values.size() > MAX_VALUES) {
            return "ask for at most " + MAX_VALUES + " values of " + column.name() + " instead of " + values.size();
        }
        for (AccessPattern pattern : declared.patterns()) {
            if (pattern.column().equals(column.name())) {
                return "pattern " + pattern.name() + " is still building: run its Backfill and take building() away";
            }
        }
        return "declare .pattern(AccessPattern.of(\"" + column.name().toUpperCase(Locale.ROOT) + "\", \""
                + column.name() + "\")) on the DynamoDbTable and run its Backfill";
    }
}
