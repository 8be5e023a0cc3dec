package io.github.tieredquery.internal.stream;

import io.github.tieredquery.internal.bound.BoundQuery;
import io.github.tieredquery.internal.bound.RowBytes;
import io.github.tieredquery.internal.token.PageOptions;
import io.github.tieredquery.internal.token.PageToken;
import io.github.tieredquery.internal.token.ResumableResult;
import io.github.tieredquery.query.Page;
import io.github.tieredquery.spi.RowPosition;
import io.github.tieredquery.table.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Reads one page of a query: what follows a position, up to a number of rows. */
public final class Pager {

    private final BoundQuery asked;
    /** With the columns that tell a row's position. */
    private final BoundQuery paged;

    private final int size;
    private final long rowsPerScan;
    private final long maxBytes;
    private final PageToken tokens;
    private final PageToken.@Nullable Start start;

    /**
     * A page.
     *
     * @param asked the query as the caller made it
     * @param size how many rows the page has at most
     * @param token where the page starts, null for the first page
     * @throws io.github.tieredquery.error.BadPageTokenException if it isn't a token of this query
     */
    public Pager(BoundQuery asked, int size, PageOptions options, @Nullable String token) {
        this.asked = asked;
        this.paged = asked.withOrderColumns();
        this.size = size;
        // One row more tells whether anything follows the last of the pages.
        this.rowsPerScan = (long) options.pagesPerScan() * size + 1;
        this.maxBytes = options.maxBytes();
        this.tokens = new PageToken(asked, options.tokenKeys());
        this.start = token == null ? null : tokens.read(token);
    }

    /** What is left of the query before the page is read. */
    public BoundQuery rest() {
        return rest(start == null ? null : start.position(), size);
    }

    /** What follows a position; one row more than is wanted tells whether there is a next page. */
    private BoundQuery rest(@Nullable RowPosition after, int wanted) {
        BoundQuery rest = paged.limit(wanted + 1L);
        return after == null ? rest : rest.startAfter(after);
    }

    /**
     * Reads the page. A result of the cold tier that has ended by its limit ends a run; what follows it is another run,
     * from the position that was reached.
     *
     * @param runs starts a run over what is left
     */
    public <T> Page<T> read(BiFunction<BoundQuery, ResultReuse, QueryCursor> runs, Function<Row, T> mapper) {
        UnaryOperator<Row> projection = paged.rowType().projectionOf(asked.rowType());
        List<T> rows = new ArrayList<>();
        long bytes = 0;
        boolean full = false;
        RowPosition position = start == null ? null : start.position();
        ResumableResult keptResult = start == null ? null : start.result();
        while (true) {
            ResultReuse pages = new ResultReuse(paged, position, keptResult, rowsPerScan);
            keptResult = null;
            try (QueryCursor run = runs.apply(rest(position, size - rows.size()), pages)) {
                Row last = null;
                Row row = run.next();
                while (row != null) {
                    last = row;
                    Row given = projection.apply(row);
                    rows.add(mapper.apply(given));
                    bytes += RowBytes.of(given);
                    full = rows.size() == size || bytes >= maxBytes;
                    row = full ? null : run.next();
                }
                position = last == null ? position : RowPosition.of(asked.table(), last);
                if (full && position != null) {
                    ResumableResult kept = pages.kept();
                    return new Page<>(rows, run.mayGoOn() ? tokens.write(next(position, kept, pages)) : null);
                }
            }
            if (!pages.isCutOff()) {
                return new Page<>(rows, null);
            }
        }
    }

    /**
     * The place before the row that was looked ahead to, if there was one: at the end of a result there is no place.
     */
    private static PageToken.Start next(RowPosition position, @Nullable ResumableResult kept, ResultReuse pages) {
        return new PageToken.Start(position, pages.hasEnded() ? null : kept);
    }
}
