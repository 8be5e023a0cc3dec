package io.github.tieredquery.dynamodb;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Items that rows are read from. Used by one thread. */
interface ItemStream extends AutoCloseable {

    /** The next one, null after the last. Blocks. */
    @Nullable
    Map<String, AttributeValue> next();

    @Override
    void close();

    /** The items themselves that were found. */
    static ItemStream of(FoundStream stream) {
        return new ItemStream() {
            @Override
            public @Nullable Map<String, AttributeValue> next() {
                Found found = stream.next();
                return found == null ? null : found.item();
            }

            @Override
            public void close() {
                stream.close();
            }
        };
    }
}
