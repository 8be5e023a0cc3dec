package io.github.tieredquery.athena;

import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.error.SourceUnavailableException;
import io.github.tieredquery.query.Filter;
import io.github.tieredquery.spi.AccessPath;
import io.github.tieredquery.spi.RowCursor;
import io.github.tieredquery.spi.Scan;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.spi.ScanCount;
import io.github.tieredquery.spi.ScanPlan;
import io.github.tieredquery.spi.ScanStats;
import io.github.tieredquery.spi.Source;
import io.github.tieredquery.table.Column;
import io.github.tieredquery.table.ColumnType;
import io.github.tieredquery.table.RowType;
import io.github.tieredquery.table.Table;
import java.math.BigDecimal;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.athena.model.MetadataException;
import software.amazon.awssdk.services.athena.model.TableMetadata;

/**
 * Cold rows in an Athena table over S3.
 *
 * <pre>{@code
 * AthenaSource cold = AthenaSource.builder(aws, table)
 *         .table("lake", "flights")
 *         .layout(HivePartitionLayout.daily(ZoneOffset.UTC).thenBy("origin"))
 *         .location("s3://archive/flights/")
 *         .workGroup("api")
 *         .outputLocation("s3://results/")
 *         .build();
 * }</pre>
 *
 * <p>Results are read from S3, in bounded memory: up to {@link AthenaSourceBuilder#readAhead} for each open cursor.
 * Thread-safe. Whoever builds it closes it; it doesn't close the {@link AwsAccess}.
 */
public final class AthenaSource implements Source {

    private static final RowType COUNT = RowType.of(List.of(new Column("rows", ColumnType.INT64, false)));

    private final String name;
    private final AwsAccess aws;
    private final ColdTable cold;
    private final TableDdl ddl;
    private final StatementRunner runner;
    private final ResultReader results;
    private final ExecutorService executor;
    private final ScanPrice price;
    private final String catalog;
    private final @Nullable String workGroup;
    /** What runs now, to be ended when the source is closed. */
    private final Set<AutoCloseable> open = ConcurrentHashMap.newKeySet();

    private volatile boolean closed;

    AthenaSource(AthenaSourceBuilder builder, Pauses pauses) {
        this.cold = builder.coldTable();
        this.name = "athena:" + cold.database() + "." + cold.name();
        this.aws = builder.aws;
        this.ddl = builder.ddl(cold);
        this.catalog = builder.catalog;
        this.workGroup = builder.workGroup;
        this.price = builder.price;
        this.executor = Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, "tieredquery-" + name);
            thread.setDaemon(true);
            return thread;
        });
        this.runner = new StatementRunner(aws, name, builder.runnerOptions(), pauses);
        this.results = new ResultReader(aws, runner.calls(), name, builder.readOptions(), executor);
    }

    /**
     * Starts a source.
     *
     * @param aws the clients; stays the caller's to close, after the source
     * @param table the logical table
     * @return a builder
     */
    public static AthenaSourceBuilder builder(AwsAccess aws, Table table) {
        return new AthenaSourceBuilder(aws, table);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Table table() {
        return cold.table();
    }

    @Override
    public RowCursor open(Scan scan, ScanControl control) {
        if (cold.isEmpty(scan)) {
            return new NoRows();
        }
        Execution execution = run(cold.select(scan), control);
        ResultRows rows = results.open(execution, scan.rowType(), control);
        AthenaCursor cursor = new AthenaCursor(
                rows,
                scan.rowType(),
                cold,
                new ScanStats(execution.id(), execution.bytesScanned()),
                name + ": execution " + execution.id(),
                control,
                open::remove);
        open.add(cursor);
        if (closed) {
            cursor.close();
            throw closedWhile("opening a scan");
        }
        return cursor;
    }

    @Override
    public ScanCount count(Scan scan, ScanControl control) {
        if (cold.isEmpty(scan)) {
            return new ScanCount(0, new ScanStats(null, 0));
        }
        Execution execution = run(cold.count(scan), control);
        try (ResultRows rows = results.open(execution, COUNT, control)) {
            if (!rows.next()) {
                throw new SourceUnavailableException(
                        name + ": execution " + execution.id() + " was to count and has no row");
            }
            Object count = Objects.requireNonNull(rows.value(0, new NativeCodec(ColumnType.INT64)), "count(*) is NULL");
            return new ScanCount((Long) count, new ScanStats(execution.id(), execution.bytesScanned()));
        }
    }

    @Override
    public ScanPlan explain(Scan scan) {
        return new ScanPlan(
                cold.isPruned(scan) ? AccessPath.PARTITION_PRUNED : AccessPath.FILTER_SCAN,
                cold.select(scan),
                Filter.all());
    }

    @Override
    public BigDecimal costOf(long bytesScanned) {
        return price.of(bytesScanned);
    }

    /**
     * The DDL that makes the table in Athena.
     *
     * @return a {@code CREATE EXTERNAL TABLE IF NOT EXISTS} statement
     */
    public String createTableStatement() {
        return ddl.createTable();
    }

    /**
     * Makes the table in Athena if there is none.
     *
     * @throws ConfigurationException if there is one that differs from what this source is built for
     */
    public void createTable() {
        ScanControl control = ScanControl.unlimited();
        run(ddl.createTable(), control);
        checkTable();
    }

    /** Runs a statement; it is stopped when the source is closed. */
    Execution run(String sql, ScanControl control) {
        if (closed) {
            throw closedWhile("starting a statement");
        }
        AutoCloseable running = control::cancel;
        open.add(running);
        try {
            return runner.run(sql, control);
        } finally {
            open.remove(running);
        }
    }

    /** Compares the table in Athena with this source's. */
    void checkTable() {
        TableMetadata metadata = metadata();
        if (metadata == null) {
            throw new ConfigurationException(name + ": there is no such table in the catalog " + catalog
                    + "; make it with createTableIfMissing(), or run\n" + ddl.createTable());
        }
        List<String> differences = SchemaCheck.differences(cold, ddl.partitionColumns(), metadata);
        if (!differences.isEmpty()) {
            throw new ConfigurationException(name + ": the table in Athena isn't the one that the source describes: "
                    + String.join("; ", differences));
        }
    }

    /** The table in Athena, null if there is none. */
    @Nullable
    TableMetadata metadata() {
        String what = name + ": looking at the table";
        return runner.calls().call(ScanControl.unlimited(), what, () -> {
            try {
                return aws.athena()
                        .getTableMetadata(request -> request.catalogName(catalog)
                                .databaseName(cold.database())
                                .tableName(cold.name())
                                .workGroup(workGroup))
                        .tableMetadata();
            } catch (MetadataException e) {
                if (AwsErrors.message(e).contains("EntityNotFound")
                        || AwsErrors.message(e).contains("not found")) {
                    return null;
                }
                throw e;
            }
        });
    }

    private SourceUnavailableException closedWhile(String what) {
        return new SourceUnavailableException(name + ": the source is closed; " + what + " needs an open one");
    }

    @Override
    public void close() {
        closed = true;
        for (AutoCloseable each : open) {
            try {
                each.close();
            } catch (Exception e) {
                throw new SourceUnavailableException(name + ": closing failed: " + e.getMessage(), e);
            }
        }
        executor.shutdownNow();
    }

    /** Of a scan that certainly finds nothing. */
    private static final class NoRows implements RowCursor {
        @Override
        public io.github.tieredquery.table.@Nullable Row next() {
            return null;
        }

        @Override
        public ScanStats stats() {
            return new ScanStats(null, 0);
        }

        @Override
        public void close() {}
    }
}
