package io.github.tieredquery.internal.token;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Signs page tokens with HMAC-SHA256: the first key signs, all of them verify. What leads to a result in the backend is
 * always signed; without keys of the service by one of this process, and then positions aren't signed.
 */
public final class TokenKeys {

    private static final int SIGNATURE_BYTES = 16;
    private static final int SHORTEST_KEY = 16;
    private static final String HMAC = "HmacSHA256";

    private final List<SecretKeySpec> keys;
    private final boolean ofService;

    private TokenKeys(List<SecretKeySpec> keys, boolean ofService) {
        this.keys = keys;
        this.ofService = ofService;
    }

    /** A key that no other process has. */
    public static TokenKeys ofThisProcess() {
        byte[] key = new byte[32];
        new SecureRandom().nextBytes(key);
        return new TokenKeys(List.of(new SecretKeySpec(key, HMAC)), false);
    }

    /** Whether the service has given the keys, so that every token has to be signed with one. */
    public boolean areOfService() {
        return ofService;
    }

    public static TokenKeys of(List<byte[]> keys) {
        if (keys.isEmpty()) {
            throw new IllegalArgumentException("give at least one key to sign page tokens with");
        }
        for (byte[] key : keys) {
            if (key.length < SHORTEST_KEY) {
                throw new IllegalArgumentException("a key to sign page tokens with has " + key.length
                        + " bytes; give random ones, at least " + SHORTEST_KEY + " of them");
            }
        }
        return new TokenKeys(
                keys.stream().map(key -> new SecretKeySpec(key, HMAC)).toList(), true);
    }

    public byte[] sign(byte[] body) {
        byte[] signed = Arrays.copyOf(body, body.length + SIGNATURE_BYTES);
        System.arraycopy(signature(keys.get(0), body), 0, signed, body.length, SIGNATURE_BYTES);
        return signed;
    }

    /** The body of what was signed; null if no key made the signature. */
    public byte @Nullable [] verified(byte[] signed) {
        int length = signed.length - SIGNATURE_BYTES;
        if (length < 0) {
            return null;
        }
        byte[] body = Arrays.copyOf(signed, length);
        byte[] signature = Arrays.copyOfRange(signed, length, signed.length);
        for (SecretKeySpec key : keys) {
            if (MessageDigest.isEqual(signature, signature(key, body))) {
                return body;
            }
        }
        return null;
    }

    private static byte[] signature(SecretKeySpec key, byte[] body) {
        try {
            Mac mac = Mac.getInstance(HMAC);
            mac.init(key);
            return Arrays.copyOf(mac.doFinal(body), SIGNATURE_BYTES);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has " + HMAC, e);
        }
    }
}
