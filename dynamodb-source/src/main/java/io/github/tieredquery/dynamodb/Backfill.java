package io.github.tieredquery.dynamodb;

import io.github.tieredquery.dynamodb.internal.calls.Backoff;
import io.github.tieredquery.dynamodb.internal.calls.DynamoCalls;
import io.github.tieredquery.dynamodb.internal.model.DeclaredTable;
import io.github.tieredquery.dynamodb.internal.write.IndexItems;
import io.github.tieredquery.dynamodb.model.AccessPattern;
import io.github.tieredquery.dynamodb.model.WriteConflictException;
import io.github.tieredquery.error.TieredQueryException;
import io.github.tieredquery.spi.ScanControl;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ScanResponse;

/**
 * Writes the index items of a pattern that is added to a table with rows, beside writers that know the pattern already.
 * The steps:
 *
 * <ol>
 *   <li>declare the pattern as {@link AccessPattern#building()} in every process that writes;
 *   <li>run the backfill until it {@linkplain BackfillProgress#isDone is done};
 *   <li>take {@code building()} away: queries use the pattern.
 * </ol>
 *
 * <pre>{@code
 * BackfillProgress progress = backfill.run(null, Duration.ofMinutes(10));
 * while (!progress.isDone()) {
 *     progress = backfill.run(progress.position(), Duration.ofMinutes(10));   // here or in another process
 * }
 * }</pre>
 *
 * <p>It reads at a bounded rate and backs off when DynamoDB throttles. Running it twice, or twice at a time, does no
 * harm. Immutable and thread-safe. Needs no closing; the client stays the caller's.
 */
public final class Backfill {

    private static final int PAGE_ITEMS = 100;

    private final DeclaredTable declared;
    private final AccessPattern pattern;
    private final DynamoCalls calls;
    private final TableScanner walk;

    private Backfill(DeclaredTable declared, AccessPattern pattern, DynamoCalls calls, double unitsPerSecond) {
        this.declared = declared;
        this.pattern = pattern;
        this.calls = calls;
        this.walk = new TableScanner(declared, calls, PAGE_ITEMS, unitsPerSecond);
    }

    /**
     * A backfill that consumes 100 read units a second at most, and as many writes as the rows that it reads need.
     *
     * @param client the client; stays the caller's to close
     * @param table declares the pattern
     * @param patternName the pattern's name
     * @return the backfill
     * @throws IllegalArgumentException if the table declares no such pattern
     */
    public static Backfill of(DynamoDbClient client, DynamoDbTable table, String patternName) {
        return of(client, table, patternName, Backoff.standard());
    }

    /** For tests that don't wait. */
    static Backfill of(DynamoDbClient client, DynamoDbTable table, String patternName, Backoff backoff) {
        DeclaredTable declared = table.declared();
        return new Backfill(
                declared,
                declared.pattern(patternName),
                new DynamoCalls(client, "dynamodb:" + table.tableName(), backoff),
                100);
    }

    /**
     * The same backfill at another speed.
     *
     * @param units how many read units a second it consumes at most, positive
     * @return the backfill
     * @throws IllegalArgumentException if {@code units} isn't positive
     */
    public Backfill readUnitsPerSecond(double units) {
        if (!(units > 0)) {
            throw new IllegalArgumentException("the backfill may read " + units + " units a second; it is more than 0");
        }
        return new Backfill(declared, pattern, calls, units);
    }

    /**
     * Goes on for a while, page by page. Where one fails after others were done, the run ends early there, so that its
     * position isn't lost; the next run begins with that page, and throws if it fails again.
     *
     * @param position what an earlier run returned, null to begin
     * @param budget for how long new pages are begun; at least one is
     * @return how far it has come
     * @throws IllegalArgumentException if the position is malformed
     * @throws io.github.tieredquery.error.ThrottledException if DynamoDB goes on refusing the first page; the position
     *     is still good
     * @throws WriteConflictException if others go on changing a row of the first page; the position is still good
     * @throws io.github.tieredquery.error.SourceUnavailableException if a call for the first page fails, or a row of it
     *     isn't what is declared; the position is still good
     */
    public BackfillProgress run(@Nullable String position, Duration budget) {
        long start = System.nanoTime();
        BackfillProgress progress = page(new BackfillProgress(position, 0, 0));
        while (!progress.isDone() && System.nanoTime() - start < budget.toNanos()) {
            try {
                progress = page(progress);
            } catch (TieredQueryException e) {
                return progress;
            }
        }
        return progress;
    }

    private BackfillProgress page(BackfillProgress progress) {
        ScanControl control = ScanControl.unlimited();
        IndexItems index = new IndexItems(declared, calls);
        ScanResponse page = walk.page(progress.position(), declared.keys().rows(), control);
        long written = 0;
        for (Map<String, AttributeValue> item : page.items()) {
            written += index.write(item, List.of(pattern), control);
        }
        return new BackfillProgress(
                walk.position(page), progress.rows() + page.items().size(), progress.indexItems() + written);
    }
}
