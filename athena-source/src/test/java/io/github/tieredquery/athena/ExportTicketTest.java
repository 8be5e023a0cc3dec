package io.github.tieredquery.athena;

import static io.github.tieredquery.query.Filter.eq;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tieredquery.TieredQuery;
import io.github.tieredquery.athena.export.S3ExportStore;
import io.github.tieredquery.error.BadExportTicketException;
import io.github.tieredquery.error.BadQueryException;
import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.export.CsvOptions;
import io.github.tieredquery.export.ExportStatus;
import io.github.tieredquery.export.ExportTicket;
import io.github.tieredquery.export.Exporter;
import io.github.tieredquery.query.Filter;
import io.github.tieredquery.query.Query;
import io.github.tieredquery.table.Row;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tickets, what they are bound to, and who can use them. */
class ExportTicketTest {

    private static final String DAMAGED =
            "table 'things': the export ticket is damaged, or signed with a key that isn't known. Start the export again";
    private static final String FOREIGN =
            "table 'things': the export ticket belongs to another query, restriction or target. Start the export again";

    private static final Exports THINGS = new Exports();

    @BeforeAll
    static void archive() {
        THINGS.hot.put(Exports.rows(2, 20, 7));
        THINGS.archive(9);
    }

    @AfterAll
    static void close() {
        THINGS.close();
    }

    @Test
    void a_ticket_is_short_and_of_letters_and_digits_and_never_changes() {
        Exporter exporter = THINGS.exporter().build();
        ExportTicket ticket = exporter.start(Exports.all(), "once");
        assertThat(ticket.toString()).matches("[A-Za-z0-9_-]{76}");
        assertThat(exporter.start(Exports.all(), "once")).isEqualTo(ticket);
        assertThat(THINGS.exporter().build().advance(ExportTicket.of(ticket.toString()), Duration.ofSeconds(60)))
                .isInstanceOf(ExportStatus.Done.class);
        assertThat(exporter.start(Exports.all(), "once")).isEqualTo(ticket);
        assertThat(exporter.start(Exports.all(), "twice")).isNotEqualTo(ticket);
        CsvOptions titled = CsvOptions.plain().header("at", "At").header("id", "Id");
        ExportTicket withTitles = THINGS.exporter().csv(titled).build().start(Exports.all(), "once");
        assertThat(withTitles).as("another form is another export").isNotEqualTo(ticket);
        assertThat(THINGS.exporter()
                        .csv(CsvOptions.plain().header("id", "Id").header("at", "At"))
                        .build()
                        .start(Exports.all(), "once"))
                .isEqualTo(withTitles);
        assertThat(Exports.fast(THINGS.query()
                                .build()
                                .exporter(S3ExportStore.of(THINGS.aws(), THINGS.location + "elsewhere/")))
                        .build()
                        .start(Exports.all(), "once"))
                .as("another target is another export")
                .isNotEqualTo(ticket);
        assertThat(exporter.start(Exports.all())).isNotEqualTo(exporter.start(Exports.all()));
    }

    @Test
    void ten_thousand_altered_tickets_are_refused() {
        Exporter exporter = THINGS.exporter().build();
        String ticket = exporter.start(Exports.all()).toString();
        Random random = new Random(13);
        for (int refused = 0; refused < 10_000; ) {
            String altered = altered(ticket, random);
            if (!altered.equals(ticket)) {
                refused++;
                assertThatThrownBy(() -> exporter.status(ExportTicket.of(altered)))
                        .as(altered)
                        .isInstanceOf(BadExportTicketException.class)
                        .hasMessage(DAMAGED);
            }
        }
    }

    @Test
    void a_ticket_longer_than_any_is_refused_before_it_is_decoded() {
        Exporter exporter = THINGS.exporter().build();
        assertThatThrownBy(() -> exporter.status(ExportTicket.of("!".repeat(257))))
                .isExactlyInstanceOf(BadExportTicketException.class)
                .hasMessage("table 'things': the export ticket has 257 characters, and none that was given out has more"
                        + " than 256. Start the export again");
        assertThatThrownBy(() -> exporter.status(ExportTicket.of("!".repeat(256))))
                .hasMessage(DAMAGED);
    }

