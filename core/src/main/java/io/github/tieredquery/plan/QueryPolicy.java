package io.github.tieredquery.plan;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What a single query may cost. It is judged by the query's plan, before anything is started in a tier; a query that
 * goes beyond it fails with {@link io.github.tieredquery.error.RefusedByPolicyException}. Each method returns a new
 * policy. Immutable and thread-safe.
 *
 * <pre>{@code
 * QueryPolicy policy = QueryPolicy.unlimited()
 *         .scanBytes(20_000_000_000L)
 *         .range(Duration.ofDays(400))
 *         .filterScans(QueryPolicy.FilterScans.REFUSED);
 * }</pre>
 */
public final class QueryPolicy {

    private static final QueryPolicy UNLIMITED = new QueryPolicy(-1, null, null, FilterScans.ALLOWED);

    /** What becomes of a query for which a tier would read everything and filter afterwards. */
    public enum FilterScans {
        /** It runs. */
        ALLOWED,
        /** It runs, and a warning is logged. */
        WARNED,
        /** It fails. */
        REFUSED
    }

    private final long scanBytes;
    private final @Nullable BigDecimal scanCost;
    private final @Nullable Duration range;
    private final FilterScans filterScans;

    private QueryPolicy(
            long scanBytes, @Nullable BigDecimal scanCost, @Nullable Duration range, FilterScans filterScans) {
        this.scanBytes = scanBytes;
        this.scanCost = scanCost;
        this.range = range;
        this.filterScans = filterScans;
    }

    /**
     * A policy that allows everything.
     *
     * @return the policy
     */
    public static QueryPolicy unlimited() {
        return UNLIMITED;
    }

    /**
     * Limits what a query may scan in the archive, by the bytes of the partitions that it selects. Formats that read
     * single columns scan less than that.
     *
     * @param bytes how many at most, 0 or more
     * @return the policy
     * @throws IllegalArgumentException if {@code bytes} is negative
     */
    public QueryPolicy scanBytes(long bytes) {
        if (bytes < 0) {
            throw new IllegalArgumentException("the scan budget is " + bytes + " bytes; it is 0 or more");
        }
        return new QueryPolicy(bytes, scanCost, range, filterScans);
    }

    /**
     * Limits what scanning the archive for a query may cost.
     *
     * @param dollars how many US dollars at most, 0 or more
     * @return the policy
     * @throws IllegalArgumentException if {@code dollars} is negative
     */
    public QueryPolicy scanCost(BigDecimal dollars) {
        if (dollars.signum() < 0) {
            throw new IllegalArgumentException(
                    "the scan budget is " + dollars.toPlainString() + " USD; it is 0 or more");
        }
        return new QueryPolicy(scanBytes, dollars, range, filterScans);
    }

    /**
     * Limits how long the time range of a query may be.
     *
     * @param length how long at most, positive
     * @return the policy
     * @throws IllegalArgumentException if {@code length} isn't positive
     */
    public QueryPolicy range(Duration length) {
        if (length.isZero() || length.isNegative()) {
            throw new IllegalArgumentException("the longest range is " + length + "; it is positive");
        }
        return new QueryPolicy(scanBytes, scanCost, length, filterScans);
    }

    /**
     * Says what becomes of a query for which a tier would read everything and filter afterwards.
     *
     * @param reaction allowed, warned of or refused
     * @return the policy
     */
    public QueryPolicy filterScans(FilterScans reaction) {
        return new QueryPolicy(scanBytes, scanCost, range, Objects.requireNonNull(reaction, "reaction"));
    }

    /**
     * The limit on what a query may scan.
     *
     * @return bytes; empty if there is no limit
     */
    public OptionalLong scanBytes() {
        return scanBytes < 0 ? OptionalLong.empty() : OptionalLong.of(scanBytes);
    }

    /**
     * The limit on what scanning for a query may cost.
     *
     * @return US dollars; empty if there is no limit
     */
    public Optional<BigDecimal> scanCost() {
        return Optional.ofNullable(scanCost);
    }

    /**
     * The limit on the length of a query's time range.
     *
     * @return the longest range; empty if there is no limit
     */
    public Optional<Duration> range() {
        return Optional.ofNullable(range);
    }

    /**
     * What becomes of a query for which a tier would read everything.
     *
     * @return allowed, warned of or refused
     */
    public FilterScans filterScans() {
        return filterScans;
    }

    /**
     * Whether bytes or costs are limited.
     *
     * @return whether there is such a limit
     */
    public boolean hasBudget() {
        return scanBytes >= 0 || scanCost != null;
    }

    /**
     * Whether the policy allows everything.
     *
     * @return whether no limit is set
     */
    public boolean isUnlimited() {
        return !hasBudget() && range == null && filterScans == FilterScans.ALLOWED;
    }
}
