package io.github.tieredquery.athenalocal.internal.execution;

import io.github.tieredquery.athenalocal.internal.catalog.Catalog;
import io.github.tieredquery.athenalocal.internal.catalog.Column;
import io.github.tieredquery.athenalocal.internal.catalog.View;
import io.github.tieredquery.athenalocal.internal.duckdb.DuckDb;
import io.github.tieredquery.athenalocal.internal.duckdb.DuckErrors;
import io.github.tieredquery.athenalocal.internal.duckdb.ResultMetadata;
import io.github.tieredquery.athenalocal.internal.duckdb.TableReader;
import io.github.tieredquery.athenalocal.internal.duckdb.Unload;
import io.github.tieredquery.athenalocal.internal.duckdb.Unloader;
import io.github.tieredquery.athenalocal.internal.s3.S3Server;
import io.github.tieredquery.athenalocal.internal.trino.Casts;
import io.github.tieredquery.athenalocal.internal.trino.Literals;
import io.github.tieredquery.athenalocal.internal.trino.QueryTranslator;
import io.github.tieredquery.athenalocal.internal.trino.Relation;
import io.github.tieredquery.athenalocal.internal.trino.Scope;
import io.github.tieredquery.athenalocal.internal.trino.TableScan;
import io.github.tieredquery.athenalocal.internal.trino.Typed;
import io.github.tieredquery.athenalocal.internal.type.DoubleTexts;
import io.github.tieredquery.athenalocal.internal.type.QueryFailedException;
import io.github.tieredquery.athenalocal.internal.type.ResultColumn;
import io.github.tieredquery.athenalocal.internal.type.S3Address;
import io.github.tieredquery.athenalocal.internal.type.SqlType;
import io.trino.sql.tree.CreateView;
import io.trino.sql.tree.DropView;
import io.trino.sql.tree.Query;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkException;

/** Carries out one statement: reads what it scans, and writes its result through S3. Thread-safe. */
public final class StatementRunner {
    private final Catalog catalog;
    private final DuckDb duck;
    private final TableReader tables;
    private final HiveRunner hive;
    private final S3Server server;
    private final Path directory;

    public StatementRunner(
            Catalog catalog, DuckDb duck, TableReader tables, HiveRunner hive, S3Server server, Path directory) {
        this.catalog = catalog;
        this.duck = duck;
        this.tables = tables;
        this.hive = hive;
        this.server = server;
        this.directory = directory;
    }

    /** @throws QueryFailedException if the statement fails */
    Execution.Result run(Execution execution) {
        Plan plan = execution.plan();
        if (plan.failure() != null) {
            throw plan.failure();
        }
        String session = execution.database() == null ? "default" : Catalog.lower(execution.database());
        if (plan.hive() != null) {
            List<String> lines = hive.run(plan.hive(), session);
            List<ResultColumn> columns = plan.hive().resultColumns().stream()
                    .map(ResultColumn::string)
                    .toList();
            return writeLines(execution, lines, columns);
        }
        if (plan.trino() instanceof CreateView create) {
            createView(create, session);
            return writeLines(execution, List.of(), List.of());
        }
        if (plan.trino() instanceof DropView drop) {
            dropView(drop, session);
            return writeLines(execution, List.of(), List.of());
        }
        if (plan.trino() instanceof Query query) {
            return select(execution, query, session);
        }
        if (plan.unload() != null) {
            return unload(execution, plan.unload(), session);
        }
        throw QueryFailedException.of("NOT_SUPPORTED", "This Athena doesn't know the statement.");
    }

