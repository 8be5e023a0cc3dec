package io.github.tieredquery.dynamodb.internal.read;

import io.github.tieredquery.dynamodb.internal.calls.ScanSession;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * The pages of a Query or Scan. The first is asked for at once; while one is read, the next is on its way, unless the
 * caller is likely to need one only. Used by one thread.
 */
final class Pages {

    /**
     * A page.
     *
     * @param next where the next page starts, empty if there is none
     */
    record Page(List<Map<String, AttributeValue>> items, Map<String, AttributeValue> next) {}

    private final ScanSession reading;
    private final String what;
    private final Function<Map<String, AttributeValue>, Page> fetch;
    private boolean prefetching;
    private Map<String, AttributeValue> position;
    private @Nullable Future<Page> coming;
    private boolean ended;

    /**
     * Starts reading.
     *
     * @param what the call, for messages
     * @param prefetching whether a second page is likely to be needed
     * @param start the key behind which the first page starts, empty for the beginning
     * @param fetch gets the page that starts behind a key, or at the beginning; blocks
     */
    Pages(
            ScanSession reading,
            String what,
            boolean prefetching,
            Map<String, AttributeValue> start,
            Function<Map<String, AttributeValue>, Page> fetch) {
        this.reading = reading;
        this.what = what;
        this.prefetching = prefetching;
        this.position = start;
        this.fetch = fetch;
        this.coming = submit();
    }

    private Future<Page> submit() {
        Map<String, AttributeValue> from = position;
        return reading.start(() -> fetch.apply(from));
    }

    /** The items of the next page, which may be none; null after the last page. */
    @Nullable
    List<Map<String, AttributeValue>> next() {
        if (ended) {
            return null;
        }
        Future<Page> awaited = coming == null ? submit() : coming;
        coming = awaited;
        Page page = reading.await(awaited, what);
        coming = null;
        position = page.next();
        ended = position.isEmpty();
        if (!ended && prefetching) {
            coming = submit();
        }
        // Who needs a second page may need a third.
        prefetching = true;
        return page.items();
    }
}
