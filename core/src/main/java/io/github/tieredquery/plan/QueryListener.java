package io.github.tieredquery.plan;

/**
 * Hears what queries really took. Called on the thread that reads the query's rows, or closes it; it must be quick and
 * thread-safe. What it throws is logged and doesn't reach the caller.
 */
@FunctionalInterface
public interface QueryListener {

    /**
     * A slice is finished: all its rows were read, or it was closed before.
     *
     * @param report what it took
     */
    void sliceFinished(SliceReport report);
}
