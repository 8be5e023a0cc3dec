package io.github.tieredquery.export;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;

/** Builds an {@link Exporter}. Not thread-safe. */
public final class ExporterBuilder {

    private final ExportBackend backend;
    private final ExportStore store;
    private CsvOptions csv = CsvOptions.plain();
    private ExportScan.Arrangement arrangement = ExportScan.Arrangement.SORTED;
    private ExportTransfer transfer = ExportTransfer.SERVER_SIDE_COPY;
    private Duration lifetime = Duration.ofDays(1);
    private int lateRows = 10_000;
    private int copiesAtOnce = 8;
    private Duration takeOverAfter = Duration.ofMinutes(1);
    private Duration firstPoll = Duration.ofMillis(200);
    private Duration longestPoll = Duration.ofSeconds(3);
    private int reruns = 2;
    private Path workDirectory = Path.of(System.getProperty("java.io.tmpdir"));

    /**
     * For {@code TieredQuery.exporter(…)}.
     *
     * @param backend what is exported
     * @param store where to
     */
    public ExporterBuilder(ExportBackend backend, ExportStore store) {
        this.backend = Objects.requireNonNull(backend, "backend");
        this.store = Objects.requireNonNull(store, "store");
    }

    /**
     * How the file is written. {@link CsvOptions#plain()} by default.
     *
     * @param options the options, without gzip
     * @return this builder
     */
    public ExporterBuilder csv(CsvOptions options) {
        csv = Objects.requireNonNull(options, "options");
        return this;
    }

    /**
     * Leaves rows in whatever order the cold source writes them, which is faster. By default they are in the query's
     * order by time and key.
     *
     * @return this builder
     */
    public ExporterBuilder unordered() {
        arrangement = ExportScan.Arrangement.ANY;
        return this;
    }

    /**
     * Lets all rows pass through the client, cold ones too. For workgroups that keep results to themselves, whose
     * results are read by GetQueryResults, a thousand rows a call; by default the store copies what is cold, and an
     * export from such a workgroup fails and says so. A process that goes on for another one runs the cold query again
     * from where that one stopped, so give {@code advance} big budgets.
     *
     * @return this builder
     */
    public ExporterBuilder throughClient() {
        transfer = ExportTransfer.CLIENT;
        return this;
    }

    /**
     * Writes Parquet files instead of one CSV object, for machines: the cold source unloads them into a folder of the
     * export's own, in no order, and the object of the finished export is the list of them, one address a line. Values
     * have their own types, but for times, which are texts with microseconds. Hot rows stand in the source's
     * statements, so {@link #lateRows} bounds them too, and a query of hot rows alone is refused.
     *
     * @return this builder
     */
    public ExporterBuilder parquet() {
        transfer = ExportTransfer.UNLOAD;
        return unordered();
    }

    /**
     * For how long a ticket is good. One day by default. Give the bucket a rule that removes objects and open uploads
     * some time after that.
     *
     * @param time positive
     * @return this builder
     * @throws IllegalArgumentException if the time isn't positive
     */
    public ExporterBuilder lifetime(Duration time) {
        lifetime = positive("lifetime", time);
        return this;
    }

    /**
     * How many rows of the hot store may lie in the archived part of a query's range, or in an overlap; with
     * {@link #parquet} in all of it. Each of them stands in a statement, a few hundred in each. 10,000 by default; with
     * more the export is refused.
     *
     * @param rows 0 or more
     * @return this builder
     * @throws IllegalArgumentException if the number is negative
     */
    public ExporterBuilder lateRows(int rows) {
        if (rows < 0) {
            throw new IllegalArgumentException("lateRows(" + rows + "): the number is 0 or more");
        }
        lateRows = rows;
        return this;
    }

    /**
     * How many parts the store copies side by side. 8 by default.
     *
     * @param copies 1 or more
     * @return this builder
     * @throws IllegalArgumentException if the number isn't positive
     */
    public ExporterBuilder copiesAtOnce(int copies) {
        if (copies < 1) {
            throw new IllegalArgumentException("copiesAtOnce(" + copies + "): the number is 1 or more");
        }
        copiesAtOnce = copies;
        return this;
    }

    /**
     * For how long a process that drives an export may be silent before another one goes on in its place. One minute by
     * default. If it wasn't dead, no harm is done, only work twice.
     *
     * @param time positive
     * @return this builder
     * @throws IllegalArgumentException if the time isn't positive
     */
    public ExporterBuilder takeOverAfter(Duration time) {
        takeOverAfter = positive("takeOverAfter", time);
        return this;
    }

    /**
     * How often a running execution is looked at. First after 200 ms, then less and less often, down to every 3 seconds
     * by default.
     *
     * @param first the first pause
     * @param longest the longest pause
     * @return this builder
     * @throws IllegalArgumentException if the first pause isn't positive, or the longest is shorter
     */
    public ExporterBuilder polling(Duration first, Duration longest) {
        firstPoll = positive("polling", first);
        if (longest.compareTo(first) < 0) {
            throw new IllegalArgumentException(
                    "polling(" + first + ", " + longest + "): the longest pause isn't shorter than the first");
        }
        longestPoll = longest;
        return this;
    }

    /**
     * How often a statement is run again that failed for a reason that its backend calls retryable. Twice by default.
     *
     * @param times 0 or more
     * @return this builder
     * @throws IllegalArgumentException if the number is negative
     */
    public ExporterBuilder reruns(int times) {
        if (times < 0) {
            throw new IllegalArgumentException("reruns(" + times + "): the number is 0 or more");
        }
        reruns = times;
        return this;
    }

    /**
     * Where bytes that are uploaded are kept before, about 20 MiB for each export that is being advanced. The system's
     * temporary directory by default.
     *
     * @param directory a directory
     * @return this builder
     */
    public ExporterBuilder workDirectory(Path directory) {
        workDirectory = Objects.requireNonNull(directory, "directory");
        return this;
    }

    /**
     * Builds the exporter. Calls nothing.
     *
     * @return the exporter
     * @throws io.github.tieredquery.error.ConfigurationException if the settings contradict each other
     */
    public Exporter build() {
        return build(MultipartPlanner.S3, 8L << 20);
    }

    /** With other limits, for tests. */
    Exporter build(MultipartPlanner.Limits limits, long partBytes) {
        ExportSettings settings = new ExportSettings(
                csv,
                arrangement,
                transfer,
                lifetime,
                lateRows,
                copiesAtOnce,
                takeOverAfter,
                firstPoll,
                longestPoll,
                reruns,
                workDirectory,
                limits,
                partBytes);
        Exporter.check(backend, settings);
        return new Exporter(backend, store, settings);
    }

    private static Duration positive(String name, Duration time) {
        if (time.isZero() || time.isNegative()) {
            throw new IllegalArgumentException(name + "(" + time + "): the time is positive");
        }
        return time;
    }
}
