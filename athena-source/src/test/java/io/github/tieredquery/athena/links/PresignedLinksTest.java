package io.github.tieredquery.athena.links;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tieredquery.athena.Athenas;
import io.github.tieredquery.athena.aws.AwsAccess;
import io.github.tieredquery.athenalocal.AthenaLocal;
import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.error.SourceUnavailableException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.sync.RequestBody;

class PresignedLinksTest {

    private static final String ROLE = "arn:aws:iam::123456789012:role/exports";
    private static final Duration TEN_MINUTES = Duration.ofMinutes(10);

    private static AthenaLocal athena;
    private static AwsAccess aws;
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @BeforeAll
    static void start() {
        athena = AthenaLocal.builder().role(ROLE).start();
        aws = Athenas.access(athena).build();
        put("e/flights.csv", "\"id\"\n\"1\"\n");
        put("e/other.csv", "secret");
    }

    @AfterAll
    static void stop() {
        aws.close();
        athena.close();
    }

    private static String put(String key, String content) {
        aws.s3().putObject(put -> put.bucket(athena.bucket()).key(key), RequestBody.fromString(content));
        return "s3://" + athena.bucket() + "/" + key;
    }

    private static String object() {
        return "s3://" + athena.bucket() + "/e/flights.csv";
    }

    private static HttpResponse<String> get(URI url, String... headers) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(url);
        if (headers.length > 0) {
            request.headers(headers);
        }
        return HTTP.send(request.build(), BodyHandlers.ofString());
    }

    @Test
    void a_link_downloads_the_object_under_the_file_name() throws Exception {
        Instant before = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        Link link = DownloadLinks.presigned(aws).to(object(), "Flüge \"2024\".csv", TEN_MINUTES);
        HttpResponse<String> response = get(link.url());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        assertThat(response.body()).isEqualTo("\"id\"\n\"1\"\n");
        assertThat(response.headers().firstValue("Content-Disposition"))
                .hasValue("attachment; filename=\"Fl_ge _2024_.csv\"; filename*=UTF-8''Fl%C3%BCge%20_2024_.csv");
        assertThat(response.headers().firstValue("Content-Type")).hasValue("text/csv; charset=utf-8");
        assertThat(link.expiresAt())
                .isBetween(before.plus(TEN_MINUTES), Instant.now().plus(TEN_MINUTES));
        assertThat(link.shortened()).isFalse();
        assertThat(link.url().getRawQuery()).contains("X-Amz-Expires=600");
    }

    @Test
    void s3_is_where_the_client_looks_for_it() throws Exception {
        AwsAccess ofClients = AwsAccess.of(athena.athenaClient(), athena.s3Client());
        assertThat(get(DownloadLinks.presigned(ofClients)
                                .to(object(), "flights.csv", TEN_MINUTES)
                                .url())
                        .statusCode())
                .isEqualTo(200);
        try (AwsAccess real = AwsAccess.builder()
                .region("eu-west-1")
                .credentials(athena.credentials())
                .build()) {
            assertThat(DownloadLinks.presigned(real)
                            .to("s3://exports/a b.csv", "a.csv", TEN_MINUTES)
                            .url())
                    .asString()
                    .startsWith("https://exports.s3.eu-west-1.amazonaws.com/a%20b.csv?response-content-disposition=")
                    .contains("%2Feu-west-1%2Fs3%2Faws4_request&");
        }
    }

    @Test
    void a_part_of_the_object_can_be_asked_for() throws Exception {
        Link link = DownloadLinks.presigned(aws).to(object(), "flights.csv", TEN_MINUTES);
        HttpResponse<String> response = get(link.url(), "Range", "bytes=1-2");
        assertThat(response.statusCode()).isEqualTo(206);
        assertThat(response.body()).isEqualTo("id");
    }

    @Test
    void the_content_type_can_be_chosen() throws Exception {
        Link link = DownloadLinks.presigned(aws).contentType("text/x-flights").to(object(), "f.csv", TEN_MINUTES);
        assertThat(get(link.url()).headers().firstValue("Content-Type")).hasValue("text/x-flights");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a b+c&d=e%20f?g#h.csv", "é/😀.csv", "k='x'/y.csv", "~a*(b)!.csv"})
    void keys_of_all_kinds_are_linked_to(String key) throws Exception {
        String object = put("kinds/" + key, key);
        HttpResponse<String> response = get(
                DownloadLinks.presigned(aws).to(object, "f.csv", TEN_MINUTES).url());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        assertThat(response.body()).isEqualTo(key);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "e/flights.csv | e/other.csv",
                "X-Amz-Expires=600 | X-Amz-Expires=6000",
                "flights.csv%22 | malware.exe%22",
                "text%2Fcsv | text%2Fhtml",
                "/athena-local-data/ | /athena-local-results/",
                "X-Amz-Signature= | X-Amz-Signature=0",
            })
    void an_altered_link_is_refused(String part, String altered) throws Exception {
        String url = DownloadLinks.presigned(aws)
                .to(object(), "flights.csv", TEN_MINUTES)
                .url()
                .toString();
        assertThat(url).contains(part);
        HttpResponse<String> response = get(URI.create(url.replace(part, altered)));
        assertThat(response.statusCode()).isEqualTo(403);
        assertThat(response.body())
                .contains("<Code>SignatureDoesNotMatch</Code>")
                .doesNotContain("secret");
    }

    @Test
    void an_expired_link_is_refused() throws Exception {
        Instant past = Instant.now().minus(TEN_MINUTES).minusSeconds(2);
        PresignedLinks links = DownloadLinks.presigned(aws).clock(() -> past);
        Link expired = links.to(object(), "flights.csv", TEN_MINUTES);
        assertThat(expired.expiresAt()).isBefore(Instant.now());
        assertThat(get(expired.url()).statusCode()).isEqualTo(403);
        Link alive = links.to(object(), "flights.csv", TEN_MINUTES.plusMinutes(5));
        assertThat(get(alive.url()).statusCode()).isEqualTo(200);
    }

    @Test
    void seven_days_are_the_most() {
        PresignedLinks links = DownloadLinks.presigned(aws);
        assertThat(links.to(object(), "f.csv", Duration.ofDays(7)).url().getRawQuery())
                .contains("X-Amz-Expires=604800");
        assertThatThrownBy(() -> links.to(object(), "f.csv", Duration.ofDays(7).plusSeconds(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a presigned link can't be valid for PT168H1S; S3 takes PT168H (7 days) at most, CloudFront"
                        + " and proxied links can live longer");
        assertThatThrownBy(() -> links.to(object(), "f.csv", Duration.ofMillis(999)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a link can't be valid for PT0.999S; give a second or more");
    }

    @Test
    void a_link_ends_with_the_session_that_signs_it() throws Exception {
        try (AwsAccess role = Athenas.access(athena).assumeRole(ROLE).build()) {
            PresignedLinks links = DownloadLinks.presigned(role);
            Link link = links.to(object(), "flights.csv", Duration.ofDays(2));
            Instant sessionEnd =
                    role.credentials().resolveCredentials().expirationTime().orElseThrow();
            assertThat(link.shortened()).isTrue();
            assertThat(link.expiresAt()).isEqualTo(sessionEnd.truncatedTo(ChronoUnit.SECONDS));
            assertThat(link).asString().endsWith(", expiresAt=" + link.expiresAt() + ", shortened]");
            assertThat(get(link.url()).statusCode()).isEqualTo(200);
            assertThatThrownBy(() -> links.neverShortened()
                            .clock(() -> sessionEnd.minusSeconds(60))
                            .to(object(), "flights.csv", TEN_MINUTES))
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessage("a link to " + object() + " was to be valid until "
                            + sessionEnd
                                    .minusSeconds(60)
                                    .truncatedTo(ChronoUnit.SECONDS)
                                    .plus(TEN_MINUTES)
                            + ", but the credentials that sign it end at "
                            + sessionEnd.truncatedTo(ChronoUnit.SECONDS)
                            + ": ask for less, take on the role for longer with AwsAccess.builder().sessionDuration(…),"
                            + " or use another kind of DownloadLinks");
        }
    }

    @Test
    void a_session_that_is_too_short_is_given_up_for_a_new_one_at_most_once_a_minute() {
        long before = athena.counters().sts("AssumeRole");
        try (AwsAccess role = Athenas.access(athena).assumeRole(ROLE).build()) {
            PresignedLinks links = DownloadLinks.presigned(role);
            for (int i = 0; i < 20; i++) {
                links.to(object(), "flights.csv", Duration.ofDays(1));
            }
            assertThat(athena.counters().sts("AssumeRole") - before).isEqualTo(1);
        }
    }

    @Test
    void a_link_dies_with_its_session_and_none_is_made_after_it() throws Exception {
        try (AthenaLocal brief = AthenaLocal.builder()
                        .role(ROLE)
                        .sessionExpiry(Duration.ZERO)
                        .start();
                AwsAccess role = Athenas.access(brief).assumeRole(ROLE).build()) {
            String object = "s3://" + brief.bucket() + "/x.csv";
            PresignedLinks links = DownloadLinks.presigned(role);
            Instant past = Instant.now().minusSeconds(60);
            Link link = links.clock(() -> past).to(object, "x.csv", TEN_MINUTES);
            assertThat(link.shortened()).isTrue();
            assertThat(get(link.url()).body()).contains("The provided token has expired.");
            assertThatThrownBy(() -> links.to(object, "x.csv", TEN_MINUTES))
                    .isInstanceOf(SourceUnavailableException.class)
                    .hasMessageMatching("a link to " + object
                            + " can't be made: the credentials that would sign it have" + " ended at 2\\S+Z");
        }
    }

    @Test
    void a_session_of_unknown_end_is_trusted_only_as_long_as_the_caller_says() {
        AwsSessionCredentials lambda = AwsSessionCredentials.create("ASIAX", "secret", "token");
        try (AwsAccess inLambda = Athenas.access(athena)
                .credentials(StaticCredentialsProvider.create(lambda))
                .build()) {
            PresignedLinks links = DownloadLinks.presigned(inLambda);
            assertThatThrownBy(() -> links.to(object(), "f.csv", TEN_MINUTES))
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessage(
                            "a link would end with the session that signs it, and nobody knows when that is: take on"
                                    + " a role with AwsAccess.builder().assumeRole(…), or say with unknownSessionsLast(…) how"
                                    + " long it can be trusted");
            Instant now = Instant.parse("2026-01-01T00:00:00.7Z");
            Link link = links.unknownSessionsLast(Duration.ofMinutes(5))
                    .clock(() -> now)
                    .to(object(), "f.csv", TEN_MINUTES);
            assertThat(link.expiresAt()).isEqualTo(Instant.parse("2026-01-01T00:05:00Z"));
            assertThat(link.shortened()).isTrue();
        }
    }

    @Test
    void behind_another_host_name_a_link_works_only_if_the_proxy_sends_the_signed_host() throws Exception {
        URI link = DownloadLinks.presigned(aws)
                .to(object(), "flights.csv", TEN_MINUTES)
                .url();
        try (ReverseProxy naive = ReverseProxy.passingItsOwnHost(athena.s3Endpoint());
                ReverseProxy rewriting = ReverseProxy.rewritingHost(athena.s3Endpoint())) {
            HttpResponse<String> broken = get(naive.instead(link));
            assertThat(broken.statusCode()).isEqualTo(403);
            assertThat(broken.body()).contains("<Code>SignatureDoesNotMatch</Code>");
            HttpResponse<String> working = get(rewriting.instead(link));
            assertThat(working.statusCode()).as(working.body()).isEqualTo(200);
            assertThat(working.body()).isEqualTo("\"id\"\n\"1\"\n");
        }
    }

    @Test
    void what_is_no_object_or_cannot_be_in_a_url_is_refused() {
        PresignedLinks links = DownloadLinks.presigned(aws);
        for (String wrong : List.of("https://b/k", "s3://b", "s3://b/", "s3:///k", "b/k")) {
            assertThatThrownBy(() -> links.to(wrong, "f.csv", TEN_MINUTES))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(
                            "'" + wrong + "' isn't an object in S3; write it as s3://bucket/key, without URL escapes");
        }
        assertThatThrownBy(() -> links.to("s3://b/a/../k", "f.csv", TEN_MINUTES))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "the key 'a/../k' has the path part '..', which browsers and proxies take out; copy the object"
                                + " to another key, or use DownloadLinks.proxied");
        assertThatThrownBy(() -> links.contentType("text/csv\r\nX: y"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("'text/csv\r\nX: y' isn't a content type; write it as text/csv; charset=utf-8");
    }

    @Test
    void a_link_in_a_log_is_of_no_use() {
        Link link = DownloadLinks.presigned(aws).to(object(), "flights.csv", TEN_MINUTES);
        assertThat(link)
                .hasToString("Link[http://" + athena.s3Endpoint().getAuthority() + "/…, expiresAt=" + link.expiresAt()
                        + "]");
    }
}
