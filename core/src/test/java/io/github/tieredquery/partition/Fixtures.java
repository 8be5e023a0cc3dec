package io.github.tieredquery.partition;

import static io.github.tieredquery.table.ColumnType.BOOLEAN;
import static io.github.tieredquery.table.ColumnType.DATE;
import static io.github.tieredquery.table.ColumnType.INT32;
import static io.github.tieredquery.table.ColumnType.INT64;
import static io.github.tieredquery.table.ColumnType.STRING;

import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.RowType;
import io.github.tieredquery.table.Table;
import java.time.Instant;
import java.time.ZoneId;
import java.time.zone.ZoneOffsetTransition;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;
import org.jspecify.annotations.Nullable;

/** A table, its rows, and zones whose clocks do everything that clocks have done. */
final class Fixtures {

    static final Table FLIGHTS = Table.builder("flights")
            .time("departed_at")
            .key("id", INT64)
            .column("origin", STRING)
            .column("gate", INT32)
            .column("miles", INT64)
            .column("late", BOOLEAN)
            .column("booked_on", DATE)
            .column("delay", INT32)
            .build();

    /**
     * Gaps and overlaps at midnight (Sao_Paulo, Cairo, Beirut), at 00:01 (St_Johns), of half an hour (Lord_Howe), of
     * two and three hours (Troll, Casey), a skipped day (Apia, Manila), a repeated day (Kwajalein, Juneau), quarter
     * hours.
     */
    static final List<ZoneId> ZONES = List.of(
                    "UTC",
                    "Europe/Berlin",
                    "America/New_York",
                    "America/Sao_Paulo",
                    "Africa/Cairo",
                    "Asia/Beirut",
                    "America/St_Johns",
                    "Australia/Lord_Howe",
                    "Antarctica/Troll",
                    "Antarctica/Casey",
                    "Pacific/Apia",
                    "Asia/Manila",
                    "Pacific/Kwajalein",
                    "America/Juneau",
                    "Asia/Kathmandu",
                    "+05:30")
            .stream()
            .map(ZoneId::of)
            .toList();

    /** As the archiver writes them, and as others do. */
    static final List<Function<ZoneId, HivePartitionLayout>> GRAINS = List.of(
            HivePartitionLayout::monthly,
            HivePartitionLayout::daily,
            HivePartitionLayout::hourly,
            zone -> HivePartitionLayout.monthly(zone).unpadded(),
            zone -> HivePartitionLayout.daily(zone).unpadded(),
            zone -> HivePartitionLayout.hourly(zone).unpadded(),
            zone -> HivePartitionLayout.monthly(zone).dateColumn("dt"),
            zone -> HivePartitionLayout.daily(zone).dateColumn("dt", "yyyyMMdd"),
            zone -> HivePartitionLayout.hourly(zone).dateColumn("dt"),
            zone -> HivePartitionLayout.hourly(zone).dateColumn("dt").unpadded(),
            zone -> HivePartitionLayout.hourly(zone).dateColumn("dt", "yyyy-MM-dd-HH"));

    private Fixtures() {}

    static Row flight(Instant time, @Nullable Object... others) {
        RowType type = FLIGHTS.rowType();
        @Nullable Object[] values = new @Nullable Object[type.columns().size()];
        values[0] = time;
        values[1] = 7L;
        System.arraycopy(others, 0, values, 2, others.length);
        return type.row(values);
    }

    static Arbitrary<HivePartitionLayout> layouts() {
        return Combinators.combine(Arbitraries.of(GRAINS), Arbitraries.of(ZONES))
                .as((grain, zone) -> grain.apply(zone).checkedAgainst(FLIGHTS));
    }

    /**
     * Half of them at most {@code days} away from a change of the zone's clocks, the others anywhere in 1840 to 2060.
     */
    static Arbitrary<Instant> instants(ZoneId zone, int days) {
        List<Instant> changes = changes(zone);
        Arbitrary<Instant> anywhere = Arbitraries.longs()
                .between(
                        Instant.parse("1840-01-01T00:00:00Z").getEpochSecond(),
                        Instant.parse("2060-01-01T00:00:00Z").getEpochSecond())
                .map(Instant::ofEpochSecond);
        Arbitrary<Instant> nearChange = changes.isEmpty()
                ? anywhere
                : Combinators.combine(
                                Arbitraries.of(changes), Arbitraries.longs().between(-days * 86_400L, days * 86_400L))
                        .as(Instant::plusSeconds);
        return Combinators.combine(
                        Arbitraries.oneOf(anywhere, nearChange),
                        Arbitraries.of(1, 60, 900, 3600),
                        Arbitraries.of(0, 0, 1_000, 999_999_000))
                .as((instant, step, nanos) ->
                        Instant.ofEpochSecond(Math.floorDiv(instant.getEpochSecond(), step) * (long) step, nanos));
    }

    static Arbitrary<Tuple.Tuple2<HivePartitionLayout, Instant>> layoutsWithInstants() {
        return layouts().flatMap(layout -> instants(layout.zone(), 2).map(instant -> Tuple.of(layout, instant)));
    }

    static List<Instant> changes(ZoneId zone) {
        List<Instant> changes = new ArrayList<>();
        Instant cursor = Instant.parse("1840-01-01T00:00:00Z");
        ZoneOffsetTransition change = zone.getRules().nextTransition(cursor);
        while (change != null && change.getInstant().isBefore(Instant.parse("2030-01-01T00:00:00Z"))) {
            changes.add(change.getInstant());
            change = zone.getRules().nextTransition(change.getInstant());
        }
        return changes;
    }
}
