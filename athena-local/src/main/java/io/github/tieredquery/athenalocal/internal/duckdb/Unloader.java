package io.github.tieredquery.athenalocal.internal.duckdb;

import io.github.tieredquery.athenalocal.internal.catalog.Catalog;
import io.github.tieredquery.athenalocal.internal.catalog.Column;
import io.github.tieredquery.athenalocal.internal.catalog.HivePaths;
import io.github.tieredquery.athenalocal.internal.catalog.Partition;
import io.github.tieredquery.athenalocal.internal.trino.Casts;
import io.github.tieredquery.athenalocal.internal.trino.Literals;
import io.github.tieredquery.athenalocal.internal.trino.Scope;
import io.github.tieredquery.athenalocal.internal.trino.Typed;
import io.github.tieredquery.athenalocal.internal.type.QueryFailedException;
import io.github.tieredquery.athenalocal.internal.type.SqlType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Writes the rows of an UNLOAD into files, one for each partition. */
public final class Unloader {
    private static final int MAX_PARTITIONS = 100;

    private final Connection connection;
    private final Unload unload;
    private final List<Scope.Field> fields;
    private final Path directory;

    public Unloader(Connection connection, Unload unload, List<Scope.Field> fields, Path directory) {
        this.connection = connection;
        this.unload = unload;
        this.fields = fields;
        this.directory = directory;
    }

    /**
     * A file to upload.
     *
     * @param folder the directory of its partition, with a slash at its end, or nothing
     */
    public record Output(Path file, String folder) {}

    /** Refuses what can't be unloaded. */
    public void check() {
        for (int i = 0; i < fields.size(); i++) {
            if (fields.get(i).name() == null) {
                throw QueryFailedException.of(
                        "MISSING_COLUMN_NAME", "line 1:1: Column name not specified at position " + (i + 1));
            }
        }
        List<String> last =
                fields
                        .subList(
                                Math.max(
                                        0,
                                        fields.size() - unload.partitionedBy().size()),
                                fields.size())
                        .stream()
                        .map(field -> Catalog.lower(String.valueOf(field.name())))
                        .toList();
        if (!last.equals(unload.partitionedBy())) {
            throw QueryFailedException.of(
                    "HIVE_COLUMN_ORDER_MISMATCH",
                    "Partition keys must be the last columns in the table and in the same order as the table"
                            + " properties: " + unload.partitionedBy());
        }
    }

    /** Carries the query out; the files are in the directory, and are the caller's to delete. */
    public List<Output> write(String sql, Statement statement) throws SQLException, IOException {
        statement.execute("CREATE TEMP TABLE unloaded AS " + sql);
        int data = fields.size() - unload.partitionedBy().size();
        List<Output> outputs = new ArrayList<>();
        if (data == fields.size()) {
            outputs.add(new Output(copy(statement, data, ""), ""));
            return outputs;
        }
        for (List<@Nullable String> values : partitions(data)) {
            List<Column> keys = IntStream.range(data, fields.size())
                    .mapToObj(i -> new Column(unload.partitionedBy().get(i - data), "string", SqlType.VARCHAR))
                    .toList();
            String condition = IntStream.range(0, keys.size())
                    .mapToObj(i -> {
                        String value = values.get(i);
                        return "CAST(c" + (data + i) + " AS VARCHAR) IS NOT DISTINCT FROM "
                                + (value == null ? "NULL" : Literals.quote(value));
                    })
                    .collect(Collectors.joining(" AND ", " WHERE ", ""));
            List<String> texts = values.stream()
                    .map(value -> value == null || value.isEmpty() ? Partition.NULL_VALUE : value)
                    .toList();
            outputs.add(new Output(copy(statement, data, condition), HivePaths.partition(keys, texts) + "/"));
        }
        return outputs;
    }

    private List<List<@Nullable String>> partitions(int data) throws SQLException {
        String keys = IntStream.range(data, fields.size())
                .mapToObj(i -> "CAST(c" + i + " AS VARCHAR)")
                .collect(Collectors.joining(", "));
        List<List<@Nullable String>> partitions = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT DISTINCT " + keys + " FROM unloaded ORDER BY ALL")) {
            while (rows.next()) {
                List<@Nullable String> values = new ArrayList<>();
                for (int i = 1; i <= fields.size() - data; i++) {
                    values.add(rows.getString(i));
                }
                partitions.add(values);
            }
        }
        if (partitions.size() > MAX_PARTITIONS) {
            throw QueryFailedException.of(
                    "HIVE_TOO_MANY_OPEN_PARTITIONS",
                    "Exceeded limit of " + MAX_PARTITIONS + " open writers for partitions/buckets");
        }
        return partitions;
    }

    private Path copy(Statement statement, int data, String condition) throws SQLException, IOException {
        Path file = Files.createTempFile(directory, "unload", "");
        String items = IntStream.range(0, data)
                .mapToObj(i -> {
                    Scope.Field field = fields.get(i);
                    String value = unload.parquet() ? "c" + i : Casts.result(new Typed("c" + i, field.type()));
                    return value + " AS \""
                            + Catalog.lower(String.valueOf(field.name())).replace("\"", "\"\"") + "\"";
                })
                .collect(Collectors.joining(", "));
        String format = unload.parquet()
                ? "FORMAT parquet, COMPRESSION " + Literals.quote(unload.compression())
                : "FORMAT csv, HEADER false, QUOTE '', ESCAPE '', NULLSTR '\\N', DELIMITER "
                        + Literals.quote(unload.delimiter())
                        + (isPlain() ? "" : ", COMPRESSION gzip");
        statement.execute("COPY (SELECT " + items + " FROM unloaded" + condition + ") TO "
                + Literals.quote(file.toString()) + " (" + format + ")");
        return file;
    }

    private boolean isPlain() {
        return unload.compression().equals("NONE");
    }
}
