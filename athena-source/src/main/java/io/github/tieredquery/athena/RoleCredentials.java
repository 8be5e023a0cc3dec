package io.github.tieredquery.athena;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.services.sts.StsClient;
import software.amazon.awssdk.services.sts.auth.StsAssumeRoleCredentialsProvider;

/**
 * A role's credentials, renewed before they expire, and at once when a service refuses them: then a clock is wrong or
 * the session was revoked. Thread-safe.
 */
final class RoleCredentials implements AwsCredentialsProvider, AutoCloseable {

    private final StsClient sts;
    private final String roleArn;
    private final @Nullable String externalId;
    private final String sessionName;
    private final @Nullable Duration duration;
    private volatile StsAssumeRoleCredentialsProvider current;

    RoleCredentials(
            StsClient sts,
            String roleArn,
            @Nullable String externalId,
            String sessionName,
            @Nullable Duration duration) {
        this.sts = sts;
        this.roleArn = roleArn;
        this.externalId = externalId;
        this.sessionName = sessionName;
        this.duration = duration;
        this.current = provider();
    }

    @Override
    public AwsCredentials resolveCredentials() {
        return current.resolveCredentials();
    }

    synchronized void renew() {
        StsAssumeRoleCredentialsProvider old = current;
        current = provider();
        old.close();
    }

    @Override
    public void close() {
        current.close();
    }

    private StsAssumeRoleCredentialsProvider provider() {
        return StsAssumeRoleCredentialsProvider.builder()
                .stsClient(sts)
                .refreshRequest(request -> {
                    request.roleArn(roleArn).roleSessionName(sessionName);
                    if (externalId != null) {
                        request.externalId(externalId);
                    }
                    if (duration != null) {
                        request.durationSeconds((int) duration.toSeconds());
                    }
                })
                .build();
    }
}
