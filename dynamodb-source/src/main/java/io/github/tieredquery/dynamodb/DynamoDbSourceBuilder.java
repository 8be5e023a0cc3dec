package io.github.tieredquery.dynamodb;

import io.github.tieredquery.dynamodb.internal.calls.Backoff;
import java.math.BigDecimal;
import java.time.InstantSource;
import java.util.Objects;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** Builds a {@link DynamoDbSource}. Not thread-safe. */
public final class DynamoDbSourceBuilder {

    final DynamoDbClient client;
    final DynamoDbTable table;
    boolean consistent;
    boolean filterScans;
    int parallelReads = 8;
    int maxSortedRows = 100_000;
    InstantSource clock = InstantSource.system();
    BigDecimal pricePerMillionUnits = new BigDecimal("0.125");

    DynamoDbSourceBuilder(DynamoDbClient client, DynamoDbTable table) {
        this.client = Objects.requireNonNull(client, "client");
        this.table = Objects.requireNonNull(table, "table");
    }

    /**
     * Reads see every write that was finished before them, at twice the price. By default reads are eventually
     * consistent: a row may be missing from them, or still be as it was, for usually less than a second.
     *
     * @return this builder
     */
    public DynamoDbSourceBuilder consistentReads() {
        consistent = true;
        return this;
    }

    /**
     * Answers what no pattern serves by reading all rows of the range, or of the whole table where no partition is
     * named, and filtering them afterwards. {@code explain} prices it. By default it is refused.
     *
     * @return this builder
     */
    public DynamoDbSourceBuilder allowFilterScans() {
        filterScans = true;
        return this;
    }

    /**
     * How many calls are made at a time, by all cursors of the source together. 8 by default.
     *
     * @param calls 1 or more
     * @return this builder
     * @throws IllegalArgumentException if it is less than 1
     */
    public DynamoDbSourceBuilder parallelReads(int calls) {
        if (calls < 1) {
            throw new IllegalArgumentException("the source makes " + calls + " calls at a time; it is 1 or more");
        }
        parallelReads = calls;
        return this;
    }

    /**
     * How many rows a scan may sort in memory, where it names no partition or asks for clustered rows. 100,000 by
     * default.
     *
     * @param rows 1 or more
     * @return this builder
     * @throws IllegalArgumentException if it is less than 1
     */
    public DynamoDbSourceBuilder maxSortedRows(int rows) {
        if (rows < 1) {
            throw new IllegalArgumentException("a scan may sort " + rows + " rows; it is 1 or more");
        }
        maxSortedRows = rows;
        return this;
    }

    /**
     * What read capacity costs. 0.125 US dollars by default, the on-demand price in us-east-1.
     *
     * @param usDollars the price of a million read request units, 0 or more
     * @return this builder
     * @throws IllegalArgumentException if the price is negative
     */
    public DynamoDbSourceBuilder pricePerMillionReadUnits(BigDecimal usDollars) {
        if (usDollars.signum() < 0) {
            throw new IllegalArgumentException("the price is " + usDollars + " USD; it is 0 or more");
        }
        pricePerMillionUnits = usDollars;
        return this;
    }

    /**
     * The clock that tells which rows have expired, where the table declares a time to live. The system's by default.
     *
     * @param instantSource the clock
     * @return this builder
     */
    public DynamoDbSourceBuilder clock(InstantSource instantSource) {
        clock = Objects.requireNonNull(instantSource, "instantSource");
        return this;
    }

    /**
     * Builds the source. Asks DynamoDB for the table's description.
     *
     * @return the source
     * @throws io.github.tieredquery.error.ConfigurationException if there is no such table, or its key is another
     */
    public DynamoDbSource build() {
        return build(Backoff.standard());
    }

    /** For tests that don't wait. */
    DynamoDbSource build(Backoff backoff) {
        return new DynamoDbSource(this, backoff);
    }
}
