package io.github.tieredquery.athenalocal.internal.s3;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/** Verifies Signature Version 4 of the requests of Athena's and STS's protocols. */
public final class SigV4 {
    private static final Pattern HEADER = Pattern.compile("AWS4-HMAC-SHA256 Credential=([^/,]+)/([0-9]{8})/([^/,]+)/"
            + "([^/,]+)/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})");
    private static final Pattern ACCESS_KEY = Pattern.compile("Credential=([^/,]+)/");

    private SigV4() {}

    /** The access key id that a request names, in its header or in its query string, or null. */
    static @Nullable String accessKeyId(@Nullable String authorization, @Nullable String query) {
        if (authorization != null) {
            Matcher matcher = ACCESS_KEY.matcher(authorization);
            return matcher.find() ? matcher.group(1) : null;
        }
        String credential = queryParameter(query, "X-Amz-Credential");
        return credential == null ? null : credential.substring(0, Math.max(0, credential.indexOf('/')));
    }

    static @Nullable String queryParameter(@Nullable String query, String name) {
        if (query != null) {
            for (String parameter : query.split("&", -1)) {
                if (parameter.startsWith(name + "=")) {
                    return URLDecoder.decode(parameter.substring(name.length() + 1), StandardCharsets.UTF_8);
                }
            }
        }
        return null;
    }

    /** A request was refused. */
    public static final class RefusedException extends Exception {
        private static final long serialVersionUID = 1;

        private final String code;

        RefusedException(String code, String message) {
            super(message);
            this.code = code;
        }

        public String code() {
            return code;
        }
    }

    /**
     * Returns the identity that signed a {@code POST /}.
     *
     * @throws RefusedException if nobody did who may
     */
    public static Identity verify(Identities identities, Function<String, @Nullable String> header, byte[] body)
            throws RefusedException {
        String authorization = header.apply("Authorization");
        if (authorization == null) {
            throw new RefusedException("MissingAuthenticationTokenException", "Missing Authentication Token");
        }
        Matcher matcher = HEADER.matcher(authorization);
        if (!matcher.matches()) {
            throw new RefusedException(
                    "IncompleteSignatureException", "The Authorization header isn't one of Signature Version 4.");
        }
        Identity identity = identities.find(matcher.group(1));
        if (identity == null) {
            throw new RefusedException(
                    "UnrecognizedClientException", "The security token included in the request is invalid.");
        }
        if (identity.sessionToken() != null && !identity.sessionToken().equals(header.apply("X-Amz-Security-Token"))) {
            throw new RefusedException(
                    "UnrecognizedClientException", "The security token included in the request is invalid.");
        }
        if (identity.isExpired(Instant.now())) {
            throw new RefusedException(
                    "ExpiredTokenException", "The security token included in the request is expired");
        }
        String scope = matcher.group(2) + "/" + matcher.group(3) + "/" + matcher.group(4) + "/aws4_request";
        String expected = signature(identity, matcher, scope, header, body);
        if (!MessageDigest.isEqual(
                expected.getBytes(StandardCharsets.US_ASCII), matcher.group(6).getBytes(StandardCharsets.US_ASCII))) {
            throw new RefusedException(
                    "InvalidSignatureException",
                    "The request signature we calculated does not match the signature you provided."
                            + " Check your AWS Secret Access Key and signing method.");
        }
        return identity;
    }

    private static String signature(
            Identity identity,
            Matcher authorization,
            String scope,
            Function<String, @Nullable String> header,
            byte[] body) {
        TreeMap<String, String> headers = new TreeMap<>();
        for (String name : List.of(authorization.group(5).split(";", -1))) {
            String value = header.apply(name);
            headers.put(
                    name.toLowerCase(Locale.ROOT),
                    value == null ? "" : value.trim().replaceAll(" +", " "));
        }
        StringBuilder canonical = new StringBuilder("POST\n/\n\n");
        headers.forEach((name, value) ->
                canonical.append(name).append(':').append(value).append('\n'));
        canonical.append('\n').append(authorization.group(5)).append('\n').append(hash(body));
        String date = header.apply("X-Amz-Date");
        String text = "AWS4-HMAC-SHA256\n" + date + "\n" + scope + "\n"
                + hash(canonical.toString().getBytes(StandardCharsets.UTF_8));
        byte[] key = ("AWS4" + identity.secretAccessKey()).getBytes(StandardCharsets.UTF_8);
        for (String part : List.of(scope.split("/", -1))) {
            key = hmac(key, part);
        }
        return HexFormat.of().formatHex(hmac(key, text));
    }

    private static String hash(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (GeneralSecurityException impossible) {
            throw new AssertionError(impossible);
        }
    }

    private static byte[] hmac(byte[] key, String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException impossible) {
            throw new AssertionError(impossible);
        }
    }
}
