package io.github.tieredquery.dynamodb.internal.plan;

import io.github.tieredquery.dynamodb.internal.model.DeclaredTable;
import io.github.tieredquery.dynamodb.internal.model.KeyForm;
import io.github.tieredquery.dynamodb.internal.model.TimeToLive;
import io.github.tieredquery.dynamodb.model.AccessPattern;
import io.github.tieredquery.error.BadQueryException;
import io.github.tieredquery.query.Filter;
import io.github.tieredquery.query.Filter.Operator;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.spi.AccessPath;
import io.github.tieredquery.spi.RowPosition;
import io.github.tieredquery.spi.Scan;
import io.github.tieredquery.table.Column;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.RowType;
import io.github.tieredquery.table.Table;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Finds the declared pattern that serves a scan, or says which one would. Immutable and thread-safe. */
public final class AccessPlanner {

    /** Each value is a Query of its own. */
    static final int MAX_VALUES = 100;

    /** About how many index items are read for the price of one row's item. */
    private static final long INDEX_ITEMS_PER_ROW = 80;

    private final DeclaredTable declared;
    private final RefusalMessage refusal;
    private final boolean filterScans;
    private final InstantSource clock;

    public AccessPlanner(DeclaredTable declared, String source, boolean filterScans, InstantSource clock) {
        this.declared = declared;
        this.refusal = new RefusalMessage(declared, source);
        this.filterScans = filterScans;
        this.clock = clock;
    }

    /**
     * Plans a scan.
     *
     * @throws BadQueryException if no declared pattern serves it, and filter scans aren't allowed
     */
    public Access plan(Scan scan) {
        if (scan.filter() instanceof Filter.None) {
            return Access.nothing(scan.range());
        }
        List<Filter> conditions = new ArrayList<>(
                scan.filter() instanceof Filter.And and
                        ? and.filters()
                        : scan.filter() instanceof Filter.All ? List.of() : List.of(scan.filter()));
        RowPosition start = scan.startAfter().orElse(null);
        TimeRange asked = start == null ? scan.range() : start.rest(scan.range(), scan.order());
        TimeRange range = living(narrowed(asked, conditions));
        Set<Object> tenants = tenants(conditions);
        if (tenants == null || tenants.size() > MAX_VALUES) {
            if (!filterScans) {
                throw new BadQueryException(refusal.ofPartitions(tenants == null ? 0 : tenants.size()));
            }
            return new Access(
                    AccessPath.FILTER_SCAN, List.of(), range, null, List.of(), Filter.all(), scan.condition(), false);
        }
        List<String> partitions = tenants.stream()
                .map(declared.keys()::partition)
                .filter(KeyForm::canBePartition)
                .toList();
        if (range.isEmpty() || partitions.isEmpty()) {
            return Access.nothing(range);
        }
        String after = start == null || !range.contains(start.time()) ? null : ending(start, tenants);
        if (start != null && after == null) {
            return planned(scan, partitions, range, null, conditions, start.toFilter(declared.table(), scan.order()));
        }
        return planned(scan, partitions, range, after, conditions, Filter.all());
    }

    /** Where each partition's part of the scan starts; null if that isn't the same place in all of them. */
    private @Nullable String ending(RowPosition start, Set<Object> tenants) {
        Table table = declared.table();
        List<Object> values = new ArrayList<>(start.key());
        values.add(0, start.time());
        Row last = RowType.of(table.orderColumns().stream().map(table::column).toList())
                .row(values.toArray());
        Column partition = declared.partition();
        boolean same = partition == null
                || !table.orderColumns().contains(partition.name())
                || tenants.equals(Collections.singleton(last.value(partition.name())));
        return same ? declared.keys().ending(last) : null;
    }

    /**
     * Plans a scan of some partitions.
     *
     * @param conditions what an index may answer
     * @param checked what is checked on each row besides; it costs little
     */
    private Access planned(
            Scan scan,
            List<String> partitions,
            TimeRange range,
            @Nullable String after,
            List<Filter> conditions,
            Filter checked) {
        if (conditions.isEmpty()) {
            return new Access(AccessPath.KEY_RANGE, partitions, range, after, List.of(), Filter.all(), checked, false);
        }
        List<Access.Lookup> lookups = chosen(lookups(scan, conditions));
        if (lookups.isEmpty()) {
            if (!filterScans) {
                throw new BadQueryException(refusal.ofConditions(conditions));
            }
            return new Access(
                    AccessPath.FILTER_SCAN,
                    partitions,
                    range,
                    after,
                    List.of(),
                    Filter.all(),
                    Filter.and(Filter.and(conditions), checked),
                    false);
        }
        Set<Filter> answered =
                lookups.stream().map(Access.Lookup::condition).collect(Collectors.toCollection(LinkedHashSet::new));
        List<Filter> residual = new ArrayList<>(conditions);
        residual.removeAll(answered);
        residual.add(checked);
        return byIndex(scan, partitions, range, after, lookups, Filter.and(answered), Filter.and(residual));
    }