    private void createView(CreateView create, String session) {
        List<String> parts = create.getName().getParts();
        String name = Catalog.lower(parts.get(parts.size() - 1));
        String database = parts.size() > 1 ? Catalog.lower(parts.get(parts.size() - 2)) : session;
        if (!catalog.hasDatabase(database)) {
            throw QueryFailedException.at(create, "SCHEMA_NOT_FOUND", "Schema '" + database + "' does not exist");
        }
        boolean taken = catalog.table(database, name) != null;
        if (taken || (!create.isReplace() && catalog.view(database, name) != null)) {
            throw QueryFailedException.at(
                    create,
                    "TABLE_ALREADY_EXISTS",
                    (taken ? "Table" : "View") + " already exists: '" + Catalog.NAME + "." + database + "." + name
                            + "'");
        }
        Relation relation = new QueryTranslator(catalog, session, List.of()).translate(create.getQuery());
        List<Column> columns = new ArrayList<>();
        for (Scope.Field field : relation.visible()) {
            if (field.name() == null) {
                throw QueryFailedException.at(
                        create, "MISSING_COLUMN_NAME", "Column name not specified at position " + (columns.size() + 1));
            }
            columns.add(new Column(Catalog.lower(field.name()), field.type().hiveName(), field.type()));
        }
        catalog.put(new View(database, name, create.getQuery(), List.copyOf(columns), session));
    }

    private void dropView(DropView drop, String session) {
        List<String> parts = drop.getName().getParts();
        String name = Catalog.lower(parts.get(parts.size() - 1));
        String database = parts.size() > 1 ? Catalog.lower(parts.get(parts.size() - 2)) : session;
        if (!catalog.dropView(database, name) && !drop.isExists()) {
            throw QueryFailedException.at(
                    drop,
                    "TABLE_NOT_FOUND",
                    "View '" + Catalog.NAME + "." + database + "." + name + "' does not exist");
        }
    }

    private Execution.Result select(Execution execution, Query query, String session) {
        QueryTranslator translator =
                new QueryTranslator(catalog, session, execution.plan().parameters());
        Relation relation = translator.translate(query);
        List<ResultColumn> columns = new ArrayList<>();
        for (Scope.Field field : relation.fields()) {
            String name = field.name() == null ? "_col" + columns.size() : Catalog.lower(field.name());
            columns.add(ResultColumn.of(name, field.type()));
        }
        List<Boolean> doubles = relation.fields().stream()
                .map(field -> field.type().is(SqlType.Kind.DOUBLE))
                .toList();
        String items = IntStream.range(0, columns.size())
                .mapToObj(i -> (doubles.get(i)
                                ? DoubleTexts.bits("q.c" + i)
                                : Casts.result(new Typed(
                                        "q.c" + i, relation.fields().get(i).type())))
                        + " AS c" + i)
                .collect(Collectors.joining(", "));
        String sql = "SELECT " + items + " FROM (" + relation.sql() + ") q";
        Path rows = directory.resolve(execution.id() + ".csv");
        Path printed = directory.resolve(execution.id() + ".printed.csv");
        try (Connection connection = duck.connect()) {
            for (TableScan scan : translator.scans()) {
                execution.scanned(tables.prepare(connection, scan));
            }
            try (Statement statement = connection.createStatement()) {
                execution.attach(statement);
                statement.execute("COPY (" + sql + ") TO " + Literals.quote(rows.toString())
                        + " (FORMAT csv, HEADER false, FORCE_QUOTE *, DELIMITER ',', QUOTE '\"', ESCAPE '\"')");
            } finally {
                execution.attach(null);
            }
            if (!doubles.contains(true)) {
                return writeCsv(execution, rows, columns);
            }
            DoubleTexts.copy(rows, printed, doubles);
            return writeCsv(execution, printed, columns);
        } catch (SQLException failure) {
            throw DuckErrors.translate(failure);
        } catch (IOException failure) {
            throw new QueryFailedException(1, 200, "HIVE_CURSOR_ERROR: Failed to read: " + failure.getMessage(), false);
        } finally {
            delete(rows);
            delete(printed);
        }
    }

