package io.github.tieredquery.athena.links;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tieredquery.athena.Athenas;
import io.github.tieredquery.athena.aws.AwsAccess;
import io.github.tieredquery.athenalocal.AthenaLocal;
import io.github.tieredquery.athenalocal.fault.Fault;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.sync.RequestBody;

class LinkHandlerTest {

    private static final Duration TEN_MINUTES = Duration.ofMinutes(10);
    private static final List<byte[]> KEYS =
            List.of("0123456789abcdef0123456789abcdef".getBytes(StandardCharsets.UTF_8));
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final String ROLE = "arn:aws:iam::123456789012:role/exports";

    private static AthenaLocal athena;
    private static AwsAccess aws;
    private static LinkServer server;
    private static ProxiedLinks links;
    private static String etag;
    private static Instant modified;
    /** Well after the objects were written, so that their dates are certain. */
    private static volatile Instant now = Instant.EPOCH;

    @BeforeAll
    static void start() throws IOException {
        athena = AthenaLocal.builder().role(ROLE).start();
        aws = Athenas.access(athena).build();
        server = LinkServer.start();
        links = DownloadLinks.proxied(server.base(), KEYS).clock(() -> now);
        server.answerWith(links.handler(aws));
        put("e/flights.csv", "0123456789");
        put("e/empty.csv", "");
        etag = aws.s3()
                .headObject(h -> h.bucket(athena.bucket()).key("e/flights.csv"))
                .eTag();
        modified = aws.s3()
                .headObject(h -> h.bucket(athena.bucket()).key("e/flights.csv"))
                .lastModified();
    }

    @BeforeEach
    void set_the_clock() {
        now = Instant.now().plusSeconds(60);
    }

    @AfterAll
    static void stop() {
        server.close();
        aws.close();
        athena.close();
    }

    private static void put(String key, String content) {
        aws.s3()
                .putObject(
                        put -> put.bucket(athena.bucket()).key(key).contentType("application/x-own"),
                        RequestBody.fromString(content));
    }

    private static URI link(String key, String fileName) {
        return links.to("s3://" + athena.bucket() + "/" + key, fileName, TEN_MINUTES)
                .url();
    }

    private static URI link() {
        return link("e/flights.csv", "flights.csv");
    }

    private static HttpResponse<String> send(String method, URI url, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(url).method(method, BodyPublishers.noBody());
        if (headers.length > 0) {
            request.headers(headers);
        }
        return HTTP.send(request.build(), BodyHandlers.ofString());
    }

    private static HttpResponse<String> get(String... headers) throws IOException, InterruptedException {
        return send("GET", link(), headers);
    }

    private static String header(HttpResponse<?> response, String name) {
        return String.join("|", response.headers().allValues(name));
    }

