package io.github.tieredquery.plan;

import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.spi.ScanStats;
import java.math.BigDecimal;
import java.time.Duration;

/**
 * What one slice of a query really took. Immutable.
 *
 * @param tier which tier answered
 * @param source the name of the source
 * @param range the slice, from inclusive, to exclusive
 * @param rows how many rows came from it
 * @param elapsed from the start of the scan to its end, the caller's own work on the rows included
 * @param stats bytes scanned or capacity units consumed, and the execution's identifier, as far as the source tells
 * @param cost what that cost, in US dollars
 */
public record SliceReport(
        Tier tier, String source, TimeRange range, long rows, Duration elapsed, ScanStats stats, BigDecimal cost) {}
