package io.github.tieredquery.athena;

import io.github.tieredquery.athena.aws.AwsAccess;
import io.github.tieredquery.athena.internal.s3.S3Location;
import io.github.tieredquery.export.ExportStatus;
import io.github.tieredquery.export.Exporter;
import io.github.tieredquery.query.Query;
import io.github.tieredquery.table.Row;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** A process with a small heap that exports many times at once, and says how many different objects there are. */
final class ExportCrowd {

    private ExportCrowd() {}

    /**
     * Exports.
     *
     * @param arguments how many exports, the folder for tables, the location of results, the addresses of an Athena
     */
    public static void main(String[] arguments) throws Exception {
        int exports = Integer.parseInt(arguments[0]);
        try (AwsAccess aws = Athenas.access(Arrays.asList(arguments).subList(3, arguments.length));
                Exports things = new Exports(aws, "default", arguments[1], arguments[2], "crowd")) {
            List<Row> rows = new ArrayList<>();
            for (Row row : Exports.rows(2, 30, 21)) {
                boolean hot = !Exports.time(row).isBefore(Exports.START.plus(1, ChronoUnit.DAYS));
                rows.add(Exports.withLabel(row, hot ? 30_000 : 200_000));
            }
            things.hot.put(rows);
            rows.clear();
            things.archive(9);
            Exporter exporter = things.exporter()
                    .polling(Duration.ofMillis(500), Duration.ofSeconds(5))
                    .build();
            Query query = Exports.all();
            ExecutorService threads = Executors.newFixedThreadPool(exports);
            Set<String> different = new TreeSet<>();
            try {
                List<Callable<String>> tasks = Collections.nCopies(exports, () -> digest(aws, exporter.export(query)));
                for (Future<String> digest : threads.invokeAll(tasks)) {
                    different.add(digest.get());
                }
            } finally {
                // Else its threads keep the process alive when one of the exports fails.
                threads.shutdownNow();
            }
            System.out.println("EXPORTED " + exports + " times, different objects: " + different.size());
        }
    }

    private static String digest(AwsAccess aws, ExportStatus.Done done) throws Exception {
        MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
        S3Location at = S3Location.parse(done.object().location());
        try (InputStream in = new DigestInputStream(
                aws.s3().getObject(get -> get.bucket(at.bucket()).key(at.key())), sha256)) {
            in.transferTo(OutputStream.nullOutputStream());
        }
        return done.rows() + " " + HexFormat.of().formatHex(sha256.digest());
    }
}
