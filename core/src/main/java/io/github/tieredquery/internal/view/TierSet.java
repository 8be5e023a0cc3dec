package io.github.tieredquery.internal.view;

import io.github.tieredquery.TieredQuery;
import io.github.tieredquery.plan.QueryListener;
import io.github.tieredquery.plan.QueryPolicy;
import io.github.tieredquery.query.Boundary;
import io.github.tieredquery.spi.Source;
import io.github.tieredquery.store.ArchiveSource;
import io.github.tieredquery.store.ColdStore;
import io.github.tieredquery.store.HotStore;
import io.github.tieredquery.table.Table;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link TieredQuery} was built of.
 *
 * @param hot null if the cold tier answers for all times
 * @param cold null if the hot tier answers for all times
 * @param boundary null with a journal, or with one tier only
 * @param executor null if cold queries don't start early
 */
public record TierSet(
        Table table,
        @Nullable Source hot,
        @Nullable Source cold,
        @Nullable Boundary boundary,
        @Nullable Executor executor,
        QueryListener listener,
        InstantSource clock,
        Duration maxSnapshotAge,
        QueryPolicy policy) {

    /** The hot store with its journal, null if there is none or no archive behind it. */
    @Nullable
    public HotStore journaled() {
        return cold != null && hot instanceof HotStore store && store.journal().isPresent() ? store : null;
    }

    /** The cold source with the layout of the archive that it reads, null if it reads none or doesn't say how. */
    @Nullable
    public ArchiveSource archive() {
        return cold instanceof ArchiveSource source && source.archiveLayout().isPresent() ? source : null;
    }

    /** The cold store, null if the cold source is none. */
    @Nullable
    public ColdStore coldStore() {
        return cold instanceof ColdStore store ? store : null;
    }
}
