package io.github.tieredquery.partition;

import static io.github.tieredquery.query.Filter.all;
import static io.github.tieredquery.query.Filter.and;
import static io.github.tieredquery.query.Filter.eq;
import static io.github.tieredquery.query.Filter.ge;
import static io.github.tieredquery.query.Filter.in;
import static io.github.tieredquery.query.Filter.isNull;
import static io.github.tieredquery.query.Filter.lt;
import static io.github.tieredquery.query.Filter.ne;
import static io.github.tieredquery.query.Filter.none;
import static io.github.tieredquery.query.Filter.not;
import static io.github.tieredquery.query.Filter.or;
import static io.github.tieredquery.query.Filter.prefix;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tieredquery.error.BadQueryException;
import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.query.Filter;
import io.github.tieredquery.query.TimeRange;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HivePartitionPlannerTest {

    private static final ZoneId UTC = ZoneOffset.UTC;
    private static final TimeRange JANUARY = range("2024-01-01T00:00:00Z", "2024-02-01T00:00:00Z");

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            2023-12-15 | 2024-02-01 | (year = '2023' and month = '12' and day >= '15') or (year = '2024' and month = '01')
            2024-01-01 | 2025-01-01 | year = '2024'
            2019-01-01 | 2024-01-01 | year >= '2019' and year <= '2023'
            2019-12-31 | 2023-01-02 | (year = '2019' and month = '12' and day = '31') or (year >= '2020' and year <= '2022') or (year = '2023' and month = '01' and day = '01')
            2024-02-29 | 2024-03-01 | year = '2024' and month = '02' and day = '29'
            2024-02-01 | 2024-03-01 | year = '2024' and month = '02'
            2023-02-02 | 2023-03-01 | year = '2023' and month = '02' and day >= '02'
            2023-02-01 | 2023-02-28 | year = '2023' and month = '02' and day <= '27'
            2024-02-01 | 2024-02-29 | year = '2024' and month = '02' and day <= '28'
            2024-03-05 | 2024-09-03 | year = '2024' and ((month = '03' and day >= '05') or (month >= '04' and month <= '08') or (month = '09' and day <= '02'))
            2024-03-01 | 2024-12-01 | year = '2024' and month >= '03' and month <= '11'
            2024-01-01 | 2024-03-01 | year = '2024' and month <= '02'
            2023-11-20 | 2024-01-01 | year = '2023' and ((month = '11' and day >= '20') or month = '12')
            2024-01-31 | 2024-02-02 | year = '2024' and ((month = '01' and day = '31') or (month = '02' and day = '01'))
            0001-01-01 | 2024-01-01 | year <= '2023'
            2024-01-01 | 9999-12-31 | (year >= '2024' and year <= '9998') or (year = '9999' and (month <= '11' or (month = '12' and day <= '30')))
            """)
    void a_daily_predicate_names_the_ragged_ends_and_merges_what_is_whole(
            LocalDate from, LocalDate to, String predicate) {
        TimeRange range = new TimeRange(
                from.atStartOfDay(UTC).toInstant(), to.atStartOfDay(UTC).toInstant());

        assertThat(daily().predicate(range, all())).hasToString(predicate);
    }

    @Test
    void an_hourly_predicate_goes_down_to_the_hour() {
        HivePartitionPlanner hourly = planner(HivePartitionLayout.hourly(UTC));

        assertThat(hourly.predicate(range("2023-12-30T22:30:00Z", "2024-01-01T02:00:00.000001Z"), all()))
                .hasToString("(year = '2023' and month = '12' and ((day = '30' and hour >= '22') or day = '31'))"
                        + " or (year = '2024' and month = '01' and day = '01' and hour <= '02')");
    }

    @Test
    void a_monthly_predicate_stops_at_the_month() {
        assertThat(planner(HivePartitionLayout.monthly(UTC))
                        .predicate(range("2023-12-30T22:30:00Z", "2024-01-01T02:00:00Z"), all()))
                .hasToString("(year = '2023' and month = '12') or (year = '2024' and month = '01')");
    }

    @Test
    void an_empty_range_needs_nothing_and_all_time_needs_everything() {
        assertThat(daily().predicate(range("2024-01-01T00:00:00Z", "2024-01-01T00:00:00Z"), all()))
                .isEqualTo(none());
        assertThat(daily().predicate(range("+10000-01-01T00:00:00Z", "+10001-01-01T00:00:00Z"), all()))
                .isEqualTo(none());
        assertThat(daily().predicate(range("0001-01-01T00:00:00Z", "+10000-01-01T00:00:00Z"), all()))
                .isEqualTo(all());
        assertThat(planner(HivePartitionLayout.hourly(ZoneId.of("Asia/Tokyo")))
                        .predicate(new TimeRange(Instant.MIN, Instant.parse("+1000000000-12-31T00:00:00Z")), all()))
                .isEqualTo(all());
    }

    @Test
    void the_last_microsecond_before_midnight_is_in_and_midnight_is_out() {
        assertThat(daily().predicate(range("2024-01-05T23:59:59.999999Z", "2024-01-06T00:00:00.000001Z"), all()))
                .hasToString("year = '2024' and month = '01' and day >= '05' and day <= '06'");
        assertThat(daily().predicate(range("2024-01-05T23:59:59.999999Z", "2024-01-06T00:00:00Z"), all()))
                .hasToString("year = '2024' and month = '01' and day = '05'");
    }

    @Test
    void a_range_around_clocks_that_went_back_three_hours_leaves_out_the_hour_between() {
        HivePartitionPlanner casey = planner(HivePartitionLayout.hourly(ZoneId.of("Antarctica/Casey")));

        // At 02:00 on the 5th (+11:00) it became 23:00 on the 4th (+08:00).
        assertThat(casey.predicate(range("2010-03-04T14:30:00Z", "2010-03-04T15:30:00Z"), all()))
                .hasToString("(year = '2010' and month = '03' and day = '04' and hour = '23')"
                        + " or (year = '2010' and month = '03' and day = '05' and hour = '01')");
    }

    @Test
    void a_day_that_the_zone_skipped_is_never_listed() {
        HivePartitionPlanner apia = planner(HivePartitionLayout.daily(ZoneId.of("Pacific/Apia")));
        TimeRange range = range("2011-12-29T12:00:00Z", "2011-12-31T12:00:00Z");

        assertThat(apia.partitions(range, all(), 10))
                .extracting(HivePartition::path)
                .containsExactly("year=2011/month=12/day=29", "year=2011/month=12/day=31", "year=2012/month=01/day=01");
        HivePartition skipped = HivePartition.parse(apia.layout(), "year=2011/month=12/day=30");
        assertThat(apia.mayContain(skipped, range, all())).isFalse();
        assertThat(apia.timeRange(skipped).isEmpty()).isTrue();
    }

    @Test
    void conditions_on_partition_columns_join_the_predicate_as_texts() {
        HivePartitionPlanner planner =
                planner(HivePartitionLayout.monthly(UTC).thenBy("origin", "gate", "miles", "late", "booked_on"));

        assertThat(planner.predicate(JANUARY, bound(and(eq("origin", "O'Hare"), eq("miles", 5), ge("delay", 10)))))
                .hasToString("year = '2024' and month = '01' and origin = 'O''Hare' and miles = '5'");
        assertThat(planner.predicate(
                        JANUARY,
                        bound(and(
                                in("gate", -1, 22),
                                eq("late", true),
                                ge("booked_on", LocalDate.of(2024, 1, 5)),
                                isNull("origin")))))
                .hasToString("year = '2024' and month = '01' and gate in ('-1', '22') and late = 'true'"
                        + " and booked_on >= '2024-01-05' and origin is null");
        assertThat(planner.predicate(JANUARY, bound(not(or(eq("origin", "SFO"), lt("origin", "B"))))))
                .hasToString("year = '2024' and month = '01' and origin <> 'SFO' and origin >= 'B'");
        assertThat(planner.predicate(JANUARY, bound(not(and(in("gate", 1, 2), prefix("origin", "S"))))))
                .hasToString(
                        "year = '2024' and month = '01' and (not gate in ('1', '2') or not origin starts with 'S')");
    }

    @Test
    void what_partitions_do_not_tell_is_left_out() {
        HivePartitionPlanner planner = planner(HivePartitionLayout.monthly(UTC).thenBy("origin", "gate"));
        String january = "year = '2024' and month = '01'";

        assertThat(planner.predicate(JANUARY, bound(eq("delay", 5)))).hasToString(january);
        assertThat(planner.predicate(JANUARY, bound(not(eq("delay", 5))))).hasToString(january);
        assertThat(planner.predicate(JANUARY, bound(or(eq("delay", 5), eq("origin", "SFO")))))
                .hasToString(january);
        assertThat(planner.predicate(JANUARY, bound(not(and(eq("delay", 5), eq("origin", "SFO"))))))
                .hasToString(january);
        assertThat(planner.predicate(JANUARY, bound(lt("gate", 5)))).hasToString(january);
        assertThat(planner.predicate(JANUARY, bound(in("origin")))).isEqualTo(none());
    }

    @Test
    void a_filter_is_exact_only_where_partitions_answer_all_of_it() {
        HivePartitionPlanner planner = planner(HivePartitionLayout.monthly(UTC).thenBy("origin", "gate"));

        assertThat(planner.isExact(all())).isTrue();
        assertThat(planner.isExact(none())).isTrue();
        assertThat(planner.isExact(bound(and(lt("origin", "B"), ne("gate", 5)))))
                .isTrue();
        assertThat(planner.isExact(bound(lt("gate", 5)))).isFalse();
        assertThat(planner.isExact(bound(not(eq("delay", 5))))).isFalse();
        assertThat(planner.isExact(bound(and(lt("origin", "B"), eq("delay", 5)))))
                .isFalse();
        assertThat(planner.isExact(bound(or(lt("origin", "B"), isNull("delay")))))
                .isFalse();
    }

    @Test
    void a_null_partition_matches_is_null_and_no_comparison() {
        HivePartitionPlanner planner = planner(HivePartitionLayout.monthly(UTC).thenBy("origin"));
        HivePartition unknown =
                HivePartition.parse(planner.layout(), "year=2024/month=01/origin=__HIVE_DEFAULT_PARTITION__");

        assertThat(planner.mayContain(unknown, JANUARY, isNull("origin"))).isTrue();
        assertThat(planner.mayContain(unknown, JANUARY, not(isNull("origin")))).isFalse();
        assertThat(planner.mayContain(unknown, JANUARY, ne("origin", "SFO"))).isFalse();
        assertThat(planner.mayContain(unknown, JANUARY, not(in("origin", "SFO", "LAX"))))
                .isFalse();
        assertThat(planner.mayContain(unknown, JANUARY, not(prefix("origin", "S"))))
                .isFalse();
        assertThat(planner.mayContain(unknown, JANUARY, or(ne("origin", "SFO"), eq("delay", 5))))
                .isTrue();
    }

    @Test
    void partitions_are_listed_in_order_for_each_combination() {
        HivePartitionPlanner planner = planner(HivePartitionLayout.daily(UTC).thenBy("origin", "late"));
        Filter filter = bound(and(
                or(in("origin", "SFO", "B/A"), isNull("origin")),
                or(eq("late", true), eq("origin", "SFO")),
                ne("late", false)));

        assertThat(planner.isEnumerable(filter)).isTrue();
        assertThat(planner.partitions(range("2024-02-28T12:00:00Z", "2024-03-01T00:00:00Z"), filter, 100))
                .extracting(HivePartition::path)
                .containsExactly(
                        "year=2024/month=02/day=28/origin=__HIVE_DEFAULT_PARTITION__/late=true",
                        "year=2024/month=02/day=28/origin=B%2FA/late=true",
                        "year=2024/month=02/day=28/origin=SFO/late=true",
                        "year=2024/month=02/day=29/origin=__HIVE_DEFAULT_PARTITION__/late=true",
                        "year=2024/month=02/day=29/origin=B%2FA/late=true",
                        "year=2024/month=02/day=29/origin=SFO/late=true");
    }

    @Test
    void texts_that_no_partition_holds_are_not_listed() {
        HivePartitionPlanner planner = planner(HivePartitionLayout.monthly(UTC).thenBy("origin"));

        assertThat(planner.partitions(JANUARY, in("origin", "", "__HIVE_DEFAULT_PARTITION__", "\\N", "A"), 10))
                .extracting(HivePartition::path)
                .containsExactly("year=2024/month=01/origin=A");
    }

    @Test
    void a_filter_that_leaves_a_column_open_cannot_be_listed() {
        HivePartitionPlanner planner = planner(HivePartitionLayout.monthly(UTC).thenBy("origin"));
        Filter open = or(eq("origin", "SFO"), eq("delay", 5));

        assertThat(planner.isEnumerable(open)).isFalse();
        assertThatThrownBy(() -> planner.partitions(JANUARY, open, 100))
                .isInstanceOf(BadQueryException.class)
                .hasMessage("table 'flights': the partitions of [2024-01-01T00:00:00Z, 2024-02-01T00:00:00Z) where"
                        + " origin = 'SFO' or delay = 5 can't be listed, since any value of 'origin' may match;"
                        + " name its values with eq, in or isNull");
    }

    @Test
    void a_list_past_its_maximum_is_refused_before_it_is_made() {
        HivePartitionPlanner planner = planner(HivePartitionLayout.hourly(UTC));
        TimeRange fiveYears = range("2019-01-01T00:00:00Z", "2024-01-01T00:00:00Z");

        assertThat(planner.partitions(fiveYears, all(), 43_824)).hasSize(43_824);
        assertThatThrownBy(() -> planner.partitions(fiveYears, all(), 43_823))
                .isInstanceOf(BadQueryException.class)
                .hasMessage(
                        "table 'flights': [2019-01-01T00:00:00Z, 2024-01-01T00:00:00Z) where true has up to 43824"
                                + " partitions, more than the 43823 that may be listed; ask for a shorter range or fewer values");
        assertThatThrownBy(() -> planner.partitions(new TimeRange(Instant.MIN, Instant.EPOCH), all(), 1_000_000))
                .isInstanceOf(BadQueryException.class);
    }

    @Test
    void a_partition_is_covered_by_a_range_that_holds_it_whole() {
        HivePartitionPlanner planner = planner(HivePartitionLayout.daily(ZoneId.of("America/New_York")));
        HivePartition fallBack = HivePartition.parse(planner.layout(), "year=2024/month=11/day=03");

        assertThat(planner.timeRange(fallBack)).isEqualTo(range("2024-11-03T04:00:00Z", "2024-11-04T05:00:00Z"));
        assertThat(planner.coveredBy(fallBack, range("2024-11-03T04:00:00Z", "2024-11-04T05:00:00Z")))
                .isTrue();
        assertThat(planner.coveredBy(fallBack, range("2024-11-03T04:00:00.000001Z", "2024-11-04T05:00:00Z")))
                .isFalse();
        assertThat(planner.coveredBy(fallBack, range("2024-11-03T04:00:00Z", "2024-11-04T04:59:59.999999Z")))
                .isFalse();
    }

    @Test
    void a_planner_refuses_a_layout_that_does_not_fit() {
        assertThatThrownBy(() -> planner(HivePartitionLayout.daily(UTC).thenBy("nowhere")))
                .isInstanceOf(ConfigurationException.class);
    }

    private static HivePartitionPlanner daily() {
        return planner(HivePartitionLayout.daily(UTC));
    }

    private static HivePartitionPlanner planner(HivePartitionLayout layout) {
        return HivePartitionPlanner.of(Fixtures.FLIGHTS, layout);
    }

    private static Filter bound(Filter filter) {
        return filter.boundTo(Fixtures.FLIGHTS);
    }

    private static TimeRange range(String from, String to) {
        return new TimeRange(Instant.parse(from), Instant.parse(to));
    }

    @Test
    void a_range_lies_below_the_directory_that_all_its_partitions_share() {
        assertThat(daily().directory(range("2024-03-05T00:00:00Z", "2024-03-06T00:00:00Z")))
                .isEqualTo("year=2024/month=03/day=05/");
        assertThat(daily().directory(range("2024-03-05T00:00:00Z", "2024-03-06T00:00:00.000001Z")))
                .isEqualTo("year=2024/month=03/");
        assertThat(daily().directory(range("2024-03-05T00:00:00Z", "2024-04-01T00:00:01Z")))
                .isEqualTo("year=2024/");
        assertThat(daily().directory(range("2023-12-31T00:00:00Z", "2024-01-01T00:00:01Z")))
                .isEmpty();
        assertThat(daily().directory(range("2024-03-05T00:00:00Z", "2024-03-05T00:00:00Z")))
                .isEmpty();
    }

    @Test
    void a_window_in_which_clocks_went_back_over_midnight_lies_in_two_days() {
        ZoneId zone = ZoneId.of("America/St_Johns");
        HivePartitionLayout layout = HivePartitionLayout.daily(zone);
        TimeRange window = layout.windowContaining(
                LocalDate.parse("2010-11-07").atTime(12, 0).atZone(zone).toInstant());
        assertThat(HivePartitionPlanner.of(Fixtures.FLIGHTS, layout).directory(window))
                .isEqualTo("year=2010/month=11/");
    }
}
