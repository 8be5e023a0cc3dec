package io.github.tieredquery.athena;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tieredquery.athenalocal.AthenaLocal;
import io.github.tieredquery.athenalocal.Fault;
import io.github.tieredquery.export.ExportStatus;
import io.github.tieredquery.query.Query;
import io.github.tieredquery.table.Row;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsCredentials;

/** Exports under another account's role, and many of them under a small heap. */
class ExportAccessTest {

    private static final String ROLE = "arn:aws:iam::210987654321:role/exporter";
    private static final AthenaLocal ATHENA = AthenaLocal.builder().role(ROLE).start();

    @AfterAll
    static void close() {
        ATHENA.close();
    }

    @Test
    void an_export_under_a_role_goes_on_when_its_credentials_expire_at_any_call() {
        List<Row> rows = new ArrayList<>();
        for (Row row : Exports.rows(2, 30, 9)) {
            boolean hot = !Exports.time(row).isBefore(Exports.START.plus(1, ChronoUnit.DAYS));
            rows.add(ExportBytesTest.withLabel(row, hot ? 30_000 : 200_000));
        }
        try (AwsAccess aws = Athenas.access(ATHENA).assumeRole(ROLE).build();
                Exports things = new Exports(
                        aws, "default", "s3://" + ATHENA.bucket() + "/", ATHENA.outputLocation(), "roles")) {
            things.hot.put(rows);
            things.archive(9);
            long sessions = ATHENA.counters().sts("AssumeRole");
            List<String> calls = List.of(
                    "StartQueryExecution",
                    "GetQueryExecution",
                    "HeadObject",
                    "CreateMultipartUpload",
                    "UploadPartCopy",
                    "UploadPart",
                    "CompleteMultipartUpload",
                    "ListMultipartUploads",
                    "DeleteObjects",
                    "PutObject",
                    "GetObject");
            calls.forEach(call -> ATHENA.faults().on(call).times(1).inject(Fault.expiredCredentials()));
            Query query = Exports.all();
            ExportStatus.Done done = things.exporter().build().export(query);
            S3Location at = S3Location.parse(done.object().location());
            assertThat(ATHENA.s3Client()
                            .getObjectAsBytes(get -> get.bucket(at.bucket()).key(at.key()))
                            .asUtf8String()
                            .equals(ExportTest.expected(query, rows)))
                    .isTrue();
            assertThat(ATHENA.counters().sts("AssumeRole") - sessions)
                    .as("new sessions")
                    .isGreaterThanOrEqualTo(calls.size());
        }
    }

    @Test
    void a_hundred_exports_at_once_fit_into_a_small_heap() throws Exception {
        AwsCredentials credentials = ATHENA.credentials().resolveCredentials();
        Process process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "-XX:+ExitOnOutOfMemoryError",
                        "-Djava.io.tmpdir=" + System.getProperty("java.io.tmpdir"),
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        ExportCrowd.class.getName(),
                        "100",
                        ATHENA.athenaEndpoint().toString(),
                        ATHENA.s3Endpoint().toString(),
                        ATHENA.region().id(),
                        credentials.accessKeyId(),
                        credentials.secretAccessKey(),
                        "s3://" + ATHENA.bucket() + "/",
                        ATHENA.outputLocation()))
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(said).contains("EXPORTED 100 times, different objects: 1\n");
        assertThat(process.exitValue()).isZero();
        assertThat(ATHENA.counters().openMultipartUploads()).isZero();
    }
}
