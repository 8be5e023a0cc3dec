package io.github.tieredquery.examples.crash;

import io.github.tieredquery.TieredQuery;
import io.github.tieredquery.query.Filter;
import io.github.tieredquery.query.Page;
import io.github.tieredquery.query.Query;
import io.github.tieredquery.store.HotStore;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.testkit.Model;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads around the watermark in all ways, and compares what it gets with the model. For one thread. */
final class Reader implements Runnable {

    private static final int HOURS_AROUND = 5 * 24;
    private static final int PAGES = 4;

    private final TieredQuery<Row> flights;
    private final HotStore hot;
    private final Model model;
    private final Random random;
    private final BooleanSupplier goingOn;
    private final Differences differences;
    private final Tally tally;

    /** How often something was read, of all readers. */
    static final class Tally {

        private final Map<String, AtomicLong> counts = new ConcurrentHashMap<>();

        void add(String event) {
            counts.computeIfAbsent(event, absent -> new AtomicLong()).incrementAndGet();
        }

        long of(String event) {
            AtomicLong count = counts.get(event);
            return count == null ? 0 : count.get();
        }

        @Override
        public String toString() {
            return new java.util.TreeMap<>(counts).toString();
        }
    }

    Reader(
            TieredQuery<Row> flights,
            HotStore hot,
            Model model,
            long seed,
            BooleanSupplier goingOn,
            Differences differences,
            Tally tally) {
        this.flights = flights;
        this.hot = hot;
        this.model = model;
        this.random = new Random(seed);
        this.goingOn = goingOn;
        this.differences = differences;
        this.tally = tally;
    }

    @Override
    public void run() {
        while (goingOn.getAsBoolean()) {
            differences.check("a reader", this::readSomething);
        }
    }

    void readSomething() {
        Instant watermark = Site.watermark(hot);
        Query query = query(watermark);
        switch (random.nextInt(8)) {
            case 0 -> count(query);
            case 1, 2 -> pages(query);
            case 3 -> read(query, random.nextInt(30));
            default -> read(random.nextInt(3) == 0 ? query.limit(1 + random.nextInt(40)) : query, Integer.MAX_VALUE);
        }
        if (!watermark.equals(Site.watermark(hot))) {
            tally.add("the watermark moved meanwhile");
        }
    }

    private Query query(Instant watermark) {
        Instant one = around(watermark);
        Instant other = around(watermark);
        Query query = Query.between(one.isBefore(other) ? one : other, one.isBefore(other) ? other : one);
        query = random.nextBoolean() ? query.newestFirst() : query;
        query = random.nextInt(3) == 0 ? query.where(Filter.ge("delay", random.nextInt(10))) : query;
        return random.nextInt(4) == 0 ? query.where(Filter.eq("origin", Writer.origin(random))) : query;
    }

    private Instant around(Instant watermark) {
        return watermark.plus(Duration.ofHours(random.nextInt(2 * HOURS_AROUND) - HOURS_AROUND));
    }

    /** Closes the stream after so many rows. */
    private void read(Query query, int most) {
        long since = model.moment();
        List<Row> seen = new ArrayList<>();
        boolean ended = false;
        try (Stream<Row> stream = flights.stream(query)) {
            Iterator<Row> rows = stream.iterator();
            while (seen.size() < most && !ended) {
                ended = !rows.hasNext();
                if (!ended) {
                    seen.add(rows.next());
                }
            }
        }
        model.check(query, since, model.moment(), seen, ended, null);
        tally.add(ended ? "read to the end" : "closed early");
        if (ended && !seen.isEmpty()) {
            tally.add("read to the end, with rows");
        }
    }

    private void pages(Query query) {
        String token = null;
        Row after = null;
        int size = 1 + random.nextInt(20);
        for (int i = 0; i < PAGES; i++) {
            long since = model.moment();
            Page<Row> page = flights.page(query, size, token);
            token = page.nextToken();
            model.check(query, since, model.moment(), page.rows(), token == null, after);
            tally.add("page");
            if (token == null) {
                return;
            }
            after = last(page.rows());
        }
    }

    private static @Nullable Row last(List<Row> rows) {
        return rows.get(rows.size() - 1);
    }

    private void count(Query query) {
        long since = model.moment();
        long count = flights.count(query);
        model.checkCount(query, since, model.moment(), count);
        tally.add("count");
    }
}
