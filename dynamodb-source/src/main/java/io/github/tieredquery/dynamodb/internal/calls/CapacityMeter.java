package io.github.tieredquery.dynamodb.internal.calls;

import java.util.Collection;
import java.util.concurrent.atomic.DoubleAdder;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.ConsumedCapacity;

/** Sums the capacity units that calls say they have consumed. Thread-safe. */
public final class CapacityMeter {

    private final DoubleAdder units = new DoubleAdder();

    public void add(@Nullable ConsumedCapacity consumed) {
        if (consumed != null && consumed.capacityUnits() != null) {
            units.add(consumed.capacityUnits());
        }
    }

    public void add(Collection<ConsumedCapacity> consumed) {
        consumed.forEach(this::add);
    }

    public double units() {
        return units.sum();
    }
}
