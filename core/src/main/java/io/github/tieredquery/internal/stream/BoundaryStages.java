package io.github.tieredquery.internal.stream;

import io.github.tieredquery.internal.bound.BoundQuery;
import io.github.tieredquery.internal.cursor.EarlyStart;
import io.github.tieredquery.internal.cursor.ReportingCursor;
import io.github.tieredquery.internal.view.QueryCall;
import io.github.tieredquery.internal.view.RangeSplitter;
import io.github.tieredquery.internal.view.ScanSteps;
import io.github.tieredquery.internal.view.SegmentReader;
import io.github.tieredquery.internal.view.TierSet;
import io.github.tieredquery.plan.Tier;
import io.github.tieredquery.query.Order;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.spi.RowCursor;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.spi.Source;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The stages of a query without a journal: a boundary by the clock, or one tier only. A query with a limit takes the
 * cold tier's part in {@linkplain ScanSteps steps}, each one a stage.
 */
public final class BoundaryStages implements Stages {

    private final TierSet tiers;
    private final BoundQuery request;
    private final ScanControl control;
    private final SegmentReader reader;
    private final Deque<RangeSplitter.Stretch> stretches;
    private final ScanSteps steps;
    /** Null if no page is read. */
    private final @Nullable ResultReuse pages;

    private @Nullable RowCursor earlyCold;

    public BoundaryStages(QueryCall call, BoundQuery request, @Nullable ResultReuse pages) {
        this.tiers = call.tiers();
        this.request = request;
        this.control = call.control();
        this.pages = pages;
        this.reader = new SegmentReader(tiers, request, control);
        this.steps = new ScanSteps(call, request);
        List<RangeSplitter.Stretch> parts = new ArrayList<>(tiers.stretches(request.range()));
        if (request.order() == Order.NEWEST_FIRST) {
            Collections.reverse(parts);
        }
        this.stretches = new ArrayDeque<>(parts);
    }

    @Override
    public @Nullable RowCursor next(long limit) {
        if (isCutOff()) {
            return null;
        }
        if (earlyCold == null) {
            earlyCold = startColdEarly();
        }
        RangeSplitter.Stretch stretch = stretches.poll();
        if (stretch == null) {
            return null;
        }
        if (pages != null && stretch.answer() != RangeSplitter.Answer.COLD) {
            // The page starts elsewhere than in the result that its token tells of.
            pages.forgetGiven();
        }
        return switch (stretch.answer()) {
            case HOT ->
                reader.plain(Tier.HOT, hot(), request.scan(stretch.range(), limit), scan -> hot().open(scan, control));
            case COLD -> cold(stretch.range(), limit);
            case BOTH -> both(stretch.range());
        };
    }

    /** Newest first without a limit, the cold tier's turn is certain to come: its latency overlaps the hot read. */
    private @Nullable RowCursor startColdEarly() {
        Executor executor = tiers.executor();
        RangeSplitter.Stretch last = stretches.peekLast();
        boolean worthIt = stretches.size() > 1 && last != null && last.answer() == RangeSplitter.Answer.COLD;
        return executor != null && worthIt && !request.isLimited()
                ? reader.cold(cold(), last.range(), Long.MAX_VALUE, null, new EarlyStart(executor, () -> true))
                : null;
    }

    private RowCursor cold(TimeRange range, long limit) {
        RowCursor early = earlyCold;
        if (early != null) {
            earlyCold = null;
            return early;
        }
        RowCursor resumed = resume(range);
        if (resumed != null) {
            return resumed;
        }
        TimeRange step = steps.next(null, range, limit);
        putBack(range, step);
        return pages == null
                ? reader.cold(cold(), step, limit, null, null)
                : reader.plain(
                        Tier.COLD,
                        cold(),
                        request.scan(step, limit),
                        scan -> pages.open(cold(), step, limit, null, control));
    }

    /** What a step has left of a stretch is the next one. */
    private void putBack(TimeRange range, TimeRange step) {
        TimeRange rest = request.order() == Order.OLDEST_FIRST ? range.since(step.to()) : range.before(step.from());
        if (!rest.isEmpty()) {
            stretches.addFirst(new RangeSplitter.Stretch(rest, RangeSplitter.Answer.COLD));
        }
    }

    /**
     * The rest of a result that an earlier page has left, null if there is none. The boundary only rises: what the cold
     * tier alone answered for then is still its own.
     */
    private @Nullable RowCursor resume(TimeRange range) {
        TimeRange kept = pages == null ? null : pages.givenRange(0);
        if (pages == null || kept == null) {
            return null;
        }
        long start = System.nanoTime();
        TimeRange step = request.order() == Order.OLDEST_FIRST ? range.before(kept.to()) : range.since(kept.from());
        RowCursor rows = pages.resume(cold(), null, control)
                .map(resumed ->
                        (RowCursor) new ReportingCursor(resumed, Tier.COLD, cold(), step, start, tiers.listener()))
                .orElse(null);
        if (rows != null) {
            putBack(range, step);
        }
        return rows;
    }

    /** A result ended by its limit, not by its range: only a position tells what follows. */
    private boolean isCutOff() {
        return pages != null && pages.isCutOff();
    }

    /**
     * The hot side is read first: a row that moves meanwhile is then seen twice, not missed, and the merge drops one.
     * The cold side has no limit: how many of its rows the hot ones hide could only be counted at another moment than
     * they are read at, and a limit that turns out too small would cut the stretch short.
     */
    private RowCursor both(TimeRange range) {
        RowCursor hotRows = reader.plain(Tier.HOT, hot(), reader.lateScan(range), scan -> hot().open(scan, control));
        return reader.merged(hotRows, cold(), range, Long.MAX_VALUE, null, null);
    }

    private Source hot() {
        return Objects.requireNonNull(tiers.hot());
    }

    private Source cold() {
        return Objects.requireNonNull(tiers.cold());
    }

    @Override
    public boolean isFinished() {
        return stretches.isEmpty() && !isCutOff();
    }

    @Override
    public void close() {
        RowCursor early = earlyCold;
        if (early != null) {
            early.close();
        }
    }
}
