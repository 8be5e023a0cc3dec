package io.github.tieredquery.simulation;

import io.github.tieredquery.TieredQuery;
import io.github.tieredquery.error.SourceUnavailableException;
import io.github.tieredquery.query.Order;
import io.github.tieredquery.query.Page;
import io.github.tieredquery.query.Query;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.testkit.MemoryHotStore;
import io.github.tieredquery.testkit.Model;
import io.github.tieredquery.testkit.StepHook;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.IntConsumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Those who read while others archive and write: streams that stop between any two rows and any two steps, and pages.
 * What they have read is compared with the model.
 */
final class Readers {

    /** A query took too long: its reader gets no answer. */
    static final class TimedOut extends RuntimeException {
        private static final long serialVersionUID = 1L;

        TimedOut() {
            super("the query has timed out", null, false, false);
        }
    }

    /** A store failed: its reader gets no answer. */
    static final class Failed extends SourceUnavailableException {
        private static final long serialVersionUID = 1L;

        Failed(String step) {
            super("an injected failure at " + step);
        }
    }

    /** An open stream. While somebody goes on with it, it isn't in the list. */
    private record Reader(
            Query query, long since, Seen journal, Stream<Row> stream, Iterator<Row> rows, List<Row> seen) {}

    /** Somebody who pages through a query. */
    private record Paging(
            Query query,
            int size,
            @Nullable String token,
            @Nullable Row after) {}

    /** What had happened to the archive when a reader began. */
    record Seen(@Nullable Object watermark, long sweeps, long erasures, long cleanUps, int commits) {}

    private final Draw draw;
    private final Model model;
    private final Coverage coverage;
    private final MemoryHotStore hot;
    private final BiFunction<StepHook, Query, TieredQuery<Row>> flights;
    private final Function<Query, TieredQuery<Row>> counted;
    private final IntConsumer meanwhile;
    private final List<Reader> readers = new ArrayList<>();
    private final List<Paging> pagings = new ArrayList<>();
    /** Who has committed so far, one after the other. */
    private final List<Integer> committers = new ArrayList<>();

    private boolean ending;
    private int within;

    /**
     * Nobody reads yet.
     *
     * @param flights what one query is asked of, with a hook for its steps
     * @param counted what counts the rows of a query
     * @param meanwhile lets others act, at the given odds
     */
    Readers(
            Draw draw,
            Model model,
            Coverage coverage,
            MemoryHotStore hot,
            BiFunction<StepHook, Query, TieredQuery<Row>> flights,
            Function<Query, TieredQuery<Row>> counted,
            IntConsumer meanwhile) {
        this.draw = draw;
        this.model = model;
        this.coverage = coverage;
        this.hot = hot;
        this.flights = flights;
        this.counted = counted;
        this.meanwhile = meanwhile;
    }

    /** An archiver has moved a window or swept one. */
    void committed(int archiver) {
        committers.add(archiver);
    }

    void open() {
        if (!ending && readers.size() < 4) {
            Query query = draw.query();
            long since = model.moment();
            Seen journal = seen();
            Stream<Row> stream = flights.apply(this::others, query).stream(query);
            readers.add(new Reader(query, since, journal, stream, stream.iterator(), new ArrayList<>()));
        }
    }

    /** Whether a reader stands between two of its steps, deeper in the stack. */
    boolean areWithinAStep() {
        return within > 0;
    }

    /** The database ends all connections. Those who page have none. */
    void disconnect() {
        readers.forEach(reader -> reader.stream().close());
        readers.clear();
    }

    /** Others act, and now and then the store fails. */
    private void others(String step) {
        within++;
        try {
            meanwhile.accept(step.endsWith(".next") ? 12 : 2);
        } finally {
            within--;
        }
        if (!ending && draw.oneIn(150)) {
            coverage.add("failure of a read");
            throw new Failed(step);
        }
    }

    private Seen seen() {
        return new Seen(
                hot.journal().orElseThrow().state().watermark(),
                coverage.of("window swept"),
                coverage.of("row erased"),
                coverage.of("version removed"),
                committers.size());
    }

    private @Nullable Reader take() {
        return readers.isEmpty() ? null : readers.remove(draw.below(readers.size()));
    }

    void readOn() {
        Reader reader = take();
        if (reader == null) {
            return;
        }
        if (read(reader, 1 + draw.below(8))) {
            readers.add(reader);
        }
    }

