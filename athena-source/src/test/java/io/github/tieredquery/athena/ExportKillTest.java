package io.github.tieredquery.athena;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tieredquery.athena.MortalProcess.When;
import io.github.tieredquery.athena.aws.AwsAccess;
import io.github.tieredquery.athenalocal.AthenaLocal;
import io.github.tieredquery.athenalocal.fault.Counters;
import io.github.tieredquery.export.ExportStatus;
import io.github.tieredquery.export.Exporter;
import io.github.tieredquery.query.Order;
import io.github.tieredquery.store.PartitionManifest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * A process is killed before, during and after each of its calls, as {@code kill -9} does it, and this one finishes
 * what it has begun. A few of the moments, another selection each day; all of them with {@code -Dkills=all}.
 */
class ExportKillTest {

    private static final int KILLS = 6;
    /** How long S3 and Athena take for the call that is on its way when the process is killed. */
    private static final Duration ON_ITS_WAY = Duration.ofMillis(250);

    private static final Map<String, String> OPERATIONS = Map.of(
            "write", "PutObject",
            "remove", "DeleteObjects",
            "begin", "CreateMultipartUpload",
            "upload", "UploadPart",
            "copyPart", "UploadPartCopy",
            "complete", "CompleteMultipartUpload",
            "startExport", "StartQueryExecution");

    private static final AthenaLocal ATHENA = AthenaLocal.start();
    private static final AwsAccess AWS = Athenas.access(ATHENA).build();
    private static final String FOLDER = "s3://" + ATHENA.bucket() + "/";
    private static final Exports THINGS = new Exports(AWS, "default", FOLDER, ATHENA.outputLocation(), "things");
    private static String expectedOldest = "";
    private static String expectedNewest = "";

    /**
     * A moment to be killed at.
     *
     * @param call the number of the call
     */
    private record Moment(Order order, int call, String name, When when) {

        String request() {
            return order + "-" + call + "-" + name + "-" + when;
        }
    }

    @BeforeAll
    static void archive() {
        THINGS.hot.put(ExportVictim.rows());
        expectedOldest = ExportTest.expected(ExportVictim.query("OLDEST_FIRST"), THINGS.hot.rows());
        expectedNewest = ExportTest.expected(ExportVictim.query("NEWEST_FIRST"), THINGS.hot.rows());
        THINGS.archive(9);
    }

    @AfterAll
    static void close() {
        THINGS.close();
        AWS.close();
        ATHENA.close();
    }

    @Test
    void whenever_a_process_is_killed_another_one_finishes() throws Exception {
        List<Moment> moments = new ArrayList<>();
        long scanned = 0;
        for (Order order : Order.values()) {
            MortalProcess healthy = new MortalProcess(0);
            Counters before = ATHENA.counters();
            finish(healthy, order, "healthy-" + order);
            scanned = ATHENA.counters().since(before).scannedBytes();
            for (int call = 1; call <= healthy.calls().size(); call++) {
                for (When when : When.values()) {
                    moments.add(new Moment(order, call, healthy.calls().get(call - 1), when));
                }
            }
        }
        List<Moment> chosen = MortalProcess.chosen(moments, KILLS);
        for (Moment moment : chosen) {
            Counters before = ATHENA.counters();
            kill(moment);
            finish(new MortalProcess(0), moment.order(), moment.request());
            assertThat(ATHENA.counters().since(before).scannedBytes())
                    .as("%s: bytes scanned, as of one execution", moment)
                    .isEqualTo(scanned);
        }
        System.out.println("killed " + chosen.size() + " of " + moments.size() + " times");
    }

    private static void kill(Moment moment) throws Exception {
        List<String> arguments = new ArrayList<>(List.of(
                Integer.toString(moment.call()),
                moment.when().name(),
                moment.order().name(),
                moment.request(),
                Long.toString(THINGS.hot.manifests().stream()
                        .mapToLong(PartitionManifest::version)
                        .max()
                        .orElseThrow()),
                FOLDER,
                ATHENA.outputLocation()));
        arguments.addAll(Athenas.addresses(ATHENA));
        String operation = OPERATIONS.get(moment.name());
        if (moment.when() == When.DURING && operation != null) {
            ATHENA.faults().latency(operation, ON_ITS_WAY);
        }
        try (ChildProcess victim =
                ChildProcess.start(ExportVictim.class, List.of("-XX:TieredStopAtLevel=1"), Map.of(), arguments)) {
            assertThat(victim.line(line -> line.startsWith("KILL ME"), Duration.ofMinutes(2)))
                    .isEqualTo("KILL ME at " + moment.name());
            victim.kill();
        } finally {
            ATHENA.faults().clear();
        }
    }

    private static void finish(MortalProcess process, Order order, String request) {
        Exporter exporter = Exports.fast(THINGS.query()
                        .cold(process.source(THINGS.cold))
                        .build()
                        .exporter(process.store(THINGS.store())))
                .build();
        ExportStatus status =
                exporter.advance(exporter.start(ExportVictim.query(order.name()), request), Duration.ofMinutes(1));
        assertThat(status).as(request).isInstanceOf(ExportStatus.Done.class);
        String expected = order == Order.OLDEST_FIRST ? expectedOldest : expectedNewest;
        assertThat(THINGS.text(((ExportStatus.Done) status).object()).equals(expected))
                .as("%s: the object is right", request)
                .isTrue();
        ExportCrashTest.assertNothingIsLeft(ATHENA, request);
    }
}
