package io.github.tieredquery.dynamodb.internal.read;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The rows that all of several streams found. They come with the first stream's items. */
final class IntersectedStream implements FoundStream {

    private final List<? extends FoundStream> streams;
    private final Comparator<Found> order;
    private final List<@Nullable Found> heads = new ArrayList<>();

    private IntersectedStream(List<? extends FoundStream> streams, Comparator<Found> order) {
        this.streams = streams;
        this.order = order;
        streams.forEach(stream -> heads.add(null));
    }

    static FoundStream of(List<? extends FoundStream> streams, Comparator<Found> order) {
        return streams.size() == 1 ? streams.get(0) : new IntersectedStream(streams, order);
    }

    @Override
    public @Nullable Found next() {
        Found candidate = streams.get(0).next();
        int agreed = 1;
        int turn = 1;
        Found first = candidate;
        while (candidate != null && agreed < streams.size()) {
            Found head = advance(turn, candidate);
            if (head == null) {
                return null;
            }
            if (order.compare(head, candidate) == 0) {
                agreed++;
            } else {
                candidate = head;
                agreed = 1;
            }
            first = turn == 0 ? head : first;
            turn = (turn + 1) % streams.size();
        }
        return candidate == null ? null : first;
    }

    /** The first of a stream that isn't before the candidate. */
    private @Nullable Found advance(int index, Found candidate) {
        Found head = heads.get(index);
        while (head == null || order.compare(head, candidate) < 0) {
            head = streams.get(index).next();
            if (head == null) {
                return null;
            }
        }
        heads.set(index, head);
        return head;
    }
}
