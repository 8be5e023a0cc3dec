package io.github.tieredquery.partition;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tieredquery.query.TimeRange;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple.Tuple2;

class HivePartitionLayoutProperties {

    @Property(edgeCases = EdgeCasesMode.NONE)
    void each_instant_is_in_its_window_and_in_no_other(
            @ForAll("layoutsWithInstants") Tuple2<HivePartitionLayout, Instant> any) {
        HivePartitionLayout layout = any.get1();
        Instant instant = any.get2();
        TimeRange window = layout.windowContaining(instant);

        assertThat(window.contains(instant)).isTrue();
        assertThat(layout.windowStart(instant)).isEqualTo(window.from());
        assertThat(layout.windowContaining(window.from())).isEqualTo(window);
        assertThat(layout.windowContaining(window.to().minusNanos(1000))).isEqualTo(window);
        assertThat(layout.windowContaining(window.to()).from()).isEqualTo(window.to());
        assertThat(layout.windowContaining(window.from().minusNanos(1000)).to()).isEqualTo(window.from());
    }

    @Property(edgeCases = EdgeCasesMode.NONE)
    void a_window_starts_with_the_first_instant_of_its_local_date(
            @ForAll("layoutsWithInstants") Tuple2<HivePartitionLayout, Instant> any) {
        HivePartitionLayout layout = any.get1();
        Instant start = layout.windowStart(any.get2());
        LocalDate first = LocalDate.ofInstant(start, layout.zone());
        LocalDate before = LocalDate.ofInstant(start.minusNanos(1000), layout.zone());

        assertThat(before).isBefore(first);
        if (layout.grain() == TimeGrain.MONTH) {
            assertThat(before.getMonth()).isNotEqualTo(first.getMonth());
        }
    }

    @Example
    void windows_of_all_zones_tile_two_hundred_years() {
        for (var zone : Fixtures.ZONES) {
            HivePartitionLayout layout = HivePartitionLayout.hourly(zone);
            Instant at = layout.windowStart(Instant.parse("1840-06-01T12:00:00Z"));
            Instant end = Instant.parse("2040-01-01T00:00:00Z");
            while (at.isBefore(end)) {
                TimeRange window = layout.windowContaining(at);
                if (!window.from().equals(at)
                        || window.length().compareTo(Duration.ofHours(1)) < 0
                        || window.length().compareTo(Duration.ofHours(49)) > 0) {
                    throw new AssertionError(zone + ": " + window + " comes after the one that ends at " + at);
                }
                at = window.to();
            }
        }
    }

    @Property(edgeCases = EdgeCasesMode.NONE)
    void a_partition_holds_the_local_time_of_its_instants(
            @ForAll("layoutsWithInstants") Tuple2<HivePartitionLayout, Instant> any) {
        HivePartitionLayout layout = any.get1();
        HivePartition partition = layout.partitionOf(Fixtures.flight(any.get2()));
        var local = any.get2().atZone(layout.zone());
        String two = layout.describe().contains("(unpadded)") ? "%s=%d" : "%s=%02d";
        Matcher date = Pattern.compile("dt \\(([^)]*)\\)").matcher(layout.describe());
        String path = layout.timeColumns().stream()
                .map(column -> switch (column) {
                    case "year" -> String.format("year=%04d", local.getYear());
                    case "month" -> String.format(two, column, local.getMonthValue());
                    case "day" -> String.format(two, column, local.getDayOfMonth());
                    case "hour" -> String.format(two, column, local.getHour());
                    default ->
                        "dt="
                                + DateTimeFormatter.ofPattern(date.results()
                                                .findFirst()
                                                .orElseThrow()
                                                .group(1))
                                        .format(local);
                })
                .collect(Collectors.joining("/"));
        assertThat(partition.path()).isEqualTo(path);
    }

    @Provide
    Arbitrary<Tuple2<HivePartitionLayout, Instant>> layoutsWithInstants() {
        return Fixtures.layoutsWithInstants();
    }
}
