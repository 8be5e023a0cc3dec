package io.github.tieredquery.benchmarks;

import io.github.tieredquery.athenalocal.AthenaLocal;
import io.github.tieredquery.examples.flights.PostgresFlights;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.postgresql.PGConnection;

/**
 * {@code archive}: rows that are archived in a second, by day and by day and origin, each in a JVM with a small heap,
 * against PostgreSQL's {@code COPY … TO STDOUT} piped to gzip: nothing that packs the rows of a table into files can be
 * faster. The peer neither spreads rows over partitions, nor registers, verifies, compares and deletes them.
 */
final class ArchiveFlights {

    private static final Pattern REPORT = Pattern.compile("archived (\\d+) rows in .* in (\\d+) ms; .*");
    private static final int PEER_ROUNDS = 3;

    private ArchiveFlights() {}

    /**
     * Runs it.
     *
     * @param rows how many flights are in the table
     * @param days how many days of them are archived, from the first on
     * @param heap the bound of the archiver's heap, as {@code -Xmx} takes it
     */
    static void run(PrintStream out, long rows, int days, String heap) throws Exception {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.builder()
                        .setServerConfig("fsync", "on")
                        .start();
                AthenaLocal athena = AthenaLocal.start()) {
            athena.run("CREATE DATABASE lake");
            DataSource database = postgres.getPostgresDatabase();
            PostgresFlights.create(database, Flights.TABLE_NAME, rows, loaded -> {});
            Instant end = Flights.FROM.plus(Duration.ofDays(days));
            List<Double> peer = new ArrayList<>();
            for (int i = 0; i < PEER_ROUNDS; i++) {
                peer.add(copyToGzip(database, end));
            }
            double peerRate = peer.stream().sorted().toList().get(PEER_ROUNDS / 2);
            out.printf(Locale.ROOT, "COPY … TO STDOUT | gzip: %s rows/s, median %.0f%n", rounded(peer), peerRate);
            double[] rates = new double[2];
            String[] layouts = {"day", "day and origin"};
            for (int i = 0; i < layouts.length; i++) {
                String table = "flights_" + i;
                PostgresFlights.copy(database, table, Flights.TABLE_NAME);
                out.println("by " + layouts[i] + ", heap " + heap + ":");
                rates[i] = archive(
                        out,
                        heap,
                        postgres,
                        athena,
                        Map.of(
                                "TABLE",
                                table,
                                "LAYOUT",
                                layouts[i],
                                "NOW",
                                end.plus(Duration.ofDays(1)).toString()));
                out.printf(Locale.ROOT, "  %.0f rows/s, %.3f of COPY's%n", rates[i], rates[i] / peerRate);
            }
            out.printf(
                    Locale.ROOT,
                    "archive: ratio=%.3f (ours=%.0f peer=%.0f rows/s)%n",
                    rates[0] / peerRate,
                    rates[0],
                    peerRate);
        }
    }

    private static String rounded(List<Double> rates) {
        return rates.stream()
                .map(rate -> String.format(Locale.ROOT, "%.0f", rate))
                .toList()
                .toString();
    }

    private static double archive(
            PrintStream out, String heap, EmbeddedPostgres postgres, AthenaLocal athena, Map<String, String> settings)
            throws IOException, InterruptedException {
        double[] rate = new double[1];
        int exitCode = SmallJvm.run(ArchiveInSmallHeap.class, heap, postgres, athena, settings, line -> {
            out.println("  " + line);
            Matcher report = REPORT.matcher(line);
            if (report.matches()) {
                rate[0] = Long.parseLong(report.group(1)) * 1_000.0 / Math.max(1, Long.parseLong(report.group(2)));
            }
        });
        if (exitCode != 0 || rate[0] == 0) {
            throw new IllegalStateException("the archiver ended with " + exitCode);
        }
        return rate[0];
    }

    /** Rows in a second. */
    private static double copyToGzip(DataSource database, Instant end)
            throws IOException, SQLException, InterruptedException {
        Path file = Files.createTempFile("flights", ".csv.gz");
        try (Connection connection = database.getConnection()) {
            try (Statement statement = connection.createStatement()) {
                statement.execute("SET TIME ZONE 'UTC'");
            }
            long start = System.nanoTime();
            Process gzip = new ProcessBuilder("gzip", "-c")
                    .redirectOutput(file.toFile())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            long rows;
            try (OutputStream pipe = gzip.getOutputStream()) {
                rows = connection
                        .unwrap(PGConnection.class)
                        .getCopyAPI()
                        .copyOut(
                                "COPY (SELECT departed_at, id, delay, distance, origin, destination FROM "
                                        + Flights.TABLE_NAME + " WHERE departed_at < '" + end
                                        + "' ORDER BY departed_at, id) TO STDOUT (FORMAT csv)",
                                pipe);
            }
            if (gzip.waitFor() != 0 || rows == 0) {
                throw new IllegalStateException("gzip ended with " + gzip.exitValue() + " after " + rows + " rows");
            }
            return rows * 1e9 / (System.nanoTime() - start);
        } finally {
            Files.delete(file);
        }
    }
}
