package io.github.tieredquery.benchmarks;

import io.github.tieredquery.athenalocal.AthenaLocal;
import io.github.tieredquery.examples.flights.PostgresFlights;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.auth.credentials.AwsCredentials;

/**
 * {@code memory}: starts the servers here and {@link SmallHeap} in a JVM of its own, so that the bound on its heap
 * holds for the library alone.
 */
final class MemoryCheck {

    private MemoryCheck() {}

    /**
     * Archives flights and streams them from both tiers.
     *
     * @param rows how many flights
     * @param heap the bound, as {@code -Xmx} takes it
     * @return the exit code of the JVM with the small heap
     */
    static int run(long rows, String heap) throws IOException, SQLException, InterruptedException {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start();
                AthenaLocal athena = AthenaLocal.start()) {
            athena.run("CREATE DATABASE lake");
            PostgresFlights.create(postgres.getPostgresDatabase(), Flights.TABLE_NAME, rows, loaded -> {});
            ProcessBuilder jvm = new ProcessBuilder(List.of(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-Xmx" + heap,
                            "-XX:+ExitOnOutOfMemoryError",
                            "-cp",
                            System.getProperty("java.class.path"),
                            SmallHeap.class.getName()))
                    .inheritIO();
            AwsCredentials credentials = athena.credentials().resolveCredentials();
            jvm.environment()
                    .putAll(Map.of(
                            "JDBC_URL", postgres.getJdbcUrl("postgres", "postgres"),
                            "ATHENA_ENDPOINT", athena.athenaEndpoint().toString(),
                            "S3_ENDPOINT", athena.s3Endpoint().toString(),
                            "BUCKET", athena.bucket(),
                            "OUTPUT_LOCATION", athena.outputLocation(),
                            "AWS_REGION", athena.region().id(),
                            "AWS_ACCESS_KEY_ID", credentials.accessKeyId(),
                            "AWS_SECRET_ACCESS_KEY", credentials.secretAccessKey(),
                            "ROWS", Long.toString(rows)));
            return jvm.start().waitFor();
        }
    }
}
