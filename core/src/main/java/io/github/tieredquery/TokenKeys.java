package io.github.tieredquery;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Signs page tokens with HMAC-SHA256: the first key signs, all of them verify. Without keys nothing is signed. */
final class TokenKeys {

    static final TokenKeys NONE = new TokenKeys(List.of());

    private static final int SHORTEST_KEY = 16;
    private static final int SIGNATURE_BYTES = 16;
    private static final String HMAC = "HmacSHA256";

    private final List<SecretKeySpec> keys;

    private TokenKeys(List<SecretKeySpec> keys) {
        this.keys = keys;
    }

    static TokenKeys of(List<byte[]> keys) {
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
                keys.stream().map(key -> new SecretKeySpec(key, HMAC)).toList());
    }

    byte[] sign(byte[] body) {
        if (keys.isEmpty()) {
            return body;
        }
        byte[] signed = Arrays.copyOf(body, body.length + SIGNATURE_BYTES);
        System.arraycopy(signature(keys.get(0), body), 0, signed, body.length, SIGNATURE_BYTES);
        return signed;
    }

    /**
     * The body of what was signed.
     *
     * @throws IllegalArgumentException if no key made the signature
     */
    byte[] verified(byte[] signed) {
        if (keys.isEmpty()) {
            return signed;
        }
        int length = signed.length - SIGNATURE_BYTES;
        if (length >= 0) {
            byte[] body = Arrays.copyOf(signed, length);
            byte[] signature = Arrays.copyOfRange(signed, length, signed.length);
            for (SecretKeySpec key : keys) {
                if (MessageDigest.isEqual(signature, signature(key, body))) {
                    return body;
                }
            }
        }
        throw new IllegalArgumentException("no key made the signature");
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
