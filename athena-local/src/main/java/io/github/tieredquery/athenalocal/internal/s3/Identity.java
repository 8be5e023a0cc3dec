package io.github.tieredquery.athenalocal.internal.s3;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Someone who may sign requests.
 *
 * @param sessionToken the token that must accompany each request, null for long-lived keys
 * @param expiry from when on requests are refused, null for never
 */
public record Identity(
        String accessKeyId,
        String secretAccessKey,
        @Nullable String sessionToken,
        @Nullable Instant expiry,
        String arn) {

    boolean isExpired(Instant now) {
        return expiry != null && !now.isBefore(expiry);
    }

    /** The secret stays out of logs. */
    @Override
    public String toString() {
        return "Identity[" + accessKeyId + ", " + arn + "]";
    }
}
