package io.github.tieredquery.testkit;

/**
 * Hears of each step of the memory stores before it is taken, and of some right after: a test can stop a process there
 * by throwing, or change what the stores hold. Called without any lock, on the thread that takes the step.
 *
 * <p>Steps are named {@code store.step}: {@code hot.open}, {@code hot.next}, {@code hot.count}, {@code hot.snapshot},
 * {@code hot.look}, {@code hot.manifests}, {@code hot.tombstones}, {@code hot.openTombstones},
 * {@code hot.nextTombstone}; {@code journal.erase}, {@code journal.timeSinceLastCommit}, {@code journal.beginSweep},
 * {@code journal.commitSweep}, {@code journal.listDeadVersions}, {@code journal.forgetVersions},
 * {@code journal.versionsForgotten}, {@code journal.prepare}, {@code journal.state}, {@code journal.beginWindow},
 * {@code journal.begun}, {@code journal.renew}, {@code journal.recordFile}, {@code journal.suspend},
 * {@code journal.suspended}, {@code journal.discard}, {@code journal.recordManifests}, {@code journal.undeleted},
 * {@code journal.delete}, {@code journal.deleted}, {@code journal.undeletable}, {@code journal.deleteUnchanged},
 * {@code journal.unchangedDeleted}, {@code journal.commit}, {@code journal.committed}, {@code journal.close};
 * {@code cold.prepare}, {@code cold.create}, {@code cold.write}, {@code cold.finish}, {@code cold.finished},
 * {@code cold.register} (once for each partition), {@code cold.published}, {@code cold.removeLeftovers},
 * {@code cold.removeLeftover} (for each file), {@code cold.leftoversRemoved}, {@code cold.copy}, {@code cold.copied},
 * {@code cold.drop} (for each partition), {@code cold.remove} (for each file), {@code cold.removed},
 * {@code cold.publishView}, {@code cold.listVisibleFiles}, {@code cold.unregistered}, {@code cold.open},
 * {@code cold.next}, {@code cold.count}.
 */
@FunctionalInterface
public interface StepHook {

    /** Does nothing. */
    StepHook NONE = step -> {};

    /**
     * A step is about to be taken.
     *
     * @param step its name
     */
    void at(String step);

    /**
     * Fails at one step.
     *
     * @param step the name of the step
     * @param nth at the how manyeth time, from 1; it goes well before and after
     * @param failure what is thrown
     * @return the hook
     */
    static StepHook failingAt(String step, int nth, RuntimeException failure) {
        return doingAt(step, nth, () -> {
            throw failure;
        });
    }

    /**
     * Does something at one step.
     *
     * @param step the name of the step
     * @param nth at the how manyeth time, from 1
     * @param action what is done
     * @return the hook
     */
    static StepHook doingAt(String step, int nth, Runnable action) {
        java.util.concurrent.atomic.AtomicInteger times = new java.util.concurrent.atomic.AtomicInteger();
        return taken -> {
            if (taken.equals(step) && times.incrementAndGet() == nth) {
                action.run();
            }
        };
    }
}
