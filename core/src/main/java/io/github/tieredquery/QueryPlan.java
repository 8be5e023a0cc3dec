package io.github.tieredquery;

import io.github.tieredquery.query.Filter;
import io.github.tieredquery.query.Order;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.spi.AccessPath;
import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How a query would be answered: its slices in the order in which they would be read, with what each would cost. As
 * text ({@link #toString}) it is a tree for people. Immutable.
 *
 * @param query the query as it is understood, the mandatory filter included
 * @param order the order of the rows
 * @param slices the slices in the order of reading; none if no row can match
 */
public record QueryPlan(String query, Order order, List<Slice> slices) {

    /**
     * One slice.
     *
     * @param tier which tier answers
     * @param source the name of the source
     * @param range the slice, from inclusive, to exclusive
     * @param accessPath how the source gets at the rows
     * @param statement what the source would run, without the values that are bound to it
     * @param residual the part of the filter that is applied only after reading
     * @param archive what of the archive would be read, null if the slice isn't of an archive with a manifest
     * @param capacity what the slice consumes of a backend that counts capacity units, null if it doesn't or can't say
     */
    public record Slice(
            Tier tier,
            String source,
            TimeRange range,
            AccessPath accessPath,
            String statement,
            Filter residual,
            @Nullable Archive archive,
            @Nullable Capacity capacity) {}

    /**
     * What of an archive a slice would read, by the manifest. Formats that read single columns read less.
     *
     * @param partitions how many partitions the slice selects
     * @param partitionsInAll how many partitions with rows the archive has
     * @param rows how many rows they hold
     * @param bytes how many bytes their files have
     * @param bytesInAll how many bytes the archive has
     * @param cost what reading these bytes costs, in US dollars
     */
    public record Archive(
            int partitions, int partitionsInAll, long rows, long bytes, long bytesInAll, BigDecimal cost) {}

    /**
     * What a slice consumes of a backend that counts capacity units, by the size of its table.
     *
     * @param unitsAtMost read capacity units
     * @param cost what they cost, in US dollars
     */
    public record Capacity(double unitsAtMost, BigDecimal cost) {}

    /** Copies the list. */
    public QueryPlan {
        slices = List.copyOf(slices);
    }

    /** The plan as a tree. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(query);
        if (slices.isEmpty()) {
            return text.append("\n`- nothing to read").toString();
        }
        for (int i = 0; i < slices.size(); i++) {
            boolean last = i == slices.size() - 1;
            append(text, slices.get(i), last ? "`- " : "|- ", last ? "   " : "|  ");
        }
        return text.toString();
    }

    private static void append(StringBuilder text, Slice slice, String first, String indent) {
        text.append('\n')
                .append(first)
                .append(slice.tier())
                .append(' ')
                .append(slice.source())
                .append(' ')
                .append(slice.range());
        line(
                text,
                indent,
                "access",
                slice.accessPath().name().toLowerCase(Locale.ROOT).replace('_', ' '));
        Archive archive = slice.archive();
        if (archive != null) {
            line(
                    text,
                    indent,
                    "reads",
                    archive.partitions() + " of " + archive.partitionsInAll() + " partitions, at most "
                            + archive.rows() + " rows, " + archive.bytes() + " of " + archive.bytesInAll() + " bytes, "
                            + archive.cost().toPlainString() + " USD");
        }
        Capacity capacity = slice.capacity();
        if (capacity != null) {
            line(
                    text,
                    indent,
                    "consumes",
                    "at most " + BigDecimal.valueOf(capacity.unitsAtMost()).toPlainString() + " read units, "
                            + capacity.cost().toPlainString() + " USD");
        }
        if (!(slice.residual() instanceof Filter.All)) {
            line(text, indent, "after reading", slice.residual().toString());
        }
        line(text, indent, "statement", slice.statement().replaceAll("\\s+", " "));
    }

    private static void line(StringBuilder text, String indent, String name, String value) {
        text.append('\n').append(indent).append("  ").append(name).append(": ").append(value);
    }
}
