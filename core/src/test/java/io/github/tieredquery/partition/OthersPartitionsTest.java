package io.github.tieredquery.partition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tieredquery.query.Filter;
import io.github.tieredquery.query.TimeRange;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Partitions in forms that others write. */
class OthersPartitionsTest {

    private static final HivePartitionLayout DAILY = HivePartitionLayout.daily(ZoneOffset.UTC);
    private static final HivePartitionLayout HOURLY = HivePartitionLayout.hourly(ZoneOffset.UTC);

    private static TimeRange range(String from, String to) {
        return new TimeRange(Instant.parse(from), Instant.parse(to));
    }

    private static String predicate(HivePartitionLayout layout, TimeRange range) {
        return HivePartitionPlanner.of(Fixtures.FLIGHTS, layout)
                .predicate(range, Filter.all())
                .toString();
    }

    private static HivePartition partition(HivePartitionLayout layout, String... values) {
        return HivePartition.of(layout, Arrays.asList(values));
    }

    @Test
    void unpadded_numbers_are_listed_where_their_texts_do_not_sort() {
        TimeRange autumn = range("2023-08-30T00:00:00Z", "2023-11-02T00:00:00Z");
        assertThat(predicate(DAILY.unpadded(), autumn))
                .isEqualTo("year = '2023' and ((month = '8' and day in ('30', '31')) or month in ('9', '10')"
                        + " or (month = '11' and day = '1'))");
    }

    @Test
    void a_date_is_one_run_whatever_months_it_spans() {
        TimeRange turn = range("2023-12-30T05:00:00Z", "2024-02-02T00:00:00Z");
        assertThat(predicate(DAILY.dateColumn("dt"), turn)).isEqualTo("dt >= '2023-12-30' and dt <= '2024-02-01'");
        assertThat(predicate(HOURLY.dateColumn("dt", "yyyy/MM/dd/HH"), turn))
                .isEqualTo("dt >= '2023/12/30/05' and dt <= '2024/02/01/23'");
        assertThat(predicate(HOURLY.dateColumn("dt"), turn))
                .isEqualTo("(dt = '2023-12-30' and hour >= '05') or (dt >= '2023-12-31' and dt <= '2024-02-01')");
    }

    @Test
    void partitions_say_their_paths_and_are_read_from_them() {
        assertThat(partition(DAILY.unpadded(), "2024", "1", "5").path()).isEqualTo("year=2024/month=1/day=5");
        assertThat(HivePartition.parse(DAILY.dateColumn("dt").withoutVersion(), "dt=2024-01-05/")
                        .value("dt"))
                .isEqualTo("2024-01-05");
        assertThatThrownBy(() -> HivePartition.parse(DAILY.withoutVersion(), "year=2024/month=1/day=05"))
                .hasMessage(
                        "the path 'year=2024/month=1/day=05' isn't of the layout: the month is '1'; it has 2 digits");
        assertThatThrownBy(() -> HivePartition.parse(DAILY.unpadded().withoutVersion(), "year=2024/month=1/day=05"))
                .hasMessage("the path 'year=2024/month=1/day=05' isn't of the layout: the day is '05'; it has no zero"
                        + " before its digits");
        assertThatThrownBy(() -> partition(DAILY.dateColumn("dt"), "20240105"))
                .hasMessage("the dt is '20240105'; it is of the pattern yyyy-MM-dd");
        assertThatThrownBy(() -> partition(DAILY.dateColumn("dt"), "2024-02-30"))
                .hasMessage("the dt is '2024-02-30'; it is of the pattern yyyy-MM-dd");
    }

    @Test
    void unpadded_partitions_stand_in_the_order_of_time() {
        HivePartitionPlanner planner = HivePartitionPlanner.of(Fixtures.FLIGHTS, DAILY.unpadded());
        assertThat(planner.partitions(range("2024-01-09T00:00:00Z", "2024-01-11T00:00:00Z"), Filter.all(), 9))
                .extracting(HivePartition::path)
                .containsExactly("year=2024/month=1/day=9", "year=2024/month=1/day=10");
    }

