package io.github.tieredquery.dynamodb.internal.read;

import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** What one Query finds. */
final class PagedStream implements FoundStream {

    private final Pages pages;
    private final Function<Map<String, AttributeValue>, Found> reading;
    private Iterator<Map<String, AttributeValue>> page = Collections.emptyIterator();

    PagedStream(Pages pages, Function<Map<String, AttributeValue>, Found> reading) {
        this.pages = pages;
        this.reading = reading;
    }

    @Override
    public @Nullable Found next() {
        while (!page.hasNext()) {
            List<Map<String, AttributeValue>> items = pages.next();
            if (items == null) {
                return null;
            }
            page = items.iterator();
        }
        return reading.apply(page.next());
    }
}