    @Test
    void a_link_hides_bucket_and_key_and_serves_the_object() throws Exception {
        URI link = link("e/flights.csv", "Flüge.csv");
        assertThat(link.toString())
                .startsWith(server.base().toString())
                .doesNotContain("flights", athena.bucket())
                .matches(".*/downloads/[A-Za-z0-9_-]+");
        HttpResponse<String> response = send("GET", link);
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).isEqualTo("0123456789");
        assertThat(header(response, "Content-Length")).isEqualTo("10");
        assertThat(header(response, "Accept-Ranges")).isEqualTo("bytes");
        assertThat(header(response, "ETag")).isEqualTo(etag).startsWith("\"");
        assertThat(header(response, "Last-Modified")).isEqualTo(RequestHeaders.httpDate(modified));
        assertThat(header(response, "Content-Type")).isEqualTo("text/csv; charset=utf-8");
        assertThat(header(response, "Content-Disposition"))
                .isEqualTo("attachment; filename=\"Fl_ge.csv\"; filename*=UTF-8''Fl%C3%BCge.csv");
        assertThat(header(response, "Cache-Control")).isEqualTo("private, no-cache");
        assertThat(header(response, "Content-Range")).isEmpty();
        assertThat(header(response, "X-Content-Type-Options")).isEqualTo("nosniff");
        assertThat(response.headers().map().keySet()).noneMatch(name -> name.startsWith("x-amz"));
    }

    @Test
    void the_content_type_is_that_of_the_name_or_the_object_or_chosen() throws Exception {
        assertThat(header(send("GET", link("e/flights.csv", "f.parquet")), "Content-Type"))
                .isEqualTo("application/vnd.apache.parquet");
        assertThat(header(send("GET", link("e/flights.csv", "f.unknown")), "Content-Type"))
                .isEqualTo("application/x-own");
        Link chosen = links.contentType("text/x-flights")
                .to("s3://" + athena.bucket() + "/e/flights.csv", "f.csv", TEN_MINUTES);
        assertThat(header(send("GET", chosen.url()), "Content-Type")).isEqualTo("text/x-flights");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "bytes=0-0 | 0 | bytes 0-0/10",
                "bytes=2-4 | 234 | bytes 2-4/10",
                "bytes=0-9 | 0123456789 | bytes 0-9/10",
                "bytes=8-100 | 89 | bytes 8-9/10",
                "bytes=7- | 789 | bytes 7-9/10",
                "bytes=-3 | 789 | bytes 7-9/10",
                "bytes=-100 | 0123456789 | bytes 0-9/10",
                "bytes=2-4, 50-60 | 234 | bytes 2-4/10",
            })
    void one_range_gives_a_part(String range, String body, String contentRange) throws Exception {
        HttpResponse<String> response = get("Range", range);
        assertThat(response.statusCode()).isEqualTo(206);
        assertThat(response.body()).isEqualTo(body);
        assertThat(header(response, "Content-Range")).isEqualTo(contentRange);
        assertThat(header(response, "Content-Length")).isEqualTo("" + body.length());
        assertThat(header(response, "ETag")).isEqualTo(etag);
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes=10-", "bytes=10-20", "bytes=-0", "bytes=99-100, 200-"})
    void a_range_outside_is_refused_with_the_size(String range) throws Exception {
        HttpResponse<String> response = get("Range", range);
        assertThat(response.statusCode()).isEqualTo(416);
        assertThat(header(response, "Content-Range")).isEqualTo("bytes */10");
        assertThat(response.body()).isEqualTo("Range not satisfiable\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"bytes=0-1,4-5", "bytes=5-2", "bytes=", "bytes=a-b", "bytes=-", "bytes 0-1", "rows=0-1", "0-1"})
    void several_ranges_and_malformed_ones_give_the_whole(String range) throws Exception {
        HttpResponse<String> response = get("Range", range);
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).isEqualTo("0123456789");
        assertThat(header(response, "Content-Range")).isEmpty();
    }

    @Test
    void two_range_headers_are_void() throws Exception {
        assertThat(server.raw("GET " + link().getRawPath(), "Range: bytes=0-1", "Range: bytes=2-3"))
                .startsWith("HTTP/1.1 200 OK\r\n")
                .endsWith("\r\n\r\n0123456789");
    }

    @Test
    void a_range_counts_only_if_the_client_has_a_part_of_the_same() throws Exception {
        assertThat(get("Range", "bytes=2-4", "If-Range", etag).body()).isEqualTo("234");
        assertThat(get("Range", "bytes=2-4", "If-Range", RequestHeaders.httpDate(modified))
                        .body())
                .isEqualTo("234");
        for (String other : List.of(
                "\"other\"",
                "W/" + etag,
                etag.replace("\"", ""),
                RequestHeaders.httpDate(modified.minusSeconds(1)),
                RequestHeaders.httpDate(modified.plusSeconds(1)),
                "yesterday")) {
            HttpResponse<String> response = get("Range", "bytes=2-4", "If-Range", other);
            assertThat(response.statusCode()).as(other).isEqualTo(200);
            assertThat(response.body()).isEqualTo("0123456789");
        }
        assertThat(get("Range", "bytes=20-", "If-Range", "\"other\"").statusCode())
                .isEqualTo(200);
        assertThat(get("If-Range", etag).statusCode()).isEqualTo(200);
    }

    @Test
    void a_date_within_which_the_object_may_still_change_is_not_told() throws Exception {
        now = modified.plusMillis(1500);
        HttpResponse<String> response = get("Range", "bytes=2-4", "If-Range", RequestHeaders.httpDate(modified));
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(header(response, "Last-Modified")).isEmpty();
    }

    @Test
    void head_says_what_get_would_send() throws Exception {
        HttpResponse<String> response = send("HEAD", link());
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).isEmpty();
        assertThat(header(response, "Content-Length")).isEqualTo("10");
        assertThat(header(response, "Accept-Ranges")).isEqualTo("bytes");
        assertThat(header(response, "ETag")).isEqualTo(etag);
        assertThat(header(response, "Content-Disposition")).isEqualTo("attachment; filename=\"flights.csv\"");
        HttpResponse<String> ranged = send("HEAD", link(), "Range", "bytes=2-4");
        assertThat(ranged.statusCode()).as("a range counts for GET only").isEqualTo(200);
        assertThat(header(ranged, "Content-Length")).isEqualTo("10");
        assertThat(send("HEAD", link(), "If-None-Match", etag).statusCode()).isEqualTo(304);
    }

    @Test
    void what_the_client_has_already_is_not_sent_again() throws Exception {
        for (String known : List.of(etag, "W/" + etag, "*", "\"a,b\", " + etag)) {
            HttpResponse<String> response = get("If-None-Match", known);
            assertThat(response.statusCode()).as(known).isEqualTo(304);
            assertThat(header(response, "ETag")).isEqualTo(etag);
            assertThat(response.body()).isEmpty();
        }
        assertThat(get("If-None-Match", "\"other\"").statusCode()).isEqualTo(200);
        assertThat(get("If-Modified-Since", RequestHeaders.httpDate(modified)).statusCode())
                .isEqualTo(304);
        assertThat(get("If-Modified-Since", RequestHeaders.httpDate(modified.minusSeconds(1)))
                        .statusCode())
                .isEqualTo(200);
        assertThat(get("If-Modified-Since", "yesterday").statusCode()).isEqualTo(200);
        assertThat(get("If-None-Match", "\"other\"", "If-Modified-Since", RequestHeaders.httpDate(modified))
                        .statusCode())
                .as("the tag goes before the date")
                .isEqualTo(200);
        assertThat(get("Range", "bytes=2-4", "If-None-Match", etag).statusCode())
                .isEqualTo(304);
    }

    @Test
    void a_precondition_that_fails_gives_nothing() throws Exception {
        assertThat(get("If-Match", etag).statusCode()).isEqualTo(200);
        assertThat(get("If-Match", "*").statusCode()).isEqualTo(200);
        assertThat(get("If-Match", "\"other\"").statusCode()).isEqualTo(412);
        assertThat(get("If-Match", "W/" + etag).statusCode()).isEqualTo(412);
        assertThat(get("If-Unmodified-Since", RequestHeaders.httpDate(modified)).statusCode())
                .isEqualTo(200);
        assertThat(get("If-Unmodified-Since", RequestHeaders.httpDate(modified.minusSeconds(1)))
                        .statusCode())
                .isEqualTo(412);
    }

    @Test
    void dates_are_written_as_http_wants_them() {
        assertThat(RequestHeaders.httpDate(Instant.parse("2026-01-05T03:04:05Z")))
                .isEqualTo("Mon, 05 Jan 2026 03:04:05 GMT");
    }

    @Test
    void an_empty_object_is_served() throws Exception {
        URI empty = link("e/empty.csv", "empty.csv");
        HttpResponse<String> response = send("GET", empty);
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(header(response, "Content-Length")).isEqualTo("0");
        assertThat(response.body()).isEmpty();
        assertThat(header(send("GET", empty, "Range", "bytes=0-"), "Content-Range"))
                .isEqualTo("bytes */0");
        assertThat(send("GET", empty, "Range", "bytes=-5").statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "get"})
    void other_methods_are_refused(String method) throws Exception {
        assertThat(server.raw(method + " " + link().getRawPath()))
                .startsWith("HTTP/1.1 405 Method Not Allowed\r\n")
                .contains("\r\nAllow: GET, HEAD\r\n")
                .endsWith("\r\n\r\nMethod not allowed\n");
    }

    @Test
    void an_ended_link_is_gone() throws Exception {
        URI link = link();
        now = now.plus(TEN_MINUTES);
        HttpResponse<String> response = send("GET", link);
        assertThat(response.statusCode()).isEqualTo(410);
        assertThat(response.body()).isEqualTo("This link has expired\n");
        assertThat(header(response, "Cache-Control")).isEqualTo("no-store");
        HttpResponse<String> head = send("HEAD", link);
        assertThat(head.statusCode()).isEqualTo(410);
        assertThat(head.body()).isEmpty();
    }

    @Test
    void forged_foreign_and_dangling_links_look_the_same() throws Exception {
        String path = link().getRawPath();
        String foreign = DownloadLinks.proxied(server.base(), List.of(new byte[16]))
                .to("s3://" + athena.bucket() + "/e/flights.csv", "f.csv", TEN_MINUTES)
                .url()
                .getRawPath();
        String dangling = link("e/missing.csv", "missing.csv").getRawPath();
        String noBucket =
                links.to("s3://no-such-bucket/k", "f.csv", TEN_MINUTES).url().getRawPath();
        char last = path.charAt(path.length() - 5) == 'A' ? 'B' : 'A';
        String altered = path.substring(0, path.length() - 5) + last + path.substring(path.length() - 4);
        String first = withoutDate(server.raw("GET /downloads/x"));
        assertThat(first)
                .startsWith("HTTP/1.1 404 Not Found\r\n")
                .endsWith("\r\n\r\nNot found\n")
                .doesNotContain(athena.bucket());
        for (String wrong : List.of(foreign, altered, dangling, noBucket, "/", "/other")) {
            assertThat(withoutDate(server.raw("GET " + wrong))).as(wrong).isEqualTo(first);
        }
    }

    private static String withoutDate(String answer) {
        return answer.replaceFirst("Date: .*\r\n", "");
    }

    @Test
    void path_tricks_find_nothing() throws Exception {
        String path = link().getRawPath();
        String token = path.substring("/downloads/".length());
        long before = athena.counters().s3("HeadObject");
        for (String trick : List.of(
                path + "/",
                path + "//",
                path + "/..",
                path + "/.",
                path + "%2F",
                path + "%00",
                path + ";x=y",
                path + "=",
                path + "%3D",
                path + "%20",
                "//downloads/" + token,
                "/downloads//" + token,
                "/downloads/./" + token,
                "/downloads/../downloads/" + token,
                "/x/../downloads/" + token,
                "/downloads/%2e%2e/downloads/" + token,
                "/downloads%2F" + token,
                "/%64ownloads/" + token,
                "/Downloads/" + token,
                "/DOWNLOADS/" + token,
                "/downloads/" + token.toLowerCase(Locale.ROOT),
                "/downloads/" + "%" + Integer.toHexString(token.charAt(0)) + token.substring(1),
                "/downloads/" + token + "/" + token,
                "/downloads/" + token + token,
                "/downloads/",
                "/downloads",
                "/downloads/.",
                "/downloads/..",
                "/downloads/../e/flights.csv",
                "/downloads/e/flights.csv",
                "/" + athena.bucket() + "/e/flights.csv",
                "/" + token)) {
            assertThat(server.raw("GET " + trick))
                    .as(trick)
                    .startsWith("HTTP/1.1 404 ")
                    .doesNotContain("0123456789");
        }
        assertThat(athena.counters().s3("HeadObject")).isEqualTo(before);
        assertThat(server.raw("GET " + path)).startsWith("HTTP/1.1 200 ");
    }

    @Test
    void new_keys_make_links_and_old_ones_still_open_theirs() throws Exception {
        byte[] old = KEYS.get(0);
        byte[] young = "fedcba9876543210".getBytes(StandardCharsets.UTF_8);
        URI oldLink = link();
        ProxiedLinks both =
                DownloadLinks.proxied(server.base(), List.of(young, old)).clock(() -> now);
        ProxiedLinks youngOnly =
                DownloadLinks.proxied(server.base(), List.of(young)).clock(() -> now);
        URI newLink = both.to("s3://" + athena.bucket() + "/e/flights.csv", "f.csv", TEN_MINUTES)
                .url();
        assertThat(status(both, oldLink)).isEqualTo(200);
        assertThat(status(both, newLink)).isEqualTo(200);
        assertThat(status(youngOnly, newLink)).isEqualTo(200);
        assertThat(status(youngOnly, oldLink)).isEqualTo(404);
        assertThat(status(links, newLink)).isEqualTo(404);
    }

    private static int status(ProxiedLinks of, URI link) {
        try (LinkResponse response = of.handler(aws).handle("GET", link.getRawPath(), Map.of())) {
            return response.status();
        }
    }

    @Test
    void an_object_that_is_replaced_before_it_is_opened_is_looked_at_again() throws Exception {
        Fault replaced = Fault.error(412, "PreconditionFailed", "At least one of the preconditions did not hold.");
        athena.faults().on("GetObject").times(2).inject(replaced);
        assertThat(get().body()).isEqualTo("0123456789");
        athena.faults().on("GetObject").times(3).inject(replaced);
        assertThat(get().statusCode()).isEqualTo(503);
    }

    @Test
    void trouble_of_s3_is_told_as_such_and_passes() throws Exception {
        athena.faults().on("HeadObject").times(20).inject(Fault.slowDown());
        HttpResponse<String> response = get();
        athena.faults().clear();
        assertThat(response.statusCode()).isEqualTo(503);
        assertThat(header(response, "Retry-After")).isEqualTo("5");
        assertThat(response.body()).isEqualTo("Try again later\n");
        athena.faults().on("HeadObject").inject(Fault.internalError());
        athena.faults().on("GetObject").inject(Fault.internalError());
        assertThat(get().body()).isEqualTo("0123456789");
    }

    @ParameterizedTest
    @ValueSource(strings = {"HeadObject", "GetObject"})
    void a_role_whose_session_has_expired_is_taken_on_again(String operation) throws Exception {
        try (AwsAccess role = Athenas.access(athena).assumeRole(ROLE).build()) {
            LinkHandler handler = links.handler(role);
            athena.faults().on(operation).inject(Fault.expiredCredentials());
            long before = athena.counters().sts("AssumeRole");
            try (LinkResponse response = handler.handle("GET", link().getRawPath(), Map.of())) {
                assertThat(response.body().readAllBytes()).asString().isEqualTo("0123456789");
            }
            assertThat(athena.counters().sts("AssumeRole") - before).isEqualTo(2);
        }
    }

    @Test
    void a_service_that_may_not_read_the_object_says_nothing_of_it() throws Exception {
        athena.faults().on("HeadObject").inject(Fault.accessDenied());
        assertThat(get().statusCode()).isEqualTo(404);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://example.com/downloads",
                "https://example.com",
                "https://example.com/a//b/",
                "https://example.com/a/../b/",
                "https://example.com/a%20b/",
                "https://example.com/?x=y",
                "https://example.com/#x",
                "https://me@example.com/",
                "ftp://example.com/",
                "/downloads/"
            })
    void a_base_that_a_proxy_could_change_is_refused(String base) {
        assertThatThrownBy(() -> DownloadLinks.proxied(URI.create(base), KEYS))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "'" + base + "' can't be the base of links; write it as https://example.com/downloads/, with"
                                + " a slash at the end");
    }

    @Test
    void weak_keys_are_refused() {
        assertThatThrownBy(() -> DownloadLinks.proxied(server.base(), List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("give at least one key to make links with");
        assertThatThrownBy(() -> DownloadLinks.proxied(server.base(), List.of(new byte[32], new byte[15])))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a key to make links with has 15 bytes; give random ones, at least 16 of them");
    }
}
