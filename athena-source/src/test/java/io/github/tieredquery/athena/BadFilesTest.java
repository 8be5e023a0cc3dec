package io.github.tieredquery.athena;

import static io.github.tieredquery.testkit.Flights.flight;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tieredquery.athena.internal.s3.S3Location;
import io.github.tieredquery.error.BadDataException;
import io.github.tieredquery.query.Query;
import io.github.tieredquery.table.Row;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;

/** A value of a file that isn't one of its column's type is named, and isn't taken for an outage. */
class BadFilesTest {

    private static final Query ALL =
            Query.between(Instant.parse("2024-01-01T00:00:00Z"), Instant.parse("2025-01-01T00:00:00Z"));

    private static byte[] changed(byte[] gzipped, String text, String other) {
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(gzipped))) {
            String content = new String(in.readAllBytes(), UTF_8);
            assertThat(content).contains(text);
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
                out.write(content.replace(text, other).getBytes(UTF_8));
            }
            return bytes.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What Athena itself has to cast, to put rows in order, it refuses itself, and doesn't say where it stands. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "1234567|late|reading from athena:default.flights (execution ID): row 1 [departed_at=2024-03-01T06:00:00Z, id=77],"
                        + " column 'delay': the text, of 4 bytes, isn't an integer. Correct the file that holds it, or declare the"
                        + " column as it is written",
                "77|seven|athena:default.flights: execution ID failed: INVALID_CAST_ARGUMENT: Cannot cast 'seven' to BIGINT. A file"
                        + " of the table holds what its column's encoding can't read"
            })
    void a_value_of_another_type_is_refused_as_bad_data(String text, String other, String problem) {
        try (FlightArchives archives = new FlightArchives(Instant.parse("2024-03-06T08:00:00Z"))) {
            Row row = flight("2024-03-01T06:00:00Z", 77, "SFO", 1_234_567);
            archives.hot.put(row);
            archives.archive();
            S3Client s3 = archives.athena.aws().s3();
            S3Location folder = S3Location.parse(archives.athena.location("flights"));
            String key = archives.athena.objects("flights").get(0).key();
            byte[] file = s3.getObjectAsBytes(get -> get.bucket(folder.bucket()).key(key))
                    .asByteArray();
            s3.putObject(
                    put -> put.bucket(folder.bucket()).key(key), RequestBody.fromBytes(changed(file, text, other)));
            assertThatThrownBy(() -> archives.query(event -> {}).build().list(ALL))
                    .isExactlyInstanceOf(BadDataException.class)
                    .hasMessageMatching(
                            "\\Q" + problem.replace("execution ID", "execution \\E[0-9a-f-]{36}\\Q") + "\\E");
        }
    }
}
