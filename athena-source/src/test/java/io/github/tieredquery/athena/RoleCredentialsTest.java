package io.github.tieredquery.athena;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tieredquery.athena.aws.RoleCredentials;
import io.github.tieredquery.athenalocal.AthenaLocal;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsCredentials;

class RoleCredentialsTest {

    private static final String ROLE = "arn:aws:iam::123456789012:role/exports";

    private static AthenaLocal athena;
    private volatile Instant now = Instant.now();

    @BeforeAll
    static void start() {
        athena = AthenaLocal.builder().role(ROLE).start();
    }

    @AfterAll
    static void stop() {
        athena.close();
    }

    private RoleCredentials credentials() {
        return new RoleCredentials(athena.stsClient(), ROLE, null, "test", Duration.ofMinutes(30), () -> now);
    }

    @Test
    void a_session_that_lasts_is_kept() {
        try (RoleCredentials credentials = credentials()) {
            AwsCredentials first = credentials.resolveCredentials();
            now = now.plusSeconds(600);
            assertThat(credentials.resolveUntil(Instant.now().plus(Duration.ofMinutes(25))))
                    .isEqualTo(first);
        }
    }

    @Test
    void one_that_is_too_short_is_replaced_once_a_minute_whatever_is_wished() {
        try (RoleCredentials credentials = credentials()) {
            Instant wished = Instant.now().plus(Duration.ofDays(1));
            AwsCredentials first = credentials.resolveUntil(wished);
            now = now.plusSeconds(59);
            assertThat(credentials.resolveUntil(wished)).isEqualTo(first);
            now = now.plusSeconds(1);
            AwsCredentials second = credentials.resolveUntil(wished);
            assertThat(second.accessKeyId()).isNotEqualTo(first.accessKeyId());
            assertThat(second.expirationTime().orElseThrow())
                    .isAfter(first.expirationTime().orElseThrow());
            now = now.plusSeconds(59);
            assertThat(credentials.resolveUntil(wished)).isEqualTo(second);
        }
    }
}
