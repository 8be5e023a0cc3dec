package io.github.tieredquery.internal.view;

import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.store.HotSnapshot;
import io.github.tieredquery.store.HotStore;
import java.time.Duration;
import java.time.Instant;

/**
 * A snapshot of the hot database and how old it is, by one clock. The archiver removes superseded files some time after
 * the last snapshot could have known them, so an older snapshot must not decide what a cold query reads.
 *
 * @param takenAt not after the snapshot's own moment
 */
public record DatedSnapshot(HotSnapshot snapshot, Instant takenAt, TierSet tiers) {

    /** Takes one, whose archive is the one that this process is configured for. */
    public static DatedSnapshot take(HotStore hot, TierSet tiers, PartitionCheck registration, ScanControl control) {
        Instant takenAt = tiers.clock().instant();
        HotSnapshot snapshot = hot.snapshot(control);
        try {
            registration.checkIdentity(snapshot.journal());
            return new DatedSnapshot(snapshot, takenAt, tiers);
        } catch (RuntimeException | Error e) {
            snapshot.close();
            throw e;
        }
    }

    public boolean isYoung() {
        Duration age = Duration.between(takenAt, tiers.clock().instant());
        return age.compareTo(tiers.maxSnapshotAge()) <= 0;
    }

    /** The part of a range that the archive answers for. */
    public TimeRange below(TimeRange range) {
        return range.before(watermark());
    }

    /** The part of a range that the hot store answers for. */
    public TimeRange above(TimeRange range) {
        return range.since(watermark());
    }

    private Instant watermark() {
        Instant watermark = snapshot.journal().watermark();
        return watermark == null ? Instant.MIN : watermark;
    }
}
