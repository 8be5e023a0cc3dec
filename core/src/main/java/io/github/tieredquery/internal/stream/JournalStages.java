package io.github.tieredquery.internal.stream;

import io.github.tieredquery.internal.bound.BoundQuery;
import io.github.tieredquery.internal.cursor.EarlyStart;
import io.github.tieredquery.internal.cursor.ReportingCursor;
import io.github.tieredquery.internal.view.DatedSnapshot;
import io.github.tieredquery.internal.view.Overlay;
import io.github.tieredquery.internal.view.QueryCall;
import io.github.tieredquery.internal.view.ScanSteps;
import io.github.tieredquery.internal.view.SegmentReader;
import io.github.tieredquery.internal.view.TierSet;
import io.github.tieredquery.plan.Tier;
import io.github.tieredquery.query.Order;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.spi.RowCursor;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.spi.ScanStats;
import io.github.tieredquery.spi.Source;
import io.github.tieredquery.store.HotSnapshot;
import io.github.tieredquery.store.HotStore;
import io.github.tieredquery.store.JournalState;
import io.github.tieredquery.table.Row;
import java.util.Objects;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The stages of a query over a journaled archive. Each stage stands on a snapshot of the hot database, which holds the
 * watermark, the visible versions, the late rows and the hot rows of one moment; so rows that move between two stages
 * are seen by one of them only.
 *
 * <p>A query with a limit takes the archive's part in {@linkplain ScanSteps steps}, each one a cold stage. Oldest
 * first, the cold stages come first and the hot snapshot is taken when it is over: if the watermark has moved
 * meanwhile, the stretch between is one more cold stage. Newest first, one snapshot serves both stages, unless it has
 * grown too old for the versions it knows.
 */
public final class JournalStages implements Stages {

    private final QueryCall call;
    private final TierSet tiers;
    private final BoundQuery request;
    private final ScanControl control;
    private final SegmentReader reader;
    private final HotStore hot;
    private final Source cold;
    private final ScanSteps steps;
    /** Null if no page is read. */
    private final @Nullable ResultReuse pages;
    /** What remains of the range; it shrinks from the side that is read first. */
    private TimeRange rest;
    /** The snapshot that a later stage goes on with. */
    private @Nullable DatedSnapshot kept;
    /** The cold stage that was prepared while the hot one is read. */
    private @Nullable EarlyCold earlyCold;

    /**
     * A cold stage whose query may have started.
     *
     * @param merged whether rows of the snapshot come in between
     */
    private record EarlyCold(RowCursor rows, EarlyStart start, DatedSnapshot snapshot, boolean merged) {

        /** Its rows. The hot ones have been read: only what is merged with others needs the snapshot still. */
        RowCursor goOn() {
            if (merged) {
                return new SnapshotCursor(rows, snapshot.snapshot());
            }
            snapshot.snapshot().close();
            return rows;
        }

        /** A query that started in time stays good however old its snapshot grows; so does one that starts now. */
        boolean isGood() {
            return start.hasBegun() || snapshot.isYoung();
        }

        void close() {
            new SnapshotCursor(rows, snapshot.snapshot()).close();
        }
    }

    public JournalStages(QueryCall call, HotStore hot, BoundQuery request, @Nullable ResultReuse pages) {
        this.call = call;
        this.tiers = call.tiers();
        this.hot = hot;
        this.cold = Objects.requireNonNull(tiers.cold());
        this.request = request;
        this.control = call.control();
        this.pages = pages;
        this.reader = new SegmentReader(tiers, request, control);
        this.steps = new ScanSteps(call, request);
        this.rest = request.range();
    }

    @Override
    public @Nullable RowCursor next(long limit) {
        if (rest.isEmpty() || isCutOff()) {
            return null;
        }
        EarlyCold early = earlyCold;
        if (early != null) {
            earlyCold = null;
            if (early.isGood()) {
                rest = rest.before(rest.from());
                return early.goOn();
            }
            early.close();
        }
        DatedSnapshot snapshot = snapshot();
        try {
            TimeRange below = snapshot.below(rest);
            TimeRange above = snapshot.above(rest);
            boolean coldTurn = request.order() == Order.OLDEST_FIRST ? !below.isEmpty() : above.isEmpty();
            if (coldTurn) {
                RowCursor resumed = resume(snapshot.snapshot(), below);
                if (resumed != null) {
                    return resumed;
                }
                TimeRange step = steps.next(snapshot.snapshot(), below, limit);
                rest = request.order() == Order.OLDEST_FIRST ? rest.since(step.to()) : rest.before(step.from());
                return coldStage(snapshot.snapshot(), step, limit);
            }
            rest = rest.before(above.from());
            return hotStage(snapshot, above, below, limit);
        } catch (RuntimeException | Error e) {
            snapshot.snapshot().close();
            throw e;
        }
    }

