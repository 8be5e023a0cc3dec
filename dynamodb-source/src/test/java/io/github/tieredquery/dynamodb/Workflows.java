package io.github.tieredquery.dynamodb;

import io.github.tieredquery.dynamodb.internal.calls.Backoff;
import io.github.tieredquery.dynamodb.model.AccessPattern;
import io.github.tieredquery.query.Filter;
import io.github.tieredquery.query.Order;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.spi.RowCursor;
import io.github.tieredquery.spi.Scan;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.spi.Source;
import io.github.tieredquery.table.ColumnType;
import io.github.tieredquery.table.ListText;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.Table;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The table of the story: workflows of many tenants, each in some contexts. */
final class Workflows {

    static final Table TABLE = Table.builder("workflows")
            .time("created_at")
            .key("tenant", ColumnType.STRING)
            .key("id", ColumnType.STRING)
            .column("name", ColumnType.STRING)
            .column("status", ColumnType.STRING)
            .column("contexts", ColumnType.STRING)
            .column("runs", ColumnType.INT32)
            .build();

    static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    static final TimeRange ALL = new TimeRange(START, START.plus(Duration.ofDays(10_000)));

    /** For tests that must not wait. */
    static final Backoff AT_ONCE = new Backoff(8, 1, 1, () -> 0.5, (time, control, what) -> control.check(what));

    private Workflows() {}

    static DynamoDbTable.Builder declare() {
        return DynamoDbTable.builder(TABLE, LocalDynamo.instance().newName(TABLE))
                .partition("tenant")
                .list("contexts", "contexts[].id");
    }

    /** With a pattern for contexts and one for the status. */
    static DynamoDbTable.Builder declareBoth() {
        return declare().pattern(AccessPattern.of("CTX", "contexts")).pattern(AccessPattern.of("STATUS", "status"));
    }

    static Row workflow(String tenant, int number, @Nullable String status, List<String> contexts) {
        return TABLE.rowType().row(new Object[] {
            START.plusSeconds(number),
            tenant,
            "wf-" + number,
            "Workflow " + number,
            status,
            ListText.of(contexts),
            number
        });
    }

    /** The same row with another value. */
    static Row with(Row row, String column, @Nullable Object value) {
        return row.with(column, value);
    }

    static Filter tenant(String tenant) {
        return Filter.eq("tenant", tenant);
    }

    static Scan scan(Filter... filters) {
        return Scan.of(TABLE, ALL).filter(Filter.and(filters).boundTo(TABLE));
    }

    static List<Row> read(Source source, Scan scan) {
        List<Row> rows = new ArrayList<>();
        try (RowCursor cursor = source.open(scan, ScanControl.unlimited())) {
            for (Row row = cursor.next(); row != null; row = cursor.next()) {
                rows.add(row);
            }
        }
        return rows;
    }

    /** What a scan gives, by core's own logic. */
    static List<Row> expected(List<Row> rows, Scan scan) {
        Comparator<Row> order = TABLE.rowOrder(TABLE.rowType());
        return rows.stream()
                .filter(row -> scan.condition().matches(row))
                .sorted(scan.order() == Order.OLDEST_FIRST ? order : order.reversed())
                .limit(scan.limit().orElse(Long.MAX_VALUE))
                .toList();
    }
}
