package io.github.tieredquery.internal.export;

import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.export.ExportMoment;
import io.github.tieredquery.export.ExportSource;
import io.github.tieredquery.export.ExportTiers;
import io.github.tieredquery.export.ExportTransfer;
import io.github.tieredquery.internal.bound.BoundQuery;
import io.github.tieredquery.internal.bound.PositionCodec;
import io.github.tieredquery.internal.bound.QueryFingerprint;
import io.github.tieredquery.internal.plan.Planner;
import io.github.tieredquery.internal.stream.QueryCursor;
import io.github.tieredquery.internal.stream.Stages;
import io.github.tieredquery.internal.token.TokenKeys;
import io.github.tieredquery.internal.view.DatedSnapshot;
import io.github.tieredquery.internal.view.PartitionCheck;
import io.github.tieredquery.internal.view.QueryCall;
import io.github.tieredquery.internal.view.SegmentReader;
import io.github.tieredquery.internal.view.TierSet;
import io.github.tieredquery.plan.Tier;
import io.github.tieredquery.query.Boundary;
import io.github.tieredquery.query.Filter;
import io.github.tieredquery.query.Query;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.spi.RowCursor;
import io.github.tieredquery.spi.RowPosition;
import io.github.tieredquery.spi.Scan;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.spi.Source;
import io.github.tieredquery.store.HotSnapshot;
import io.github.tieredquery.store.HotStore;
import io.github.tieredquery.store.PartitionManifest;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.RowType;
import io.github.tieredquery.table.Table;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** What exports see of the tiers. Thread-safe. */
public final class TierExports implements ExportTiers {

    private final TierSet tiers;
    private final PartitionCheck registration;
    private final Filter mandatory;
    private final TokenKeys keys;
    private final BiFunction<BoundQuery, ScanControl, Stages> stages;

    /**
     * Of a query's tiers.
     *
     * @param stages how rows are read that pass through the client
     */
    public TierExports(
            TierSet tiers,
            PartitionCheck registration,
            Filter mandatory,
            TokenKeys keys,
            BiFunction<BoundQuery, ScanControl, Stages> stages) {
        this.stages = stages;
        this.tiers = tiers;
        this.registration = registration;
        this.mandatory = mandatory;
        this.keys = keys;
        if (!keys.areOfService()) {
            throw new ConfigurationException("table '" + tiers.table().name()
                    + "': the tickets of exports are signed, and used by other processes than this one; give the"
                    + " service's keys with tokenKeys(…)");
        }
    }

    private BoundQuery request(Query query) {
        return BoundQuery.of(tiers.table(), query, mandatory);
    }

    @Override
    public Table table() {
        return tiers.table();
    }

    @Override
    public @Nullable ExportSource source() {
        return tiers.cold() instanceof ExportSource exports ? exports : null;
    }

    @Override
    public void check(Query query, ExportTransfer transfer) {
        if (transfer == ExportTransfer.UNLOADED && source() == null) {
            throw new ConfigurationException("table '" + tiers.table().name()
                    + "': there is no cold source that writes Parquet files by itself; leave parquet() out");
        }
        if (transfer == ExportTransfer.BY_STORE && tiers.cold() != null && source() == null) {
            throw new ConfigurationException("table '" + tiers.table().name() + "': "
                    + tiers.cold().name() + " can't write files; let all rows pass through the client with"
                    + " throughClient()");
        }
        new Planner(new QueryCall(tiers, registration, ScanControl.unlimited()), request(query)).enforce();
    }

    @Override
    public RowType columns(Query query) {
        return request(query).rowType();
    }

    @Override
    public byte[] fingerprint(Query query) {
        return QueryFingerprint.of(request(query));
    }

    @Override
    public byte[] sign(byte[] body) {
        return keys.sign(body);
    }

    @Override
    public byte @Nullable [] verified(byte[] signed) {
        return keys.verified(signed);
    }

    @Override
    public InstantSource clock() {
        return tiers.clock();
    }

    @Override
    public Duration longestAge() {
        return tiers.maxSnapshotAge();
    }

    @Override
    public ExportMoment moment(
            Query query, ExportTransfer transfer, TimeRange part, byte @Nullable [] after, ScanControl control) {
        BoundQuery whole = request(query);
        BoundQuery rest = after == null ? whole.range(part) : whole.range(part).startAfter(position(after));
        if (transfer == ExportTransfer.THROUGH_CLIENT) {
            return new ClientMoment(rest, control);
        }
        HotStore journaled = tiers.journaled();
        if (journaled == null) {
            return new BoundaryMoment(rest, control);
        }
        DatedSnapshot snapshot = DatedSnapshot.take(journaled, tiers, registration, control);
        return new JournalMoment(rest, control, snapshot);
    }

