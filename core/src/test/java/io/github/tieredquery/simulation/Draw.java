package io.github.tieredquery.simulation;

import static io.github.tieredquery.testkit.Flights.flight;

import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.query.Filter;
import io.github.tieredquery.query.Query;
import io.github.tieredquery.table.Row;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Random;

/** Draws what a schedule is made of: a place, rows and queries. */
final class Draw {

    static final int DAYS = 5;

    /** Where and when: without clock changes, over one, and over one that leads back across midnight. */
    private enum Place {
        UTC("UTC", "2024-02-26"),
        BERLIN("Europe/Berlin", "2024-10-24"),
        ST_JOHNS("America/St_Johns", "2010-11-04");

        final ZoneId zone;
        final LocalDate firstDay;

        Place(String zone, String firstDay) {
            this.zone = ZoneId.of(zone);
            this.firstDay = LocalDate.parse(firstDay);
        }
    }

    private final Random random;
    private final Place place;
    private final Instant start;
    private long nextId;

    Draw(Random random) {
        this.random = random;
        this.place = from(List.of(Place.values()));
        this.start = place.firstDay.atStartOfDay(place.zone).toInstant();
    }

    /** The start of the first day. */
    Instant start() {
        return start;
    }

    /** Before all rows to after them. */
    Query everything() {
        return Query.between(start.minus(9, ChronoUnit.DAYS), start.plus(99, ChronoUnit.DAYS));
    }

    int below(int bound) {
        return random.nextInt(bound);
    }

    boolean oneIn(int odds) {
        return random.nextInt(odds) == 0;
    }

    <T> T from(List<T> values) {
        return values.get(random.nextInt(values.size()));
    }

    HivePartitionLayout layout() {
        HivePartitionLayout layout =
                oneIn(2) ? HivePartitionLayout.daily(place.zone) : HivePartitionLayout.hourly(place.zone);
        return oneIn(2) ? layout : layout.thenBy("origin");
    }

    Row row() {
        return flight(time(), nextId++ % 30, origin(), oneIn(5) ? null : below(10));
    }

    String origin() {
        return from(List.of("SFO", "BER", "\ud83d\ude00"));
    }

    /** Often at, or next to, the end of a day: and where clocks go back, twice an hour later. */
    private Instant time() {
        if (!oneIn(3)) {
            return start.plusSeconds(below(DAYS * 86_400));
        }
        Instant midnight =
                place.firstDay.plusDays(below(DAYS)).atStartOfDay(place.zone).toInstant();
        return midnight.plusSeconds(60L * below(3)).minus(below(3) - 1, ChronoUnit.MICROS);
    }

    Query query() {
        Query query = unlimitedQuery();
        return oneIn(3) ? query.limit(below(12)) : query;
    }

    Query unlimitedQuery() {
        Instant a = time();
        Instant b = time();
        Query query = oneIn(3)
                ? Query.between(start.minus(1, ChronoUnit.DAYS), start.plus(DAYS + 1, ChronoUnit.DAYS))
                : Query.between(a.isBefore(b) ? a : b, a.isBefore(b) ? b : a);
        query = oneIn(2) ? query.newestFirst() : query;
        query = oneIn(3) ? query.where(Filter.ge("delay", below(10))) : query;
        return oneIn(4) ? query.where(Filter.eq("origin", origin())) : query;
    }
}
