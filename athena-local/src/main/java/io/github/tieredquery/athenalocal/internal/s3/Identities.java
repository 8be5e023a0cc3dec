package io.github.tieredquery.athenalocal.internal.s3;

import java.security.SecureRandom;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Everyone who may sign requests to any of the endpoints. Thread-safe. */
public final class Identities {
    private static final String ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    private final SecureRandom random = new SecureRandom();
    private final Map<String, Identity> byAccessKey = new ConcurrentHashMap<>();

    Identity add(Identity identity) {
        byAccessKey.put(identity.accessKeyId(), identity);
        return identity;
    }

    public Identity createLongLived(String arn) {
        return add(new Identity("AKIA" + text(16), text(40), null, null, arn));
    }

    Identity createTemporary(String arn, Instant expiry) {
        return add(new Identity("ASIA" + text(16), text(40), text(64), expiry, arn));
    }

    @Nullable
    Identity find(@Nullable String accessKeyId) {
        return accessKeyId == null ? null : byAccessKey.get(accessKeyId);
    }

    private String text(int length) {
        StringBuilder text = new StringBuilder(length);
        for (int i = 0; i < length; i++) {
            text.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
        }
        return text.toString();
    }
}
