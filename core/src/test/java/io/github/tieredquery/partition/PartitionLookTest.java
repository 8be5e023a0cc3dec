package io.github.tieredquery.partition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.partition.PartitionLook.Sign;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PartitionLookTest {

    private static final HivePartitionLayout DAILY =
            HivePartitionLayout.daily(ZoneOffset.UTC).withoutVersion();
    private static final String MISSED =
            ". Its rows would be missed. Say in the layout how partitions are written, with"
                    + " unpadded() or dateColumn(…), or read a view without those that are written otherwise";

    private static HivePartition judged(HivePartitionLayout layout, @Nullable String... values) {
        return PartitionLook.forReading("athena:lake.flights", Fixtures.FLIGHTS, layout, Set.of())
                .partition(Arrays.asList(values));
    }

    @Test
    void a_partition_that_is_written_otherwise_is_refused_by_name() {
        assertThatThrownBy(() -> judged(DAILY, "2024", "1", "05"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage("athena:lake.flights: the partition year=2024/month=1/day=05 isn't one of the layout year,"
                        + " month, day in Z: the month is '1'; it has 2 digits" + MISSED);
        assertThatThrownBy(() -> judged(DAILY.dateColumn("dt"), (String) null))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage(
                        "athena:lake.flights: the partition dt=__HIVE_DEFAULT_PARTITION__ isn't one of the layout dt"
                                + " (yyyy-MM-dd) in Z: the dt is NULL; it is of the pattern yyyy-MM-dd" + MISSED);
        assertThatThrownBy(() -> judged(DAILY.thenBy("gate"), "2024", "01", "05", "07"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage(
                        "athena:lake.flights: the partition year=2024/month=01/day=05/gate=07 isn't one of the layout"
                                + " year, month, day, gate in Z: the gate is '07'; that value is written '7'" + MISSED);
        assertThatThrownBy(() -> judged(DAILY.thenBy("late"), "2024", "01", "05", "Yes"))
                .hasMessageContaining("the late is 'Yes', which is no BOOLEAN. Its");
        assertThatThrownBy(() -> judged(DAILY.thenBy("late"), "2024", "01", "05", "TRUE"))
                .hasMessageContaining("the late is 'TRUE'; that value is written 'true'");
        assertThatThrownBy(() -> judged(DAILY.thenBy("booked_on"), "2024", "01", "05", "5/1"))
                .hasMessageContaining("the booked_on is '5/1', which is no DATE");
        assertThat(judged(DAILY.thenBy("gate", "origin"), "2024", "01", "05", null, "07")
                        .path())
                .isEqualTo("year=2024/month=01/day=05/gate=__HIVE_DEFAULT_PARTITION__/origin=07");
    }

    @Test
    void zeros_before_a_number_say_nothing() {
        PartitionLook padded = PartitionLook.forReading("x", Fixtures.FLIGHTS, DAILY, Set.of("year", "month", "day"));
        assertThat(padded.partition(List.of("2024", "1", "5")).path()).isEqualTo("year=2024/month=01/day=05");
        PartitionLook date =
                PartitionLook.forReading("x", Fixtures.FLIGHTS, DAILY.dateColumn("dt", "yyyyMMdd"), Set.of("dt"));
        assertThat(date.partition(List.of("9990105")).path()).isEqualTo("dt=09990105");
    }

    @Test
    void the_signs_tell_what_to_ask_a_catalog_for() {
        PartitionLook look = PartitionLook.forReading(
                "x", Fixtures.FLIGHTS, DAILY.dateColumn("dt").thenBy("late", "origin"), Set.of());
        assertThat(look.signs())
                .containsExactly(
                        new Sign("dt", PartitionLook.Test.NOT_LIKE, List.of("____-__-__")),
                        new Sign("dt", PartitionLook.Test.NULL, List.of()),
                        new Sign("late", PartitionLook.Test.NOT_IN, List.of("false", "true")));
    }
}
