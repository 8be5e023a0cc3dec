package io.github.tieredquery.store;

import io.github.tieredquery.spi.VisibleVersions;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What the journal says of a table at one moment. Immutable.
 *
 * @param watermark rows before it, exclusive, are archived; null if nothing was archived yet
 * @param epoch rises with every commit of the archiver
 * @param versions which versions of archived rows count
 * @param identity the table and layout that the archive is written with, as text of {@link ArchiveIdentity}; null
 *     before the first run
 */
public record JournalState(
        @Nullable Instant watermark,
        long epoch,
        VisibleVersions versions,
        @Nullable String identity) {}
