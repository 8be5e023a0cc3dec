package io.github.tieredquery.athena.aws;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.services.sts.StsClient;
import software.amazon.awssdk.services.sts.auth.StsAssumeRoleCredentialsProvider;

/**
 * A role's credentials, renewed before they expire, and at once when a service refuses them: then a clock is wrong or
 * the session was revoked. Thread-safe.
 */
public final class RoleCredentials implements AwsCredentialsProvider, AutoCloseable {

    private static final Duration SHORTEST_RENEWAL = Duration.ofMinutes(1);
    /** Calls that were under way together are refused together, and one renewal serves them all. */
    private static final Duration BETWEEN_RENEWALS = Duration.ofSeconds(1);

    private final StsClient sts;
    private final String roleArn;
    private final @Nullable String externalId;
    private final String sessionName;
    private final @Nullable Duration duration;
    private final InstantSource clock;
    private volatile StsAssumeRoleCredentialsProvider current;
    private Instant renewedAt;
    private boolean isRenewed;

    public RoleCredentials(
            StsClient sts,
            String roleArn,
            @Nullable String externalId,
            String sessionName,
            @Nullable Duration duration,
            InstantSource clock) {
        this.sts = sts;
        this.roleArn = roleArn;
        this.externalId = externalId;
        this.sessionName = sessionName;
        this.duration = duration;
        this.clock = clock;
        this.current = provider();
        this.renewedAt = clock.instant();
    }

    @Override
    public AwsCredentials resolveCredentials() {
        return current.resolveCredentials();
    }

    public synchronized void renew() {
        Instant now = clock.instant();
        if (isRenewed && !now.isBefore(renewedAt) && now.isBefore(renewedAt.plus(BETWEEN_RENEWALS))) {
            return;
        }
        StsAssumeRoleCredentialsProvider old = current;
        current = provider();
        renewedAt = now;
        isRenewed = true;
        old.close();
    }

    /**
     * Credentials that live until then if a session can, else about as long as a new one does. A session that is too
     * short is given up for a new one at most once a minute, whatever is wished.
     */
    public AwsCredentials resolveUntil(Instant wished) {
        AwsCredentials resolved = resolveCredentials();
        if (endsBefore(wished, resolved)) {
            synchronized (this) {
                resolved = resolveCredentials();
                if (endsBefore(wished, resolved)
                        && !renewedAt.isAfter(clock.instant().minus(SHORTEST_RENEWAL))) {
                    renew();
                    resolved = resolveCredentials();
                }
            }
        }
        return resolved;
    }

    private static boolean endsBefore(Instant wished, AwsCredentials credentials) {
        return credentials.expirationTime().orElse(Instant.MAX).isBefore(wished);
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
