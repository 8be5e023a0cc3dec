package io.github.tieredquery.archive;

import io.github.tieredquery.store.ArchiveAttempt;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Renews the lease of an attempt when a third of it has gone by. */
final class LeaseKeeper {

    private static final Logger LOG = LoggerFactory.getLogger(Archiver.class);

    private final ArchiveAttempt attempt;
    private final Duration lease;
    private long renewedNanos = System.nanoTime();
    private boolean warned;

    LeaseKeeper(ArchiveAttempt attempt, Duration lease) {
        this.attempt = attempt;
        this.lease = lease;
    }

    /**
     * Renews if it is time.
     *
     * @throws AttemptSteps.LeaseLostException if the lease is gone
     */
    void keep() {
        long passed = System.nanoTime() - renewedNanos;
        if (passed > lease.toNanos() / 3) {
            renew();
        }
        if (passed > lease.toNanos() && !warned) {
            warned = true;
            LOG.warn(
                    "archiving {}: the lease of {} could not be renewed for {}, so another archiver might have taken it;"
                            + " a file takes longer than lease(…), or less should go into one with bytesPerFile(…)",
                    attempt.window(),
                    lease,
                    Duration.ofNanos(passed));
        }
    }

    /**
     * Renews now.
     *
     * @throws AttemptSteps.LeaseLostException if the lease is gone
     */
    void renew() {
        if (!attempt.renew(lease)) {
            throw new AttemptSteps.LeaseLostException();
        }
        renewedNanos = System.nanoTime();
    }
}
