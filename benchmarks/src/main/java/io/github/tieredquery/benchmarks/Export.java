package io.github.tieredquery.benchmarks;

import io.github.tieredquery.athena.AthenaResults;
import io.github.tieredquery.athena.AthenaSource;
import io.github.tieredquery.athena.aws.AwsAccess;
import io.github.tieredquery.athenalocal.AthenaLocal;
import io.github.tieredquery.athenalocal.fault.Counters;
import io.github.tieredquery.benchmarks.ExportSide.Strategy;
import io.github.tieredquery.examples.flights.FlightRows;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.query.Query;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import software.amazon.awssdk.auth.credentials.AwsCredentials;

/**
 * {@code export}: archived flights as one CSV object, by S3's own copy of Athena's result, by pages of GetQueryResults,
 * and by downloading the result and uploading it again. All three objects have to hold the flights of the source, each
 * once and in order.
 */
final class Export {

    private static final String HEAP = "256m";
    /** States and statements of an export, which aren't its payload. */
    private static final long STATE_BYTES = 64 << 10;

    private final AthenaLocal athena;
    private final String target;
    private final PrintStream out;

    /** What a strategy took. */
    private record Taken(long millis, long peakHeapBytes, long bytesToClient, long bytesFromClient, Counters calls) {}

    /** What an object holds: how many rows, and a sum over them that doesn't depend on their order. */
    private record Content(long rows, long sum) {}

    private Export(AthenaLocal athena, String target, PrintStream out) {
        this.athena = athena;
        this.target = target;
        this.out = out;
    }

    /**
     * Runs it.
     *
     * @param rows how many flights are exported
     * @param pageLatency what a page of results takes in the simulation; zero for none
     * @param simulatedDays of how many days the flights are exported in the simulation
     */
    static void run(PrintStream out, long rows, Duration pageLatency, int simulatedDays) throws Exception {
        try (AthenaLocal athena = AthenaLocal.start();
                AwsAccess aws = AwsAccess.of(athena.athenaClient(), athena.s3Client())) {
            athena.run("CREATE DATABASE " + ExportSide.SCHEMA);
            String location = "s3://" + athena.bucket() + "/flights/";
            try (AthenaSource cold = AthenaSource.archive(aws, Flights.TABLE)
                    .table(ExportSide.SCHEMA, Flights.TABLE_NAME)
                    .layout(HivePartitionLayout.monthly(ZoneOffset.UTC).withoutVersion())
                    .location(location)
                    .results(AthenaResults.at(athena.outputLocation())
                            .polling(Duration.ofMillis(1), Duration.ofMillis(20)))
                    .createTableIfMissing()
                    .build()) {
                ColdFlights.write(cold, rows);
            }
            Export export = new Export(athena, "s3://" + athena.createBucket("exports") + "/", out);
            Map<Strategy, Taken> taken = export.compare(rows, Flights.EVERYTHING);
            if (!pageLatency.isZero()) {
                out.println();
                out.println("SIMULATED: every page of GetQueryResults takes " + pageLatency.toMillis()
                        + " ms longer, as it is told of the real Athena");
                athena.faults().latency("GetQueryResults", pageLatency);
                export.compare(rows, Query.between(Flights.FROM, Flights.FROM.plus(Duration.ofDays(simulatedDays))));
            }
            long ours =
                    Objects.requireNonNull(taken.get(Strategy.OUTPUT_LOCATION)).millis();
            long peer = Objects.requireNonNull(taken.get(Strategy.NEXT_TOKEN)).millis();
            out.printf(Locale.ROOT, "export: ratio=%.3f (ours=%d peer=%d ms)%n", (double) ours / peer, ours, peer);
        }
    }

    private Map<Strategy, Taken> compare(long archived, Query query) throws Exception {
        Content expected = source(archived, query);
        // AthenaLocal has read the archive then, whoever comes first.
        athena.run(ExportSide.sql(query));
        out.printf(Locale.ROOT, "%,d flights; the heap may have %s%n", expected.rows(), HEAP);
        out.println("| how | s | Athena calls | of them pages | S3 calls | MB to the client | MB from the client |"
                + " peak heap MiB |");
        out.println("|---|---|---|---|---|---|---|---|");
        Map<Strategy, Taken> all = new EnumMap<>(Strategy.class);
        for (Strategy strategy : Strategy.values()) {
            Taken taken = measure(strategy, query, expected);
            all.put(strategy, taken);
            out.printf(
                    Locale.ROOT,
                    "| %s | %.2f | %d | %d | %d | %.2f | %.2f | %.0f |%n",
                    strategy.title,
                    taken.millis() / 1e3,
                    sum(taken.calls().athenaCalls()),
                    taken.calls().athena("GetQueryResults"),
                    sum(taken.calls().s3Requests()),
                    taken.bytesToClient() / 1e6,
                    taken.bytesFromClient() / 1e6,
                    taken.peakHeapBytes() / 1024.0 / 1024);
        }
        Taken ours = Objects.requireNonNull(all.get(Strategy.OUTPUT_LOCATION));
        if (ours.calls().athena("GetQueryResults") > 0
                || ours.calls().s3BytesOut() > STATE_BYTES
                || ours.bytesFromClient() > STATE_BYTES) {
            throw new IllegalStateException("rows have passed through the client: " + ours);
        }
        return all;
    }

