package io.github.tieredquery.athenalocal.internal.duckdb;

import io.github.tieredquery.athenalocal.internal.catalog.Column;
import io.github.tieredquery.athenalocal.internal.catalog.Storage;
import io.github.tieredquery.athenalocal.internal.trino.Literals;
import io.github.tieredquery.athenalocal.internal.type.SqlType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The rows of the files that tables of one format and width have read so far, in one DuckDB table; each file is
 * converted once. Thread-safe: files are loaded by one thread at a time.
 */
final class RowCache {
    private static final int FILES_A_BATCH = 2000;
    private static final long BYTES_A_BATCH = 256L * 1024 * 1024;
    private static final int DEFAULT_LINE_BYTES = 1024 * 1024;

    private final String name;
    private final Storage storage;
    private final List<Column> columns;
    private final Path directory;
    private final Map<Path, Entry> files = new HashMap<>();
    private int numbers;
    private boolean created;

    private record Entry(int number, DataFile file) {}

    RowCache(String name, Storage storage, List<Column> columns, Path directory) {
        this.name = name;
        this.storage = storage;
        this.columns = columns;
        this.directory = directory;
    }

    /** The DuckDB table, with columns {@code f} (the file's number) and {@code c0, c1, …}. */
    String name() {
        return name;
    }

    /** Makes sure that the files are loaded; returns their numbers. */
    synchronized int[] load(Connection connection, List<DataFile> wanted) throws SQLException, IOException {
        create(connection);
        List<DataFile> batch = new ArrayList<>();
        long bytes = 0;
        for (DataFile file : wanted) {
            Entry entry = files.get(file.path());
            if (entry == null || !entry.file().sameContent(file)) {
                batch.add(file);
                bytes += file.size();
                if (batch.size() == FILES_A_BATCH || bytes > BYTES_A_BATCH) {
                    convert(connection, batch);
                    batch.clear();
                    bytes = 0;
                }
            }
        }
        if (!batch.isEmpty()) {
            convert(connection, batch);
        }
        int[] loaded = new int[wanted.size()];
        for (int i = 0; i < loaded.length; i++) {
            Entry entry = files.get(wanted.get(i).path());
            loaded[i] = entry == null ? -1 : entry.number();
        }
        return loaded;
    }

    private void create(Connection connection) throws SQLException {
        if (!created) {
            String list = IntStream.range(0, columns.size())
                    .mapToObj(i -> ", c" + i + " " + type(i))
                    .collect(Collectors.joining());
            execute(connection, "CREATE TABLE " + name + " (f INTEGER" + list + ")");
            created = true;
        }
    }

    private String type(int column) {
        return storage.isText() ? "VARCHAR" : columns.get(column).type().duckName();
    }

    private void convert(Connection connection, List<DataFile> batch) throws SQLException, IOException {
        if (storage.isText()) {
            convertText(connection, batch);
        } else {
            convertParquet(connection, batch);
        }
        for (int i = 0; i < batch.size(); i++) {
            files.put(batch.get(i).path(), new Entry(numbers + i, batch.get(i)));
        }
        numbers += batch.size();
    }

    private void convertText(Connection connection, List<DataFile> batch) throws SQLException, IOException {
        Path rows = Files.createTempFile(directory, "rows", ".csv");
        try {
            int longest;
            try (TextLoader loader = new TextLoader(storage, columns.size(), rows)) {
                for (int i = 0; i < batch.size(); i++) {
                    loader.append(numbers + i, batch.get(i).path());
                }
                longest = loader.longestLine();
            }
            String types = IntStream.range(0, columns.size())
                    .mapToObj(i -> ", 'c" + i + "': 'VARCHAR'")
                    .collect(Collectors.joining());
            String line = longest > DEFAULT_LINE_BYTES / 2 ? ", max_line_size=" + (longest * 2L + 1024) : "";
            execute(
                    connection,
                    "INSERT INTO " + name + " SELECT * FROM read_csv(" + Literals.quote(rows.toString())
                            + ", auto_detect=false, header=false, delim=',', quote='\"', escape='\"', nullstr='',"
                            + " allow_quoted_nulls=false, new_line='\\n'" + line
                            + ", columns={'f': 'INTEGER'" + types + "})");
        } finally {
            Files.deleteIfExists(rows);
        }
    }

    private void convertParquet(Connection connection, List<DataFile> batch) throws SQLException {
        String paths = batch.stream()
                .map(file -> Literals.quote(file.path().toString()))
                .collect(Collectors.joining(", ", "[", "]"));
        String source = "read_parquet(" + paths + ", union_by_name=true, hive_partitioning=false, filename='al_file')";
        Map<String, String> present = new HashMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet names = statement.executeQuery("DESCRIBE SELECT * FROM " + source)) {
            while (names.next()) {
                present.putIfAbsent(names.getString(1).toLowerCase(Locale.ROOT), names.getString(1));
            }
        }
        List<String> items = new ArrayList<>();
        for (Column column : columns) {
            String found = present.get(column.name());
            String type = column.type().duckName();
            String value = found == null ? "NULL" : "d.\"" + found.replace("\"", "\"\"") + "\"";
            items.add(
                    column.type().is(SqlType.Kind.TIMESTAMP)
                            ? "al_round_millis(CAST(" + value + " AS TIMESTAMP))"
                            : "CAST(" + value + " AS " + type + ")");
        }
        execute(
                connection,
                "INSERT INTO " + name + " SELECT CAST(list_position(" + paths + ", d.al_file) AS INTEGER) - 1 + "
                        + numbers + items.stream().map(item -> ", " + item).collect(Collectors.joining())
                        + " FROM " + source + " d");
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