    /** Whether it can be gone on with. */
    private boolean read(Reader reader, int most) {
        try {
            for (int i = 0; i < most; i++) {
                if (!reader.rows().hasNext()) {
                    finish(reader, true);
                    return false;
                }
                reader.seen().add(reader.rows().next());
            }
            return true;
        } catch (TimedOut | Failed e) {
            finish(reader, false);
            return false;
        }
    }

    /** Nobody begins to read any more. */
    void drainAll() {
        ending = true;
        while (!pagings.isEmpty()) {
            nextPage();
        }
        while (!readers.isEmpty()) {
            read(readers.remove(0), Integer.MAX_VALUE);
        }
        ending = false;
    }

    void closeEarly() {
        Reader reader = take();
        if (reader != null) {
            finish(reader, false);
        }
    }

    private void finish(Reader reader, boolean ended) {
        reader.stream().close();
        coverage.add(ended ? "read to its end" : "read and closed early");
        note(reader);
        model.check(reader.query(), reader.since(), model.moment(), reader.seen(), ended, null);
    }

    private void note(Reader reader) {
        Seen before = reader.journal();
        Seen now = seen();
        if (!Objects.equals(before.watermark(), now.watermark())) {
            coverage.add("watermark moved during a read, "
                    + (reader.query().order() == Order.OLDEST_FIRST ? "oldest first" : "newest first"));
        }
        if (new HashSet<>(committers.subList(before.commits(), now.commits())).size() > 1) {
            coverage.add("two archivers committed during a read, "
                    + (reader.query().order() == Order.OLDEST_FIRST ? "oldest first" : "newest first"));
        }
        if (before.sweeps() != now.sweeps()) {
            coverage.add("sweep during a read");
        }
        if (before.erasures() != now.erasures()) {
            coverage.add("erasure during a read");
        }
        if (before.cleanUps() != now.cleanUps()) {
            coverage.add("clean-up during a read");
        }
        if (reader.since() != model.moment()) {
            coverage.add("rows changed during a read");
        }
    }

    void page() {
        if (!ending && pagings.size() < 3 && draw.oneIn(3)) {
            pagings.add(new Paging(draw.unlimitedQuery(), 1 + draw.below(5), null, null));
        } else if (!pagings.isEmpty()) {
            nextPage();
        }
    }

    /** A page shows what there is since the page was asked for, whatever the scan was that it goes on in. */
    private void nextPage() {
        Paging paging = pagings.remove(draw.below(pagings.size()));
        long since = model.moment();
        boolean alone = draw.oneIn(2);
        StepHook hook = step -> {
            if (step.equals("cold.resume")) {
                coverage.add("page of an earlier page's scan");
            }
            if (!alone) {
                others(step);
            }
        };
        Page<Row> page;
        try {
            page = flights.apply(hook, paging.query()).page(paging.query(), paging.size(), paging.token());
        } catch (TimedOut | Failed e) {
            pagings.add(paging);
            return;
        }
        String next = page.nextToken();
        coverage.add(paging.after() == null ? "first page" : "further page");
        model.check(paging.query(), since, model.moment(), page.rows(), next == null, paging.after());
        if (next != null) {
            Row last = page.rows().get(page.rows().size() - 1);
            pagings.add(new Paging(paging.query(), paging.size(), next, last));
        }
    }

    /** While others act. */
    void count() {
        if (ending) {
            return;
        }
        Query query = draw.query();
        long since = model.moment();
        long count;
        try {
            count = flights.apply(this::others, query).count(query);
        } catch (TimedOut | Failed e) {
            return;
        }
        coverage.add(since == model.moment() ? "counted" : "counted while rows changed");
        model.checkCount(query, since, model.moment(), count);
    }

    /** A reader that nobody comes between sees exactly what there is, however far an archiver has come. */
    void checkAtOnce(Query query) {
        coverage.add("counted and read at once");
        TieredQuery<Row> asked = flights.apply(StepHook.NONE, query);
        List<Row> expected = model.answer(query);
        List<Row> rows = asked.list(query);
        if (!rows.equals(expected)) {
            throw new AssertionError(query + ":\n  read     " + rows + "\n  expected " + expected);
        }
        long count = counted.apply(query).count(query);
        if (count != expected.size()) {
            throw new AssertionError(query + ": counted " + count + " of " + expected);
        }
    }
}
