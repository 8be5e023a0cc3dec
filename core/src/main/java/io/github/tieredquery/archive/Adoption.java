package io.github.tieredquery.archive;

import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.error.SourceUnavailableException;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.store.ColdStore;
import io.github.tieredquery.store.HotStore;
import java.time.Duration;
import java.util.Objects;

/**
 * Takes over an archive that another job has filled, which the cold store was built for: from then on its rows are
 * archived rows of this archive, and its files stay where they are, as they are. Each window's files are registered
 * under a version of their own, read once through the cold store for their fingerprints, and recorded in the journal.
 * When all are, the watermark is set, to the end of the last window, and readers see them.
 *
 * <pre>{@code
 * AdoptionReport report = Adoption.of(hot, cold).run();
 * }</pre>
 *
 * <p>Stop the other job first. Until the report says {@link AdoptionReport#isComplete}, leave readers as they were, and
 * don't run an {@link Archiver}, which refuses to begin; after a crash or a lost lease run the adoption again, and it
 * goes on, with partitions that were registered meanwhile too. Run once more when all is done, it reports anew; what is
 * registered by then is too late.
 *
 * <p>Rows in the hot store are left alone. Below the watermark they are late rows from then on: they win over archived
 * ones with the same key, and the archiver's next run sweeps them.
 *
 * <p>Each option gives a changed copy. Immutable and thread-safe; a lease in the journal lets one process at a time
 * work on a table. It needs no closing: the stores belong to whoever built them.
 */
public final class Adoption {

    private final AttemptSettings settings;
    private final ArchiveContext context;

    private Adoption(AttemptSettings settings, ArchiveContext context) {
        this.settings = settings;
        this.context = context;
    }

    /**
     * An adoption.
     *
     * @param hot what goes on to hold recent rows; has a journal
     * @param cold the archive, which was built to take the other one over
     * @return the adoption
     * @throws ConfigurationException if the hot store has no journal, the stores have different tables, or the archive
     *     is laid out without versions
     */
    public static Adoption of(HotStore hot, ColdStore cold) {
        ArchiveContext context = ArchiveContext.of(hot, cold);
        if (!context.layout().isVersioned()) {
            throw new ConfigurationException(cold.name()
                    + " is laid out without versions, and what is taken over is told apart by them; build it with a"
                    + " layout that isn't withoutVersion()");
        }
        return new Adoption(AttemptSettings.DEFAULT, context);
    }

    private Adoption with(AttemptSettings changed) {
        return new Adoption(changed, context);
    }

    /**
     * What the journal calls this process, for operators. {@code archiver-} and the process id by default.
     *
     * @param name the name
     * @return the changed adoption
     */
    public Adoption owner(String name) {
        return with(settings.withOwner(Objects.requireNonNull(name, "name")));
    }

    /**
     * For how long the lease is taken and renewed; another process takes over when it has run out. 5 minutes by
     * default.
     *
     * @param time positive, and more than eight times {@link #settle}
     * @return the changed adoption
     * @throws IllegalArgumentException if the time isn't positive
     */
    public Adoption lease(Duration time) {
        return with(settings.withLease(time));
    }

    /**
     * How long the catalog is given between registering a window's files and recording them; Glue documents no
     * read-after-write for other clients. 2 seconds by default.
     *
     * @param time 0 or more
     * @return the changed adoption
     * @throws IllegalArgumentException if the time is negative
     */
    public Adoption settle(Duration time) {
        return with(settings.withSettle(time));
    }

    /**
     * Receives the progress of the run. None by default.
     *
     * @param archiveListener the listener
     * @return the changed adoption
     */
    public Adoption listener(ArchiveListener archiveListener) {
        return with(settings.withListener(Objects.requireNonNull(archiveListener, "archiveListener")));
    }

    /**
     * Takes all of it over.
     *
     * @return what was taken over, which rows are in both tiers, and where there are none
     * @throws ConfigurationException if the cold store wasn't built for it, if the archive has no rows, if it holds
     *     rows that a reader wouldn't get, if this archive was begun without it, or if {@link #lease} and
     *     {@link #settle} contradict each other
     * @throws SourceUnavailableException if a store fails
     */
    public AdoptionReport run() {
        return run(ScanControl.unlimited());
    }

    /**
     * Takes over as long as a time budget lasts.
     *
     * @param budget how long the run may take, positive
     * @return as by {@link #run()}; whether something is left
     * @throws IllegalArgumentException if the budget isn't positive, or not longer than {@link #settle}
     * @see #run()
     */
    public AdoptionReport run(Duration budget) {
        return run(settings.within(budget));
    }

    /** For tests that end it when they like. */
    AdoptionReport run(ScanControl control) {
        settings.checkLease();
        ScanControl grace = ArchiveContext.withGrace(control);
        return new AdoptionRun(settings, context.until(grace), control, grace).run();
    }
}
