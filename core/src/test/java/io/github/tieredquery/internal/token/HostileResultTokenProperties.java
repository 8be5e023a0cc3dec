package io.github.tieredquery.internal.token;

import static io.github.tieredquery.testkit.Flights.flight;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.tieredquery.TieredQuery;
import io.github.tieredquery.archive.Archiver;
import io.github.tieredquery.error.BadPageTokenException;
import io.github.tieredquery.internal.bound.BoundQuery;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.query.Filter;
import io.github.tieredquery.query.Page;
import io.github.tieredquery.query.Query;
import io.github.tieredquery.spi.ResultPlace;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.testkit.Flights;
import io.github.tieredquery.testkit.MemoryColdStore;
import io.github.tieredquery.testkit.MemoryHotStore;
import io.github.tieredquery.testkit.TestClock;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.Period;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;

/**
 * Tokens that lead into kept results, after strangers have worked on them: mutated, cut, put together from others' and
 * signed anew. The results of other queries lie beside those that they may read.
 */
class HostileResultTokenProperties {

    private static final Instant START = Instant.parse("2024-03-01T00:00:00Z");
    private static final Query QUERY = Query.between(START, START.plus(Duration.ofDays(40)));
    private static final byte[] KEY = "a key that nobody else has ....".getBytes(StandardCharsets.UTF_8);
    private static final TokenKeys OURS = TokenKeys.of(List.of(KEY));
    private static final TokenKeys THEIRS =
            TokenKeys.of(List.of("another one, of somebody else .".getBytes(StandardCharsets.UTF_8)));

    private final TieredQuery<Row> flights;
    private final List<List<byte[]>> mine = new ArrayList<>();
    private final List<byte[]> others = new ArrayList<>();
    private final List<List<Row>> allowed = new ArrayList<>();

    HostileResultTokenProperties() {
        TestClock clock = new TestClock(START.plus(Duration.ofDays(30)));
        MemoryHotStore hot = new MemoryHotStore("hot:flights", Flights.TABLE, clock);
        MemoryColdStore cold =
                new MemoryColdStore("cold:flights", Flights.TABLE, HivePartitionLayout.monthly(ZoneOffset.UTC));
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < 80; i++) {
            rows.add(flight(START.plusSeconds(i / 3 * 3_600L), i, i % 3 == 0 ? "theirs" : "mine", i % 9));
        }
        hot.put(rows);
        clock.advance(Duration.ofDays(10));
        Archiver.builder(hot, cold)
                .keep(Period.ofDays(2))
                .clock(clock)
                .settle(Duration.ZERO)
                .build()
                .run();
        flights = TieredQuery.builder(Flights.TABLE)
                .hot(hot)
                .cold(cold)
                .clock(clock)
                .tokenKeys(KEY)
                .pagesPerScan(10)
                .build();
        for (Query query : List.of(QUERY, QUERY.newestFirst())) {
            mine.add(tokens("mine", query));
            allowed.add(restricted("mine").list(query));
            others.addAll(tokens("theirs", query));
            others.addAll(tokens("mine", query.where(Filter.ge("delay", 1))));
        }
    }

    private TieredQuery<Row> restricted(String tenant) {
        return flights.restrictedTo(Filter.eq("origin", tenant));
    }

    private List<byte[]> tokens(String tenant, Query query) {
        List<byte[]> tokens = new ArrayList<>();
        @Nullable String token = null;
        for (int i = 0; i < 5; i++) {
            token = Objects.requireNonNull(
                    restricted(tenant).page(query, 3, token).nextToken());
            assertThat(token).hasSizeLessThan(300);
            tokens.add(Base64.getUrlDecoder().decode(token));
        }
        return tokens;
    }

    @Property(tries = 10_000)
    void they_lead_to_rows_of_the_query_or_to_one_error(@ForAll long seed) {
        Random random = new Random(seed);
        int direction = random.nextInt(2);
        Query query = direction == 0 ? QUERY : QUERY.newestFirst();
        byte[] token = any(mine.get(direction), random);
        byte[] body = Objects.requireNonNull(OURS.verified(token));
        byte[] other = Objects.requireNonNull(OURS.verified(any(others, random)));
        boolean signedByUs = random.nextInt(4) == 0;
        byte[] hostile;
        if (signedByUs) {
            // As if the key had leaked: whatever a token says then, the statement decides which result is read.
            hostile = OURS.sign(spliced(query, body, other, random));
        } else {
            hostile = switch (random.nextInt(4)) {
                case 0 -> THEIRS.sign(spliced(query, body, other, random));
                case 1 -> THEIRS.sign(body);
                case 2 -> changed(token, random);
                default -> Arrays.copyOf(token, random.nextInt(token.length));
            };
        }
        List<Row> rows = allowed.get(direction);
        try {
            Page<Row> page = restricted("mine")
                    .page(query, 5, Base64.getUrlEncoder().withoutPadding().encodeToString(hostile));
            assertThat(signedByUs || Arrays.equals(hostile, token))
                    .as("a token that nobody with the key has signed was taken")
                    .isTrue();
            assertThat(rows).containsAll(page.rows());
            assertThat(page.rows())
                    .as("in the query's order, none twice")
                    .isEqualTo(rows.stream().filter(page.rows()::contains).toList());
        } catch (BadPageTokenException e) {
            assertThat(e).hasMessageEndingWith("Ask for the first page, without a token");
        }
    }

    private static byte[] any(List<byte[]> tokens, Random random) {
        return tokens.get(random.nextInt(tokens.size()));
    }

    private static byte[] changed(byte[] token, Random random) {
        byte[] changed = token.clone();
        for (int i = 1 + random.nextInt(3); i > 0; i--) {
            changed[random.nextInt(changed.length)] ^= (byte) (1 << random.nextInt(8));
        }
        return changed;
    }

    /** This query's fingerprint and position with the place in a result of another query, or with a place far away. */
    private byte[] spliced(Query query, byte[] body, byte[] other, Random random) {
        if (random.nextInt(3) == 0) {
            int cut = random.nextInt(Math.min(body.length, other.length));
            byte[] joined = Arrays.copyOf(body, cut + other.length - cut);
            System.arraycopy(other, cut, joined, cut, other.length - cut);
            return joined;
        }
        BoundQuery request =
                BoundQuery.of(Flights.TABLE, query, Filter.eq("origin", "mine").boundTo(Flights.TABLE));
        PageToken tokens = new PageToken(request, OURS);
        PageToken.Start start =
                tokens.read(Base64.getUrlEncoder().withoutPadding().encodeToString(OURS.sign(body)));
        ResumableResult kept = Objects.requireNonNull(start.result());
        ResultPlace place = new ResultPlace(
                "execution-" + random.nextInt(80),
                Math.abs(random.nextLong() % (random.nextBoolean() ? 40 : 1L << 40)));
        long limit = random.nextBoolean() ? kept.limit() : 1 + random.nextInt(100);
        ResumableResult foreign = new ResumableResult(
                place,
                random.nextBoolean() ? kept.after() : null,
                kept.range(),
                limit,
                1 + random.nextInt((int) limit),
                kept.ceiling(),
                kept.epoch());
        String written = tokens.write(new PageToken.Start(start.position(), foreign));
        return Objects.requireNonNull(OURS.verified(Base64.getUrlDecoder().decode(written)));
    }
}
