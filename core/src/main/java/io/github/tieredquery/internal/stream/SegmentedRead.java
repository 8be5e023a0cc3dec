package io.github.tieredquery.internal.stream;

import io.github.tieredquery.internal.bound.BoundQuery;
import io.github.tieredquery.internal.cursor.EarlyStart;
import io.github.tieredquery.internal.view.Overlay;
import io.github.tieredquery.internal.view.QueryCall;
import io.github.tieredquery.internal.view.ReadView;
import io.github.tieredquery.internal.view.ScanSteps;
import io.github.tieredquery.internal.view.Segment;
import io.github.tieredquery.internal.view.SegmentReader;
import io.github.tieredquery.query.Order;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.spi.RowCursor;
import io.github.tieredquery.spi.Source;
import io.github.tieredquery.store.JournalState;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The segments of a query's range, opened one after the other in the query's order. Each stands on a {@link ReadView};
 * so rows that move between two of them are seen by one only.
 *
 * <p>A query with a limit takes the archived part in {@linkplain ScanSteps steps}, each one a segment. Oldest first,
 * the archived segments come first and a new view is taken when they are over: if the watermark has moved meanwhile,
 * what lies between is one more archived segment. Newest first, one view serves both tiers, unless it has grown too old
 * for the versions it knows.
 */
public final class SegmentedRead implements AutoCloseable {

    private final QueryCall call;
    private final BoundQuery query;
    private final boolean oldestFirst;
    private final SegmentReader reader;
    private final ScanSteps steps;
    /** Null if no page is read. */
    private final @Nullable ResultReuse reuse;
    /** What remains of the range; it shrinks from the side that is read first. */
    private TimeRange rest;
    /** The view that the last segment stands on. */
    private @Nullable ReadView view;
    /** Whether the next segment needs another view, however young this one is. */
    private boolean viewIsSpent;
    /** The archived segment that was prepared while the ones before it are read. */
    private @Nullable EarlyCold earlyCold;

    /**
     * An archived segment whose cold query may have started. It is the last of all.
     *
     * @param merged whether rows of the view come in between
     */
    private record EarlyCold(TimeRange range, RowCursor rows, EarlyStart start, ReadView view, boolean merged) {

        /** A query that started in time stays good however old its view grows; so does one that starts now. */
        boolean isGood() {
            return start.hasBegun() || view.isYoung();
        }

        /** The hot rows have been read: only what is merged with others needs the view still. */
        RowCursor goOn() {
            if (!merged) {
                view.close();
            }
            return rows;
        }

        void close() {
            try (view) {
                rows.close();
            }
        }
    }

    /**
     * A read that touches no tier before its first segment is asked for.
     *
     * @param reuse lets a page go on in an earlier page's result, null if no page is read
     */
    public SegmentedRead(QueryCall call, BoundQuery query, @Nullable ResultReuse reuse) {
        this.call = call;
        this.query = query;
        this.oldestFirst = query.order() == Order.OLDEST_FIRST;
        this.reuse = reuse;
        this.reader = new SegmentReader(call, query);
        this.steps = new ScanSteps(call.tiers(), query);
        this.rest = query.range();
    }

    /**
     * Opens the next segment.
     *
     * @param limit how many rows are still wanted, {@link Long#MAX_VALUE} for all
     * @return its rows, null if there is no further segment
     */
    @Nullable
    RowCursor next(long limit) {
        if (rest.isEmpty() || isCutOff()) {
            return null;
        }
        EarlyCold early = earlyCold;
        if (early != null && early.range().equals(rest)) {
            earlyCold = null;
            if (early.isGood()) {
                rest = after(rest);
                viewIsSpent = true;
                return early.goOn();
            }
            early.close();
        }
        ReadView current = freshView();
        try {
            return open(current, limit);
        } catch (RuntimeException | Error e) {
            current.close();
            throw e;
        }
    }

    /**
     * Whether {@link #next} would find no further segment, as far as can be told without asking a tier. A result that
     * ended by its limit, not by its range, leaves it open: only a position tells what follows.
     */
    boolean isFinished() {
        return rest.isEmpty() && !isCutOff();
    }

    private boolean isCutOff() {
        return reuse != null && reuse.isCutOff();
    }

