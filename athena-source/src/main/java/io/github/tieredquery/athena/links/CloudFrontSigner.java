package io.github.tieredquery.athena.links;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.interfaces.ECKey;
import java.security.interfaces.RSAKey;
import java.util.Base64;
import java.util.regex.Pattern;

/** Signs policies with a key of a trusted key group of CloudFront's. Immutable and thread-safe. */
final class CloudFrontSigner {

    private static final Pattern KEY_PAIR_ID = Pattern.compile("[A-Za-z0-9]+");

    private final String keyPairId;
    private final PrivateKey privateKey;
    private final boolean sha256;

    private CloudFrontSigner(String keyPairId, PrivateKey privateKey, boolean sha256) {
        this.keyPairId = keyPairId;
        this.privateKey = privateKey;
        this.sha256 = sha256;
    }

    static CloudFrontSigner of(String keyPairId, PrivateKey privateKey) {
        if (!KEY_PAIR_ID.matcher(keyPairId).matches()) {
            throw new IllegalArgumentException(
                    "'" + keyPairId + "' isn't the id of a public key in CloudFront; those look like K2JCJMDEHXQW5F");
        }
        // Keys that stay in a hardware module don't show their size.
        boolean taken = switch (privateKey.getAlgorithm()) {
            case "RSA" ->
                !(privateKey instanceof RSAKey rsa) || rsa.getModulus().bitLength() == 2048;
            case "EC" ->
                !(privateKey instanceof ECKey ec) || ec.getParams().getOrder().bitLength() == 256;
            default -> false;
        };
        if (!taken) {
            throw new IllegalArgumentException("CloudFront doesn't take this " + privateKey.getAlgorithm()
                    + " key; it takes RSA with 2048 bits, or EC over P-256");
        }
        return new CloudFrontSigner(keyPairId, privateKey, false);
    }

    CloudFrontSigner sha256() {
        return new CloudFrontSigner(keyPairId, privateKey, true);
    }

    /** The query parameters that prove the policy. */
    String proof(String policy) {
        return "&Signature=" + base64(signature(policy)) + "&Key-Pair-Id=" + keyPairId
                + (sha256 ? "&Hash-Algorithm=SHA256" : "");
    }

    private byte[] signature(String policy) {
        String algorithm = (sha256 ? "SHA256with" : "SHA1with")
                + (privateKey.getAlgorithm().equals("EC") ? "ECDSA" : "RSA");
        try {
            Signature signature = Signature.getInstance(algorithm);
            signature.initSign(privateKey);
            signature.update(policy.getBytes(StandardCharsets.UTF_8));
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the key " + keyPairId + " can't sign with " + algorithm, e);
        }
    }

    /** Base64 with CloudFront's own replacements, which aren't those of base64url. */
    static String base64(byte[] bytes) {
        return Base64.getEncoder()
                .encodeToString(bytes)
                .replace('+', '-')
                .replace('=', '_')
                .replace('/', '~');
    }
}
