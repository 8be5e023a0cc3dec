package io.github.tieredquery.internal.view;

import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.error.MissingPartitionException;
import io.github.tieredquery.internal.bound.BoundQuery;
import io.github.tieredquery.partition.HivePartition;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.partition.HivePartitionPlanner;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.store.ArchiveIdentity;
import io.github.tieredquery.store.ArchiveSource;
import io.github.tieredquery.store.HotStore;
import io.github.tieredquery.store.JournalState;
import io.github.tieredquery.store.PartitionManifest;
import io.github.tieredquery.table.Table;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Checks that the cold store's catalog knows every partition that a query selects and that has rows by the manifest:
 * one that it doesn't know would silently be missing from the answer. The library only ever adds partitions, so one
 * that was seen is believed in for a while; a query pays for a look-up only when it selects a partition that this
 * object hasn't seen lately, since somebody else may have dropped it. Thread-safe.
 */
public final class PartitionCheck {

    private final Table table;
    private final @Nullable ArchiveSource cold;
    private final @Nullable HivePartitionLayout layout;
    private final @Nullable HivePartitionPlanner planner;
    private final @Nullable ArchiveIdentity identity;
    private final @Nullable String localTimes;
    private final InstantSource clock;
    private final Duration belief;
    /** When each partition was last seen. */
    private final Map<String, Instant> known = new ConcurrentHashMap<>();
    /** What was checked last. */
    private volatile @Nullable String readable;

    /**
     * A check that has seen nothing yet.
     *
     * @param hot the store with the journal; null if there is none
     * @param cold a source with a layout; null if there is nothing to check
     */
    public PartitionCheck(
            Table table, @Nullable HotStore hot, @Nullable ArchiveSource cold, InstantSource clock, Duration belief) {
        this.table = table;
        this.cold = cold;
        this.clock = clock;
        this.belief = belief;
        this.layout = cold == null ? null : cold.archiveLayout().orElseThrow();
        this.planner = layout == null ? null : HivePartitionPlanner.of(table, layout);
        this.localTimes = hot == null ? null : hot.localTimes().orElse(null);
        this.identity = cold == null || layout == null
                ? null
                : ArchiveIdentity.of(table, layout)
                        .withLocalTimes(localTimes)
                        .withPlace(cold.place().orElse(null));
    }

    /**
     * Fails if the archive was written with another table or layout, at another place or with other local times than
     * this process is configured with, and can't be read so.
     *
     * @throws ConfigurationException with both descriptions
     */
    void checkIdentity(JournalState state) {
        String written = state.identity();
        if (written != null && !written.equals(readable) && (identity != null || localTimes != null)) {
            ArchiveIdentity archived = ArchiveIdentity.parse(written);
            if (identity == null) {
                archived.checkLocalTimes(localTimes);
            } else {
                archived.checkReadableBy(identity);
            }
            readable = written;
        }
    }

    /**
     * Fails if the catalog lacks a partition that the query needs.
     *
     * @param manifests those of the range, and maybe others
     * @throws MissingPartitionException naming the partitions
     */
    public void check(List<PartitionManifest> manifests, TimeRange range, BoundQuery request, ScanControl control) {
        ArchiveSource store = cold;
        HivePartitionPlanner plan = planner;
        if (store == null || plan == null) {
            return;
        }
        Instant now = clock.instant();
        Instant since = now.minus(belief);
        Predicate<HivePartition> selected = plan.matcher(range, request.condition());
        List<PartitionManifest> unseen = manifests.stream()
                .filter(manifest -> manifest.rows() > 0)
                .filter(manifest ->
                        known.getOrDefault(path(manifest), Instant.MIN).isBefore(since))
                .filter(manifest -> selected.test(manifest.partition()))
                .sorted(Comparator.comparing(PartitionManifest::partition).thenComparing(PartitionManifest::version))
                .toList();
        if (unseen.isEmpty()) {
            return;
        }
        List<PartitionManifest> missing = store.unregistered(unseen, control);
        if (!missing.isEmpty()) {
            PartitionManifest first = missing.get(0);
            long rows = missing.stream().mapToLong(PartitionManifest::rows).sum();
            throw new MissingPartitionException(
                    "table '" + table.name() + "', range " + range + ": " + store.name() + " doesn't know "
                            + missing.size() + " of " + unseen.size() + " partitions with " + rows
                            + " archived rows, the first is " + toldPath(first, request.provenance())
                            + ". Register them again (the archiver's publish step, or MSCK REPAIR TABLE); "
                            + "without them the answer would lack rows",
                    path(first));
        }
        // Each sweep gives a window's partitions new versions: what isn't believed any more would pile up.
        known.values().removeIf(seen -> seen.isBefore(since));
        unseen.forEach(manifest -> known.put(path(manifest), now));
    }

    /** How many partitions are remembered, for tests. */
    public int remembered() {
        return known.size();
    }

    /** The path as a caller may read it: what restricts it stays untold. */
    private String toldPath(PartitionManifest manifest, BoundQuery.Provenance asked) {
        Set<String> untold = asked.mandatory().columns();
        List<String> columns = manifest.partition().columns();
        String[] directories = path(manifest).split("/");
        for (int i = 0; i < columns.size(); i++) {
            if (untold.contains(columns.get(i))) {
                directories[i] = columns.get(i) + "=…";
            }
        }
        return String.join("/", directories);
    }

    private String path(PartitionManifest manifest) {
        HivePartitionPlanner plan = planner;
        return plan != null && plan.layout().isVersioned()
                ? manifest.partition().path(manifest.version())
                : manifest.partition().path();
    }
}
