package io.github.tieredquery.archive;

import io.github.tieredquery.partition.HivePartition;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.query.TimeRange;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/**
 * Partitions that are taken over together, under one version: those of one window, or of several where a partition
 * reaches from one into the next, in zones that turned their clocks back over midnight.
 *
 * @param range when their rows are; whole windows
 */
record AdoptedWindow(TimeRange range, List<HivePartition> partitions) {

    /** Sorts partitions into windows, oldest first. */
    static List<AdoptedWindow> of(Collection<HivePartition> partitions, HivePartitionLayout layout) {
        List<AdoptedWindow> single = partitions.stream()
                .map(partition -> new AdoptedWindow(windows(partition, layout), List.of(partition)))
                .sorted(Comparator.comparing(window -> window.range().from()))
                .toList();
        List<AdoptedWindow> windows = new ArrayList<>();
        Instant from = Instant.MIN;
        Instant to = Instant.MIN;
        List<HivePartition> together = new ArrayList<>();
        for (AdoptedWindow each : single) {
            if (!together.isEmpty() && !each.range().from().isBefore(to)) {
                windows.add(new AdoptedWindow(new TimeRange(from, to), List.copyOf(together)));
                together.clear();
            }
            from = together.isEmpty() ? each.range().from() : from;
            to = together.isEmpty() || each.range().to().isAfter(to)
                    ? each.range().to()
                    : to;
            together.addAll(each.partitions());
        }
        if (!together.isEmpty()) {
            windows.add(new AdoptedWindow(new TimeRange(from, to), List.copyOf(together)));
        }
        return windows;
    }

    private static TimeRange windows(HivePartition partition, HivePartitionLayout layout) {
        TimeRange time = layout.timeOf(partition);
        Instant last = time.isEmpty() ? time.from() : time.to().minus(1, ChronoUnit.MICROS);
        return new TimeRange(
                layout.windowStart(time.from()), layout.windowContaining(last).to());
    }
}
