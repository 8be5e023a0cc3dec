package io.github.tieredquery.partition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HivePartitionTest {

    private static final HivePartitionLayout LAYOUT =
            HivePartitionLayout.daily(ZoneOffset.UTC).thenBy("origin", "gate");

    @Test
    void a_path_is_read_back() {
        HivePartition partition = HivePartition.of(LAYOUT, Arrays.asList("2024", "01", "05", "a=b/c:d %e", null));

        assertThat(partition.path())
                .isEqualTo("year=2024/month=01/day=05/origin=a%3Db%2Fc%3Ad %25e/gate=__HIVE_DEFAULT_PARTITION__");
        assertThat(HivePartition.parse(LAYOUT, partition.path()))
                .isEqualTo(partition)
                .hasSameHashCodeAs(partition)
                .isEqualByComparingTo(partition);
        assertThat(HivePartition.parse(LAYOUT, partition.path() + "/")).isEqualTo(partition);
    }

    @Test
    void a_version_is_the_last_directory() {
        HivePartition partition = HivePartition.of(LAYOUT, List.of("2024", "01", "05", "SFO", "4"));

        String path = partition.path(42);

        assertThat(path).isEqualTo("year=2024/month=01/day=05/origin=SFO/gate=4/tq_version=0000000042");
        assertThat(HivePartition.parse(LAYOUT, path)).isEqualTo(partition);
        assertThat(HivePartition.parseVersion(LAYOUT, path)).isEqualTo(42);
        assertThat(HivePartition.parseVersion(LAYOUT, path + "/")).isEqualTo(42);
    }

    @Test
    void a_layout_without_version_has_no_versioned_paths() {
        HivePartitionLayout legacy = HivePartitionLayout.monthly(ZoneOffset.UTC).withoutVersion();
        HivePartition partition = HivePartition.parse(legacy, "year=2024/month=01");

        assertThatThrownBy(() -> partition.path(1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the layout has no version: year, month in Z");
        assertThatThrownBy(() -> HivePartition.parseVersion(legacy, "year=2024/month=01/tq_version=0000000001"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the layout has no version: year, month in Z");
        assertThatThrownBy(() -> HivePartition.parse(legacy, "year=2024/month=01/tq_version=0000000001"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the path 'year=2024/month=01/tq_version=0000000001' has 3 directories; the layout's are"
                        + " [year, month]");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            year=2024/month=01/day=05/origin=A                        | the path 'PATH' has 4 directories; the layout's are [year, month, day, origin, gate]
            year=2024/month=01/day=05/gate=1/origin=A                 | the path 'PATH' has 'gate=1' where the layout has 'origin=…'
            year=2024/month=1/day=05/origin=A/gate=1                  | the path 'PATH' isn't of the layout: the month is '1'; it has 2 digits
            year=2024/month=+1/day=05/origin=A/gate=1                 | the path 'PATH' isn't of the layout: the month is '+1'; it has 2 digits
            year=__HIVE_DEFAULT_PARTITION__/month=01/day=05/origin=A/gate=1 | the path 'PATH' isn't of the layout: the year is NULL; it has 4 digits
            year=2023/month=02/day=29/origin=A/gate=1                 | the path 'PATH' isn't of the layout: [2023, 02, 29] is no date: Invalid date 'February 29' as '2023' is not a leap year
            year=2024/month=01/day=05/origin=/gate=1                  | the path 'PATH' isn't of the layout: partition column 'origin' can't hold '', which reads back as NULL
            year=2024/month=01/day=05/origin=%5CN/gate=1              | the path 'PATH' isn't of the layout: partition column 'origin' can't hold '\\N', which reads back as NULL
            year=2024/month=01/day=05/origin=A/gate=1/tq_version=42   | the path 'PATH' has the version '42'; it has 10 digits
            year=2024/month=01/day=05/origin=A/gate=1/other=1         | the path 'PATH' has 'other=1' where the layout has 'tq_version=…'
            """)
    void a_path_of_another_layout_is_refused(String path, String message) {
        assertThatThrownBy(() -> HivePartition.parse(LAYOUT, path))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message.replace("PATH", path));
    }

    @Test
    void values_that_no_partition_holds_are_refused() {
        assertThatThrownBy(() -> HivePartition.of(LAYOUT, List.of("2024", "01", "05", "A")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("4 values [2024, 01, 05, A] for the partition columns [year, month, day, origin, gate]");
        assertThatThrownBy(
                        () -> HivePartition.of(LAYOUT, List.of("2024", "01", "05", "__HIVE_DEFAULT_PARTITION__", "1")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("partition column 'origin' can't hold '__HIVE_DEFAULT_PARTITION__', which reads back as"
                        + " NULL");
    }

    @Test
    void a_value_is_found_by_name() {
        HivePartition partition = HivePartition.of(LAYOUT, Arrays.asList("2024", "01", "05", null, "4"));

        assertThat(partition.value("day")).isEqualTo("05");
        assertThat(partition.value("origin")).isNull();
        assertThat(partition.values()).containsExactly("2024", "01", "05", null, "4");
        assertThatThrownBy(() -> partition.value("tq_version"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("no partition column 'tq_version' among [year, month, day, origin, gate]");
        assertThatThrownBy(() -> partition.values().set(0, "2025")).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void partitions_are_ordered_by_time_then_by_code_point_with_null_first() {
        List<HivePartition> ordered = new ArrayList<>();
        for (String day : List.of("05", "10")) {
            for (String origin : Arrays.asList(null, "A", "AB", "b", "\uff5a", "\ud835\udd18")) {
                ordered.add(HivePartition.of(LAYOUT, Arrays.asList("2024", "01", day, origin, "1")));
            }
        }
        List<HivePartition> shuffled = new ArrayList<>(ordered);
        Collections.reverse(shuffled);
        Collections.sort(shuffled);

        assertThat(shuffled).containsExactlyElementsOf(ordered);
    }

    @Test
    void partitions_of_other_columns_differ() {
        HivePartitionLayout other = HivePartitionLayout.daily(ZoneOffset.UTC).thenBy("gate", "origin");
        List<String> values = List.of("2024", "01", "05", "1", "1");

        assertThat(HivePartition.of(LAYOUT, values)).isNotEqualTo(HivePartition.of(other, values));
        assertThat(HivePartition.of(LAYOUT, values).compareTo(HivePartition.of(other, values)))
                .isPositive();
        assertThat(HivePartition.of(LAYOUT, values)).isEqualTo(HivePartition.of(LAYOUT.withoutVersion(), values));
    }
}
