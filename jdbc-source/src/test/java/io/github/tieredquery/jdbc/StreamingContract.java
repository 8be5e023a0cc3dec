package io.github.tieredquery.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tieredquery.error.QueryCancelledException;
import io.github.tieredquery.error.QueryTimedOutException;
import io.github.tieredquery.error.SourceUnavailableException;
import io.github.tieredquery.query.Filter;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.spi.RowCursor;
import io.github.tieredquery.spi.Scan;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.table.ColumnType;
import io.github.tieredquery.table.Table;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Results that are long or slow: they stop when they are told to, and every connection comes back. */
abstract class StreamingContract {

    static final int MANY = 300_000;

    private static final Table NUMBERS =
            Table.builder("numbers").time("at").key("id", ColumnType.INT64).build();

    private static final TimeRange ALWAYS =
            new TimeRange(Instant.parse("2000-01-01T00:00:00Z"), Instant.parse("2100-01-01T00:00:00Z"));

    abstract TestDatabase database();

    /** A FROM expression with the columns "at" and "id": {@link #MANY} rows, all at one time, with ids from 1. */
    abstract String manyRows();

    /** A FROM expression with the same columns that takes minutes before its first row. */
    abstract String slowRows();

    @AfterEach
    void every_connection_is_given_back() {
        assertThat(database().dataSource().open()).isZero();
    }

    @Test
    void all_rows_of_a_long_result_come() {
        JdbcSource source = source(manyRows());
        long rows = 0;
        try (RowCursor cursor = source.open(Scan.of(NUMBERS, ALWAYS), ScanControl.unlimited())) {
            while (cursor.next() != null) {
                rows++;
            }
            assertThat(database().dataSource().open()).isEqualTo(1);
        }
        assertThat(rows).isEqualTo(MANY);
        assertThat(source.count(Scan.of(NUMBERS, ALWAYS), ScanControl.unlimited())
                        .rows())
                .isEqualTo(MANY);
    }

    @Test
    void a_long_result_can_be_left_early_and_the_connection_used_again() {
        JdbcSource source = source(manyRows());
        for (int i = 0; i < 3; i++) {
            try (RowCursor cursor = source.open(Scan.of(NUMBERS, ALWAYS), ScanControl.unlimited())) {
                for (long id = 1; id <= 1_000; id++) {
                    assertThat(row(cursor)).isEqualTo(id);
                }
            }
            assertThat(database().dataSource().open()).isZero();
        }
        Scan one = Scan.of(NUMBERS, ALWAYS).filter(Filter.eq("id", 77L));
        assertThat(source.count(one, ScanControl.unlimited()).rows()).isEqualTo(1);
    }

    @Test
    void a_running_query_is_cancelled_from_another_thread() throws Exception {
        JdbcSource source = source(slowRows());
        ScanControl control = ScanControl.unlimited();
        CompletableFuture<Void> reading = CompletableFuture.runAsync(() -> read(source, control));
        CompletableFuture<Void> counting =
                CompletableFuture.runAsync(() -> source.count(Scan.of(NUMBERS, ALWAYS), control));
        while (database().dataSource().open() < 2) {
            Thread.onSpinWait();
        }
        control.cancel();
        assertCancelled(reading, "the query was cancelled while reading from " + source.name());
        assertCancelled(counting, "the query was cancelled while counting in " + source.name());
    }

    private static void assertCancelled(CompletableFuture<Void> running, String message) {
        assertThatThrownBy(() -> running.get(60, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOf(QueryCancelledException.class)
                .hasMessage(message);
    }

    @Test
    void a_running_query_stops_when_its_time_has_passed() {
        JdbcSource source = source(slowRows());
        ScanControl control = ScanControl.within(Duration.ofMillis(300));
        assertThatThrownBy(() -> read(source, control))
                .isInstanceOf(QueryTimedOutException.class)
                .hasMessage("the timeout of PT0.3S passed while reading from " + source.name()
                        + "; what ran was stopped. Narrow the query or allow more time");
    }

    @Test
    void a_timeout_of_one_scan_is_not_the_next_ones() {
        JdbcSource source = source(manyRows());
        Scan one = Scan.of(NUMBERS, ALWAYS).limit(1);
        assertThat(source.count(one, ScanControl.within(Duration.ofSeconds(1))).rows())
                .isEqualTo(1);
        try (RowCursor cursor = source.open(Scan.of(NUMBERS, ALWAYS), ScanControl.unlimited())) {
            assertThat(row(cursor)).isEqualTo(1);
        }
    }

    @Test
    void no_connection_to_be_had_is_said_with_the_state() {
        JdbcSource source = source(manyRows());
        database().dataSource().refuse(true);
        try {
            assertThatThrownBy(() -> read(source, ScanControl.unlimited()))
                    .isInstanceOf(SourceUnavailableException.class)
                    .hasMessage(source.name() + ": getting a connection failed with SQL state 08001; the cause holds"
                            + " the database's own words");
        } finally {
            database().dataSource().refuse(false);
        }
    }

    private static void read(JdbcSource source, ScanControl control) {
        try (RowCursor cursor = source.open(Scan.of(NUMBERS, ALWAYS), control)) {
            while (cursor.next() != null) {
                // Reads on.
            }
        }
    }

    private static long row(RowCursor cursor) {
        return java.util.Objects.requireNonNull(
                java.util.Objects.requireNonNull(cursor.next()).int64("id"));
    }

    private JdbcSource source(String relation) {
        return JdbcSource.builder(Jdbi.create(database().dataSource()), NUMBERS)
                .from(relation)
                .fetchSize(500)
                .build();
    }
}
