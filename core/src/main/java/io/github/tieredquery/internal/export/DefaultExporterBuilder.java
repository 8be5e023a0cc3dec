package io.github.tieredquery.internal.export;

import io.github.tieredquery.export.CsvOptions;
import io.github.tieredquery.export.ExportScan;
import io.github.tieredquery.export.ExportStore;
import io.github.tieredquery.export.ExporterBuilder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;

/** Holds what an exporter is built with. Not thread-safe. */
public final class DefaultExporterBuilder implements ExporterBuilder {

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
    public DefaultExporterBuilder(ExportBackend backend, ExportStore store) {
        this.backend = Objects.requireNonNull(backend, "backend");
        this.store = Objects.requireNonNull(store, "store");
    }

    @Override
    public DefaultExporterBuilder csv(CsvOptions options) {
        csv = Objects.requireNonNull(options, "options");
        return this;
    }

    @Override
    public DefaultExporterBuilder unordered() {
        arrangement = ExportScan.Arrangement.ANY;
        return this;
    }

    @Override
    public DefaultExporterBuilder throughClient() {
        transfer = ExportTransfer.CLIENT;
        return this;
    }

    @Override
    public DefaultExporterBuilder parquet() {
        transfer = ExportTransfer.UNLOAD;
        return unordered();
    }

    @Override
    public DefaultExporterBuilder lifetime(Duration time) {
        lifetime = positive("lifetime", time);
        return this;
    }

    @Override
    public DefaultExporterBuilder lateRows(int rows) {
        if (rows < 0) {
            throw new IllegalArgumentException("lateRows(" + rows + "): the number is 0 or more");
        }
        lateRows = rows;
        return this;
    }

    @Override
    public DefaultExporterBuilder copiesAtOnce(int copies) {
        if (copies < 1) {
            throw new IllegalArgumentException("copiesAtOnce(" + copies + "): the number is 1 or more");
        }
        copiesAtOnce = copies;
        return this;
    }

    @Override
    public DefaultExporterBuilder takeOverAfter(Duration time) {
        takeOverAfter = positive("takeOverAfter", time);
        return this;
    }

    @Override
    public DefaultExporterBuilder polling(Duration first, Duration longest) {
        firstPoll = positive("polling", first);
        if (longest.compareTo(first) < 0) {
            throw new IllegalArgumentException(
                    "polling(" + first + ", " + longest + "): the longest pause isn't shorter than the first");
        }
        longestPoll = longest;
        return this;
    }

    @Override
    public DefaultExporterBuilder reruns(int times) {
        if (times < 0) {
            throw new IllegalArgumentException("reruns(" + times + "): the number is 0 or more");
        }
        reruns = times;
        return this;
    }

    @Override
    public DefaultExporterBuilder workDirectory(Path directory) {
        workDirectory = Objects.requireNonNull(directory, "directory");
        return this;
    }

    @Override
    public DefaultExporter build() {
        return build(MultipartPlanner.S3, 8L << 20);
    }

    /** With other limits, for tests. */
    DefaultExporter build(MultipartPlanner.Limits limits, long partBytes) {
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
        DefaultExporter.check(backend, settings);
        return new DefaultExporter(backend, store, settings);
    }

    private static Duration positive(String name, Duration time) {
        if (time.isZero() || time.isNegative()) {
            throw new IllegalArgumentException(name + "(" + time + "): the time is positive");
        }
        return time;
    }
}
