package io.github.tieredquery.dynamodb.internal.read;

import io.github.tieredquery.dynamodb.internal.model.ItemKey;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/** Several streams as one in order: shards, partitions, or values of which a row may have more than one. */
public final class MergedStream implements FoundStream {

    private record Head(Found found, FoundStream stream) {}

    private final List<? extends FoundStream> streams;
    private final PriorityQueue<Head> heads;
    private boolean started;
    private @Nullable ItemKey last;

    private MergedStream(List<? extends FoundStream> streams, Comparator<Found> order) {
        this.streams = streams;
        this.heads = new PriorityQueue<>(Comparator.comparing(Head::found, order));
    }

    static FoundStream of(List<? extends FoundStream> streams, Comparator<Found> order) {
        return streams.size() == 1 ? streams.get(0) : new MergedStream(streams, order);
    }

    /** Finds nothing. */
    public static FoundStream none() {
        return new MergedStream(
                List.of(), Comparator.comparing(found -> found.row().sort()));
    }

    /** Each row once, whatever found it. */
    @Override
    public @Nullable Found next() {
        if (!started) {
            streams.forEach(this::advance);
            started = true;
        }
        for (Head head = heads.poll(); head != null; head = heads.poll()) {
            advance(head.stream());
            if (!head.found().row().equals(last)) {
                last = head.found().row();
                return head.found();
            }
        }
        return null;
    }

    private void advance(FoundStream stream) {
        Found found = stream.next();
        if (found != null) {
            heads.add(new Head(found, stream));
        }
    }
}
