package io.github.tieredquery.internal.view;

import io.github.tieredquery.internal.bound.BoundQuery;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.store.ArchiveSource;
import io.github.tieredquery.store.HotSnapshot;
import io.github.tieredquery.store.HotStore;
import io.github.tieredquery.store.JournalState;
import io.github.tieredquery.store.PartitionManifest;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One call of a query: who answers it, what stops it, and what its views have learnt of the archive so far. An archive
 * of years has manifests by the hundred thousand, so none is read twice: what a plan was made of serves the reading as
 * well, as long as no commit lies between. Used by one thread at a time.
 */
public final class QueryCall {

    private final TierSet tiers;
    private final PartitionCheck partitions;
    private final ScanControl control;
    private final @Nullable HivePartitionLayout layout;
    /** What the manifests were read for, null if there are none. */
    private @Nullable TimeRange known;

    private long epoch;
    private List<PartitionManifest> manifests = List.of();

    public QueryCall(TierSet tiers, PartitionCheck partitions, ScanControl control) {
        this.tiers = tiers;
        this.partitions = partitions;
        this.control = control;
        ArchiveSource archive = tiers.archive();
        this.layout = archive == null ? null : archive.archiveLayout().orElseThrow();
    }

    public TierSet tiers() {
        return tiers;
    }

    public ScanControl control() {
        return control;
    }

    /** Takes a view of both tiers, by the journal if there is one. The caller closes it. */
    public ReadView open() {
        HotStore journaled = tiers.journaled();
        return journaled == null ? new BoundaryView(this) : JournalView.open(this, journaled);
    }

    /** Lets go of the manifests: there may be many, and reading goes on for long. */
    public void forgetManifests() {
        known = null;
        manifests = List.of();
    }

    /**
     * The manifests that a snapshot shows, for windows that touch a range, and maybe others. Each commit raises the
     * epoch, so those that another snapshot of the same epoch has shown are the same.
     */
    List<PartitionManifest> manifests(HotSnapshot snapshot, TimeRange range) {
        if (layout == null) {
            return List.of();
        }
        long current = snapshot.journal().epoch();
        if (known == null || epoch != current || !known.encloses(range)) {
            manifests = snapshot.manifests(range, layout);
            known = range;
            epoch = current;
        }
        return manifests;
    }

    void checkIdentity(JournalState state) {
        partitions.checkIdentity(state);
    }

    void checkPartitions(List<PartitionManifest> shown, TimeRange range, BoundQuery query) {
        partitions.check(shown, range, query, control);
    }
}
