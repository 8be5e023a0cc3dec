package io.github.tieredquery.plan;

import io.github.tieredquery.TieredQuery;
import io.github.tieredquery.query.Filter;
import io.github.tieredquery.query.Order;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.spi.AccessPath;
import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How a query would be answered: its slices in the order in which they would be read, with what each would cost. As
 * text ({@link #toString}) it is a tree for people. Immutable.
 *
 * @param query the query as it is understood, the mandatory filter included
 * @param order the order of the rows
 * @param slices the slices in the order of reading; none if no row can match
 * @param objections what the policy has against it; empty if the query would run without warnings
 */
public record QueryPlan(String query, Order order, List<Slice> slices, List<Objection> objections) {

    /** How serious an objection is. */
    public enum Verdict {
        /** The query would run, and a warning would be logged. */
        WARNED,
        /** The query would fail with {@link io.github.tieredquery.error.RefusedByPolicyException}. */
        REFUSED
    }

    /**
     * What a {@link QueryPolicy} has against a query.
     *
     * @param verdict how serious it is
     * @param reason what the query would take, what the policy allows, and what would help
     */
    public record Objection(Verdict verdict, String reason) {}

    /**
     * One slice.
     *
     * @param tier which tier answers
     * @param source the name of the source
     * @param range the slice, from inclusive, to exclusive
     * @param accessPath how the source gets at the rows
     * @param statement what the source would run, without the values that are bound to it
     * @param residual the part of the filter that is applied only after reading
     * @param residualDescription the same for people, empty if there is none; of what {@link TieredQuery#restrictedTo}
     *     restricts it names the columns alone
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
            String residualDescription,
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

    /** Copies the lists. */
    public QueryPlan {
        slices = List.copyOf(slices);
        objections = List.copyOf(objections);
    }

    /**
     * How many bytes of the archive would be scanned: all bytes of the selected partitions, as far as manifests tell.
     *
     * @return bytes; exact for formats that are read as a whole, otherwise an upper bound
     */
    public long bytes() {
        return archives().mapToLong(Archive::bytes).sum();
    }

    /**
     * What scanning the archive would cost.
     *
     * @return US dollars, for as many bytes as {@link #bytes}
     */
    public BigDecimal cost() {
        return archives().map(Archive::cost).reduce(BigDecimal.ZERO, BigDecimal::add);
    }

    /**
     * Whether the policy would refuse the query.
     *
     * @return whether there is an objection of that verdict
     */
    public boolean isRefused() {
        return objections.stream().anyMatch(objection -> objection.verdict() == Verdict.REFUSED);
    }

    private Stream<Archive> archives() {
        return slices.stream().map(Slice::archive).filter(Objects::nonNull).map(Objects::requireNonNull);
    }

    /** The plan as a tree. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(query);
        for (int i = 0; i < slices.size(); i++) {
            boolean last = i == slices.size() - 1 && objections.isEmpty();
            append(text, slices.get(i), last ? "`- " : "|- ", last ? "   " : "|  ");
        }
        if (slices.isEmpty()) {
            text.append(objections.isEmpty() ? "\n`- nothing to read" : "\n|- nothing to read");
        }
        for (int i = 0; i < objections.size(); i++) {
            text.append(i == objections.size() - 1 ? "\n`- " : "\n|- ")
                    .append(objections.get(i).verdict())
                    .append(": ")
                    .append(objections.get(i).reason());
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
        if (!slice.residualDescription().isEmpty()) {
            line(text, indent, "after reading", slice.residualDescription());
        }
        line(text, indent, "statement", slice.statement().replaceAll("\\s+", " "));
    }

    private static void line(StringBuilder text, String indent, String name, String value) {
        text.append('\n').append(indent).append("  ").append(name).append(": ").append(value);
    }
}