    private Execution.Result unload(Execution execution, Unload unload, String session) {
        QueryTranslator translator =
                new QueryTranslator(catalog, session, execution.plan().parameters());
        Relation relation = translator.translate(unload.query());
        S3Address target = S3Address.parse(unload.target());
        if (target == null || !server.bucketExists(target.bucket())) {
            throw QueryFailedException.of("INVALID_UNLOAD_TARGET", "No bucket for " + unload.target());
        }
        String[] present = server.file(target.bucket(), target.key()).toFile().list();
        if (present != null && present.length > 0) {
            throw QueryFailedException.of(
                    "HIVE_PATH_ALREADY_EXISTS", "Target directory for unload already exists: " + unload.target());
        }
        List<Unloader.Output> outputs = List.of();
        try (Connection connection = duck.connect();
                Statement statement = connection.createStatement()) {
            Unloader unloader = new Unloader(connection, unload, relation.fields(), directory);
            unloader.check();
            for (TableScan scan : translator.scans()) {
                execution.scanned(tables.prepare(connection, scan));
            }
            try {
                execution.attach(statement);
                outputs = unloader.write(relation.sql(), statement);
            } finally {
                execution.attach(null);
            }
            List<String> manifest = new ArrayList<>();
            for (Unloader.Output output : outputs) {
                S3Address address = target.child(output.folder()
                        + execution.id()
                        + (unload.parquet() || unload.compression().equals("NONE") ? "" : ".gz"));
                upload(address, () -> Files.newInputStream(output.file()), Files.size(output.file()));
                manifest.add(address.toString());
            }
            byte[] list = String.join("\n", manifest).getBytes(StandardCharsets.UTF_8);
            put(execution, "-manifest.csv", () -> new ByteArrayInputStream(list), list.length);
            Path none = put(execution, "", () -> new ByteArrayInputStream(new byte[0]), 0);
            return new Execution.Result(none, false, List.of(), execution.outputLocation() + "-manifest.csv");
        } catch (SQLException failure) {
            throw DuckErrors.translate(failure);
        } catch (IOException failure) {
            throw writeFailed(failure);
        } finally {
            outputs.forEach(output -> delete(output.file()));
        }
    }

    private Execution.Result writeCsv(Execution execution, Path rows, List<ResultColumn> columns) throws IOException {
        byte[] header = columns.stream()
                .map(column -> "\"" + column.name().replace("\"", "\"\"") + "\"")
                .collect(Collectors.joining(",", "", "\n"))
                .getBytes(StandardCharsets.UTF_8);
        long length = header.length + Files.size(rows);
        Path file = put(
                execution,
                "",
                () -> new SequenceInputStream(new ByteArrayInputStream(header), Files.newInputStream(rows)),
                length);
        putMetadata(execution, columns);
        return new Execution.Result(file, true, columns);
    }

    /** Writes a text result: one line for each row. */
    Execution.Result writeLines(Execution execution, List<String> lines, List<ResultColumn> columns) {
        byte[] text = String.join("\n", lines).getBytes(StandardCharsets.UTF_8);
        try {
            Path file = put(execution, "", () -> new ByteArrayInputStream(text), text.length);
            if (!columns.isEmpty()) {
                putMetadata(execution, columns);
            }
            return new Execution.Result(file, false, columns);
        } catch (IOException failure) {
            throw writeFailed(failure);
        }
    }

    private void putMetadata(Execution execution, List<ResultColumn> columns) throws IOException {
        byte[] metadata = ResultMetadata.of(execution.id(), columns);
        put(execution, ".metadata", () -> new ByteArrayInputStream(metadata), metadata.length);
    }

    private interface Body {
        InputStream open() throws IOException;
    }

    /** Writes as S3 does, so that the object has an ETag; returns the file that holds it. */
    private Path put(Execution execution, String suffix, Body body, long length) throws IOException {
        String location = execution.outputLocation();
        if (location == null) {
            Path file = directory.resolve("managed-" + execution.id() + suffix);
            try (InputStream in = body.open()) {
                Files.copy(in, file);
            }
            return file;
        }
        S3Address address = S3Address.parse(location);
        if (address == null) {
            throw new IOException(location + " isn't an S3 address");
        }
        S3Address whole = new S3Address(address.bucket(), address.key() + suffix);
        upload(whole, body, length);
        return server.file(whole.bucket(), whole.key());
    }

    private void upload(S3Address address, Body body, long length) {
        try (InputStream in = body.open()) {
            server.put(address, in, length);
        } catch (SdkException | IOException | IllegalArgumentException failure) {
            throw writeFailed(failure);
        }
    }

    private static QueryFailedException writeFailed(Exception failure) {
        return new QueryFailedException(2, 401, "Query result couldn't be written: " + failure.getMessage(), false);
    }

    private static void delete(@Nullable Path file) {
        try {
            if (file != null) {
                Files.deleteIfExists(file);
            }
        } catch (IOException leftBehind) {
            // The directory goes as a whole at the end.
            return;
        }
    }
}