    /** A result ended by its limit, not by its range: only a position tells what follows. */
    private boolean isCutOff() {
        return pages != null && pages.isCutOff();
    }

    /** The rest of a result that an earlier page has left, null if there is none that may be read. */
    private @Nullable RowCursor resume(HotSnapshot snapshot, TimeRange below) {
        TimeRange kept =
                pages == null ? null : pages.givenRange(snapshot.journal().epoch());
        if (pages == null || kept == null) {
            return null;
        }
        boolean oldestFirst = request.order() == Order.OLDEST_FIRST;
        TimeRange stretch = oldestFirst ? below.before(kept.to()) : below.since(kept.from());
        if (snapshot.hasRows(stretch)) {
            pages.forgetGiven();
            return null;
        }
        long start = System.nanoTime();
        RowCursor rows = pages.resume(cold, snapshot.journal().versions(), control)
                .map(resumed ->
                        (RowCursor) new ReportingCursor(resumed, Tier.COLD, cold, stretch, start, tiers.listener()))
                .orElse(null);
        if (rows != null) {
            snapshot.close();
            rest = oldestFirst ? rest.since(stretch.to()) : rest.before(stretch.from());
        }
        return rows;
    }

    /** The snapshot of the stage before if it is young enough, otherwise a new one. */
    private DatedSnapshot snapshot() {
        DatedSnapshot snapshot = kept;
        kept = null;
        if (snapshot != null) {
            if (snapshot.isYoung()) {
                return snapshot;
            }
            snapshot.snapshot().close();
        }
        return call.snapshot(hot);
    }

    private RowCursor hotStage(DatedSnapshot snapshot, TimeRange above, TimeRange below, long limit) {
        Executor executor = tiers.executor();
        boolean coldFollows = request.order() == Order.NEWEST_FIRST && !below.isEmpty();
        boolean early = coldFollows && executor != null && !request.isLimited();
        if (early) {
            EarlyStart start = new EarlyStart(Objects.requireNonNull(executor), snapshot::isYoung);
            earlyCold = earlyCold(snapshot, below, start);
        }
        RowCursor rows = reader.plain(Tier.HOT, hot, request.scan(above, limit), snapshot.snapshot()::open);
        if (!coldFollows) {
            return new SnapshotCursor(rows, snapshot.snapshot());
        }
        if (!early) {
            kept = snapshot;
        }
        return rows;
    }

    private EarlyCold earlyCold(DatedSnapshot dated, TimeRange below, EarlyStart start) {
        HotSnapshot snapshot = dated.snapshot();
        Overlay above = call.lookBeside(snapshot, below, request);
        forgetManifests();
        RowCursor rows = above.isNothing()
                ? reader.cold(cold, below, Long.MAX_VALUE, snapshot.journal().versions(), start)
                : reader.archived(snapshot, hot, above, cold, below, Long.MAX_VALUE, start);
        return new EarlyCold(rows, start, dated, !above.isNothing());
    }

    private RowCursor coldStage(HotSnapshot snapshot, TimeRange below, long limit) {
        JournalState journal = snapshot.journal();
        Overlay above = call.look(snapshot, below, request);
        forgetManifests();
        if (!above.isNothing()) {
            return new SnapshotCursor(reader.archived(snapshot, hot, above, cold, below, limit, null), snapshot);
        }
        if (pages != null) {
            return reader.plain(
                    Tier.COLD,
                    cold,
                    request.scan(below, limit),
                    scan -> pages.open(cold, below, limit, journal, control));
        }
        return reader.cold(cold, below, limit, journal.versions(), null);
    }

    private void forgetManifests() {
        if (!request.isLimited()) {
            call.forgetManifests();
        }
    }

    @Override
    public boolean isFinished() {
        return rest.isEmpty() && earlyCold == null && !isCutOff();
    }

    @Override
    public void close() {
        EarlyCold early = earlyCold;
        try (HotSnapshot snapshot = kept == null ? null : kept.snapshot()) {
            kept = null;
            earlyCold = null;
            if (early != null) {
                early.close();
            }
        }
    }

    /** Rows that end with the snapshot they stand on. */
    private record SnapshotCursor(RowCursor rows, HotSnapshot snapshot) implements RowCursor {

        @Override
        public @Nullable Row next() {
            return rows.next();
        }

        @Override
        public ScanStats stats() {
            return rows.stats();
        }

        @Override
        public void close() {
            try (snapshot) {
                rows.close();
            }
        }
    }
}
