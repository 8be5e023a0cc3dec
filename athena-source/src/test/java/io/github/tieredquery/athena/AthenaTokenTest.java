package io.github.tieredquery.athena;

import static io.github.tieredquery.testkit.Flights.flight;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tieredquery.TieredQuery;
import io.github.tieredquery.athenalocal.fault.Counters;
import io.github.tieredquery.error.BadPageTokenException;
import io.github.tieredquery.query.Filter;
import io.github.tieredquery.query.Page;
import io.github.tieredquery.query.Query;
import io.github.tieredquery.table.Row;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tokens whose place in a result was changed by somebody who has stolen the key, or who has another one. */
class AthenaTokenTest {

    private static final Instant START = Instant.parse("2024-02-01T00:00:00Z");
    private static final FlightArchives ARCHIVES = new FlightArchives(START.plus(4, ChronoUnit.DAYS));
    private static final Query QUERY = Query.between(START, START.plus(1, ChronoUnit.DAYS));
    private static final byte[] KEY = "a key of the service, 32 bytes..".getBytes(StandardCharsets.UTF_8);
    private static final TieredQuery<Row> FLIGHTS =
            ARCHIVES.query(report -> {}).tokenKeys(KEY).build();
    private static final byte[] OTHER_KEY = "another one, of somebody else...".getBytes(StandardCharsets.UTF_8);
    private static final int SIGNATURE_BYTES = 16;
    private static final int EXECUTION_ID_BYTES = 36;
    private static final int TRIES = 60;

    @BeforeAll
    static void archive() {
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < 600; i++) {
            rows.add(flight(START.plusSeconds(i / 2 * 60L), i, i % 2 == 0 ? "mine" : "theirs", i % 5));
        }
        ARCHIVES.hot.put(rows);
        ARCHIVES.archive();
    }

    @AfterAll
    static void close() {
        ARCHIVES.close();
    }

    private static TieredQuery<Row> of(String tenant) {
        return FLIGHTS.restrictedTo(Filter.eq("origin", tenant));
    }

    private static byte[] bodyOf(Page<Row> page) {
        byte[] token = Base64.getUrlDecoder().decode(Objects.requireNonNull(page.nextToken()));
        return Arrays.copyOf(token, token.length - SIGNATURE_BYTES);
    }

    /** Where the execution id starts: the only text of its length in a token of flights. */
    private static int placeIn(byte[] body) {
        for (int i = 0; i < body.length - 1; i++) {
            if (body[i] == 0 && body[i + 1] == EXECUTION_ID_BYTES) {
                return i + 2;
            }
        }
        throw new AssertionError("the token leads to no result");
    }

    private static String executionId(byte[] body) {
        return new String(body, placeIn(body), EXECUTION_ID_BYTES, StandardCharsets.US_ASCII);
    }

    private static String withPlace(byte[] body, String executionId, long offset, byte[] key)
            throws GeneralSecurityException {
        int id = placeIn(body);
        int afterOffset = id + EXECUTION_ID_BYTES;
        while (body[afterOffset++] < 0) {
            // Each byte but the last of a number is negative.
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write(body, 0, id);
        bytes.writeBytes(executionId.getBytes(StandardCharsets.US_ASCII));
        long rest = offset;
        while (rest > 0x7F) {
            bytes.write((int) (rest & 0x7F) | 0x80);
            rest >>>= 7;
        }
        bytes.write((int) rest);
        bytes.write(body, afterOffset, body.length - afterOffset);
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        bytes.writeBytes(Arrays.copyOf(mac.doFinal(bytes.toByteArray()), SIGNATURE_BYTES));
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.toByteArray());
    }

    @Test
    void a_stolen_key_opens_no_result_of_others_and_no_rows_but_the_querys_own() throws GeneralSecurityException {
        Random random = new Random(20240201);
        List<Row> allowed = of("mine").list(QUERY);
        byte[] body = bodyOf(of("mine").page(QUERY, 10, null));
        String theirs = executionId(bodyOf(of("theirs").page(QUERY, 10, null)));
        for (int i = 0; i < TRIES; i++) {
            boolean foreign = random.nextBoolean();
            long offset = random.nextInt(5) == 0 ? random.nextLong() >>> 1 : random.nextInt(20_000);
            String token = withPlace(body, foreign ? theirs : executionId(body), offset, KEY);
            Counters before = ARCHIVES.athena.theLocalOne().counters();
            List<Row> rows = of("mine").page(QUERY, 10, token).rows();
            assertThat(allowed).as("byte %s", offset).containsAll(rows);
            assertThat(rows).isEqualTo(allowed.stream().filter(rows::contains).toList());
            if (foreign) {
                Counters took = ARCHIVES.athena.theLocalOne().counters().since(before);
                assertThat(rows).isEqualTo(allowed.subList(10, 20));
                assertThat(took.athena("StartQueryExecution"))
                        .as("the scan is made anew")
                        .isEqualTo(1);
                assertThat(took.s3("GetObject"))
                        .as("its own result alone is read")
                        .isEqualTo(1);
            }
        }
    }

    @Test
    void another_key_opens_nothing() throws GeneralSecurityException {
        byte[] body = bodyOf(of("mine").page(QUERY, 10, null));
        String token = withPlace(body, executionId(body), 100, OTHER_KEY);
        Counters before = ARCHIVES.athena.theLocalOne().counters();
        assertThatThrownBy(() -> of("mine").page(QUERY, 10, token))
                .isInstanceOf(BadPageTokenException.class)
                .hasMessage("table 'flights': the page token is damaged, or signed with a key that isn't known. Ask for"
                        + " the first page, without a token");
        Counters took = ARCHIVES.athena.theLocalOne().counters().since(before);
        assertThat(took.athena("GetQueryExecution") + took.s3("GetObject")).isZero();
    }
}
