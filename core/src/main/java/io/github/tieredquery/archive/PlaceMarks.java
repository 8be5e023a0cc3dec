package io.github.tieredquery.archive;

import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.error.SourceUnavailableException;
import io.github.tieredquery.error.UnknownHistoryException;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.store.ArchiveHistory;
import io.github.tieredquery.store.ArchiveMark;
import io.github.tieredquery.store.StoredMark;
import io.github.tieredquery.store.StoredVersion;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Keeps journal and cold store from parting unnoticed. The journal issues a mark in the transaction that gives out a
 * version, and remembers it; the mark is left at the archive's place before anything is written under the version, in
 * the place of one that the journal remembers too, by a conditional write. So the mark that is found there is always
 * one of the journal's own, unless the journal has forgotten what it has given out, or another one writes there. What
 * the last mark doesn't tell of has left nothing at the place. Immutable.
 */
final class PlaceMarks {

    /** Each further try means that another archiver has left a mark meanwhile. */
    private static final int TRIES = 20;

    private final ArchiveContext context;

    PlaceMarks(ArchiveContext context) {
        this.context = context;
    }

    /**
     * What is at the place, and whether the journal knows of it.
     *
     * @param mark null if there is none
     * @param isKnown false if the journal doesn't remember the mark
     */
    record Found(@Nullable StoredMark mark, boolean isKnown) {}

    /**
     * Looks at the place. A mark that the journal doesn't remember may just have been replaced by a later one of its
     * own: only one that is still there then is unknown.
     */
    Found look(ScanControl control) {
        for (int tries = 0; tries < TRIES; tries++) {
            StoredMark found = context.cold().mark(control).orElse(null);
            if (found == null || context.journal().remembers(found.mark())) {
                return new Found(found, true);
            }
            if (isStill(found, control)) {
                return new Found(found, false);
            }
        }
        throw restless();
    }

    boolean isStill(@Nullable StoredMark found, ScanControl control) {
        StoredMark now = context.cold().mark(control).orElse(null);
        return found == null ? now == null : now != null && now.mark().isSameAs(found.mark());
    }

    /**
     * Before a run does anything. Where there is no mark, as in archives that are older than marks, the files tell.
     *
     * @throws UnknownHistoryException if the place knows of versions that the journal doesn't
     */
    void check(ScanControl control) {
        for (int tries = 0; tries < TRIES; tries++) {
            if (known(control) != null) {
                return;
            }
            ArchiveHistory history = context.journal().history();
            List<StoredVersion> unknown = context.cold().stored(history.version(), control);
            if (unknown.isEmpty()) {
                leave(context.journal().mark(), control);
                return;
            }
            if (isStill(null, control)) {
                throw refusal(unknown, history);
            }
        }
        throw restless();
    }

    private @Nullable StoredMark known(ScanControl control) {
        Found found = look(control);
        if (!found.isKnown()) {
            throw refusal(
                    Objects.requireNonNull(found.mark()).mark(),
                    context.journal().history());
        }
        return found.mark();
    }

    /**
     * Leaves a mark, unless a later one of the same journal is there already.
     *
     * @throws UnknownHistoryException if there is one that the journal doesn't remember
     */
    void leave(ArchiveMark mark, ScanControl control) {
        for (int tries = 0; tries < TRIES; tries++) {
            StoredMark there = known(control);
            if (there != null && there.mark().number() >= mark.number()) {
                return;
            }
            if (context.cold().mark(mark, there, control)) {
                context.journal().remembers(mark);
                return;
            }
        }
        throw restless();
    }

    private SourceUnavailableException restless() {
        return new SourceUnavailableException(subject() + " has had another mark each of the " + TRIES
                + " times that it was looked at. Look who else archives there, and run again");
    }

    private ConfigurationException refusal(ArchiveMark there, ArchiveHistory history) {
        String subject = subject();
        if (!there.archive().equals(history.archive())) {
            return history.isOlderThanMarks() ? older(there, history) : foreign(there, history);
        }
        return new UnknownHistoryException(subject + " has a mark that the journal doesn't remember: number "
                + there.number() + ", issued at " + there.issued() + ", when versions up to " + there.version()
                + " were given out; the journal has given out versions up to " + history.version()
                + left(history) + "." + advice());
    }

    /** A backup of that time can't be told from a clone of that time, nor from another archive of that time. */
    private UnknownHistoryException older(ArchiveMark there, ArchiveHistory history) {
        return new UnknownHistoryException(subject() + " has a mark of the archive " + there.archive() + ", number "
                + there.number() + ", issued at " + there.issued() + ", when versions up to " + there.version()
                + " were given out; the journal has given out versions up to " + history.version() + " and no mark yet:"
                + " it is of a time before there were marks." + advice());
    }

    private static String left(ArchiveHistory history) {
        ArchiveMark left = history.left();
        return left == null
                ? " and no mark"
                : ", and the last mark that it knows of there is number " + left.number() + " of " + left.issued();
    }

    private UnknownHistoryException refusal(List<StoredVersion> unknown, ArchiveHistory history) {
        return new UnknownHistoryException(subject() + " has no mark, and files of "
                + unknown.get(unknown.size() - 1).version() + " as its highest version; the journal has given out"
                + " versions up to " + history.version() + "." + advice());
    }

    /** There is nothing to recover. */
    ConfigurationException foreign(ArchiveMark there, ArchiveHistory history) {
        return new ConfigurationException(subject() + " is the place of another archive, " + there.archive()
                + ", and the journal's is " + history.archive() + ". Nothing was written. Archive to a place of its"
                + " own; if the journal's tables were lost or made anew, restore the database, journal and table"
                + " together");
    }

    private String subject() {
        return "archive of table '" + context.table().name() + "': "
                + context.cold().name();
    }

    private static String advice() {
        return " The database was restored to an earlier moment, or has lost its last commits, or is a copy of one that"
                + " goes on elsewhere. Nothing was written. If this database is the one that goes on, let nothing else"
                + " archive there and call Archiver.recover() once; if it is a copy, archive to a place of its own";
    }
}
