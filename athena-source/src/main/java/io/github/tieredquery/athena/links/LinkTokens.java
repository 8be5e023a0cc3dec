package io.github.tieredquery.athena.links;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Opaque texts that stand for a download and its end: base64url of a version, a random nonce, and both encrypted with
 * AES-GCM. A signature alone would leave bucket and key readable; AES-GCM hides and authenticates in one, so nothing of
 * a forged text is ever read. The AES keys are derived from the given ones with HMAC-SHA256, so that those may sign
 * other things as well, page tokens say. The first key seals, all of them open.
 *
 * <p>A key is good for four thousand million links: beyond that, random nonces of this size may repeat.
 */
final class LinkTokens {

    private static final byte VERSION = 1;
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BYTES = 16;
    private static final int SHORTEST_KEY = 16;
    /** Beyond what a bucket, a key, a file name and a content type of the greatest lengths come to. */
    private static final int LONGEST_TOKEN = 4096;

    private static final byte[] PURPOSE = "tieredquery download link 1".getBytes(StandardCharsets.US_ASCII);

    private final List<SecretKeySpec> keys;
    private final SecureRandom random = new SecureRandom();

    /**
     * What a text stands for.
     *
     * @param download what it leads to
     * @param end the first instant at which it doesn't count any more
     */
    record Opened(Download download, Instant end) {}

    LinkTokens(List<byte[]> keys) {
        if (keys.isEmpty()) {
            throw new IllegalArgumentException("give at least one key to make links with");
        }
        for (byte[] key : keys) {
            if (key.length < SHORTEST_KEY) {
                throw new IllegalArgumentException("a key to make links with has " + key.length
                        + " bytes; give random ones, at least " + SHORTEST_KEY + " of them");
            }
        }
        this.keys = keys.stream().map(LinkTokens::derived).toList();
    }

    private static SecretKeySpec derived(byte[] key) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return new SecretKeySpec(mac.doFinal(PURPOSE), "AES");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has HMAC-SHA256", e);
        }
    }

    String seal(Download download, Instant end) {
        byte[] nonce = new byte[NONCE_BYTES];
        random.nextBytes(nonce);
        byte[] sealed;
        try {
            sealed = cipher(Cipher.ENCRYPT_MODE, keys.get(0), nonce).doFinal(written(download, end));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has AES-GCM", e);
        }
        byte[] token = new byte[1 + NONCE_BYTES + sealed.length];
        token[0] = VERSION;
        System.arraycopy(nonce, 0, token, 1, NONCE_BYTES);
        System.arraycopy(sealed, 0, token, 1 + NONCE_BYTES, sealed.length);
        return encoded(token);
    }

    /** What one of the keys has sealed; null for everything else. */
    @Nullable
    Opened open(String text) {
        if (text.length() > LONGEST_TOKEN) {
            return null;
        }
        byte[] token;
        try {
            token = Base64.getUrlDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            return null;
        }
        // One text only is right: padding and spare bits at the end would make others that decode alike.
        if (token.length <= 1 + NONCE_BYTES + TAG_BYTES
                || token[0] != VERSION
                || !encoded(token).equals(text)) {
            return null;
        }
        byte[] nonce = Arrays.copyOfRange(token, 1, 1 + NONCE_BYTES);
        for (SecretKeySpec key : keys) {
            try {
                return read(cipher(Cipher.DECRYPT_MODE, key, nonce)
                        .doFinal(token, 1 + NONCE_BYTES, token.length - 1 - NONCE_BYTES));
            } catch (GeneralSecurityException e) {
                // Not this key, or nobody's.
            }
        }
        return null;
    }

    private static Cipher cipher(int mode, SecretKeySpec key, byte[] nonce) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, key, new GCMParameterSpec(TAG_BYTES * 8, nonce));
        cipher.updateAAD(new byte[] {VERSION});
        return cipher;
    }

    private static String encoded(byte[] token) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(token);
    }

    private static byte[] written(Download download, Instant end) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeLong(end.getEpochSecond());
            out.writeUTF(download.bucket());
            out.writeUTF(download.key());
            out.writeUTF(download.fileName());
            out.writeUTF(download.contentType() == null ? "" : download.contentType());
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory", e);
        }
        return bytes.toByteArray();
    }

    private static Opened read(byte[] authentic) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(authentic))) {
            Instant end = Instant.ofEpochSecond(in.readLong());
            String bucket = in.readUTF();
            String key = in.readUTF();
            String fileName = in.readUTF();
            String contentType = in.readUTF();
            return new Opened(new Download(bucket, key, fileName, contentType.isEmpty() ? null : contentType), end);
        } catch (IOException e) {
            throw new UncheckedIOException("a link that one of the keys has sealed can't be read", e);
        }
    }
}
