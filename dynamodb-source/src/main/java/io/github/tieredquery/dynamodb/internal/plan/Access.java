package io.github.tieredquery.dynamodb.internal.plan;

import io.github.tieredquery.dynamodb.internal.model.DeclaredTable;
import io.github.tieredquery.dynamodb.model.AccessPattern;
import io.github.tieredquery.query.Filter;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.spi.AccessPath;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a scan gets at its rows.
 *
 * @param path the kind
 * @param partitions the partition keys to look in; none for all of them, by a scan of the whole table
 * @param range the time range that the sort keys select
 * @param after what the sort keys of the row end with behind which a page starts, null to start with the range
 * @param lookups the index ranges to intersect; none to read rows by their own keys
 * @param matched what the lookups answer; checked again on each row, which may have changed since
 * @param residual what is only applied to rows that were read
 * @param indexOnly whether the first lookup's index items hold all that is needed
 */
public record Access(
        AccessPath path,
        List<String> partitions,
        TimeRange range,
        @Nullable String after,
        List<Lookup> lookups,
        Filter matched,
        Filter residual,
        boolean indexOnly) {

    /**
     * A range of an index for each of some values.
     *
     * @param condition what it answers
     */
    public record Lookup(AccessPattern pattern, List<Object> values, Filter condition) {}

    /** Nothing to be read. */
    static Access nothing(TimeRange range) {
        return new Access(AccessPath.KEY_RANGE, List.of(), range, null, List.of(), Filter.all(), Filter.all(), false);
    }

    public boolean readsWholeTable() {
        return path == AccessPath.FILTER_SCAN && partitions.isEmpty();
    }

    public String describe(DeclaredTable declared) {
        String key = declared.partitionKey() + " = ? and " + declared.sortKey() + " between ? and ?";
        String places = partitions.size() == 1 ? "" : " in " + partitions.size() + " partitions";
        if (readsWholeTable()) {
            return "Scan " + declared.tableName() + ", sorted in memory";
        }
        StringBuilder text = new StringBuilder("Query " + declared.tableName() + " where " + key + places);
        text.append(after == null ? "" : " from the end of a page on");
        for (int i = 0; i < lookups.size(); i++) {
            Lookup lookup = lookups.get(i);
            text.append(i == 0 ? " by pattern " : ", intersected with pattern ")
                    .append(lookup.pattern().name());
            if (lookup.values().size() > 1) {
                text.append(" for ").append(lookup.values().size()).append(" values");
            }
            if (lookup.pattern().shards() > 1) {
                text.append(" in ").append(lookup.pattern().shards()).append(" shards");
            }
        }
        return text.append(lookups.isEmpty() ? "" : indexOnly ? ", from the index alone" : ", then BatchGetItem by 100")
                .toString();
    }
}
