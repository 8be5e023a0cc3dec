package io.github.tieredquery.internal.fold;

import io.github.tieredquery.internal.bound.BoundQuery;
import io.github.tieredquery.internal.cursor.ReportingCursor;
import io.github.tieredquery.internal.view.Overlay;
import io.github.tieredquery.internal.view.QueryCall;
import io.github.tieredquery.internal.view.ReadView;
import io.github.tieredquery.internal.view.Segment;
import io.github.tieredquery.internal.view.SegmentReader;
import io.github.tieredquery.plan.Tier;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.spi.RowCursor;
import io.github.tieredquery.spi.Scan;
import io.github.tieredquery.spi.Source;
import io.github.tieredquery.store.PartitionManifest;
import io.github.tieredquery.table.Row;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Lets each tier count or aggregate the segments that it answers for. Where hot rows or tombstones may hide cold ones,
 * the cold tier is asked to leave their keys out; where they are too many for a statement, the rows are merged and
 * taken here. For one query; used by one thread.
 */
public final class Fold {

    private final QueryCall call;
    private final BoundQuery query;
    private final SegmentReader reader;
    private final Sink sink;

    private Fold(QueryCall call, BoundQuery query, Sink sink) {
        this.call = call;
        this.query = query;
        this.reader = new SegmentReader(call, query);
        this.sink = sink;
    }

    /** Brings the rows of a query into a sink, newest segments first, until it has as many as it wants. */
    public static void run(QueryCall call, BoundQuery query, Sink sink) {
        if (!query.isEmpty()) {
            new Fold(call, query, sink).run();
        }
    }

    /** The hot rows are those of the first view. What was archived in it is so in each later one. */
    private void run() {
        ReadView view = call.open();
        try {
            List<Segment> newestFirst = new ArrayList<>(view.segments(query.range()));
            Collections.reverse(newestFirst);
            for (Segment segment : newestFirst) {
                if (sink.wanted() == 0) {
                    return;
                }
                if (segment.isHot()) {
                    takeHot(view, segment.range());
                    continue;
                }
                view = view.fresh();
                List<Segment> asked = segments(segment, sink.takeKnown(view, segment));
                while (!asked.isEmpty() && sink.wanted() > 0) {
                    view = view.fresh();
                    asked = takeAll(view, asked);
                }
            }
        } finally {
            view.close();
        }
    }

    private static List<Segment> segments(Segment segment, List<TimeRange> parts) {
        return parts.stream().map(segment::range).toList();
    }

    private void takeHot(ReadView view, TimeRange range) {
        Scan scan = query.scan(range, sink.wanted());
        take(Tier.HOT, Objects.requireNonNull(call.tiers().hot()), range, () -> sink.askHot(view, scan));
    }

    /** Takes segments until there is enough, or the view has grown old; those that are left come back. */
    private List<Segment> takeAll(ReadView view, List<Segment> segments) {
        List<Seen> seen = look(view, segments);
        int done = 0;
        while (done < seen.size() && sink.wanted() > 0 && (done == 0 || view.isYoung())) {
            takeCold(view, seen.get(done++));
        }
        return seen.subList(done, seen.size()).stream().map(Seen::segment).toList();
    }

    /**
     * Looks at all segments in one view, before the cold tier is asked for the first. Those whose rows have to be
     * merged come first: once they are done, the view isn't needed any more.
     */
    private List<Seen> look(ReadView view, List<Segment> segments) {
        return segments.stream()
                .map(segment -> look(view, segment))
                .sorted(Comparator.comparing(seen -> !seen.isMerged()))
                .toList();
    }

    private Seen look(ReadView view, Segment segment) {
        List<PartitionManifest> manifests = view.manifests(segment.range());
        Overlay overlay = view.overlay(segment);
        ShadowedKeys shadowed = overlay.isNothing() ? null : ShadowedKeys.in(view, segment, overlay, query, reader);
        return new Seen(segment, manifests, overlay, shadowed);
    }

    private void takeCold(ReadView view, Seen seen) {
        TimeRange range = seen.segment().range();
        if (seen.isMerged()) {
            view.checkPartitions(seen.manifests(), range, query);
            takeRows(reader.merged(view, seen.segment(), seen.overlay(), Long.MAX_VALUE, null));
            return;
        }
        // What the cold tier shows is fixed by the versions: the view isn't held open and idle while it answers.
        view.close();
        view.checkPartitions(seen.manifests(), range, query);
        ShadowedKeys shadowed = seen.shadowed();
        if (shadowed != null) {
            takeRows(shadowed.matching());
        }
        if (sink.wanted() > 0) {
            Scan scan = reader.coldScan(view, range, sink.wanted());
            Scan left = shadowed == null ? scan : shadowed.leftOutOf(scan);
            Source cold = Objects.requireNonNull(call.tiers().cold());
            take(Tier.COLD, cold, range, () -> sink.askCold(cold, left, call.control()));
        }
    }

    private void takeRows(List<Row> rows) {
        for (int i = 0; i < rows.size() && sink.wanted() > 0; i++) {
            sink.add(rows.get(i));
        }
    }

    private void takeRows(RowCursor merged) {
        try (RowCursor rows = merged) {
            Row row = rows.next();
            while (row != null) {
                sink.add(row);
                row = sink.wanted() > 0 ? rows.next() : null;
            }
        }
    }

    private void take(Tier tier, Source source, TimeRange range, Supplier<Sink.Answer> ask) {
        long start = System.nanoTime();
        Sink.Answer answer = ReportingCursor.charged(
                ask, tier, source, range, start, call.tiers().listener());
        ReportingCursor.report(
                tier,
                source,
                range,
                answer.rows(),
                answer.stats(),
                start,
                call.tiers().listener());
        sink.take(answer);
    }

    /**
     * A segment that the cold tier is asked for, and what one view shows of it.
     *
     * @param shadowed the rows that don't count there, null if there is nothing over it
     */
    private record Seen(
            Segment segment,
            List<PartitionManifest> manifests,
            Overlay overlay,
            @Nullable ShadowedKeys shadowed) {

        /** Whether too many rows don't count for the cold tier to be told of them. */
        boolean isMerged() {
            return shadowed != null && !shadowed.areFew();
        }
    }
}
