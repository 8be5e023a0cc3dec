package io.github.tieredquery.internal.token;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tieredquery.TieredQuery;
import io.github.tieredquery.TieredQueryBuilder;
import io.github.tieredquery.error.BadPageTokenException;
import io.github.tieredquery.query.Filter;
import io.github.tieredquery.query.Page;
import io.github.tieredquery.query.Query;
import io.github.tieredquery.table.ColumnType;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.Table;
import io.github.tieredquery.testkit.ContractRows;
import io.github.tieredquery.testkit.MemorySource;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;

/** Tokens that strangers have worked on: they lead to rows of their query, or to the one error that is documented. */
class HostileTokenProperties {

    private static final Table TABLE = Table.builder("orders")
            .time("at")
            .key("name", ColumnType.STRING)
            .key("amount", ColumnType.decimal(20, 2))
            .key("day", ColumnType.DATE)
            .key("seen", ColumnType.TIMESTAMP)
            .key("n", ColumnType.INT32)
            .key("id", ColumnType.INT64)
            .required("tenant", ColumnType.STRING)
            .build();
    private static final Instant START = Instant.parse("2024-03-01T00:00:00Z");
    private static final byte[] KEY = "a key that nobody else has ....".getBytes(StandardCharsets.UTF_8);
    private static final byte[] OTHER_KEY = "another one, of somebody else .".getBytes(StandardCharsets.UTF_8);
    private static final Query QUERY = Query.between(START, START.plusSeconds(3_600));

    private final List<Row> rows = new ArrayList<>();

    HostileTokenProperties() {
        for (int i = 0; i < 40; i++) {
            rows.add(ContractRows.row(
                    TABLE.rowType(),
                    START.plusSeconds(i / 3 * 200L),
                    i % 2 == 0 ? "Zoë 😀" : "",
                    new BigDecimal(i - 20).movePointLeft(2),
                    LocalDate.of(2024, 1, 1).plusDays(i),
                    START.minusNanos(i * 1_000L),
                    -i,
                    (long) i << 40,
                    i % 4 == 0 ? "theirs" : "mine"));
        }
    }

    private TieredQuery<Row> orders(byte @Nullable [] key, String tenant) {
        TieredQueryBuilder builder = TieredQuery.builder(TABLE).hot(new MemorySource("list:orders", TABLE, rows));
        return (key == null ? builder : builder.tokenKeys(key)).build().restrictedTo(Filter.eq("tenant", tenant));
    }

    @Property(tries = 10_000)
    void they_lead_to_rows_of_the_query_or_to_one_error(@ForAll long seed) {
        Random random = new Random(seed);
        boolean signed = random.nextBoolean();
        TieredQuery<Row> mine = orders(signed ? KEY : null, "mine");
        Query query = random.nextBoolean() ? QUERY : QUERY.newestFirst();
        byte[] token = token(mine, query, random);
        byte[] other = token(
                orders(random.nextBoolean() ? OTHER_KEY : signed ? KEY : null, "theirs"),
                random.nextBoolean() ? query : QUERY.where(Filter.gt("n", -30)),
                random);
        byte[] hostile = mutated(token, other, random);
        String text = random.nextInt(10) == 0
                ? garbled(Base64.getUrlEncoder().withoutPadding().encodeToString(hostile), random)
                : Base64.getUrlEncoder().withoutPadding().encodeToString(hostile);
        List<Row> allowed = mine.list(query);
        try {
            Page<Row> page = mine.page(query, 5, text);
            assertThat(allowed).containsAll(page.rows());
            int first = page.rows().isEmpty()
                    ? allowed.size()
                    : allowed.indexOf(page.rows().get(0));
            assertThat(page.rows())
                    .isEqualTo(allowed.stream().skip(first).limit(5).toList());
            assertThat(signed && !Arrays.equals(hostile, token))
                    .as("a signed token was changed and taken")
                    .isFalse();
        } catch (BadPageTokenException e) {
            assertThat(e).hasMessageEndingWith("Ask for the first page, without a token");
        }
    }

    private static byte[] token(TieredQuery<Row> orders, Query query, Random random) {
        Page<Row> page = orders.page(query, 1 + random.nextInt(3), null);
        return Base64.getUrlDecoder().decode(Objects.requireNonNull(page.nextToken()));
    }

    private static byte[] mutated(byte[] token, byte[] other, Random random) {
        byte[] result = token.clone();
        switch (random.nextInt(6)) {
            case 0 -> {
                for (int i = 1 + random.nextInt(3); i > 0; i--) {
                    result[random.nextInt(result.length)] = (byte) random.nextInt(256);
                }
            }
            case 1 -> result[17 + random.nextInt(result.length - 17)] ^= (byte) (1 << random.nextInt(8));
            case 2 -> result = Arrays.copyOf(result, random.nextInt(result.length));
            case 3 -> {
                int cut = random.nextInt(Math.min(token.length, other.length));
                System.arraycopy(other, 0, result, 0, cut);
            }
            case 4 -> {
                int from = random.nextInt(Math.min(token.length, other.length));
                result = Arrays.copyOf(token, from + other.length - from);
                System.arraycopy(other, from, result, from, other.length - from);
            }
            default -> {
                // Whole fields: a position far away, in both directions, behind the query's own fingerprint.
                byte[] far = new byte[8];
                random.nextBytes(far);
                System.arraycopy(far, 0, result, 17, 8);
            }
        }
        return result;
    }

    private static String garbled(String text, Random random) {
        StringBuilder garbled = new StringBuilder(text);
        String strange = "=+/ \u0000é-_A%";
        garbled.insert(random.nextInt(text.length() + 1), strange.charAt(random.nextInt(strange.length())));
        return garbled.toString();
    }
}
