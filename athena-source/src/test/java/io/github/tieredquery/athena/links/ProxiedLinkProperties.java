package io.github.tieredquery.athena.links;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tieredquery.athena.Athenas;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.sync.RequestBody;

class ProxiedLinkProperties {

    private static final URI BASE = URI.create("https://example.com/downloads/");
    private static final List<byte[]> KEYS = List.of("0123456789abcdef".getBytes(StandardCharsets.UTF_8));
    private static final ProxiedLinks LINKS = DownloadLinks.proxied(BASE, KEYS);
    private static final Duration DAY = Duration.ofDays(1);
    private static final String ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    private static @Nullable Athenas athenas;
    private static long requestsBefore;

    @BeforeContainer
    static void start() {
        Athenas local = Athenas.local();
        athenas = local;
        for (String key : List.of("e/a.csv", "e/b.csv", "secret.csv")) {
            local.aws()
                    .s3()
                    .putObject(
                            put -> put.bucket(local.theLocalOne().bucket()).key(key),
                            RequestBody.fromString("content of " + key));
        }
        requestsBefore = requests();
    }

    /** Nothing of what is refused here has been looked for in S3. */
    @AfterContainer
    static void stop() {
        try (Athenas athena = started()) {
            assertThat(requests()).as(athena.outputLocation()).isEqualTo(requestsBefore);
        }
    }

    private static Athenas started() {
        if (athenas == null) {
            throw new IllegalStateException("start() comes first");
        }
        return athenas;
    }

    private static String path(String key, String fileName) {
        return LINKS.to("s3://" + started().theLocalOne().bucket() + "/" + key, fileName, DAY)
                .url()
                .getRawPath();
    }

    /** Some mutations change nothing, so that there are more tries than the ten thousand that count. */
    @Property(tries = 11_000)
    void an_altered_link_is_refused(@ForAll("mutations") Mutation mutation, @ForAll Random random) {
        // Names of different lengths, as base64 has spare bits at the end of some.
        String name = "abc".substring(random.nextInt(3)) + ".csv";
        String path = path("e/a.csv", name);
        String other = path("e/b.csv", name);
        String mutated = mutation.apply(path, other, random);
        Assume.that(!mutated.equals(path) && !mutated.equals(other));
        LinkHandler handler = LINKS.handler(started().aws());
        try (LinkResponse response = handler.handle("GET", mutated, Map.of())) {
            assertThat(response.status()).as(mutated).isEqualTo(404);
            assertThat(response.headers()).containsEntry("Content-Length", "10");
        }
    }

    private static long requests() {
        return started().theLocalOne().counters().s3Requests().values().stream()
                .mapToLong(Long::longValue)
                .sum();
    }

    @Property
    void what_is_sealed_is_opened_as_it_was(
            @ForAll("keys") String key, @ForAll("keys") String fileName, @ForAll("instants") Instant end) {
        LinkTokens tokens = new LinkTokens(KEYS);
        Download download = Download.of("s3://bucket/" + key, fileName + "f", null);
        String token = tokens.seal(download, end);
        assertThat(token).matches("[A-Za-z0-9_-]+");
        assertThat(tokens.open(token)).isEqualTo(new LinkTokens.Opened(download, end));
        assertThat(new LinkTokens(List.of(new byte[16])).open(token)).isNull();
        assertThat(tokens.seal(download, end)).as("twice the same is not seen").isNotEqualTo(token);
    }

    @Property(tries = 10_000)
    void what_nobody_has_sealed_is_not_opened(@ForAll byte[] bytes) {
        LinkTokens tokens = new LinkTokens(KEYS);
        byte[] versioned = new byte[bytes.length + 1];
        versioned[0] = 1;
        System.arraycopy(bytes, 0, versioned, 1, bytes.length);
        for (byte[] each : List.of(bytes, versioned)) {
            assertThat(tokens.open(Base64.getUrlEncoder().withoutPadding().encodeToString(each)))
                    .isNull();
        }
    }

