package io.github.tieredquery.examples.quickstart;

import io.github.tieredquery.plan.QueryListener;
import io.github.tieredquery.plan.SliceReport;
import io.github.tieredquery.plan.Tier;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;

/** Adds up what the slices of the query that runs right now really took. */
final class Meter implements QueryListener {

    private final List<SliceReport> reports = new ArrayList<>();

    @Override
    public synchronized void sliceFinished(SliceReport report) {
        reports.add(report);
    }

    synchronized void reset() {
        reports.clear();
    }

    /** How many bytes Athena scanned. */
    synchronized long bytesScanned() {
        return reports.stream()
                .filter(report -> report.tier() == Tier.COLD)
                .mapToLong(report -> Math.max(0, report.stats().bytesScanned()))
                .sum();
    }

    /** What that cost, in US dollars. */
    synchronized BigDecimal cost() {
        return reports.stream().map(SliceReport::cost).reduce(BigDecimal.ZERO, BigDecimal::add);
    }

    /** Whether Athena was asked at all. */
    synchronized boolean askedCold() {
        return reports.stream().anyMatch(report -> report.tier() == Tier.COLD);
    }
}
