package io.github.tieredquery.partition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tieredquery.error.ArchiveRefusedException;
import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.table.ColumnType;
import io.github.tieredquery.table.Table;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HivePartitionLayoutTest {

    private static final Instant MORNING = Instant.parse("2024-01-05T05:30:00Z");

    @Test
    void a_row_goes_by_its_local_time_then_by_the_filter_columns() {
        HivePartitionLayout layout = HivePartitionLayout.hourly(ZoneId.of("America/New_York"))
                .thenBy("origin", "gate")
                .thenBy("miles", "late", "booked_on")
                .checkedAgainst(Fixtures.FLIGHTS);

        assertThat(layout.partitionOf(Fixtures.flight(MORNING, "San José/CA", -3, 5L, true, LocalDate.of(1, 2, 3), 9)))
                .hasToString("year=2024/month=01/day=05/hour=00/origin=San José%2FCA/gate=-3/miles=5/late=true"
                        + "/booked_on=0001-02-03");
        assertThat(layout.partitionOf(Fixtures.flight(MORNING)))
                .hasToString("year=2024/month=01/day=05/hour=00/origin=__HIVE_DEFAULT_PARTITION__"
                        + "/gate=__HIVE_DEFAULT_PARTITION__/miles=__HIVE_DEFAULT_PARTITION__"
                        + "/late=__HIVE_DEFAULT_PARTITION__/booked_on=__HIVE_DEFAULT_PARTITION__");
    }

    @Test
    void the_columns_tell_the_time_from_the_filters() {
        HivePartitionLayout layout = HivePartitionLayout.daily(ZoneOffset.UTC).thenBy("origin");

        assertThat(layout.partitionColumns()).containsExactly("year", "month", "day", "origin");
        assertThat(layout.timeColumns()).containsExactly("year", "month", "day");
        assertThat(layout.filterColumns()).containsExactly("origin");
        assertThat(layout.zone()).isEqualTo(ZoneOffset.UTC);
        assertThat(layout.isVersioned()).isTrue();
        assertThat(layout.withoutVersion().isVersioned()).isFalse();
    }

    @Test
    void a_description_is_canonical() {
        assertThat(HivePartitionLayout.daily(ZoneId.of("Europe/Berlin"))
                        .thenBy("origin")
                        .describe())
                .isEqualTo("year, month, day, origin, tq_version in Europe/Berlin");
        assertThat(HivePartitionLayout.hourly(ZoneId.of("+05:30")).withoutVersion())
                .hasToString("year, month, day, hour in +05:30");
        assertThat(HivePartitionLayout.monthly(ZoneId.of("UTC")))
                .isEqualTo(HivePartitionLayout.monthly(ZoneOffset.UTC))
                .hasSameHashCodeAs(HivePartitionLayout.monthly(ZoneOffset.UTC))
                .hasToString("year, month, tq_version in Z")
                .isNotEqualTo(HivePartitionLayout.monthly(ZoneOffset.UTC).withoutVersion())
                .isNotEqualTo(HivePartitionLayout.daily(ZoneOffset.UTC))
                .isNotEqualTo(HivePartitionLayout.monthly(ZoneOffset.UTC).thenBy("a"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
            America/New_York  | 2024-11-03T05:30:00Z | 2024-11-03T04:00:00Z | 2024-11-04T05:00:00Z
            America/Sao_Paulo | 2018-11-04T03:00:00Z | 2018-11-04T03:00:00Z | 2018-11-05T02:00:00Z
            America/Sao_Paulo | 2018-11-04T02:59:59Z | 2018-11-03T03:00:00Z | 2018-11-04T03:00:00Z
            Africa/Cairo      | 2023-04-27T23:00:00Z | 2023-04-27T22:00:00Z | 2023-04-28T21:00:00Z
            Pacific/Apia      | 2011-12-30T09:59:59Z | 2011-12-29T10:00:00Z | 2011-12-30T10:00:00Z
            Pacific/Apia      | 2011-12-30T10:00:00Z | 2011-12-30T10:00:00Z | 2011-12-31T10:00:00Z
            America/St_Johns  | 2010-11-07T03:00:00Z | 2010-11-07T02:30:00Z | 2010-11-08T03:30:00Z
            """)
    void a_window_is_a_local_day(ZoneId zone, Instant instant, Instant from, Instant to) {
        assertThat(HivePartitionLayout.daily(zone).windowContaining(instant)).isEqualTo(new TimeRange(from, to));
        assertThat(HivePartitionLayout.hourly(zone).windowContaining(instant)).isEqualTo(new TimeRange(from, to));
    }

    @Test
    void a_window_of_a_monthly_layout_is_a_local_month() {
        HivePartitionLayout layout = HivePartitionLayout.monthly(ZoneId.of("Europe/Berlin"));

        assertThat(layout.windowContaining(Instant.parse("2024-02-29T23:00:00Z")))
                .isEqualTo(new TimeRange(Instant.parse("2024-02-29T23:00:00Z"), Instant.parse("2024-03-31T22:00:00Z")));
        assertThat(layout.windowStart(Instant.parse("2024-02-29T22:59:59Z")))
                .isEqualTo(Instant.parse("2024-01-31T23:00:00Z"));
    }

    @Test
    void the_repeated_hour_shares_its_partition() {
        HivePartitionLayout layout =
                HivePartitionLayout.hourly(ZoneId.of("America/New_York")).checkedAgainst(Fixtures.FLIGHTS);

        assertThat(layout.partitionOf(Fixtures.flight(Instant.parse("2024-11-03T05:30:00Z"))))
                .isEqualTo(layout.partitionOf(Fixtures.flight(Instant.parse("2024-11-03T06:30:00Z"))))
                .hasToString("year=2024/month=11/day=03/hour=01");
    }

    @ParameterizedTest
    @CsvSource({"''", "__HIVE_DEFAULT_PARTITION__", "\\N"})
    void a_text_that_reads_back_as_null_is_refused_with_its_row(String text) {
        HivePartitionLayout layout =
                HivePartitionLayout.daily(ZoneOffset.UTC).thenBy("origin").checkedAgainst(Fixtures.FLIGHTS);

        assertThatThrownBy(() -> layout.partitionOf(Fixtures.flight(MORNING, text)))
                .isInstanceOf(ArchiveRefusedException.class)
                .hasMessage("table 'flights': the row [departed_at=2024-01-05T05:30:00Z, id=7] has '" + text
                        + "' in the partition column 'origin', which a Hive partition reads back as NULL; change the"
                        + " value, or leave the column out of the layout");
    }

    @Test
    void a_local_year_of_five_digits_is_refused() {
        HivePartitionLayout layout =
                HivePartitionLayout.daily(ZoneId.of("Asia/Tokyo")).checkedAgainst(Fixtures.FLIGHTS);

        assertThatThrownBy(() -> layout.partitionOf(Fixtures.flight(Instant.parse("9999-12-31T15:00:00Z"))))
                .isInstanceOf(ArchiveRefusedException.class)
                .hasMessage("table 'flights': the row [departed_at=9999-12-31T15:00:00Z, id=7] is in the year 10000 in"
                        + " Asia/Tokyo; partitions hold years up to 9999");
    }

    @Test
    void an_unbound_layout_places_no_row() {
        assertThatThrownBy(() -> HivePartitionLayout.daily(ZoneOffset.UTC).partitionOf(Fixtures.flight(MORNING)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the layout year, month, day, tq_version in Z isn't bound to a table; bind it with"
                        + " checkedAgainst(table)");
    }

    @Test
    void a_column_stands_once() {
        HivePartitionLayout layout = HivePartitionLayout.daily(ZoneOffset.UTC).thenBy("origin");

        assertThatThrownBy(() -> layout.thenBy("origin"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the layout has the partition column 'origin' already:"
                        + " year, month, day, origin, tq_version in Z");
        assertThatThrownBy(() -> layout.thenBy("day")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> layout.thenBy("tq_version")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> layout.thenBy("late", "late")).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            nowhere     | the table has no column 'nowhere' to partition by; it has [departed_at, id, region, fare, price, photo, landed_at]
            departed_at | the time column 'departed_at' is partitioned by [year, month, day] already; leave it out of thenBy(…)
            fare        | column 'fare' is DOUBLE; only columns of [BOOLEAN, INT32, INT64, STRING, DATE] can be partitioned by
            price       | column 'price' is DECIMAL(9,2); only columns of [BOOLEAN, INT32, INT64, STRING, DATE] can be partitioned by
            photo       | column 'photo' is BINARY; only columns of [BOOLEAN, INT32, INT64, STRING, DATE] can be partitioned by
            landed_at   | column 'landed_at' is TIMESTAMP; only columns of [BOOLEAN, INT32, INT64, STRING, DATE] can be partitioned by
            """)
    void a_column_that_cannot_be_partitioned_by_is_refused(String column, String message) {
        Table table = Table.builder("trips")
                .time("departed_at")
                .key("id", ColumnType.INT64)
                .column("region", ColumnType.STRING)
                .column("fare", ColumnType.DOUBLE)
                .column("price", ColumnType.decimal(9, 2))
                .column("photo", ColumnType.BINARY)
                .column("landed_at", ColumnType.TIMESTAMP)
                .build();

        assertThatThrownBy(() -> HivePartitionLayout.daily(ZoneOffset.UTC)
                        .thenBy("region", column)
                        .checkedAgainst(table))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage("table 'trips' with the layout year, month, day, region, " + column + ", tq_version in Z: "
                        + message);
    }

    @Test
    void a_column_of_the_table_must_not_have_the_name_of_a_time_column() {
        Table table = Table.builder("cars")
                .time("sold_at")
                .key("id", ColumnType.INT64)
                .column("hour", ColumnType.INT32)
                .column("year", ColumnType.INT32)
                .build();

        assertThatThrownBy(() -> HivePartitionLayout.monthly(ZoneOffset.UTC).checkedAgainst(table))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage(
                        "table 'cars' with the layout year, month, tq_version in Z: the table's column 'year' has"
                                + " the name of a partition column; give it another name in the Table and map it in the source");
    }

    @Test
    void a_version_has_ten_digits() {
        assertThat(HivePartitionLayout.versionText(42)).isEqualTo("0000000042");
        assertThat(HivePartitionLayout.versionText(0)).isEqualTo("0000000000");
        assertThat(HivePartitionLayout.versionText(9_999_999_999L)).isEqualTo("9999999999");
        assertThatThrownBy(() -> HivePartitionLayout.versionText(10_000_000_000L))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the version is 10000000000; it is 0 to 9999999999");
        assertThatThrownBy(() -> HivePartitionLayout.versionText(-1)).isInstanceOf(IllegalArgumentException.class);
    }
}
