package io.github.tieredquery.athena.links;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CloudFrontLinksTest {

    private static final Instant NOW = Instant.parse("2026-01-01T09:50:00.4Z");
    private static final Duration TEN_MINUTES = Duration.ofMinutes(10);

    private static KeyPair rsa;
    private static KeyPair ec;

    @BeforeAll
    static void makeKeys() throws GeneralSecurityException {
        rsa = pair("RSA", 2048);
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        ec = generator.generateKeyPair();
    }

    private static KeyPair pair(String algorithm, int bits) throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
        generator.initialize(bits);
        return generator.generateKeyPair();
    }

    private static CloudFrontLinks links(KeyPair keys) {
        return DownloadLinks.cloudFront("downloads.example.com", "K2JCJMDEHXQW5F", keys.getPrivate())
                .clock(() -> NOW);
    }

    /**
     * Does what CloudFront's developer guide says about signed URLs, from the URL and the public key alone, and knows
     * nothing of how it was made.
     */
    private record SignedUrl(String baseUrl, Map<String, String> parameters) {

        private static final List<String> OF_CLOUDFRONT =
                List.of("Expires", "Policy", "Signature", "Key-Pair-Id", "Hash-Algorithm");

        static SignedUrl of(String url) {
            int question = url.indexOf('?');
            List<String> own = new ArrayList<>();
            Map<String, String> parameters = new LinkedHashMap<>();
            for (String parameter : url.substring(question + 1).split("&", -1)) {
                String name = parameter.substring(0, parameter.indexOf('='));
                if (OF_CLOUDFRONT.contains(name)) {
                    assertThat(parameters.put(name, parameter.substring(name.length() + 1)))
                            .isNull();
                } else {
                    own.add(parameter);
                }
            }
            return new SignedUrl(
                    url.substring(0, question) + (own.isEmpty() ? "" : "?" + String.join("&", own)), parameters);
        }

        String cannedPolicy() {
            return """
                    {
                        "Statement": [
                            {
                                "Resource": "base URL",
                                "Condition": {
                                    "DateLessThan": {
                                        "AWS:EpochTime": Expires
                                    }
                                }
                            }
                        ]
                    }
                    """.replaceAll("(?<!base)\\s+", "")
                    .replace("base URL", baseUrl)
                    .replace("Expires", parameter("Expires"));
        }

        String customPolicy() {
            return new String(decoded("Policy"), StandardCharsets.UTF_8);
        }

        String parameter(String name) {
            return Objects.requireNonNull(parameters.get(name), name);
        }

        private byte[] decoded(String name) {
            String base64 = parameter(name);
            assertThat(base64).matches("[A-Za-z0-9~_-]+");
            return Base64.getMimeDecoder()
                    .decode(base64.replace('-', '+').replace('_', '=').replace('~', '/'));
        }

        boolean isSigned(String policy, PublicKey key) {
            try {
                String hash = parameters.getOrDefault("Hash-Algorithm", "SHA1");
                Signature signature =
                        Signature.getInstance(hash + "with" + key.getAlgorithm().replace("EC", "ECDSA"));
                signature.initVerify(key);
                signature.update(policy.getBytes(StandardCharsets.UTF_8));
                return signature.verify(decoded("Signature"));
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    @Test
    void a_link_has_a_canned_policy_that_the_public_key_verifies() throws GeneralSecurityException {
        Link link = links(rsa).to("s3://exports/2024/flights of é.csv", "flüge.csv", TEN_MINUTES);
        SignedUrl signed = SignedUrl.of(link.url().toString());
        assertThat(signed.baseUrl())
                .isEqualTo("https://downloads.example.com/2024/flights%20of%20%C3%A9.csv"
                        + "?response-content-disposition=attachment%3B%20filename%3D%22fl_ge.csv%22%3B%20filename%2A%3D"
                        + "UTF-8%27%27fl%25C3%25BCge.csv&response-content-type=text%2Fcsv%3B%20charset%3Dutf-8");
        assertThat(signed.parameters()).containsOnlyKeys("Expires", "Signature", "Key-Pair-Id");
        assertThat(signed.parameter("Expires")).isEqualTo("1767261600");
        assertThat(link.expiresAt()).isEqualTo(Instant.ofEpochSecond(1767261600));
        assertThat(link.shortened()).isFalse();
        assertThat(signed.parameter("Key-Pair-Id")).isEqualTo("K2JCJMDEHXQW5F");
        assertThat(signed.isSigned(signed.cannedPolicy(), rsa.getPublic())).isTrue();
        assertThat(signed.isSigned(signed.cannedPolicy(), pair("RSA", 2048).getPublic()))
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"1767261600=1767261601", "2024=2025", "flights=flight5", "downloads.=download5.", "csv=exe"})
    void an_altered_link_does_not_verify(String change) {
        String url = links(rsa)
                .to("s3://exports/2024/flights.csv", "flights.csv", TEN_MINUTES)
                .url()
                .toString();
        String[] parts = change.split("=", -1);
        String altered = url.replaceFirst(parts[0], parts[1]);
        assertThat(altered).isNotEqualTo(url);
        SignedUrl signed = SignedUrl.of(altered);
        assertThat(signed.isSigned(signed.cannedPolicy(), rsa.getPublic())).isFalse();
    }

    @Test
    void elliptic_curves_and_sha_256_serve_as_well() {
        assertVerifies(links(ec), ec.getPublic());
        assertVerifies(links(ec).sha256(), ec.getPublic());
        assertVerifies(links(rsa).sha256(), rsa.getPublic());
        assertThat(links(ec)
                        .sha256()
                        .to("s3://exports/a.csv", "a.csv", TEN_MINUTES)
                        .url()
                        .toString())
                .endsWith("&Key-Pair-Id=K2JCJMDEHXQW5F&Hash-Algorithm=SHA256");
    }

    private static void assertVerifies(CloudFrontLinks links, PublicKey key) {
        SignedUrl signed = SignedUrl.of(
                links.to("s3://exports/a.csv", "a.csv", TEN_MINUTES).url().toString());
        assertThat(signed.isSigned(signed.cannedPolicy(), key)).isTrue();
    }

    @Test
    void a_beginning_and_addresses_make_a_custom_policy() {
        String url = links(rsa)
                .notBefore(Instant.parse("2026-01-01T09:55:00.9Z"))
                .onlyFrom("192.0.2.0/24")
                .to("s3://exports/a.csv", "a.csv", TEN_MINUTES)
                .url()
                .toString();
        SignedUrl signed = SignedUrl.of(url);
        assertThat(signed.parameters()).containsOnlyKeys("Policy", "Signature", "Key-Pair-Id");
        assertThat(signed.customPolicy())
                .isEqualTo("{\"Statement\":[{\"Resource\":\"" + signed.baseUrl()
                        + "\",\"Condition\":{\"DateLessThan\":{\"AWS:EpochTime\":1767261600},"
                        + "\"DateGreaterThan\":{\"AWS:EpochTime\":1767261300},"
                        + "\"IpAddress\":{\"AWS:SourceIp\":\"192.0.2.0/24\"}}}]}");
        assertThat(signed.isSigned(signed.customPolicy(), rsa.getPublic())).isTrue();
        assertThat(signed.isSigned(signed.customPolicy().replace("/24", "/0"), rsa.getPublic()))
                .isFalse();
        SignedUrl addressesOnly = SignedUrl.of(links(rsa)
                .onlyFrom("203.0.113.7/32")
                .to("s3://exports/a.csv", "a.csv", TEN_MINUTES)
                .url()
                .toString());
        assertThat(addressesOnly.customPolicy()).contains("203.0.113.7/32").doesNotContain("DateGreaterThan");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\"b", "a*b", "a?b", "a&b=c", "a#b", "a%2Fb", "a\\b", "a+b", "😀", "a'b"})
    void a_key_stays_in_its_place_in_the_policy(String key) {
        URI url = links(rsa)
                .onlyFrom("0.0.0.0/0")
                .to("s3://exports/" + key, "f", TEN_MINUTES)
                .url();
        SignedUrl signed = SignedUrl.of(url.toString());
        assertThat(url.getRawPath()).matches("/[A-Za-z0-9%._~-]+");
        assertThat(URLDecoder.decode(url.getRawPath().replace("+", "%2B"), StandardCharsets.UTF_8))
                .isEqualTo("/" + key);
        assertThat(signed.customPolicy())
                .startsWith("{\"Statement\":[{\"Resource\":\"" + signed.baseUrl() + "\",\"Condition\":{");
    }

    @Test
    void the_origins_folder_is_left_out_and_other_objects_are_refused() {
        CloudFrontLinks links = links(rsa).origin("s3://exports/2024/");
        assertThat(links.to("s3://exports/2024/01/a.csv", "a.csv", TEN_MINUTES)
                        .url()
                        .getRawPath())
                .isEqualTo("/01/a.csv");
        assertThatThrownBy(() -> links.to("s3://exports/2025/a.csv", "a.csv", TEN_MINUTES))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("s3://exports/2025/a.csv isn't in s3://exports/2024/, the origin of downloads.example.com");
        assertThatThrownBy(() -> links.origin("s3://exports"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("'s3://exports' isn't a folder in S3; write it as s3://bucket/folder/");
    }

    @Test
    void what_cloudfront_would_refuse_is_refused_at_once() throws GeneralSecurityException {
        KeyPair small = pair("RSA", 1024);
        KeyPair edwards = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        assertThatThrownBy(() -> links(small))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("CloudFront doesn't take this RSA key; it takes RSA with 2048 bits, or EC over P-256");
        assertThatThrownBy(() -> links(edwards))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("CloudFront doesn't take this EdDSA key; it takes RSA with 2048 bits, or EC over P-256");
        assertThatThrownBy(() -> DownloadLinks.cloudFront("https://x.example.com/", "K1", rsa.getPrivate()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("'https://x.example.com/' isn't a host name; give the distribution's alone, in lower case:"
                        + " downloads.example.com");
        assertThatThrownBy(() -> DownloadLinks.cloudFront("x.example.com", "K1&x=y", rsa.getPrivate()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("'K1&x=y' isn't the id of a public key in CloudFront; those look like K2JCJMDEHXQW5F");
        for (String range : List.of("192.0.2.0", "192.0.2.0/33", "256.0.2.0/24", "::1/128", "1.2.3.4/8\"}")) {
            assertThatThrownBy(() -> links(rsa).onlyFrom(range))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("'" + range + "' isn't a range of IPv4 addresses; write 192.0.2.0/24");
        }
        assertThatThrownBy(() -> links(rsa)
                        .notBefore(Instant.parse("2026-01-01T10:00:00Z"))
                        .to("s3://exports/a.csv", "a.csv", TEN_MINUTES))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a link that begins at 2026-01-01T10:00:00Z can't end at 2026-01-01T10:00:00Z: the duration"
                        + " counts from now, so give a longer one");
    }
}
