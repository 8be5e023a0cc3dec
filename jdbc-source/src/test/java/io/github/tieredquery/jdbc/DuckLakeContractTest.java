package io.github.tieredquery.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tieredquery.error.SourceUnavailableException;
import io.github.tieredquery.error.TieredQueryException;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.query.Filter;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.spi.AccessPath;
import io.github.tieredquery.spi.RowCursor;
import io.github.tieredquery.spi.Scan;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.spi.ScanPlan;
import io.github.tieredquery.spi.Source;
import io.github.tieredquery.spi.VisibleVersions;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.Table;
import io.github.tieredquery.testkit.ContractRows;
import io.github.tieredquery.testkit.SourceContract;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The contract over a directory of Parquet files that are partitioned as an archive is. */
class DuckLakeContractTest extends SourceContract {

    private static final TimeRange DAY =
            new TimeRange(Instant.parse("2024-01-01T00:00:00Z"), Instant.parse("2024-01-02T00:00:00Z"));

    private final DuckDatabase database = DuckDatabase.get();
    private final AtomicInteger versions = new AtomicInteger();

    @TempDir
    private static Path directory;

    @Override
    protected Source sourceWith(Table table, List<Row> rows) {
        String location = write(table, rows, "0000000001");
        return source(table, location);
    }

    /** Its driver streams here, and doesn't tell then why a statement fails. */
    @Override
    protected Class<? extends TieredQueryException> overflow() {
        return SourceUnavailableException.class;
    }

    @Override
    protected long queriesStarted() {
        return database.dataSource().opened();
    }

    private JdbcSource source(Table table, String location) {
        return JdbcSource.builder(database.jdbi(), table)
                .from("read_parquet('" + location
                        + "/**/*.parquet', hive_partitioning = true, hive_types_autocast = 0)")
                .layout(layout(table))
                .build();
    }

    private static HivePartitionLayout layout(Table table) {
        HivePartitionLayout daily = HivePartitionLayout.daily(ZoneOffset.UTC);
        return table.rowType().has("region") ? daily.thenBy("region") : daily;
    }

    private String write(Table table, List<Row> rows, String version) {
        String location =
                directory.resolve("lake_" + versions.incrementAndGet()).toString();
        writeInto(location, table, rows, version);
        return location;
    }

    private void writeInto(String location, Table table, List<Row> rows, String version) {
        String name = database.createTable(table, rows);
        String region = table.rowType().has("region") ? ", region" : "";
        database.execute(
                "COPY (SELECT *, lpad(CAST(year(\"at\") AS VARCHAR), 4, '0') AS year, strftime(\"at\", '%m') AS month,"
                        + " strftime(\"at\", '%d') AS day, '" + version + "' AS tq_version FROM " + database.quote(name)
                        + ") TO '" + location + "' (FORMAT parquet, PARTITION_BY (year, month, day" + region
                        + ", tq_version), APPEND)");
    }

    @Test
    void only_visible_versions_are_read() {
        List<Row> rows = List.of(name("a", 1), name("b", 2), name("c", 3));
        String location = write(ContractRows.NAMES, rows.subList(0, 1), "0000000001");
        writeInto(location, ContractRows.NAMES, rows.subList(1, 2), "0000000002");
        writeInto(location, ContractRows.NAMES, rows.subList(2, 3), "0000000010");
        JdbcSource source = source(ContractRows.NAMES, location);
        assertThat(names(source, new VisibleVersions(0, new TreeSet<>()))).isEmpty();
        assertThat(names(source, new VisibleVersions(2, new TreeSet<>()))).containsExactly("a", "b");
        assertThat(names(source, new VisibleVersions(10, new TreeSet<>(List.of(2L)))))
                .containsExactly("a", "c");
        assertThat(source.count(scan().versions(new VisibleVersions(9, new TreeSet<>())), ScanControl.unlimited())
                        .rows())
                .isEqualTo(2);
    }

    @Test
    void explaining_names_the_partitions_and_what_is_only_tested_on_rows() {
        String location = write(ContractRows.READINGS, ContractRows.of(ContractRows.READINGS), "0000000001");
        Filter filter =
                Filter.and(Filter.eq("region", "eu"), Filter.gt("small", 3)).boundTo(ContractRows.READINGS);
        ScanPlan plan = source(ContractRows.READINGS, location)
                .explain(Scan.of(ContractRows.READINGS, DAY).filter(filter));
        assertThat(plan.accessPath()).isEqualTo(AccessPath.PARTITION_PRUNED);
        assertThat(plan.residual()).isEqualTo(Filter.gt("small", 3));
        assertThat(plan.statement())
                .contains(" WHERE (\"year\" = '2024' AND \"month\" = '01' AND \"day\" = '01') AND \"at\" >= ? AND");
    }

    private static Scan scan() {
        return Scan.of(ContractRows.NAMES, DAY);
    }

    private static Row name(String name, int seq) {
        return ContractRows.row(
                ContractRows.NAMES.rowType(),
                Instant.parse("2024-01-01T00:00:00Z").plusSeconds(seq),
                name,
                seq,
                null);
    }

    private static List<String> names(Source source, VisibleVersions visible) {
        List<String> names = new ArrayList<>();
        try (RowCursor cursor = source.open(scan().versions(visible), ScanControl.unlimited())) {
            for (Row row = cursor.next(); row != null; row = cursor.next()) {
                names.add(row.string("name"));
            }
        }
        return names;
    }
}
