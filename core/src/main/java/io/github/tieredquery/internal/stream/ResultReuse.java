package io.github.tieredquery.internal.stream;

import io.github.tieredquery.error.BadDataException;
import io.github.tieredquery.error.SourceUnavailableException;
import io.github.tieredquery.internal.bound.BoundQuery;
import io.github.tieredquery.internal.bound.QueryLog;
import io.github.tieredquery.internal.token.ResumableResult;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.spi.ResultCursor;
import io.github.tieredquery.spi.ResultPlace;
import io.github.tieredquery.spi.ResultSource;
import io.github.tieredquery.spi.RowCursor;
import io.github.tieredquery.spi.RowPosition;
import io.github.tieredquery.spi.Scan;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.spi.ScanStats;
import io.github.tieredquery.spi.Source;
import io.github.tieredquery.spi.VisibleVersions;
import io.github.tieredquery.store.JournalState;
import io.github.tieredquery.table.Row;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Lets a page go on in the result of a cold scan that an earlier page has paid for: each scan for a page asks for
 * several pages' worth of rows, and the token tells where in the result the next page starts. Only stretches without
 * late rows are read so, since those would have to be merged up to an end that only the result knows. For one page;
 * used by one thread.
 */
public final class ResultReuse {

    private static final Logger LOG = QueryLog.LOG;

    private final BoundQuery asked;
    private final @Nullable RowPosition start;
    private final long rowsPerScan;
    private @Nullable ResumableResult given;
    private @Nullable CountingCursor reading;

    /**
     * For one page.
     *
     * @param asked the query as the caller made it, with the columns that pages need
     * @param start where the page starts, null for the first page
     * @param given what the token tells of a result, null if nothing
     * @param rowsPerScan how many rows a scan asks for
     */
    ResultReuse(BoundQuery asked, @Nullable RowPosition start, @Nullable ResumableResult given, long rowsPerScan) {
        this.asked = asked;
        this.start = start;
        this.given = given;
        this.rowsPerScan = rowsPerScan;
    }

    /** Whether the result that was read last has no more rows because of its limit: what follows is unknown. */
    boolean isCutOff() {
        CountingCursor last = reading;
        return last != null && last.remaining == 0;
    }

    /** Whether the result that was read last has been found to have no further row. */
    boolean hasEnded() {
        CountingCursor last = reading;
        return last == null || last.ended;
    }

    /** Where the next page can go on in the result that is being read; null if it can't. */
    @Nullable
    ResumableResult kept() {
        CountingCursor last = reading;
        return last == null || last.remaining == 0 || last.ended
                ? null
                : last.place()
                        .map(place -> new ResumableResult(
                                place,
                                last.of.after(),
                                last.of.range(),
                                last.of.limit(),
                                last.remaining,
                                last.of.ceiling(),
                                last.of.epoch()))
                        .orElse(null);
    }

    /** The stretch of the result that the token tells of, if it may still be read; null if there is none. */
    @Nullable
    TimeRange givenRange(long epoch) {
        ResumableResult result = given;
        if (result == null) {
            return null;
        }
        if (result.epoch() != epoch) {
            given = null;
            LOG.debug(
                    "page of {}: the archive has changed since execution {} (epoch {}, now {}); reading on by position",
                    asked.table().name(),
                    result.place().executionId(),
                    result.epoch(),
                    epoch);
            return null;
        }
        return result.range();
    }

    /** Leaves the result of the token alone: where the page starts, there are rows to be merged. */
    void forgetGiven() {
        given = null;
    }

    /**
     * Goes on in the result that the token tells of; empty, once and for all, if it can't be read any more.
     *
     * @param visible what the archive shows now, null if it has no versions
     */
    Optional<RowCursor> resume(Source cold, @Nullable VisibleVersions visible, ScanControl control) {
        ResumableResult result = given;
        given = null;
        if (result == null || !(cold instanceof ResultSource results)) {
            return Optional.empty();
        }
        Scan scan = scan(result.after(), result.range(), result.limit());
        if (visible != null) {
            scan = scan.versions(
                    new VisibleVersions(result.ceiling(), visible.excluded().headSet(result.ceiling() + 1)));
        }
        Optional<CountingCursor> resumed =
                results.resume(scan, result.place(), control).flatMap(rows -> read(rows, result));
        if (resumed.isEmpty()) {
            LOG.debug(
                    "page of {}: the result of execution {} is gone, or another query's; reading on by position",
                    asked.table().name(),
                    result.place().executionId());
        }
        reading = resumed.orElse(null);
        return resumed.map(Function.identity());
    }

    /** A result from a place on, empty if there is no row at the place or none that the page could start with. */
    private Optional<CountingCursor> read(ResultCursor rows, ResumableResult result) {
        try {
            Row next = rows.next();
            if (next == null || canStartWith(next, result.range())) {
                return Optional.of(new CountingCursor(rows, result, result.remaining(), next));
            }
        } catch (SourceUnavailableException | BadDataException e) {
            LOG.debug("page of {}: {}", asked.table().name(), e.getMessage());
        } catch (RuntimeException | Error e) {
            rows.close();
            throw e;
        }
        rows.close();
        return Optional.empty();
    }

    private boolean canStartWith(Row row, TimeRange range) {
        Instant time =
                Objects.requireNonNull(row.timestamp(asked.table().timeColumn().name()));
        return range.contains(time)
                && (start == null
                        || start.toFilter(asked.table(), asked.order()).matches(row));
    }

    /**
     * Starts a scan that asks for more rows than one page needs.
     *
     * @param state what the journal says, null if there is none
     */
    RowCursor open(Source cold, TimeRange range, long wanted, @Nullable JournalState state, ScanControl control) {
        long limit = cold instanceof ResultSource ? Math.max(rowsPerScan, wanted) : wanted;
        Scan scan = scan(start, range, limit);
        scan = state == null ? scan : scan.versions(state.versions());
        RowCursor rows = cold.open(scan, control);
        if (!(rows instanceof ResultCursor results)) {
            return rows;
        }
        ResumableResult of = new ResumableResult(
                new ResultPlace("", 0),
                start,
                range,
                limit,
                limit,
                state == null ? 0 : state.versions().ceiling(),
                state == null ? 0 : state.epoch());
        CountingCursor opened = new CountingCursor(results, of, limit, null);
        reading = opened;
        return opened;
    }

    private Scan scan(@Nullable RowPosition after, TimeRange range, long limit) {
        Scan scan = asked.scan(range, limit);
        return after == null ? scan : scan.startAfter(after);
    }

    /** Counts what is left of the limit. */
    private static final class CountingCursor implements RowCursor {

        private final ResultCursor rows;
        private final ResumableResult of;
        private long remaining;
        /** The row at the place where reading goes on, until it is given out. */
        private @Nullable Row first;

        private boolean ended;

        CountingCursor(ResultCursor rows, ResumableResult of, long remaining, @Nullable Row first) {
            this.rows = rows;
            this.of = of;
            this.remaining = remaining;
            this.first = first;
        }

        Optional<ResultPlace> place() {
            return first == null ? rows.place() : Optional.of(of.place());
        }

        @Override
        public @Nullable Row next() {
            Row row = first;
            first = null;
            if (row == null && remaining > 0) {
                row = rows.next();
            }
            if (row == null) {
                ended = true;
            } else {
                remaining--;
            }
            return row;
        }

        @Override
        public ScanStats stats() {
            return rows.stats();
        }

        @Override
        public void close() {
            rows.close();
        }
    }
}
