package io.github.tieredquery.jdbc.internal.scan;

import io.github.tieredquery.jdbc.internal.dialect.ColumnReader;
import io.github.tieredquery.jdbc.internal.dialect.Dialect;
import io.github.tieredquery.jdbc.internal.dialect.SqlColumn;
import io.github.tieredquery.jdbc.internal.dialect.SqlText;
import io.github.tieredquery.jdbc.internal.dialect.SqlType;
import io.github.tieredquery.query.Filter.Operator;
import io.github.tieredquery.query.Measure;
import io.github.tieredquery.query.TimeBucket;
import io.github.tieredquery.spi.GroupedScan;
import io.github.tieredquery.spi.TimeShift;
import io.github.tieredquery.table.Column;
import io.github.tieredquery.table.ColumnType;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Renders a grouped scan, and reads what it gives. The terms are made in an inner query, so that the values which are
 * bound in them stand there once. Immutable and thread-safe.
 */
final class GroupSql {

    private final PhysicalTable table;
    private final Dialect dialect;
    private final ScanSql scans;

    GroupSql(PhysicalTable table, Dialect dialect, ScanSql scans) {
        this.table = table;
        this.dialect = dialect;
        this.scans = scans;
    }

    SqlText select(GroupedScan grouped) {
        List<String> keys = new ArrayList<>();
        Map<String, String> measured = new LinkedHashMap<>();
        SqlText inner = new SqlText();
        grouped.bucket().ifPresent(bucket -> {
            bucket(inner, grouped, bucket);
            keys.add("g0");
        });
        for (Column column : grouped.groups()) {
            String alias = "g" + keys.size();
            inner.add(keys.isEmpty() ? "" : ", ").add(dialect.grouped(table.column(column.name())) + " AS " + alias);
            keys.add(alias);
        }
        for (Measure measure : grouped.measures()) {
            String column = measure.column();
            if (column != null && !measured.containsKey(column)) {
                String alias = "m" + measured.size();
                inner.add(keys.isEmpty() && measured.isEmpty() ? "" : ", ").add(term(measure, column) + " AS " + alias);
                measured.put(column, alias);
            }
        }
        SqlText sql = new SqlText();
        List<String> selected = new ArrayList<>(keys);
        grouped.measures().forEach(measure -> selected.add(measure(measure, measured)));
        sql.add("SELECT " + String.join(", ", selected) + " FROM (SELECT ");
        sql.add(keys.isEmpty() && measured.isEmpty() ? new SqlText().add("1 AS one") : inner);
        sql.add(" FROM " + table.from());
        scans.where(sql, grouped.scan());
        sql.add(") AS q");
        if (!keys.isEmpty()) {
            // One more than is allowed tells that there are too many.
            sql.add(" GROUP BY " + String.join(", ", keys) + " LIMIT " + (grouped.maxGroups() + 1L));
        }
        return sql;
    }

    /** Byte strings are only counted. */
    private String term(Measure measure, String name) {
        SqlColumn column = table.column(name);
        return measure.function() == Measure.Function.COUNT
                        && column.column().type().kind() == ColumnType.Kind.BINARY
                ? column.sql()
                : dialect.grouped(column);
    }

    private String measure(Measure measure, Map<String, String> aliases) {
        String name = measure.column();
        if (name == null) {
            return "COUNT(*)";
        }
        String term = String.valueOf(aliases.get(name));
        ColumnType type = table.column(name).column().type();
        return switch (measure.function()) {
            case COUNT -> "COUNT(" + term + ")";
            case SUM -> dialect.sum(type, term);
            case MIN -> dialect.least(type, term);
            case MAX -> dialect.greatest(type, term);
            case AVG -> throw new IllegalStateException("averages are made of sums and counts");
        };
    }

    private void bucket(SqlText sql, GroupedScan grouped, TimeBucket bucket) {
        SqlColumn time = table.column(table.table().timeColumn().name());
        ZoneId stored =
                time.localTimes() == null ? ZoneOffset.UTC : time.localTimes().zone();
        List<TimeShift> shifts = TimeShift.during(grouped.scan().range(), stored, bucket.zone());
        SqlText seconds = new SqlText();
        for (int i = 1; i < shifts.size(); i++) {
            seconds.add(i == 1 ? "CASE WHEN " : " WHEN ");
            dialect.compareBound(
                    seconds,
                    time,
                    Operator.LT,
                    ScanSql.bound(time, shifts.get(i).from()));
            seconds.add(" THEN " + shifts.get(i - 1).seconds());
        }
        int last = shifts.get(shifts.size() - 1).seconds();
        seconds.add(shifts.size() == 1 ? Integer.toString(last) : " ELSE " + last + " END");
        boolean asStored = shifts.size() == 1 && last == 0;
        SqlText local = new SqlText();
        if (asStored) {
            local.add(dialect.local(time));
        } else {
            dialect.plusSeconds(local, dialect.local(time), seconds);
        }
        dialect.bucket(sql, local, bucket.unit());
        sql.add(" AS g0");
    }

    /** What reads the columns of the result. */
    ColumnReader[] readers(GroupedScan grouped) {
        List<ColumnReader> readers = new ArrayList<>();
        grouped.bucket()
                .ifPresent(bucket -> readers.add(dialect.reader(new SqlColumn(
                        new Column(bucket.name(), ColumnType.DATE, false),
                        bucket.name(),
                        "g0",
                        SqlType.DATE,
                        0,
                        true,
                        6,
                        null))));
        grouped.groups().forEach(column -> readers.add(dialect.groupedReader(table.column(column.name()))));
        for (Measure measure : grouped.measures()) {
            String name = measure.column();
            readers.add(
                    name == null || measure.function() == Measure.Function.COUNT
                            ? ColumnReader::readInt64
                            : reader(measure, table.column(name)));
        }
        return readers.toArray(ColumnReader[]::new);
    }

    private ColumnReader reader(Measure measure, SqlColumn column) {
        if (measure.function() != Measure.Function.SUM) {
            return dialect.groupedReader(column);
        }
        return column.column().type().kind() == ColumnType.Kind.DOUBLE
                ? dialect.groupedReader(column)
                : ColumnReader.sum(measure, table.table());
    }
}
