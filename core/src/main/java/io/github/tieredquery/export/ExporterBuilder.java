package io.github.tieredquery.export;

import java.nio.file.Path;
import java.time.Duration;

/** Builds an {@link Exporter}. Not thread-safe. */
public interface ExporterBuilder {

    /**
     * How the file is written. {@link CsvOptions#plain()} by default.
     *
     * @param options the options, without gzip
     * @return this builder
     */
    ExporterBuilder csv(CsvOptions options);

    /**
     * Leaves rows in whatever order the cold source writes them, which is faster. By default they are in the query's
     * order by time and key.
     *
     * @return this builder
     */
    ExporterBuilder unordered();

    /**
     * Lets all rows pass through the client, cold ones too. For workgroups that keep results to themselves, whose
     * results are read by GetQueryResults, a thousand rows a call; by default the store copies what is cold, and an
     * export from such a workgroup fails and says so. A process that goes on for another one runs the cold query again
     * from where that one stopped, so give {@code advance} big budgets.
     *
     * @return this builder
     */
    ExporterBuilder throughClient();

    /**
     * Writes Parquet files instead of one CSV object, for machines: the cold source unloads them into a folder of the
     * export's own, in no order, and the object of the finished export is the list of them, one address a line. Values
     * have their own types, but for times, which are texts with microseconds. Hot rows stand in the source's
     * statements, so {@link #lateRows} bounds them too, and a query of hot rows alone is refused.
     *
     * @return this builder
     */
    ExporterBuilder parquet();

    /**
     * For how long a ticket is good. One day by default. Give the bucket a rule that removes objects and open uploads
     * some time after that.
     *
     * @param time positive
     * @return this builder
     * @throws IllegalArgumentException if the time isn't positive
     */
    ExporterBuilder lifetime(Duration time);

    /**
     * How many rows of the hot store may lie in the archived part of a query's range, or in an overlap; with
     * {@link #parquet} in all of it. Each of them stands in a statement, a few hundred in each. 10,000 by default; with
     * more the export is refused.
     *
     * @param rows 0 or more
     * @return this builder
     * @throws IllegalArgumentException if the number is negative
     */
    ExporterBuilder lateRows(int rows);

    /**
     * How many parts the store copies side by side. 8 by default.
     *
     * @param copies 1 or more
     * @return this builder
     * @throws IllegalArgumentException if the number isn't positive
     */
    ExporterBuilder copiesAtOnce(int copies);

    /**
     * For how long a process that drives an export may be silent before another one goes on in its place. One minute by
     * default. If it wasn't dead, no harm is done, only work twice.
     *
     * @param time positive
     * @return this builder
     * @throws IllegalArgumentException if the time isn't positive
     */
    ExporterBuilder takeOverAfter(Duration time);

    /**
     * How often a running execution is looked at. First after 200 ms, then less and less often, down to every 3 seconds
     * by default.
     *
     * @param first the first pause
     * @param longest the longest pause
     * @return this builder
     * @throws IllegalArgumentException if the first pause isn't positive, or the longest is shorter
     */
    ExporterBuilder polling(Duration first, Duration longest);

    /**
     * How often a statement is run again that failed for a reason that its backend calls retryable. Twice by default.
     *
     * @param times 0 or more
     * @return this builder
     * @throws IllegalArgumentException if the number is negative
     */
    ExporterBuilder reruns(int times);

    /**
     * Where bytes that are uploaded are kept before, about 20 MiB for each export that is being advanced. The system's
     * temporary directory by default.
     *
     * @param directory a directory
     * @return this builder
     */
    ExporterBuilder workDirectory(Path directory);

    /**
     * Builds the exporter. Calls nothing.
     *
     * @return the exporter
     * @throws io.github.tieredquery.error.ConfigurationException if the settings contradict each other
     */
    Exporter build();
}
