package io.github.tieredquery.athena.internal.execution;

import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * The statements that Athena has refused because too many run, in the order in which they came: only the first one
 * tries again, so that waiting statements don't use up the rate of calls and none is overtaken for ever. Thread-safe.
 */
public final class StartQueue {

    private final ConcurrentLinkedQueue<Place> places = new ConcurrentLinkedQueue<>();

    /** A place in the queue. Closing it lets the next one try. */
    public final class Place implements AutoCloseable {

        private Place() {}

        public boolean isFirst() {
            return places.peek() == this;
        }

        @Override
        public void close() {
            places.remove(this);
        }
    }

    public Place join() {
        Place place = new Place();
        places.add(place);
        return place;
    }

    public boolean isEmpty() {
        return places.isEmpty();
    }
}
