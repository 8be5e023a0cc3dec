package io.github.tieredquery.dynamodb.internal.model;

import io.github.tieredquery.query.TimeRange;
import java.time.Duration;
import java.time.Instant;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * When rows expire.
 *
 * @param attribute holds the moment in epoch seconds, as DynamoDB wants it
 * @param lifetime how long after its time a row can be read
 */
public record TimeToLive(String attribute, Duration lifetime) {

    /** When a row expires: not before its lifetime has passed. */
    AttributeValue of(Instant time) {
        return AttributeValue.fromN(String.valueOf(time.plus(lifetime).getEpochSecond() + 1));
    }

    /** The part of a range whose rows haven't expired. */
    public TimeRange living(TimeRange range, Instant now) {
        return range.since(now.minus(lifetime));
    }
}
