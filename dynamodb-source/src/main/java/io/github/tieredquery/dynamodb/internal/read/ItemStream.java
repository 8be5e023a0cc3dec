package io.github.tieredquery.dynamodb.internal.read;

import io.github.tieredquery.dynamodb.internal.calls.ScanSession;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * Items that rows are read from. Used by one thread; needs no closing, what runs belongs to the {@link ScanSession}.
 */
@FunctionalInterface
public interface ItemStream {

    /** The next one, null after the last. Blocks. */
    @Nullable
    Map<String, AttributeValue> next();

    /** The items themselves that were found. */
    static ItemStream of(FoundStream stream) {
        return () -> {
            Found found = stream.next();
            return found == null ? null : found.item();
        };
    }
}
