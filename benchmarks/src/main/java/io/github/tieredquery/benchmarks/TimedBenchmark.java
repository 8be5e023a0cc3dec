package io.github.tieredquery.benchmarks;

import java.util.Collection;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * What JMH measures: the work that is current. It is measured in this JVM and not in forks, since the two sides of a
 * comparison take turns over one database; what JMH adds is its clock, the collection before each measurement, and that
 * no result is optimised away. One measurement at a time.
 */
public class TimedBenchmark {

    /** Some work that gives a number which depends on all of it. */
    interface Work {
        long run() throws Exception;
    }

    /** Some work, and how it went. */
    private static final class Task {

        private final Work work;
        private long result;
        private @Nullable Exception failure;

        Task(Work work) {
            this.work = work;
        }

        long run() throws Exception {
            try {
                result = work.run();
                return result;
            } catch (Exception e) {
                failure = e;
                throw e;
            }
        }
    }

    private static @Nullable Task current;

    /** For JMH. */
    public TimedBenchmark() {}

    /**
     * Does the work once.
     *
     * @return its result
     * @throws Exception if it fails
     */
    @Benchmark
    public long run() throws Exception {
        return Objects.requireNonNull(current).run();
    }

    /**
     * Does work once.
     *
     * @param expected what it must give
     * @return how many milliseconds it took
     * @throws IllegalStateException if it gives something else
     */
    static double millis(String name, Work work, long expected) throws Exception {
        Task task = new Task(work);
        double millis = measure(task, Mode.SingleShotTime, TimeUnit.MILLISECONDS);
        if (task.result != expected) {
            throw new IllegalStateException(
                    name + ": one side saw other values: checksum " + task.result + " and not " + expected);
        }
        return millis;
    }

    /**
     * Does work again and again for a tenth of a second.
     *
     * @return how many microseconds it takes on average
     */
    static double micros(Work work) throws Exception {
        return measure(new Task(work), Mode.AverageTime, TimeUnit.MICROSECONDS);
    }

    private static double measure(Task task, Mode mode, TimeUnit unit) throws Exception {
        current = task;
        // Otherwise two builds at a time on one machine fail each other.
        System.setProperty("jmh.ignoreLock", "true");
        ChainedOptionsBuilder options = new OptionsBuilder()
                .include(TimedBenchmark.class.getName() + ".run")
                .mode(mode)
                .timeUnit(unit)
                .forks(0)
                .warmupIterations(0)
                .measurementIterations(1)
                .measurementTime(TimeValue.milliseconds(100))
                .shouldDoGC(true)
                .shouldFailOnError(true)
                .verbosity(VerboseMode.SILENT);
        try {
            Collection<RunResult> results = new Runner(options.build()).run();
            return results.iterator().next().getPrimaryResult().getScore();
        } catch (RunnerException e) {
            Exception cause = task.failure;
            throw cause == null ? e : cause;
        } finally {
            current = null;
        }
    }
}
