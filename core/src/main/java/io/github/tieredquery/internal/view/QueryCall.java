package io.github.tieredquery.internal.view;

import io.github.tieredquery.internal.bound.BoundQuery;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.store.ArchiveSource;
import io.github.tieredquery.store.HotSnapshot;
import io.github.tieredquery.store.HotStore;
import io.github.tieredquery.store.PartitionManifest;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One call of a query: who answers it, what stops it, and what it has learnt of the archive so far. An archive of years
 * has manifests by the hundred thousand, so none is read twice: what a plan was made of serves the reading as well, as
 * long as no commit lies between. Used by one thread at a time.
 */
public final class QueryCall {

    private final TierSet tiers;
    private final PartitionCheck registration;
    private final ScanControl control;
    private final @Nullable HivePartitionLayout layout;
    /** What the manifests were read for, null if there are none. */
    private @Nullable TimeRange known;

    private long epoch;
    private List<PartitionManifest> manifests = List.of();

    public QueryCall(TierSet tiers, PartitionCheck registration, ScanControl control) {
        this.tiers = tiers;
        this.registration = registration;
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

    /** Takes a snapshot, whose archive is the one that this process is configured for. */
    public DatedSnapshot snapshot(HotStore hot) {
        return DatedSnapshot.take(hot, tiers, registration, control);
    }

    /**
     * The manifests that a snapshot shows, for windows that touch a range, and maybe others. Each commit raises the
     * epoch, so those that another snapshot of the same epoch has shown are the same.
     */
    public List<PartitionManifest> manifests(HotSnapshot snapshot, TimeRange range) {
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

    /** Lets go of the manifests: there may be many, and reading goes on for long. */
    public void forgetManifests() {
        known = null;
        manifests = List.of();
    }

    /**
     * What lies over an archived stretch, once it is sure that the cold tier's catalog has all partitions that the
     * query needs there. Where nothing lies over it, the snapshot has said all that it can and is closed before the
     * cold tier is asked: while that makes up its mind, no transaction of the hot database is to wait idly.
     *
     * @throws io.github.tieredquery.error.MissingPartitionException naming the partitions
     */
    public Overlay look(HotSnapshot snapshot, TimeRange stretch, BoundQuery request) {
        List<PartitionManifest> shown = manifests(snapshot, stretch);
        Overlay above = Overlay.look(snapshot, stretch);
        if (above.isNothing()) {
            snapshot.close();
        }
        check(shown, stretch, request);
        return above;
    }

    /** The same where hot rows of the snapshot are being read, or will be: it stays open. */
    public Overlay lookBeside(HotSnapshot snapshot, TimeRange stretch, BoundQuery request) {
        check(manifests(snapshot, stretch), stretch, request);
        return Overlay.look(snapshot, stretch);
    }

    /**
     * Fails if the cold tier's catalog lacks a partition that a part of the query needs.
     *
     * @throws io.github.tieredquery.error.MissingPartitionException naming the partitions
     */
    public void check(List<PartitionManifest> shown, TimeRange stretch, BoundQuery request) {
        registration.check(shown, stretch, request, control);
    }
}
