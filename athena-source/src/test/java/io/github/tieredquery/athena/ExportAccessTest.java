package io.github.tieredquery.athena;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tieredquery.athena.aws.AwsAccess;
import io.github.tieredquery.athena.internal.s3.S3Location;
import io.github.tieredquery.athenalocal.AthenaLocal;
import io.github.tieredquery.athenalocal.fault.Fault;
import io.github.tieredquery.export.ExportStatus;
import io.github.tieredquery.query.Query;
import io.github.tieredquery.table.Row;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Exports under another account's role, and many of them under a small heap. */
class ExportAccessTest {

    /** As many as {@code -Dexports=…} says; the heap goes with them. */
    private static final int EXPORTS = Integer.getInteger("exports", 40);

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
            rows.add(Exports.withLabel(row, hot ? 30_000 : 200_000));
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
            Set<String> refused = new ConcurrentSkipListSet<>();
            calls.forEach(call ->
                    ATHENA.faults().on(call).matching(any -> refused.add(call)).inject(Fault.expiredCredentials()));
            Query query = Exports.all();
            ExportStatus.Done done = things.exporter().build().export(query);
            S3Location at = S3Location.parse(done.object().location());
            assertThat(ATHENA.s3Client()
                            .getObjectAsBytes(get -> get.bucket(at.bucket()).key(at.key()))
                            .asUtf8String()
                            .equals(ExportTest.expected(query, rows)))
                    .isTrue();
            assertThat(refused).containsExactlyInAnyOrderElementsOf(calls);
            assertThat(ATHENA.counters().sts("AssumeRole") - sessions)
                    .as("new sessions, at most one a second")
                    .isPositive();
        }
    }

    @Test
    void many_exports_at_once_fit_into_a_small_heap() throws Exception {
        List<String> arguments = new ArrayList<>(
                List.of(Integer.toString(EXPORTS), "s3://" + ATHENA.bucket() + "/", ATHENA.outputLocation()));
        arguments.addAll(Athenas.addresses(ATHENA));
        try (ChildProcess process = ChildProcess.start(
                ExportCrowd.class,
                List.of("-Xmx" + (24 + EXPORTS) + "m", "-XX:+ExitOnOutOfMemoryError"),
                Map.of(),
                arguments)) {
            assertThat(process.exitCode(Duration.ofMinutes(4)))
                    .as(process::output)
                    .isZero();
            assertThat(process.output()).endsWith("EXPORTED " + EXPORTS + " times, different objects: 1");
        }
        assertThat(ATHENA.counters().openMultipartUploads()).isZero();
    }
}
