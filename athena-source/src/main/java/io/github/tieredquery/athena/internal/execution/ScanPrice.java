package io.github.tieredquery.athena.internal.execution;

import java.math.BigDecimal;

/**
 * What scanning costs: bytes are rounded up to whole megabytes, with a minimum.
 *
 * @param dollarsPerTerabyte for 10^12 bytes
 * @param minimumMegabytes what a query is charged for at least
 */
public record ScanPrice(BigDecimal dollarsPerTerabyte, long minimumMegabytes) {

    private static final long MEGABYTE = 1_000_000;

    public BigDecimal of(long bytesScanned) {
        if (bytesScanned < 0) {
            throw new IllegalArgumentException("bytesScanned is " + bytesScanned + "; it is 0 or more");
        }
        long megabytes = Math.max(minimumMegabytes, (bytesScanned + MEGABYTE - 1) / MEGABYTE);
        return dollarsPerTerabyte
                .multiply(BigDecimal.valueOf(megabytes))
                .movePointLeft(6)
                .stripTrailingZeros();
    }
}
