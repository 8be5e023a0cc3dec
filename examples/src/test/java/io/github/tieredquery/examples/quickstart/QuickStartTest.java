package io.github.tieredquery.examples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tieredquery.examples.flights.EarlierFlights;
import io.github.tieredquery.examples.flights.LocalServers;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.concurrent.Callable;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;

class QuickStartTest {

    private final ByteArrayOutputStream output = new ByteArrayOutputStream();

    @Test
    void it_ends_with_zero_when_all_answers_agree_and_with_one_when_a_row_in_s3_was_changed() throws Exception {
        int exitCode;
        try (PrintStream out = new PrintStream(output, true, StandardCharsets.UTF_8)) {
            exitCode = new QuickStart(new Screen(out)).run(new TwoRounds());
        }

        assertThat(lines())
                .anySatisfy(line -> assertThat(line)
                        .startsWith("DIFFERENT 'Cold: one day in March': row ")
                        .contains("destination=XXX], but plain SQL has Flight[departedAt=2001-03-15T"));
        assertThat(lastLine()).matches("quickstart: FAILED, (1[4-9]|[2-9][0-9]) checks, [1-9] differences?");
        assertThat(exitCode).isEqualTo(1);
    }

    private final class TwoRounds implements QuickStart.Round {

        /** Half of the days are soon archived. */
        @Override
        public void loaded(LocalServers servers) throws SQLException {
            EarlierFlights.delete(
                    servers.database(),
                    "2001-03-12",
                    FlightTables.FLIGHTS,
                    FlightTables.BY_ORIGIN,
                    FlightTables.UNTOUCHED);
        }

        @Override
        public int ask(LocalServers servers, Callable<Integer> questions) throws Exception {
            assertThat(questions.call()).as(lastLine()).isZero();
            assertThat(lines())
                    .anyMatch(line ->
                            line.matches("  one CSV file of [0-9.]+ MB in [0-9.]+ s: S3 copied [0-9.]+ MB of it by"
                                    + " itself, [0-9.]+ MB came from here"));
            assertThat(lastLine()).matches("quickstart: OK, (1[4-9]|[2-9][0-9]) checks, 0 differences");
            changeOneRow(servers.athena().s3Client(), servers.athena().bucket(), "flights/year=2001/month=03/day=15/");
            output.reset();
            return questions.call();
        }
    }

    /** Rewrites a file of a partition with another destination in its first row. */
    private static void changeOneRow(S3Client s3, String bucket, String folder) throws IOException {
        String key = s3.listObjectsV2(request -> request.bucket(bucket).prefix(folder))
                .contents()
                .get(0)
                .key();
        String text;
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(
                s3.getObjectAsBytes(request -> request.bucket(bucket).key(key)).asByteArray()))) {
            text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
        String changed = text.replaceFirst("\"[A-Z]{3}\"\n", "\"XXX\"\n");
        assertThat(changed).hasSameSizeAs(text).isNotEqualTo(text);
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(file)) {
            out.write(changed.getBytes(StandardCharsets.UTF_8));
        }
        s3.putObject(request -> request.bucket(bucket).key(key), RequestBody.fromBytes(file.toByteArray()));
    }

    private String lastLine() {
        return lines()[lines().length - 1];
    }

    private String[] lines() {
        return output.toString(StandardCharsets.UTF_8).split("\n");
    }
}
