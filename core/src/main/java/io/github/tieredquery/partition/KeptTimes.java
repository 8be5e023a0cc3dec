package io.github.tieredquery.partition;

import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.table.Micros;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * What became of the times of rows after the rows were sorted into partitions. Immutable.
 *
 * @param unitMicros the unit of the times that are read
 * @param upMicros by how much a time is made later at most
 */
record KeptTimes(long unitMicros, long upMicros) {

    static final KeptTimes EXACT = new KeptTimes(1, 0);

    static KeptTimes rounded(Duration unit) {
        long micros = micros(unit);
        return new KeptTimes(micros, micros / 2);
    }

    static KeptTimes cut(Duration unit) {
        return new KeptTimes(micros(unit), 0);
    }

    private static long micros(Duration unit) {
        long micros = unit.toNanos() / 1_000;
        if (micros < 1) {
            throw new IllegalArgumentException("the unit of times is " + unit + "; it is a microsecond or longer");
        }
        return micros;
    }

    /** The times by which rows were sorted that are read in a range which isn't empty. */
    TimeRange sorted(TimeRange range, HivePartitionLayout.Drift drift) {
        Instant from = range.from().isAfter(TimeRange.SUPPORTED.from())
                ? range.from().minus(upMicros, ChronoUnit.MICROS).minus(drift.early())
                : range.from();
        Instant to = range.to().isBefore(TimeRange.SUPPORTED.to())
                ? nextUnit(range.to()).plus(drift.late())
                : range.to();
        return new TimeRange(from, to);
    }

    /** The times that are read of rows that were sorted by times of a range. */
    TimeRange read(TimeRange range, HivePartitionLayout.Drift drift) {
        long down = unitMicros - 1;
        return new TimeRange(
                range.from().minus(down, ChronoUnit.MICROS).minus(drift.late()),
                range.to().plus(upMicros, ChronoUnit.MICROS).plus(drift.early()));
    }

    /** The first whole unit that isn't before an instant. */
    private Instant nextUnit(Instant instant) {
        if (unitMicros == 1) {
            return instant;
        }
        long micros = Micros.of(instant);
        return Micros.toInstant(-Math.floorDiv(-micros, unitMicros) * unitMicros);
    }
}