    private Access byIndex(
            Scan scan,
            List<String> partitions,
            TimeRange range,
            @Nullable String after,
            List<Access.Lookup> lookups,
            Filter matched,
            Filter residual) {
        Set<String> needed = new HashSet<>(scan.rowType().names());
        needed.addAll(residual.columns());
        needed.addAll(scan.clusteredBy());
        List<Access.Lookup> ordered = new ArrayList<>(lookups);
        ordered.sort(Comparator.comparing(lookup -> !covers(lookup.pattern(), needed)));
        boolean indexOnly = covers(ordered.get(0).pattern(), needed);
        return new Access(AccessPath.INDEX, partitions, range, after, ordered, matched, residual, indexOnly);
    }

    private boolean covers(AccessPattern pattern, Set<String> columns) {
        return columns.stream()
                .allMatch(column -> pattern.projected().contains(column)
                        || declared.isInKey(declared.table().column(column)));
    }

    /** The part of a range in which there can be rows that haven't expired. */
    TimeRange living(TimeRange range) {
        TimeToLive timeToLive = declared.timeToLive();
        TimeRange held = KeyForm.held(range);
        return timeToLive == null ? held : timeToLive.living(held, clock.instant());
    }

    /** Whether a row that has the time hasn't expired. */
    public boolean isLiving(Row row) {
        Instant time = Objects.requireNonNull(
                row.timestamp(declared.table().timeColumn().name()));
        TimeRange moment = new TimeRange(time, time.plus(1, ChronoUnit.MICROS));
        return !living(moment).isEmpty();
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
            List<Object> values = values(declared, condition, partition);
            if (values != null) {
                Set<Object> named = new LinkedHashSet<>(values);
                if (tenants != null) {
                    named.retainAll(tenants);
                }
                tenants = named;
                naming.add(condition);
            }
        }
        conditions.removeAll(naming);
        return tenants;
    }

    /** One for each condition that a pattern serves: of several, that with the most of the columns that are wanted. */
    private List<Access.Lookup> lookups(Scan scan, List<Filter> conditions) {
        List<Access.Lookup> lookups = new ArrayList<>();
        for (Filter condition : conditions) {
            declared.patterns().stream()
                    .filter(pattern -> serves(pattern, condition))
                    .max(Comparator.comparingLong(pattern -> projected(pattern, scan)))
                    .ifPresent(pattern -> lookups.add(
                            new Access.Lookup(pattern, Objects.requireNonNull(values(pattern, condition)), condition)));
        }
        return lookups;
    }

    private boolean serves(AccessPattern pattern, Filter condition) {
        List<Object> values = values(pattern, condition);
        return values != null && values.size() <= MAX_VALUES && !pattern.isBuilding();
    }

    private @Nullable List<Object> values(AccessPattern pattern, Filter condition) {
        return values(declared, condition, declared.table().column(pattern.column()));
    }

    private static long projected(AccessPattern pattern, Scan scan) {
        return scan.rowType().names().stream()
                .filter(pattern.projected()::contains)
                .count();
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
    static @Nullable List<Object> values(DeclaredTable declared, Filter condition, Column column) {
        boolean list = declared.list(column.name()) != null;
        if (condition instanceof Filter.HasElement has) {
            return has.column().equals(column.name()) && list ? List.of(has.element()) : null;
        } else if (condition instanceof Filter.Or or) {
            Set<Object> values = new LinkedHashSet<>();
            for (Filter part : or.filters()) {
                List<Object> more = values(declared, part, column);
                if (more == null) {
                    return null;
                }
                values.addAll(more);
            }
            return List.copyOf(values);
        } else if (list) {
            return null;
        } else if (condition instanceof Filter.Comparison comparison) {
            return comparison.column().equals(column.name()) && comparison.operator() == Operator.EQ
                    ? List.of(comparison.value())
                    : null;
        }
        return condition instanceof Filter.In in && in.column().equals(column.name()) ? in.values() : null;
    }
}