    @Property
    void texts_of_all_kinds_are_refused(@ForAll String text) {
        LinkHandler handler = LINKS.handler(started().aws());
        for (String path : List.of(text, "/downloads/" + text, path("e/a.csv", "a.csv") + text + "x")) {
            try (LinkResponse response = handler.handle("GET", path, Map.of())) {
                assertThat(response.status()).isEqualTo(404);
            }
        }
    }

    /** A way to change a link, which may use another valid one. */
    private interface Mutation {
        String apply(String path, String other, Random random);
    }

    private static final int FIRST = "/downloads/".length();

    private static int place(String path, Random random) {
        return FIRST + random.nextInt(path.length() - FIRST);
    }

    private static String bits(String path, Random random, int count) {
        byte[] token = Base64.getUrlDecoder().decode(path.substring(FIRST));
        for (int i = 0; i < count; i++) {
            token[random.nextInt(token.length)] ^= (byte) (1 << random.nextInt(8));
        }
        return path.substring(0, FIRST)
                + Base64.getUrlEncoder().withoutPadding().encodeToString(token);
    }

    @Provide
    Arbitrary<Mutation> mutations() {
        Mutation replaced = (path, other, random) -> {
            int at = place(path, random);
            return path.substring(0, at) + ALPHABET.charAt(random.nextInt(64)) + path.substring(at + 1);
        };
        Mutation anyReplaced = (path, other, random) -> {
            int at = random.nextInt(path.length());
            return path.substring(0, at) + (char) random.nextInt(0x180) + path.substring(at + 1);
        };
        Mutation inserted = (path, other, random) -> {
            int at = place(path, random);
            return path.substring(0, at) + "/.%=+Aa0_-~;?#\\".charAt(random.nextInt(15)) + path.substring(at);
        };
        Mutation deleted = (path, other, random) -> {
            int at = place(path, random);
            return path.substring(0, at) + path.substring(at + 1);
        };
        Mutation cut = (path, other, random) -> path.substring(0, place(path, random));
        Mutation extended = (path, other, random) -> path + ALPHABET.charAt(random.nextInt(64));
        Mutation swapped = (path, other, random) -> {
            int at = FIRST + random.nextInt(path.length() - FIRST - 1);
            return path.substring(0, at) + path.charAt(at + 1) + path.charAt(at) + path.substring(at + 2);
        };
        Mutation caseChanged = (path, other, random) -> {
            int at = place(path, random);
            char c = path.charAt(at);
            char changed = Character.isUpperCase(c) ? Character.toLowerCase(c) : Character.toUpperCase(c);
            return path.substring(0, at) + changed + path.substring(at + 1);
        };
        Mutation spliced = (path, other, random) -> {
            int at = FIRST + 1 + random.nextInt(path.length() - FIRST - 2);
            return path.substring(0, at) + other.substring(at);
        };
        Mutation lastBits =
                (path, other, random) -> path.substring(0, path.length() - 1) + ALPHABET.charAt(random.nextInt(64));
        Mutation oneBit = (path, other, random) -> bits(path, random, 1);
        Mutation manyBits = (path, other, random) -> bits(path, random, 1 + random.nextInt(40));
        return Arbitraries.of(
                replaced,
                anyReplaced,
                inserted,
                deleted,
                cut,
                extended,
                swapped,
                caseChanged,
                spliced,
                lastBits,
                oneBit,
                manyBits);
    }

    @Provide
    Arbitrary<String> keys() {
        return Arbitraries.strings()
                .excludeChars('\uD800')
                .ofMinLength(1)
                .ofMaxLength(250)
                .map(text -> new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8));
    }

    @Provide
    Arbitrary<Instant> instants() {
        return Arbitraries.longs().between(0, 99_999_999_999L).map(Instant::ofEpochSecond);
    }
}
