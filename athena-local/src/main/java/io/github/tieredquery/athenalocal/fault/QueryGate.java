package io.github.tieredquery.athenalocal.fault;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.athena.model.QueryExecutionState;

/**
 * Keeps queries in a state until {@link #release()}. Thread-safe; the test that asked for it closes it, which releases
 * it.
 */
public final class QueryGate implements AutoCloseable {
    private final @Nullable QueryExecutionState state;
    private final Predicate<String> sql;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private int held;
    private boolean released;

    /** A null state holds late DDL, whatever its state. */
    QueryGate(@Nullable QueryExecutionState state, Predicate<String> sql) {
        this.state = state;
        this.sql = sql;
    }

    boolean applies(@Nullable QueryExecutionState asked, String statement) {
        return asked == state && sql.test(statement);
    }

    boolean isReleased() {
        lock.lock();
        try {
            return released;
        } finally {
            lock.unlock();
        }
    }

    /** Returns once the hold is released. */
    void pass() throws InterruptedException {
        lock.lock();
        try {
            if (released) {
                return;
            }
            held++;
            changed.signalAll();
            try {
                while (!released) {
                    changed.await();
                }
            } finally {
                held--;
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** How many queries are held now. */
    public int held() {
        lock.lock();
        try {
            return held;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until that many queries are held at once.
     *
     * @throws IllegalStateException if they aren't in time
     */
    public void awaitHeld(int queries, Duration timeout) {
        long nanos = timeout.toNanos();
        lock.lock();
        try {
            while (held < queries) {
                if (nanos <= 0) {
                    throw new IllegalStateException(
                            held + " queries are held after " + timeout + ", not " + queries + ".");
                }
                nanos = changed.awaitNanos(nanos);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while waiting for held queries.", interrupted);
        } finally {
            lock.unlock();
        }
    }

    /** Lets every held query go on; later ones aren't held. */
    public void release() {
        lock.lock();
        try {
            released = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        release();
    }

    @Override
    public String toString() {
        return "Hold[" + (state == null ? "late DDL" : state) + ", held " + held() + "]";
    }
}
