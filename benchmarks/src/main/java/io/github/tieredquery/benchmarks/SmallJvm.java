package io.github.tieredquery.benchmarks;

import com.zaxxer.hikari.HikariDataSource;
import io.github.tieredquery.athena.aws.AwsAccess;
import io.github.tieredquery.athenalocal.AthenaLocal;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import software.amazon.awssdk.auth.credentials.AwsCredentials;

/** A JVM with a small heap for the library alone: the servers stay where they were started. */
final class SmallJvm {

    private SmallJvm() {}

    /**
     * Runs a main class and waits for its end.
     *
     * @param heap the bound, as {@code -Xmx} takes it
     * @param settings what else its environment says
     * @param lines hears what it prints
     * @return its exit code
     */
    static int run(
            Class<?> main,
            String heap,
            EmbeddedPostgres postgres,
            AthenaLocal athena,
            Map<String, String> settings,
            Consumer<String> lines)
            throws IOException, InterruptedException {
        ProcessBuilder jvm = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx" + heap,
                        "-XX:+ExitOnOutOfMemoryError",
                        "-cp",
                        System.getProperty("java.class.path"),
                        main.getName()))
                .redirectErrorStream(true);
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
                        "AWS_SECRET_ACCESS_KEY", credentials.secretAccessKey()));
        jvm.environment().putAll(settings);
        Process process = jvm.start();
        try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
            output.lines().forEach(lines);
        }
        return process.waitFor();
    }

    /** What the environment says, in the JVM with the small heap. */
    static String environment(String name) {
        return Objects.requireNonNull(System.getenv(name), () -> "the environment lacks " + name);
    }

    /** Connections to the database, in the JVM with the small heap: one to copy and one for the journal. */
    static HikariDataSource pool() {
        HikariDataSource pool = new HikariDataSource();
        pool.setJdbcUrl(environment("JDBC_URL"));
        pool.setMaximumPoolSize(2);
        return pool;
    }

    /** Access to the servers, in the JVM with the small heap. */
    static AwsAccess access() {
        return AwsAccess.builder()
                .region(environment("AWS_REGION"))
                .athenaEndpoint(URI.create(environment("ATHENA_ENDPOINT")))
                .s3Endpoint(URI.create(environment("S3_ENDPOINT")))
                .pathStyle()
                .build();
    }
}
