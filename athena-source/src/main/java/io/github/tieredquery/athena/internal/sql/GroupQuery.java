package io.github.tieredquery.athena.internal.sql;

import io.github.tieredquery.athena.internal.codec.Codec;
import io.github.tieredquery.athena.internal.codec.NativeCodec;
import io.github.tieredquery.query.Filter.Operator;
import io.github.tieredquery.query.Measure;
import io.github.tieredquery.query.TimeBucket;
import io.github.tieredquery.spi.GroupedScan;
import io.github.tieredquery.spi.TimeShift;
import io.github.tieredquery.table.Column;
import io.github.tieredquery.table.ColumnType;
import io.github.tieredquery.table.ColumnType.Kind;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One grouped scan as a query, and how its result is read. Immutable. */
public final class GroupQuery {

    private final AthenaTable table;
    private final GroupedScan grouped;
    private final @Nullable String bucket;

    private GroupQuery(AthenaTable table, GroupedScan grouped, @Nullable String bucket) {
        this.table = table;
        this.grouped = grouped;
        this.bucket = bucket;
    }

    /** Null if the time column's encoding can't be sorted into days by Athena. */
    public static @Nullable GroupQuery of(AthenaTable table, GroupedScan grouped) {
        TimeBucket wanted = grouped.bucket().orElse(null);
        if (wanted == null) {
            return new GroupQuery(table, grouped, null);
        }
        AthenaColumn time = table.column(table.table().timeColumn().name());
        String local = time.codec().utcTime(time.reference());
        return local == null ? null : new GroupQuery(table, grouped, bucket(grouped, wanted, time, local));
    }

    private static String bucket(GroupedScan grouped, TimeBucket wanted, AthenaColumn time, String utc) {
        List<TimeShift> shifts = TimeShift.during(grouped.scan().range(), ZoneOffset.UTC, wanted.zone());
        StringBuilder seconds = new StringBuilder();
        for (int i = 1; i < shifts.size(); i++) {
            seconds.append(i == 1 ? "CASE WHEN " : " WHEN ")
                    .append(time.codec()
                            .compare(
                                    time.reference(), Operator.LT, shifts.get(i).from()))
                    .append(" THEN ")
                    .append(shifts.get(i - 1).seconds());
        }
        int last = shifts.get(shifts.size() - 1).seconds();
        seconds.append(shifts.size() == 1 ? Integer.toString(last) : " ELSE " + last + " END");
        String local = shifts.size() == 1 && last == 0 ? utc : "date_add('second', " + seconds + ", " + utc + ")";
        return "CAST(" + (wanted.unit() == TimeBucket.Unit.DAY ? local : "date_trunc('month', " + local + ")")
                + " AS date)";
    }

    public String select() {
        List<String> inner = new ArrayList<>();
        List<String> keys = new ArrayList<>();
        List<String> outer = new ArrayList<>();
        if (bucket != null) {
            inner.add(bucket + " AS g0");
            keys.add("g0");
        }
        for (Column column : grouped.groups()) {
            String alias = "g" + keys.size();
            inner.add(table.column(column.name()).comparable() + " AS " + alias);
            keys.add(alias);
        }
        Map<String, String> measured = new LinkedHashMap<>();
        for (Measure measure : grouped.measures()) {
            String column = measure.column();
            if (column != null && !measured.containsKey(column)) {
                String alias = "m" + measured.size();
                inner.add(table.column(column).comparable() + " AS " + alias);
                measured.put(column, alias);
            }
        }
        keys.forEach(key -> outer.add(key + " AS " + names().get(outer.size())));
        for (Measure measure : grouped.measures()) {
            outer.add(measure(measure, measured) + " AS " + names().get(outer.size()));
        }
        return "SELECT " + String.join(", ", outer) + " FROM (SELECT "
                + (inner.isEmpty() ? "1 AS \"one\"" : String.join(", ", inner)) + table.fromWhere(grouped.scan()) + ")"
                // One more than is allowed tells that there are too many.
                + (keys.isEmpty()
                        ? ""
                        : " GROUP BY " + String.join(", ", keys) + " LIMIT " + (grouped.maxGroups() + 1L));
    }

    /**
     * Sums of integers are 64-bit integers there, and fail beyond. Versions of Athena differ in what they make of NaN.
     */
    private String measure(Measure measure, Map<String, String> aliases) {
        String column = measure.column();
        if (column == null) {
            return "count(*)";
        }
        String term = String.valueOf(aliases.get(column));
        Kind kind = table.column(column).column().type().kind();
        boolean isDouble = kind == Kind.DOUBLE;
        return switch (measure.function()) {
            case COUNT -> "count(" + term + ")";
            case SUM ->
                kind == Kind.INT32 || kind == Kind.INT64
                        ? "sum(CAST(" + term + " AS decimal(38,0)))"
                        : "sum(" + term + ")";
            case MIN ->
                isDouble
                        ? "coalesce(min(CASE WHEN NOT is_nan(" + term + ") THEN " + term + " END), max(" + term + "))"
                        : "min(" + term + ")";
            case MAX ->
                isDouble
                        ? "CASE WHEN bool_or(is_nan(" + term + ")) THEN nan() ELSE max(" + term + ") END"
                        : "max(" + term + ")";
            case AVG -> throw new IllegalStateException("averages are made of sums and counts");
        };
    }

    /** The names of the result's columns. */
    public List<String> names() {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < grouped.rowType().columns().size(); i++) {
            names.add("c" + i);
        }
        return names;
    }

    /** How the result's columns are read. */
    public List<Codec> codecs() {
        List<Codec> codecs = new ArrayList<>();
        if (bucket != null) {
            codecs.add(new NativeCodec(ColumnType.DATE));
        }
        grouped.groups()
                .forEach(column -> codecs.add(table.column(column.name()).codec()));
        for (Measure measure : grouped.measures()) {
            boolean isValue = measure.function() == Measure.Function.MIN || measure.function() == Measure.Function.MAX;
            codecs.add(
                    isValue
                            ? table.column(String.valueOf(measure.column())).codec()
                            : new NativeCodec(measure.resultOf(table.table()).type()));
        }
        return codecs;
    }
}
