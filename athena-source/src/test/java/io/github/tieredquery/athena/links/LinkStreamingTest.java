package io.github.tieredquery.athena.links;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tieredquery.athena.Athenas;
import io.github.tieredquery.athena.ChildProcess;
import io.github.tieredquery.athena.aws.AwsAccess;
import io.github.tieredquery.athenalocal.AthenaLocal;
import io.github.tieredquery.athenalocal.fault.Fault;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.core.sync.RequestBody;

class LinkStreamingTest {

    private static final URI BASE = URI.create("https://example.com/");
    private static final ProxiedLinks LINKS = DownloadLinks.proxied(BASE, List.of(new byte[16]));

    private static AthenaLocal athena;
    private static AwsAccess aws;

    @BeforeAll
    static void start() {
        athena = AthenaLocal.start();
        aws = Athenas.access(athena).build();
    }

    @AfterAll
    static void stop() {
        aws.close();
        athena.close();
    }

    /** Numbers one after another, so that bytes in a wrong place change the checksum. */
    private static InputStream numbers(long bytes) {
        return new InputStream() {
            private long position;

            @Override
            public int read() {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
            }

            @Override
            public int read(byte[] target, int offset, int length) {
                int count = (int) Math.min(length, bytes - position);
                for (int i = 0; i < count; i++, position++) {
                    target[offset + i] = (byte) (position >>> (8 * (position & 7)));
                }
                return count == 0 && length > 0 ? -1 : count;
            }
        };
    }

    private static String checksum(InputStream in) throws IOException {
        CRC32C crc = new CRC32C();
        byte[] buffer = new byte[64 * 1024];
        long bytes = 0;
        for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
            crc.update(buffer, 0, read);
            bytes += read;
        }
        return bytes + " bytes "
                + HexFormat.of()
                        .formatHex(
                                ByteBuffer.allocate(8).putLong(crc.getValue()).array());
    }

    private static String put(String key, long bytes) {
        aws.s3()
                .putObject(
                        put -> put.bucket(athena.bucket()).key(key),
                        RequestBody.fromInputStream(numbers(bytes), bytes));
        return "s3://" + athena.bucket() + "/" + key;
    }

    private static LinkResponse open(AwsAccess aws, String object) {
        String path = LINKS.to(object, "f.bin", Duration.ofHours(1)).url().getRawPath();
        return LINKS.handler(aws).handle("GET", path, Map.of());
    }

    @Test
    void two_downloads_of_300_megabytes_at_once_pass_through_a_heap_of_32() throws Exception {
        long bytes = 300_000_000;
        String object = put("big.bin", bytes);
        String expected = checksum(numbers(bytes));
        AwsCredentials credentials = athena.credentials().resolveCredentials();
        ExecutorService executor = Executors.newFixedThreadPool(2);
        try (ChildProcess process = ChildProcess.start(
                LinkServerMain.class,
                List.of("-Xmx32m"),
                Map.of(
                        "AWS_ACCESS_KEY_ID", credentials.accessKeyId(),
                        "AWS_SECRET_ACCESS_KEY", credentials.secretAccessKey()),
                List.of(athena.s3Endpoint().toString(), athena.region().id(), object))) {
            URI link = URI.create(process.line(line -> line.startsWith("http:"), Duration.ofMinutes(1)));
            HttpClient http = HttpClient.newHttpClient();
            Callable<String> download =
                    () -> checksum(http.send(HttpRequest.newBuilder(link).build(), BodyHandlers.ofInputStream())
                            .body());
            List<Future<String>> downloads = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                downloads.add(executor.submit(download));
            }
            for (Future<String> each : downloads) {
                assertThat(each.get(2, TimeUnit.MINUTES)).isEqualTo(expected);
            }
        } finally {
            executor.shutdownNow();
        }
    }

    private static AwsAccess through(ReverseProxy proxy) {
        return Athenas.access(athena).s3Endpoint(proxy.endpoint()).build();
    }

    @Test
    void a_connection_that_breaks_is_taken_up_at_the_byte_reached() throws Exception {
        String object = put("breaking.bin", 3_000_000);
        try (ReverseProxy proxy = ReverseProxy.cutting(athena.s3Endpoint(), 400_000, 6);
                AwsAccess broken = through(proxy);
                LinkResponse response = open(broken, object)) {
            assertThat(checksum(response.body())).isEqualTo(checksum(numbers(3_000_000)));
            assertThat(proxy.cutsLeft()).isZero();
        }
    }

    @Test
    void a_download_is_never_of_two_versions() throws Exception {
        String object = put("changing.bin", 3_000_000);
        try (ReverseProxy proxy = ReverseProxy.cutting(athena.s3Endpoint(), 400_000, 1);
                AwsAccess broken = through(proxy);
                LinkResponse response = open(broken, object)) {
            put("changing.bin", 4_000_000);
            assertThatThrownBy(() -> checksum(response.body()))
                    .isInstanceOf(IOException.class)
                    .hasMessageMatching("the object was replaced while it was read, at byte \\d+");
        }
    }

    @Test
    void a_download_that_cannot_go_on_ends_with_an_error() throws Exception {
        String object = put("broken.bin", 3_000_000);
        try (ReverseProxy proxy = ReverseProxy.cutting(athena.s3Endpoint(), 400_000, 1);
                AwsAccess broken = through(proxy);
                LinkResponse response = open(broken, object)) {
            athena.faults().on("GetObject").times(100).inject(Fault.error(403, "AccessDenied", "Access Denied"));
            assertThatThrownBy(() -> checksum(response.body()))
                    .isInstanceOf(IOException.class)
                    .hasMessageMatching("reading the object broke 5 times at byte \\d+: Access Denied .*");
        } finally {
            athena.faults().clear();
        }
    }

    @Test
    void a_client_that_has_gone_costs_no_more_of_the_object() throws IOException {
        String object = put("left.bin", 30_000_000);
        athena.resetCounters();
        try (LinkResponse response = open(aws, object)) {
            assertThat(response.body().readNBytes(1000)).hasSize(1000);
        }
        assertThat(athena.counters().s3BytesOut()).isLessThan(30_000_000);
        try (LinkResponse next = open(aws, object)) {
            assertThat(next.status()).isEqualTo(200);
        }
    }
}