    private static long sum(Map<String, Long> calls) {
        return calls.values().stream().mapToLong(Long::longValue).sum();
    }

    private Taken measure(Strategy strategy, Query query, Content expected) throws Exception {
        Counters before = athena.counters();
        String[] result = start(strategy, query).split(" ", -1);
        Counters calls = athena.counters().since(before);
        Content content = content(URI.create(result[4]));
        if (!content.equals(expected)) {
            throw new IllegalStateException(
                    strategy.title + ": the object holds " + content + ", and the source " + expected);
        }
        return new Taken(
                Long.parseLong(result[1]),
                Long.parseLong(result[2]),
                calls.s3BytesOut() + Long.parseLong(result[3]),
                calls.s3BytesIn(),
                calls);
    }

    /** Runs a strategy in a process of its own and gives its last line. */
    private String start(Strategy strategy, Query query) throws IOException, InterruptedException {
        ProcessBuilder jvm = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx" + HEAP,
                        "-XX:+UseSerialGC",
                        "-XX:+ExitOnOutOfMemoryError",
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        ExportSide.class.getName()))
                .redirectErrorStream(true);
        AwsCredentials credentials = athena.credentials().resolveCredentials();
        jvm.environment().put("AWS_REGION", athena.region().id());
        jvm.environment().put("AWS_ACCESS_KEY_ID", credentials.accessKeyId());
        jvm.environment().put("AWS_SECRET_ACCESS_KEY", credentials.secretAccessKey());
        jvm.environment().put("ATHENA_ENDPOINT", athena.athenaEndpoint().toString());
        jvm.environment().put("S3_ENDPOINT", athena.s3Endpoint().toString());
        jvm.environment().put("LOCATION", "s3://" + athena.bucket() + "/flights/");
        jvm.environment().put("OUTPUT_LOCATION", athena.outputLocation());
        jvm.environment().put("TARGET", target);
        jvm.environment().put("STRATEGY", strategy.name());
        jvm.environment().put("FROM", query.range().from().toString());
        jvm.environment().put("TO", query.range().to().toString());
        Process process = jvm.start();
        String last = "nothing";
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                last = line;
                if (!line.startsWith("RESULT ")) {
                    out.println(line);
                }
            }
        }
        if (process.waitFor() != 0 || !last.startsWith("RESULT ")) {
            throw new IllegalStateException(strategy.title + " ended with " + process.exitValue() + ": " + last);
        }
        return last;
    }

    /** The flights that were archived, of a range. */
    private static Content source(long archived, Query query) throws IOException, SQLException {
        long rows = 0;
        long sum = 0;
        try (FlightRows flights = FlightRows.open(archived)) {
            ResultSet each = flights.rows();
            while (each.next()) {
                Instant time = ColdFlights.time(each.getString(1));
                if (query.range().contains(time)) {
                    rows++;
                    sum += mixed(line(
                            ExportSide.text(time),
                            each.getString(2),
                            each.getString(3),
                            each.getString(4),
                            each.getString(5),
                            each.getString(6)));
                }
            }
        }
        return new Content(rows, sum);
    }

    private static String line(String... values) {
        return '"' + String.join("\",\"", values) + '"';
    }

    /** What an object holds; fails where its header or its order is wrong. */
    private Content content(URI object) throws IOException {
        long rows = 0;
        long sum = 0;
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(
                athena.s3Client()
                        .getObject(get -> get.bucket(object.getHost())
                                .key(object.getPath().substring(1))),
                StandardCharsets.UTF_8))) {
            String header = lines.readLine();
            if (!line(Flights.TABLE.rowType().names().toArray(String[]::new)).equals(header)) {
                throw new IllegalStateException(object + " starts with " + header);
            }
            String time = "";
            long id = Long.MIN_VALUE;
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String nextTime = line.substring(1, 27);
                long nextId = Long.parseLong(line.substring(30, line.indexOf('"', 30)));
                if (nextTime.compareTo(time) < 0 || (nextTime.equals(time) && nextId <= id)) {
                    throw new IllegalStateException(object + ": after " + time + ", " + id + " comes " + line);
                }
                time = nextTime;
                id = nextId;
                rows++;
                sum += mixed(line);
            }
        }
        return new Content(rows, sum);
    }

    /** A hash of a line, good enough to be added up. */
    private static long mixed(String line) {
        long hash = 1;
        for (int i = 0; i < line.length(); i++) {
            hash = hash * 0x9E3779B97F4A7C15L + line.charAt(i);
        }
        return hash ^ (hash >>> 29);
    }
}