    @Test
    void a_filter_as_deep_as_a_query_takes_can_be_exported_and_a_deeper_one_is_refused_at_the_start() {
        Filter filter = eq("id", 1L);
        for (int i = 0; i < 100; i++) {
            filter = Filter.or(eq("id", 2L), Filter.not(filter));
        }
        Filter deepest = filter;
        Query query = Exports.all().where(deepest);
        TieredQuery<Row> restricted = THINGS.query().build().restrictedTo(eq("origin", "SFO"));
        Exporter exporter = Exports.fast(restricted.exporter(THINGS.store())).build();
        ExportTicket ticket = exporter.start(query);
        assertThat(exporter.advance(ticket, Duration.ofSeconds(60)))
                .isInstanceOfSatisfying(
                        ExportStatus.Done.class,
                        done -> assertThat(THINGS.text(done.object()).lines().skip(1))
                                .as("things 1 and 2, where they are of SFO")
                                .hasSize(restricted.list(query).size())
                                .hasSizeBetween(1, 2));
        assertThatThrownBy(() -> exporter.start(Exports.all().where(Filter.not(deepest))))
                .isExactlyInstanceOf(BadQueryException.class)
                .hasMessage("table 'things': the filter has 201 levels of and, or and not in each other, and a query"
                        + " takes at most 200. Give all conditions of a level to one and(…) or or(…), or ask with in(…)"
                        + " for one of many values");
    }

    private static String altered(String ticket, Random random) {
        byte[] bytes = Base64.getUrlDecoder().decode(ticket);
        switch (random.nextInt(5)) {
            case 0 -> bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
            case 1 -> bytes = java.util.Arrays.copyOf(bytes, random.nextInt(2 * bytes.length));
            case 2 -> random.nextBytes(bytes);
            case 3 -> {
                StringBuilder text = new StringBuilder(ticket);
                text.setCharAt(random.nextInt(text.length()), (char) (32 + random.nextInt(200)));
                return text.toString();
            }
            default -> {
                int cut = random.nextInt(ticket.length());
                return ticket.substring(cut) + ticket.substring(0, cut);
            }
        }
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    @Test
    void a_ticket_serves_its_own_restriction_and_target_only() {
        var all = THINGS.query().build();
        ExportTicket ticket = Exports.fast(all.restrictedTo(eq("origin", "SFO")).exporter(THINGS.store()))
                .build()
                .start(Exports.all());
        Exporter other = Exports.fast(all.restrictedTo(eq("origin", "J F/K")).exporter(THINGS.store()))
                .build();
        for (Exporter foreign : java.util.List.of(THINGS.exporter().build(), other)) {
            assertThatThrownBy(() -> foreign.status(ticket))
                    .isInstanceOf(BadExportTicketException.class)
                    .hasMessage(FOREIGN);
            assertThatThrownBy(() -> foreign.advance(ticket, Duration.ofSeconds(1)))
                    .hasMessage(FOREIGN);
            assertThatThrownBy(() -> foreign.cancel(ticket)).hasMessage(FOREIGN);
        }
        Exporter elsewhere = Exports.fast(all.restrictedTo(eq("origin", "SFO"))
                        .exporter(S3ExportStore.of(THINGS.aws(), THINGS.location + "other/")))
                .build();
        assertThatThrownBy(() -> elsewhere.status(ticket))
                .isInstanceOf(BadExportTicketException.class)
                .hasMessage("table 'things': the export ticket is of an export that isn't there any more, or of another"
                        + " target. Start the export again");
        Exporter otherKeys = Exports.fast(THINGS.query()
                        .tokenKeys("another key, also random".getBytes(StandardCharsets.UTF_8))
                        .build()
                        .exporter(THINGS.store()))
                .build();
        assertThatThrownBy(() -> otherKeys.status(ticket)).hasMessage(DAMAGED);
    }

    @Test
    void a_ticket_expires() {
        Exporter exporter = THINGS.exporter().lifetime(Duration.ofMinutes(5)).build();
        ExportTicket ticket = exporter.start(Exports.all());
        java.time.Instant expires = THINGS.clock.instant().plus(Duration.ofMinutes(5));
        THINGS.clock.advance(Duration.ofMinutes(6));
        assertThatThrownBy(() -> exporter.advance(ticket, Duration.ofSeconds(1)))
                .isInstanceOf(BadExportTicketException.class)
                .hasMessage("table 'things': the export ticket expired at " + expires + ". Start the export again");
    }

    @Test
    void what_cannot_be_exported_is_refused_at_once() {
        assertThatThrownBy(() -> THINGS.exporter().build().start(Exports.all().limit(5)))
                .isInstanceOf(BadQueryException.class)
                .hasMessage(
                        "table 'things': the query has the limit 5, and an export is of all rows; leave limit(…) out");
        assertThatThrownBy(
                        () -> THINGS.exporter().csv(CsvOptions.plain().gzip()).build())
                .isInstanceOf(ConfigurationException.class)
                .hasMessage("table 'things': a store doesn't pack what it copies; leave gzip() out, or write to a local"
                        + " file");
        assertThatThrownBy(() -> io.github.tieredquery.TieredQuery.builder(Exports.TABLE)
                        .hot(THINGS.hot)
                        .cold(THINGS.cold)
                        .build()
                        .exporter(THINGS.store()))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage("table 'things': the tickets of exports are signed, and used by other processes than this"
                        + " one; give the service's keys with tokenKeys(…)");
    }
}
