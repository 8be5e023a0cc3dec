package io.github.tieredquery.jdbc.internal.dialect;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.Optional;

/**
 * How the local times in a column without a zone stand for instants. The mapping is strictly monotonic, so that the
 * order of local times is the order of instants: of the two passes through an hour that the clock repeats only one can
 * be stored, and a time that the clock skips stands for nothing. Immutable and thread-safe.
 */
public final class LocalTimes {

    private final ZoneId zone;
    private final ZoneRules rules;
    private final boolean later;

    private LocalTimes(ZoneId zone, boolean later) {
        this.zone = zone;
        this.rules = zone.getRules();
        this.later = later;
    }

    /**
     * A repeated local time is its first pass.
     *
     * @param zone the zone of the local times
     * @return the mapping
     */
    public static LocalTimes earlier(ZoneId zone) {
        return new LocalTimes(zone, false);
    }

    /**
     * A repeated local time is its second pass.
     *
     * @param zone the zone of the local times
     * @return the mapping
     */
    public static LocalTimes later(ZoneId zone) {
        return new LocalTimes(zone, true);
    }

    public ZoneId zone() {
        return zone;
    }

    /** The zone, and where its clocks change, which of two instants is meant. Names of one fixed offset are one. */
    public String describe() {
        return rules.isFixedOffset()
                ? rules.getOffset(Instant.EPOCH).getId()
                : zone.getId() + (later ? " LATER" : " EARLIER");
    }

    /** The instant that a local time stands for; empty if the clock skips it. */
    Optional<Instant> instant(LocalDateTime local) {
        if (rules.isFixedOffset()) {
            return Optional.of(local.toInstant(rules.getOffset(Instant.EPOCH)));
        }
        ZoneOffsetTransition transition = rules.getTransition(local);
        if (transition == null) {
            return Optional.of(local.toInstant(rules.getOffset(local)));
        }
        return transition.isGap()
                ? Optional.empty()
                : Optional.of(local.toInstant(later ? transition.getOffsetAfter() : transition.getOffsetBefore()));
    }

    /** The local time that stands for an instant; empty if none does, which is so in one pass of a repeated hour. */
    Optional<LocalDateTime> exactly(Instant instant) {
        LocalDateTime local = LocalDateTime.ofInstant(instant, zone);
        return instant(local).filter(instant::equals).map(same -> local);
    }

    /** The first local time that stands for an instant not before the given one. */
    public LocalDateTime notBefore(Instant instant) {
        ZoneOffset offset = rules.getOffset(instant);
        LocalDateTime local = LocalDateTime.ofEpochSecond(instant.getEpochSecond(), instant.getNano(), offset);
        ZoneOffsetTransition transition = rules.getTransition(local);
        if (transition == null || transition.isGap()) {
            return local;
        }
        boolean firstPass = offset.equals(transition.getOffsetBefore());
        if (later) {
            return firstPass ? transition.getDateTimeAfter() : local;
        }
        return firstPass ? local : transition.getDateTimeBefore();
    }
}