    private RowPosition position(byte[] bytes) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            return PositionCodec.read(in, tiers.table());
        } catch (IOException e) {
            throw new UncheckedIOException("reading from memory", e);
        }
    }

    /** What both kinds of moments have in common. */
    private abstract class Moment implements ExportMoment {

        final BoundQuery request;
        final ScanControl control;
        final SegmentReader reader;

        Moment(BoundQuery request, ScanControl control) {
            this.request = request;
            this.control = control;
            this.reader = new SegmentReader(tiers, request, control);
        }

        @Override
        public boolean counts(Row late) {
            return request.condition().matches(late);
        }

        @Override
        public byte[] place(Row hotRow) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            try (DataOutputStream out = new DataOutputStream(bytes)) {
                PositionCodec.write(out, RowPosition.of(tiers.table(), hotRow));
            } catch (IOException e) {
                throw new UncheckedIOException("writing to memory", e);
            }
            return bytes.toByteArray();
        }

        /** The hot rows, with time and key behind the columns of the export. */
        Scan hotScan() {
            return request.withOrderColumns().scan(hot(), Long.MAX_VALUE);
        }
    }

    /** A moment of the hot store's database, which holds the journal. */
    private final class JournalMoment extends Moment {

        private final DatedSnapshot dated;

        JournalMoment(BoundQuery request, ScanControl control, DatedSnapshot dated) {
            super(request, control);
            this.dated = dated;
        }

        private HotSnapshot snapshot() {
            return dated.snapshot();
        }

        @Override
        public Instant takenAt() {
            return dated.takenAt();
        }

        private TimeRange below() {
            return dated.below(request.range());
        }

        @Override
        public @Nullable Scan cold() {
            return below().isEmpty() || request.isEmpty()
                    ? null
                    : reader.coldScan(
                            below(), Long.MAX_VALUE, snapshot().journal().versions());
        }

        @Override
        public RowCursor late() {
            return snapshot().hasRows(below())
                    ? reader.plain(
                            Tier.LATE, Objects.requireNonNull(tiers.hot()), reader.lateScan(below()), snapshot()::open)
                    : new NoRows();
        }

        @Override
        public RowCursor erased() {
            return snapshot().tombstones(below()) > 0
                    ? snapshot().openTombstones(below(), request.order())
                    : new NoRows();
        }

        @Override
        public TimeRange hot() {
            TimeRange above = dated.above(request.range());
            return request.isEmpty() ? above.before(above.from()) : above;
        }

        @Override
        public RowCursor openHot() {
            return reader.plain(Tier.HOT, Objects.requireNonNull(tiers.hot()), hotScan(), snapshot()::open);
        }

        @Override
        public void checkPartitions(ScanControl by) {
            TimeRange range = below();
            List<PartitionManifest> shown = new QueryCall(tiers, registration, by).manifests(snapshot(), range);
            // The snapshot has said all that it can: it isn't held while the catalog is asked.
            snapshot().close();
            registration.check(shown, range, request, by);
        }

        @Override
        public void close() {
            snapshot().close();
        }
    }

    /** A moment of a boundary by the clock; with one tier, that tier answers for all times. */
    private final class BoundaryMoment extends Moment {

        private final Instant takenAt = tiers.clock().instant();
        private TimeRange cold;
        private TimeRange both;
        private TimeRange hot;

        BoundaryMoment(BoundQuery request, ScanControl control) {
            super(request, control);
            TimeRange range = request.range();
            TimeRange nothing = range.before(range.from());
            cold = nothing;
            both = nothing;
            hot = nothing;
            if (request.isEmpty()) {
                return;
            }
            if (tiers.cold() == null) {
                hot = range;
            } else if (tiers.hot() == null) {
                cold = range;
            } else {
                Boundary.Split split = Objects.requireNonNull(tiers.boundary()).resolve(takenAt);
                cold = range.before(split.coldBelow());
                both = cold.since(split.hotFrom());
                hot = range.since(split.coldBelow());
            }
        }

        @Override
        public Instant takenAt() {
            return takenAt;
        }

        @Override
        public @Nullable Scan cold() {
            return cold.isEmpty() ? null : reader.coldScan(cold, Long.MAX_VALUE, null);
        }

        @Override
        public RowCursor late() {
            Source asked = tiers.hot();
            return both.isEmpty() || asked == null
                    ? new NoRows()
                    : reader.plain(Tier.HOT, asked, reader.lateScan(both), scan -> asked.open(scan, control));
        }

        @Override
        public RowCursor erased() {
            return new NoRows();
        }

        @Override
        public TimeRange hot() {
            return hot;
        }

        @Override
        public RowCursor openHot() {
            Source asked = Objects.requireNonNull(tiers.hot());
            return reader.plain(Tier.HOT, asked, hotScan(), scan -> asked.open(scan, control));
        }

        @Override
        public void checkPartitions(ScanControl by) {}

        @Override
        public void close() {}
    }

    /** All rows are read as a query reads them, and so count as hot. */
    private final class ClientMoment extends Moment {

        ClientMoment(BoundQuery request, ScanControl control) {
            super(request, control);
        }

        @Override
        public Instant takenAt() {
            return tiers.clock().instant();
        }

        @Override
        public @Nullable Scan cold() {
            return null;
        }

        @Override
        public RowCursor late() {
            return new NoRows();
        }

        @Override
        public RowCursor erased() {
            return new NoRows();
        }

        @Override
        public TimeRange hot() {
            return request.isEmpty() ? request.range().before(request.range().from()) : request.range();
        }

        @Override
        public RowCursor openHot() {
            return new QueryCursor(() -> stages.apply(request.withOrderColumns(), control), control, Long.MAX_VALUE);
        }

        @Override
        public void checkPartitions(ScanControl by) {}

        @Override
        public void close() {}
    }

    private static final class NoRows implements RowCursor {
        @Override
        public @Nullable Row next() {
            return null;
        }

        @Override
        public void close() {}
    }
}
