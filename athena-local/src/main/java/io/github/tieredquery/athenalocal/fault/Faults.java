package io.github.tieredquery.athenalocal.fault;

import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.athena.model.QueryExecutionState;

/**
 * What shall go wrong, and when: each fault strikes the next so many matching calls, in the order in which faults were
 * injected, and nothing is left to chance. Thread-safe.
 *
 * <pre>{@code
 * athena.faults().on("GetQueryExecution").times(2).inject(Fault.throttling());
 * athena.faults().on("UploadPart").matching(key -> key.startsWith("archive/")).inject(Fault.slowDown());
 * try (QueryGate hold = athena.faults().holdInState(QueryExecutionState.QUEUED)) { … }
 * }</pre>
 */
public final class Faults {
    /** The pseudo operation that stands for the running of a query, for {@link #on}. */
    public static final String EXECUTION = "Execution";

    private final List<Rule> rules = new CopyOnWriteArrayList<>();
    private final List<QueryGate> holds = new CopyOnWriteArrayList<>();
    private final Map<String, Duration> latencies = new ConcurrentHashMap<>();

    /** No faults yet. {@link io.github.tieredquery.athenalocal.AthenaLocal#faults} has those of a server. */
    public Faults() {}

    /**
     * Begins a fault of one operation: one of Athena's, S3's or STS's by its API name, or {@link #EXECUTION}.
     *
     * <p>By default it strikes once, whatever is asked.
     */
    public Rule on(String operation) {
        return new Rule(operation);
    }

    /** Holds every query that reaches the state, until it's released. QUEUED or RUNNING. */
    public QueryGate holdInState(QueryExecutionState state) {
        return holdInState(state, sql -> true);
    }

    /** Holds every query that reaches the state and whose SQL matches, until it's released. QUEUED or RUNNING. */
    public QueryGate holdInState(QueryExecutionState state, Predicate<String> sql) {
        if (state != QueryExecutionState.QUEUED && state != QueryExecutionState.RUNNING) {
            throw new IllegalArgumentException("Queries can be held in QUEUED or RUNNING, not in " + state + ".");
        }
        return add(new QueryGate(state, sql));
    }

    /**
     * Makes DDL statements that match late: each stays running until the hold is released, and takes effect only then,
     * even if it was cancelled meanwhile.
     */
    public QueryGate lateDdl(Predicate<String> sql) {
        return add(new QueryGate(null, sql));
    }

    /**
     * A simulation option: answers to the operation take at least this much longer. {@link Duration#ZERO} ends it;
     * there's none by default.
     */
    public void latency(String operation, Duration latency) {
        if (latency.isZero()) {
            latencies.remove(operation);
        } else {
            latencies.put(operation, latency);
        }
    }

    /** Forgets every fault and latency, and releases every hold. */
    public void clear() {
        rules.clear();
        latencies.clear();
        holds.forEach(QueryGate::release);
        holds.clear();
    }

    /** Takes the fault that strikes this call, or returns null if none does. */
    @Nullable
    public Fault strike(String operation, String subject) {
        Iterator<Rule> candidates = rules.iterator();
        while (candidates.hasNext()) {
            Rule rule = candidates.next();
            if (rule.operation.equals(operation) && rule.take(subject)) {
                return rule.fault;
            }
        }
        return null;
    }

    /** Waits as long as the operation's latency says; the server calls it before it answers. */
    public void delay(String operation) {
        Duration latency = latencies.get(operation);
        if (latency != null) {
            long end = System.nanoTime() + latency.toNanos();
            for (long left = latency.toNanos(); left > 0; left = end - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
        }
    }

    /** Returns once no hold of that state, or of late DDL for null, keeps the statement. */
    public void pass(@Nullable QueryExecutionState state, String sql) throws InterruptedException {
        for (QueryGate hold : holds) {
            if (hold.applies(state, sql)) {
                hold.pass();
            }
        }
        holds.removeIf(QueryGate::isReleased);
    }

    /** Whether a hold of {@link #lateDdl} keeps the statement. */
    public boolean isLate(String sql) {
        return holds.stream().anyMatch(hold -> hold.applies(null, sql) && !hold.isReleased());
    }

    private QueryGate add(QueryGate hold) {
        holds.add(hold);
        return hold;
    }

    /** A fault in the making. Not thread-safe until it's injected. */
    public final class Rule {
        private final String operation;
        private Predicate<String> subject = any -> true;
        private int left = 1;
        private @Nullable Fault fault;

        private Rule(String operation) {
            this.operation = operation;
        }

        /** How many calls it strikes; 1 by default. */
        public Rule times(int times) {
            if (times < 1) {
                throw new IllegalArgumentException("times must be at least 1, but is " + times);
            }
            left = times;
            return this;
        }

        /**
         * Which calls it strikes, by their subject; all by default. The subject is the SQL of StartQueryExecution and
         * {@link #EXECUTION}, the query's id for other operations of Athena, the role's ARN for STS, and the key for
         * S3.
         */
        public Rule matching(Predicate<String> matching) {
            subject = matching;
            return this;
        }

        /** Makes it effective. */
        public void inject(Fault what) {
            fault = what;
            rules.add(this);
        }

        private synchronized boolean take(String candidate) {
            if (left == 0 || !subject.test(candidate)) {
                return false;
            }
            left--;
            if (left == 0) {
                rules.remove(this);
            }
            return true;
        }
    }
}
