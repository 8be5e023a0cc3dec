package io.github.tieredquery.archive;

import io.github.tieredquery.store.ArchiveAttempt;
import java.time.Duration;

/** Renews the lease of an attempt when a third of it has gone by. */
final class LeaseKeeper {

    private final ArchiveAttempt attempt;
    private final Duration lease;
    private long renewedNanos = System.nanoTime();

    LeaseKeeper(ArchiveAttempt attempt, Duration lease) {
        this.attempt = attempt;
        this.lease = lease;
    }

    /**
     * Renews if it is time.
     *
     * @throws LeaseLostException if the lease is gone
     */
    void keep() {
        if (System.nanoTime() - renewedNanos > lease.toNanos() / 3) {
            renew();
        }
    }

    /**
     * Renews now.
     *
     * @throws LeaseLostException if the lease is gone
     */
    void renew() {
        if (!attempt.renew(lease)) {
            throw new LeaseLostException();
        }
        renewedNanos = System.nanoTime();
    }
}