    @Test
    void what_only_others_write_is_only_read() {
        assertThat(List.of(
                        DAILY.unpadded(),
                        DAILY.dateColumn("dt"),
                        DAILY.rowsLateBy(Duration.ofMinutes(15)),
                        DAILY.rowsEarlyBy(Duration.ofMinutes(1))))
                .allMatch(HivePartitionLayout::isReadOnly)
                .extracting(HivePartitionLayout::describe)
                .containsExactly(
                        "year, month, day (unpadded), tq_version in Z",
                        "dt (yyyy-MM-dd), tq_version in Z",
                        "year, month, day, tq_version in Z, rows late by PT15M",
                        "year, month, day, tq_version in Z, rows early by PT1M");
        assertThat(DAILY.thenBy("origin").withoutVersion().isReadOnly()).isFalse();
    }

    @Test
    void a_date_column_fits_the_layout_or_is_refused() {
        assertThatThrownBy(() -> DAILY.dateColumn("dt", "dd.MM.yyyy"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "the pattern 'dd.MM.yyyy' of the partition column 'dt' doesn't fit: it has yyyy, MM and dd in"
                                + " this order, with -, /, _, ., : or a space between them, or 'T' before HH");
        assertThatThrownBy(() -> HOURLY.dateColumn("dt", "yyyy-MM"))
                .hasMessage(
                        "the pattern 'yyyy-MM' of the partition column 'dt' doesn't fit: it has yyyy, MM and dd, HH or"
                                + " not, in this order, with -, /, _, ., : or a space between them, or 'T' before HH");
        assertThatThrownBy(() -> HivePartitionLayout.monthly(ZoneOffset.UTC).dateColumn("dt", "yyyy-MM-dd"))
                .hasMessage(
                        "the pattern 'yyyy-MM-dd' of the partition column 'dt' doesn't fit: it has yyyy and MM in this"
                                + " order, with -, /, _, ., : or a space between them, or 'T' before HH");
        assertThatThrownBy(() -> DAILY.thenBy("origin").dateColumn("origin"))
                .hasMessage(
                        "the layout has the partition column 'origin' already: year, month, day, origin, tq_version in"
                                + " Z");
        assertThatThrownBy(() -> HOURLY.dateColumn("hour")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> DAILY.rowsLateBy(Duration.ofSeconds(-1)))
                .hasMessage("rowsLateBy is PT-1S; it is zero or more");
    }

    @Test
    void late_rows_are_looked_for_in_the_partitions_after_and_early_ones_in_those_before() {
        TimeRange day = range("2024-01-05T00:00:00Z", "2024-01-06T00:00:00Z");
        assertThat(predicate(DAILY.dateColumn("dt").rowsLateBy(Duration.ofMinutes(15)), day))
                .isEqualTo("dt >= '2024-01-05' and dt <= '2024-01-06'");
        assertThat(predicate(DAILY.dateColumn("dt").rowsEarlyBy(Duration.ofDays(2)), day))
                .isEqualTo("dt >= '2024-01-03' and dt <= '2024-01-05'");
    }

    @Test
    void a_day_whose_times_are_cut_to_milliseconds_takes_no_partition_more_and_a_rounded_one_the_day_before() {
        TimeRange day = range("2024-01-05T00:00:00Z", "2024-01-06T00:00:00Z");
        HivePartitionPlanner planner = HivePartitionPlanner.of(Fixtures.FLIGHTS, DAILY.dateColumn("dt"));
        Duration milli = Duration.ofMillis(1);
        assertThat(planner.timesCutTo(milli).predicate(day, Filter.all())).hasToString("dt = '2024-01-05'");
        assertThat(planner.timesRoundedTo(milli).predicate(day, Filter.all()))
                .hasToString("dt >= '2024-01-04' and dt <= '2024-01-05'");
        assertThat(planner.timesRoundedTo(milli)
                        .predicate(range("2024-01-05T00:00:00Z", "2024-01-05T00:00:00Z"), Filter.all()))
                .isEqualTo(Filter.none());
    }
}
