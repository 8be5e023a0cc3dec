package io.github.tieredquery.archive;

import io.github.tieredquery.error.SourceUnavailableException;
import io.github.tieredquery.error.TieredQueryException;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.store.ArchiveAttempt;
import io.github.tieredquery.store.FinishedFile;
import io.github.tieredquery.store.PartitionManifest;
import io.github.tieredquery.store.StoredFile;
import io.github.tieredquery.store.SweepAttempt;
import io.github.tieredquery.store.WindowAttempt;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** What windows and sweeps have in common: steps 2 to 4 of the protocol. Immutable. */
final class AttemptSteps {

    /** Ends an attempt whose lease is somebody else's by now. */
    static final class LeaseLostException extends RuntimeException {

        private static final long serialVersionUID = 1L;

        LeaseLostException() {}

        LeaseLostException(Throwable cause) {
            super(cause);
        }
    }

    /** Ends a copy at a finished file, since the time budget is about to pass. */
    static final class BudgetSpentException extends RuntimeException {

        private static final long serialVersionUID = 1L;
    }

    private static final int OBSERVATIONS = 4;

    /** So many times the time to settle is the longest pause between two renewals of the lease. */
    static final int LONGEST_PAUSE = 1 << (OBSERVATIONS - 1);

    private final AttemptSettings settings;
    private final ArchiveContext context;

    AttemptSteps(AttemptSettings settings, ArchiveContext context) {
        this.settings = settings;
        this.context = context;
    }

    /** 2. Copy: what writes the files of a window, and lets the journal know of each. */
    WindowCopier windowCopier(WindowAttempt attempt, TimeBudget budget) {
        return copier(attempt, budget::isNearlySpent, file -> {
            if (!attempt.recordFile(file)) {
                throw new LeaseLostException();
            }
        });
    }

    /** 2. Copy: what writes the files of a sweep, which isn't gone on with by another run. */
    WindowCopier sweepCopier(SweepAttempt attempt) {
        progress(attempt, ArchivePhase.COPY, new CopyResult.Totals(0, 0, 0));
        return copier(attempt, () -> false, file -> {});
    }

    private WindowCopier copier(ArchiveAttempt attempt, BooleanSupplier over, Consumer<FinishedFile> record) {
        LeaseKeeper lease = new LeaseKeeper(attempt, settings.lease());
        return new WindowCopier(context.cold(), context.layout(), attempt, settings.files(), new WindowCopier.Watch() {
            @Override
            public void between() {
                lease.keep();
            }

            @Override
            public void finished(FinishedFile file, CopyResult.Totals soFar) {
                record.accept(file);
                progress(attempt, ArchivePhase.COPY, soFar);
            }

            @Override
            public boolean isOver() {
                return over.getAsBoolean();
            }
        });
    }

    /**
     * Takes steps of an attempt. Whoever has taken its lease may have removed what it reads or writes: then that is why
     * a step fails, and no failure of a store.
     *
     * @throws LeaseLostException if the lease is gone
     */
    <T> T guarded(ArchiveAttempt attempt, Supplier<T> work) {
        try {
            return work.get();
        } catch (SourceUnavailableException e) {
            if (holdsLease(attempt, e)) {
                throw e;
            }
            throw new LeaseLostException(e);
        }
    }

    private boolean holdsLease(ArchiveAttempt attempt, SourceUnavailableException failure) {
        try {
            return attempt.renew(settings.lease());
        } catch (TieredQueryException e) {
            failure.addSuppressed(e);
            return true;
        }
    }

    /** 3. Publish. 4. Verify. */
    void publishAndVerify(ArchiveAttempt attempt, CopyResult copy, ScanControl control) {
        Map<String, Long> missing = publishAndObserve(attempt, copy, control);
        if (!missing.isEmpty()) {
            // What isn't seen as it was written may have been written wrong: nobody goes on with it.
            attempt.discard();
            throw new SourceUnavailableException("archiving table '"
                    + context.table().name() + "', window " + attempt.window()
                    + ", version " + attempt.version() + ": " + context.cold().name()
                    + " doesn't show what was written: "
                    + missing.size() + " of " + copy.copied().files()
                    + " files are missing or have other counts, the first is "
                    + missing.keySet().iterator().next()
                    + ". Nothing was deleted. Look at the table's partitions and at its location");
        }
    }

    /**
     * 3. Publish. 4. Verify: the files that aren't seen, or with other counts, in spite of some waiting. Without
     * versions a window that has no rows must show none either.
     */
    Map<String, Long> publishAndObserve(ArchiveAttempt attempt, CopyResult copy, ScanControl control) {
        if (copy.manifests().isEmpty() && context.layout().isVersioned()) {
            return Map.of();
        }
        // 3. Publish
        LeaseKeeper lease = new LeaseKeeper(attempt, settings.lease());
        lease.renew();
        progress(attempt, ArchivePhase.PUBLISH, copy.copied());
        context.cold().publish(copy.manifests(), control);
        // 4. Verify
        lease.renew();
        progress(attempt, ArchivePhase.VERIFY, copy.copied());
        Map<String, Long> missing = Map.of();
        for (int i = 0; i < OBSERVATIONS; i++) {
            if (i > 0) {
                control.pause(
                        settings.settle().multipliedBy(1L << i),
                        "waiting for " + context.cold().name());
                lease.renew();
            }
            missing = unseen(attempt, copy, control);
            if (missing.isEmpty()) {
                control.pause(settings.settle(), "letting the catalog settle");
                lease.renew();
                return missing;
            }
        }
        return missing;
    }

    /** The files that the cold store doesn't see as they were written; what it sees beyond them counts as well. */
    private Map<String, Long> unseen(ArchiveAttempt attempt, CopyResult copy, ScanControl control) {
        Map<String, Long> expected = new TreeMap<>();
        for (PartitionManifest manifest : copy.manifests()) {
            for (StoredFile file : manifest.files()) {
                if (expected.put(file.location(), file.rows()) != null) {
                    throw new IllegalStateException("two files were written to " + file.location());
                }
            }
        }
        for (StoredFile seen : context.cold().listVisibleFiles(attempt.window(), attempt.version(), control)) {
            if (!expected.remove(seen.location(), seen.rows())) {
                expected.put(seen.location(), seen.rows());
            }
        }
        return expected;
    }

    void progress(ArchiveAttempt attempt, ArchivePhase phase, CopyResult.Totals copied) {
        settings.listener()
                .progress(new ArchiveProgress(
                        attempt.window(), attempt.version(), phase, copied.rows(), copied.bytes(), copied.files()));
    }
}
