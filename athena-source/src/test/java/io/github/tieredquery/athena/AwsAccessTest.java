package io.github.tieredquery.athena;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tieredquery.athena.aws.AwsAccess;
import io.github.tieredquery.athena.aws.RoleCredentials;
import io.github.tieredquery.athenalocal.AthenaLocal;
import io.github.tieredquery.testkit.TestClock;
import java.lang.reflect.Field;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.http.apache.internal.conn.IdleConnectionReaper;
import software.amazon.awssdk.services.s3.S3Client;

/** Clients and credentials: what is made, renewed and closed. */
class AwsAccessTest {

    private static final String ROLE = "arn:aws:iam::210987654321:role/reader";

    private static AthenaLocal athena;

    @BeforeAll
    static void start() {
        athena = AthenaLocal.builder().role(ROLE).start();
    }

    @AfterAll
    static void stop() {
        athena.close();
    }

    @Test
    void a_step_that_fails_late_leaves_nothing_open() throws ReflectiveOperationException {
        int before = openHttpClients();
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() -> AwsAccess.builder()
                            .region("eu-west-1")
                            .assumeRole(ROLE)
                            .athenaEndpoint(URI.create("no-scheme"))
                            .build())
                    .isInstanceOf(NullPointerException.class)
                    .hasMessageContaining("The URI scheme of endpointOverride must not be null.");
        }
        assertThat(openHttpClients()).isEqualTo(before);
    }

    /** The SDK keeps those that are open in a map, and tells nobody. */
    private static int openHttpClients() throws ReflectiveOperationException {
        Field open = IdleConnectionReaper.class.getDeclaredField("connectionManagers");
        open.setAccessible(true);
        return ((Map<?, ?>) open.get(IdleConnectionReaper.getInstance())).size();
    }

    @Test
    void calls_that_are_refused_together_take_one_new_session() {
        TestClock clock = new TestClock(Instant.parse("2024-03-05T10:00:00Z"));
        RoleCredentials role = new RoleCredentials(athena.stsClient(), ROLE, null, "tieredquery", null, clock);
        long before = athena.counters().sts("AssumeRole");
        role.resolveCredentials();
        assertThat(athena.counters().sts("AssumeRole") - before).isEqualTo(1);

        List<CompletableFuture<Void>> refused = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            refused.add(CompletableFuture.runAsync(() -> {
                role.renew();
                role.resolveCredentials();
            }));
        }
        refused.forEach(CompletableFuture::join);
        assertThat(athena.counters().sts("AssumeRole") - before).isEqualTo(2);

        clock.advance(Duration.ofSeconds(1));
        role.renew();
        role.resolveCredentials();
        assertThat(athena.counters().sts("AssumeRole") - before).isEqualTo(3);
        role.close();
    }

    @Test
    void given_clients_say_themselves_where_they_name_buckets() {
        try (AwsAccess inPaths = AwsAccess.of(athena.athenaClient(), athena.s3Client());
                S3Client hosts = S3Client.builder()
                        .region(athena.region())
                        .credentialsProvider(athena.credentials())
                        .build();
                S3Client hostsElsewhere = S3Client.builder()
                        .region(athena.region())
                        .credentialsProvider(athena.credentials())
                        .endpointOverride(URI.create("https://s3.example.com"))
                        .build();
                S3Client paths = S3Client.builder()
                        .region(athena.region())
                        .credentialsProvider(athena.credentials())
                        .serviceConfiguration(s3 -> s3.pathStyleAccessEnabled(true))
                        .build()) {
            assertThat(inPaths.isPathStyle()).isTrue();
            assertThat(AwsAccess.of(athena.athenaClient(), hosts).isPathStyle()).isFalse();
            assertThat(AwsAccess.of(athena.athenaClient(), hostsElsewhere).isPathStyle())
                    .isFalse();
            assertThat(AwsAccess.of(athena.athenaClient(), paths).isPathStyle()).isTrue();
        }
    }

    @Test
    void buckets_can_be_named_in_paths() {
        try (AwsAccess access = Athenas.access(athena).build()) {
            assertThat(access.isPathStyle()).isTrue();
            assertThat(access.s3()
                            .listObjectsV2(list -> list.bucket(athena.bucket()))
                            .contents())
                    .isEmpty();
        }
    }
}
