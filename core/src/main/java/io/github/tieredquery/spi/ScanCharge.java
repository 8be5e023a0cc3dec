package io.github.tieredquery.spi;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a scan has cost that ended with an error before its source could give a result: a suppressed exception of that
 * error. A backend may charge what was stopped. Immutable and thread-safe.
 */
public final class ScanCharge extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final @Nullable String executionId;
    private final long bytesScanned;

    private ScanCharge(ScanStats stats) {
        super(
                "execution " + stats.executionId() + " has scanned " + stats.bytesScanned() + " bytes",
                null,
                true,
                false);
        this.executionId = stats.executionId();
        this.bytesScanned = stats.bytesScanned();
    }

    /**
     * Says what a scan has cost that ends with an error.
     *
     * @param error the error, which is to be thrown
     * @param stats what the backend says of the scan
     */
    public static void add(Throwable error, ScanStats stats) {
        error.addSuppressed(new ScanCharge(stats));
    }

    /**
     * What a scan has cost that has ended with an error.
     *
     * @param error the error
     * @return what was said with {@link #add}; empty if nothing was
     */
    public static Optional<ScanStats> of(Throwable error) {
        for (Throwable suppressed : error.getSuppressed()) {
            if (suppressed instanceof ScanCharge charge) {
                return Optional.of(new ScanStats(charge.executionId, charge.bytesScanned));
            }
        }
        return Optional.empty();
    }
}
