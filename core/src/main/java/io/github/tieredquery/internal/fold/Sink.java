package io.github.tieredquery.internal.fold;

import io.github.tieredquery.internal.view.ReadView;
import io.github.tieredquery.internal.view.Segment;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.spi.Scan;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.spi.ScanStats;
import io.github.tieredquery.spi.Source;
import io.github.tieredquery.table.Row;
import java.util.List;

/** What becomes of rows that nobody wants to see one by one. Used by one thread. */
public interface Sink {

    /**
     * What a tier has made of its rows.
     *
     * @param rows how many rows it has counted, or how many groups there are
     * @param groups none if it has counted
     */
    record Answer(long rows, List<Row> groups, ScanStats stats) {}

    /** How many rows are still wanted, {@link Long#MAX_VALUE} for all. */
    long wanted();

    /**
     * Takes what the manifests answer of an archived segment.
     *
     * @return what is left to ask the cold tier for, disjoint, oldest first
     */
    List<TimeRange> takeKnown(ReadView view, Segment archived);

    /** Lets the hot tier answer. */
    Answer askHot(ReadView view, Scan scan);

    /** Lets the cold tier answer. */
    Answer askCold(Source cold, Scan scan, ScanControl control);

    /** Takes what a tier has answered. */
    void take(Answer answer);

    /** Takes a row. */
    void add(Row row);
}
