package io.github.tieredquery.examples.crash;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** PostgreSQL, whose commits aren't durable but where a transaction says so. */
final class MortalPostgres extends MortalServer {

    private final int port;
    private @Nullable EmbeddedPostgres server;

    MortalPostgres(Path data, int port) {
        super(data);
        this.port = port;
    }

    @Override
    String url() {
        return "jdbc:postgresql://localhost:" + port + "/postgres?user=postgres";
    }

    @Override
    void start() throws IOException {
        server = EmbeddedPostgres.builder()
                .setDataDirectory(data())
                .setCleanDataDirectory(false)
                .setPort(port)
                .setLocaleConfig("locale", "C.UTF-8")
                .setServerConfig("fsync", "on")
                .setServerConfig("synchronous_commit", "off")
                .setServerConfig("wal_writer_delay", "10s")
                .start();
    }

    @Override
    List<ProcessHandle> processes() throws IOException {
        Path file = data().resolve("postmaster.pid");
        if (!Files.exists(file)) {
            return List.of();
        }
        long pid = Long.parseLong(Files.readAllLines(file).get(0).strip());
        List<ProcessHandle> all = new ArrayList<>();
        ProcessHandle.of(pid).ifPresent(postmaster -> {
            all.add(postmaster);
            postmaster.descendants().forEach(all::add);
        });
        return all;
    }

    @Override
    void forget() throws IOException {
        if (server != null) {
            server.close();
            server = null;
        }
    }

    @Override
    String createTable() {
        return "CREATE TABLE flights (departed_at timestamptz, id bigint, origin text NOT NULL, delay integer,"
                + " PRIMARY KEY (departed_at, id))";
    }

    @Override
    List<String> durable() {
        return List.of("SET synchronous_commit = on");
    }

    @Override
    Object time(Instant moment) {
        return moment.atOffset(ZoneOffset.UTC);
    }

    @Override
    String put() {
        return "INSERT INTO flights VALUES (?, ?, ?, ?) ON CONFLICT (departed_at, id) DO UPDATE SET"
                + " origin = EXCLUDED.origin, delay = EXCLUDED.delay";
    }
}
