package io.github.tieredquery.internal.export;

import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.export.ExportSource;
import io.github.tieredquery.internal.bound.BoundQuery;
import io.github.tieredquery.internal.bound.PositionCodec;
import io.github.tieredquery.internal.bound.QueryFingerprint;
import io.github.tieredquery.internal.plan.Planner;
import io.github.tieredquery.internal.token.TokenKeys;
import io.github.tieredquery.internal.view.PartitionCheck;
import io.github.tieredquery.internal.view.QueryCall;
import io.github.tieredquery.internal.view.TierSet;
import io.github.tieredquery.query.Filter;
import io.github.tieredquery.query.Query;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.spi.RowPosition;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.table.RowType;
import io.github.tieredquery.table.Table;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/** What exports see of the tiers. Thread-safe. */
public final class TierBackend implements ExportBackend {

    private final TierSet tiers;
    private final PartitionCheck registration;
    private final Filter mandatory;
    private final TokenKeys keys;

    /** Of a query's tiers. */
    public TierBackend(TierSet tiers, PartitionCheck registration, Filter mandatory, TokenKeys keys) {
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
        if (transfer == ExportTransfer.UNLOAD && source() == null) {
            throw new ConfigurationException("table '" + tiers.table().name()
                    + "': there is no cold source that writes Parquet files by itself; leave parquet() out");
        }
        if (transfer == ExportTransfer.SERVER_SIDE_COPY && tiers.cold() != null && source() == null) {
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
    public ExportView view(
            Query query, ExportTransfer transfer, TimeRange part, byte @Nullable [] after, ScanControl control) {
        BoundQuery whole = request(query);
        BoundQuery rest = after == null ? whole.range(part) : whole.range(part).startAfter(position(after));
        QueryCall call = new QueryCall(tiers, registration, control);
        return transfer == ExportTransfer.CLIENT ? new ClientView(call, rest) : new TierView(call, rest);
    }

    private RowPosition position(byte[] bytes) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            return PositionCodec.read(in, tiers.table());
        } catch (IOException e) {
            throw new UncheckedIOException("reading from memory", e);
        }
    }
}
