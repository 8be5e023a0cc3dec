package io.github.tieredquery.dynamodb.internal.read;

import io.github.tieredquery.dynamodb.internal.calls.BatchReader;
import io.github.tieredquery.dynamodb.internal.calls.ScanSession;
import io.github.tieredquery.dynamodb.internal.model.ItemKey;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * The rows' items that index items point to, in the index's order: batches are fetched ahead, as many at a time as the
 * source allows. An index item whose row isn't there is skipped and counted.
 */
public final class FetchedItems implements ItemStream {

    private record Batch(List<ItemKey> keys, Future<Map<ItemKey, Map<String, AttributeValue>>> items) {}

    private final FoundStream index;
    private final BatchReader reader;
    private final ScanSession reading;
    private final Runnable stale;
    private final int mostAhead;
    private final Deque<Batch> batches = new ArrayDeque<>();
    private Iterator<ItemKey> keys = Collections.emptyIterator();
    private Map<ItemKey, Map<String, AttributeValue>> items = Map.of();
    private long batchSize;
    private int ahead;
    private boolean ended;

    /**
     * A stream.
     *
     * @param wanted how many rows the query is likely to take; {@link Long#MAX_VALUE} for all
     * @param mostAhead how many batches may be on their way
     * @param stale is run for each pointer to nothing
     */
    public FetchedItems(
            FoundStream index, BatchReader reader, ScanSession reading, long wanted, int mostAhead, Runnable stale) {
        this.index = index;
        this.reader = reader;
        this.reading = reading;
        this.stale = stale;
        this.mostAhead = mostAhead;
        this.batchSize = Math.max(1, Math.min(wanted, BatchReader.MAX_KEYS));
        this.ahead = wanted <= BatchReader.MAX_KEYS ? 1 : mostAhead;
    }

    @Override
    public @Nullable Map<String, AttributeValue> next() {
        while (true) {
            while (keys.hasNext()) {
                Map<String, AttributeValue> item = items.get(keys.next());
                if (item != null) {
                    return item;
                }
                stale.run();
            }
            fill();
            Batch batch = batches.poll();
            if (batch == null) {
                return null;
            }
            items = reading.await(batch.items(), "BatchGetItem");
            keys = batch.keys().iterator();
        }
    }

    private void fill() {
        while (!ended && batches.size() < ahead) {
            List<ItemKey> batch = new ArrayList<>();
            while (batch.size() < batchSize) {
                Found found = index.next();
                if (found == null) {
                    ended = true;
                    break;
                }
                batch.add(found.row());
            }
            if (!batch.isEmpty()) {
                batches.add(new Batch(batch, reader.start(batch)));
            }
        }
        // Who wants more than was expected may want much more.
        batchSize = BatchReader.MAX_KEYS;
        ahead = Math.min(mostAhead, ahead * 2);
    }
}
