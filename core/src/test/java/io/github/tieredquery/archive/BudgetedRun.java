package io.github.tieredquery.archive;

import io.github.tieredquery.spi.ScanControl;
import java.time.Duration;
import java.util.function.LongSupplier;

/** Lets tests outside of the package run an archiver by a clock of their own. */
public final class BudgetedRun {

    private BudgetedRun() {}

    /**
     * Runs an archiver with a time budget.
     *
     * @param archiver the archiver
     * @param budget how long the run may take
     * @param nanoTime the clock that tells how long it has taken
     * @return what was done
     */
    public static ArchiveReport run(Archiver archiver, Duration budget, LongSupplier nanoTime) {
        return archiver.run(ScanControl.within(budget, nanoTime), budget);
    }
}