    private ReadView freshView() {
        ReadView last = view;
        if (last != null && viewIsSpent) {
            last.close();
        }
        viewIsSpent = false;
        ReadView fresh = last == null ? call.open() : last.fresh();
        view = fresh;
        return fresh;
    }

    /** What is left once the part that is read next has been read. */
    private TimeRange after(TimeRange part) {
        return oldestFirst ? rest.since(part.to()) : rest.before(part.from());
    }

    private RowCursor open(ReadView current, long limit) {
        List<Segment> segments = current.segments(rest);
        Segment segment = segments.get(oldestFirst ? 0 : segments.size() - 1);
        if (segment.kind() == Segment.Kind.ARCHIVED) {
            RowCursor resumed = resume(current, segment);
            if (resumed != null) {
                return resumed;
            }
            TimeRange step = steps.next(current, segment.range(), limit);
            rest = after(step);
            return archived(current, segment.range(step), limit);
        }
        rest = after(segment.range());
        if (reuse != null) {
            // The page starts elsewhere than in the result that its token tells of.
            reuse.forgetGiven();
        }
        startEarly(current, segments.get(0));
        return segment.isHot()
                ? reader.hot(current, query.scan(segment.range(), limit))
                : reader.merged(current, segment, current.overlay(segment), limit, null);
    }

    private RowCursor archived(ReadView current, Segment segment, long limit) {
        JournalState journal = current.journal();
        Overlay overlay = current.settle(segment, query);
        forgetManifests();
        if (!overlay.isNothing()) {
            viewIsSpent = true;
            return reader.merged(current, segment, overlay, limit, null);
        }
        TimeRange range = segment.range();
        if (reuse == null) {
            return reader.cold(current, range, limit, null);
        }
        long start = System.nanoTime();
        return reader.cold(range, start, reuse.open(cold(), range, limit, journal, call.control()));
    }

    /**
     * Newest first without a limit, the cold tier's turn is certain to come: its latency overlaps what is read before.
     */
    private void startEarly(ReadView current, Segment last) {
        Executor executor = call.tiers().executor();
        boolean isWorthIt =
                !oldestFirst && last.kind() == Segment.Kind.ARCHIVED && !query.isLimited() && earlyCold == null;
        if (executor == null || !isWorthIt) {
            return;
        }
        TimeRange range = last.range();
        current.checkPartitions(current.manifests(range), range, query);
        Overlay overlay = current.overlay(last);
        forgetManifests();
        EarlyStart start = new EarlyStart(executor, current::isYoung);
        RowCursor rows = overlay.isNothing()
                ? reader.cold(current, range, Long.MAX_VALUE, start)
                : reader.merged(current, last, overlay, Long.MAX_VALUE, start);
        earlyCold = new EarlyCold(range, rows, start, current, !overlay.isNothing());
    }

    private void forgetManifests() {
        if (!query.isLimited()) {
            call.forgetManifests();
        }
    }

    /**
     * The rest of a result that an earlier page has left, null if there is none that may be read. The boundary only
     * rises: what the cold tier alone answered for then is still its own.
     */
    private @Nullable RowCursor resume(ReadView current, Segment archived) {
        ResultReuse given = reuse;
        JournalState journal = current.journal();
        TimeRange kept = given == null ? null : given.givenRange(journal == null ? 0 : journal.epoch());
        if (given == null || kept == null) {
            return null;
        }
        TimeRange range = oldestFirst
                ? archived.range().before(kept.to())
                : archived.range().since(kept.from());
        if (current.hasLateRows(archived.range(range))) {
            given.forgetGiven();
            return null;
        }
        long start = System.nanoTime();
        RowCursor rows = given.resume(cold(), journal == null ? null : journal.versions(), call.control())
                .orElse(null);
        if (rows == null) {
            return null;
        }
        current.close();
        rest = after(range);
        return reader.cold(range, start, rows);
    }

    private Source cold() {
        return Objects.requireNonNull(call.tiers().cold());
    }

    @Override
    public void close() {
        EarlyCold early = earlyCold;
        try (ReadView last = view) {
            earlyCold = null;
            if (early != null) {
                early.close();
            }
        }
    }
}
