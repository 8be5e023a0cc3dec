package io.github.tieredquery.athena;

import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * The statements that Athena has refused because too many run, in the order in which they came: only the first one
 * tries again, so that waiting statements don't use up the rate of calls and none is overtaken for ever. Thread-safe.
 */
final class StartQueue {

    private final ConcurrentLinkedQueue<Place> places = new ConcurrentLinkedQueue<>();

    /** A place in the queue. Closing it lets the next one try. */
    final class Place implements AutoCloseable {

        private Place() {}

        boolean isFirst() {
            return places.peek() == this;
        }

        @Override
        public void close() {
            places.remove(this);
        }
    }

    Place join() {
        Place place = new Place();
        places.add(place);
        return place;
    }

    boolean isEmpty() {
        return places.isEmpty();
    }
}
