package io.github.tieredquery.internal.export;

import io.github.tieredquery.error.BadQueryException;
import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.error.ExportFailedException;
import io.github.tieredquery.error.QueryCancelledException;
import io.github.tieredquery.error.QueryTimedOutException;
import io.github.tieredquery.error.TieredQueryException;
import io.github.tieredquery.export.CsvOptions;
import io.github.tieredquery.export.ExportScan;
import io.github.tieredquery.export.ExportStatus;
import io.github.tieredquery.export.ExportStore;
import io.github.tieredquery.export.ExportTicket;
import io.github.tieredquery.export.Exporter;
import io.github.tieredquery.export.UploadGoneException;
import io.github.tieredquery.internal.bound.Sha256;
import io.github.tieredquery.internal.export.ExportSession.ConcurrentUpdateException;
import io.github.tieredquery.query.Query;
import io.github.tieredquery.spi.ScanControl;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Drives exports on by the state that each has in the store. */
public final class DefaultExporter implements Exporter {

    private static final Logger LOG = LoggerFactory.getLogger(Exporter.class);
    private static final Duration START = Duration.ofSeconds(8);
    /** For so long an export's state is still written when the time of a call is over. */
    private static final Duration RELEASE_TIMEOUT = Duration.ofMillis(600);
    /** A tenth of the time of a call is kept for its last words, at most this much. */
    private static final Duration MOST_KEPT = Duration.ofSeconds(1);

    private static final Duration CLEANING = Duration.ofSeconds(30);
    /** Not shorter: rows that pass through the client go on from their last part, which slow pages take minutes for. */
    private static final Duration ADVANCE_BUDGET = Duration.ofHours(12);

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int RESTARTS = 3;

    private final ExportBackend backend;
    private final ExportStore store;
    private final ExportSettings settings;
    private final TicketCodec tickets;

    DefaultExporter(ExportBackend backend, ExportStore store, ExportSettings settings) {
        this.backend = backend;
        this.store = store;
        this.settings = settings;
        this.tickets = new TicketCodec(backend, store.location());
    }

    @Override
    public ExportTicket start(Query query) {
        return start(query, newId(), ScanControl.within(START));
    }

    private static byte[] newId() {
        byte[] id = new byte[TicketCodec.ID_BYTES];
        RANDOM.nextBytes(id);
        return id;
    }

    @Override
    public ExportTicket start(Query query, String requestId) {
        MessageDigest digest = Sha256.start();
        digest.update(backend.fingerprint(arranged(query)));
        digest.update(options(query));
        digest.update(Sha256.of(store.location().getBytes(StandardCharsets.UTF_8)));
        digest.update(requestId.getBytes(StandardCharsets.UTF_8));
        // Signed, so that nobody who guesses the request finds the object.
        byte[] secret = Sha256.of(backend.sign(digest.digest()));
        return start(query, Arrays.copyOf(secret, TicketCodec.ID_BYTES), ScanControl.within(START));
    }

    /** The options that exports differ by, as a state has them that nothing has happened to. */
    private byte[] options(Query query) {
        Query range = Query.between(query.range().from(), query.range().to());
        return new StateCodec(backend.table())
                .write(new ExportState(
                        new byte[0],
                        range,
                        settings.csv(),
                        settings.arrangement(),
                        settings.transfer(),
                        Instant.EPOCH));
    }

    private Query arranged(Query query) {
        return settings.arrangement() == ExportScan.Arrangement.ANY ? query.oldestFirst() : query;
    }

    private ExportTicket start(Query asked, byte[] id, ScanControl control) {
        if (asked.limit().isPresent()) {
            throw new BadQueryException("table '" + backend.table().name() + "': the query has the limit "
                    + asked.limit().getAsLong() + ", and an export is of all rows; leave limit(…) out");
        }
        Query query = arranged(asked);
        backend.check(query, settings.transfer());
        ExportSession known =
                ExportSession.open(backend, store, settings, control, id).orElse(null);
        if (known != null) {
            return tickets.issue(id, query, known.state().expires);
        }
        Instant expires = backend.clock().instant().plus(settings.lifetime()).truncatedTo(ChronoUnit.SECONDS);
        ExportState state =
                new ExportState(id, query, settings.csv(), settings.arrangement(), settings.transfer(), expires);
        ExportSession draft = ExportSession.draft(backend, store, settings, control, state);
        List<ColdExport.Planned> planned = new ColdExport(draft).planAll();
        if (draft.create()) {
            startCold(draft, planned);
            return tickets.issue(id, query, expires);
        }
        return ExportSession.open(backend, store, settings, control, id)
                .map(winner -> tickets.issue(id, query, winner.state().expires))
                .orElseThrow(() -> new ExportFailedException(
                        draft.subject() + ": another process started it and it is gone. Start it again"));
    }

    /** The export exists from now on: whatever fails here is done by the first call that advances it. */
    private static void startCold(ExportSession session, List<ColdExport.Planned> planned) {
        try {
            ColdExport cold = new ColdExport(session);
            cold.write(planned);
            cold.startAll();
            session.release(session.control);
        } catch (ConcurrentUpdateException e) {
            LOG.debug("{}: another process has started it", session.subject());
        } catch (TieredQueryException e) {
            LOG.warn("{}: starting the cold source failed; advancing the export tries again", session.subject(), e);
        }
    }

    @Override
    public ExportStatus advance(ExportTicket ticket, Duration budget) {
        if (budget.isZero() || budget.isNegative()) {
            return status(ticket);
        }
        Duration kept = budget.dividedBy(10);
        kept = kept.compareTo(MOST_KEPT) < 0 ? kept : MOST_KEPT;
        ScanControl control = ScanControl.within(budget.minus(kept));
        ScanControl last = control.later(kept.plus(RELEASE_TIMEOUT));
        ExportSession session = session(ticket, control);
        try {
            drive(session);
        } catch (QueryTimedOutException e) {
            if (!control.remaining().map(Duration::isZero).orElse(false)) {
                throw e;
            }
            LOG.debug("{}: the budget of {} is used up", session.subject(), budget);
        }
        return releaseAndReport(session, last);
    }

    private static ExportStatus releaseAndReport(ExportSession session, ScanControl control) {
        try {
            if (session.isWorking() && !session.state().isOver()) {
                // What a cut-off step has changed in memory and not written is not the state.
                session.reload(control);
                session.release(control);
            }
        } catch (ConcurrentUpdateException e) {
            LOG.debug("{}: another process has gone on", session.subject());
        }
        return session.state().status();
    }

    private void drive(ExportSession session) {
        PollBackoff backoff = new PollBackoff(settings, session.control);
        while (true) {
            try {
                if (session.state().isOver()) {
                    clean(session, session.control);
                    return;
                }
                if (session.isHeldElsewhere()) {
                    backoff.pause(session.subject());
                    session.reload();
                    continue;
                }
                step(session, backoff);
            } catch (ConcurrentUpdateException e) {
                LOG.debug("{}: overtaken by another process, going on from where it is", session.subject());
                session.reload();
                // What this process did just before may have come after the other one's cleaning.
                session.state().cleaned = false;
            } catch (UploadGoneException e) {
                recover(session, e);
            }
        }
    }

    private static void step(ExportSession session, PollBackoff backoff) throws ConcurrentUpdateException {
        ColdExport cold = new ColdExport(session);
        if (!cold.isFinished()) {
            if (cold.step()) {
                backoff.reset();
            } else {
                backoff.pause(session.subject());
            }
            return;
        }
        cold.checkPartitions();
        new ObjectAssembly(session).step();
    }

    /** The upload is gone: it was completed by somebody else, or the object is put together from the start. */
    private void recover(ExportSession session, UploadGoneException gone) {
        session.reload();
        ExportState state = session.state();
        if (state.isOver() || state.upload == null) {
            return;
        }
        if (state.completing && store.find(state.name(), session.control).isPresent()) {
            return;
        }
        try {
            if (state.restarts == RESTARTS) {
                session.fail(session.subject() + ": its upload has vanished " + (RESTARTS + 1) + " times. Look for a"
                        + " rule of the bucket that aborts uploads sooner than the export takes");
                return;
            }
            LOG.warn("{}: starting again, since {}", session.subject(), gone.getMessage());
            store.abort(state.name(), state.upload, session.control);
            List<ColdExport.Planned> planned = new ColdExport(session).planAll();
            state.restart();
            session.save();
            new ColdExport(session).write(planned);
        } catch (ConcurrentUpdateException e) {
            session.reload();
        }
    }

    @Override
    public ExportStatus status(ExportTicket ticket) {
        return session(ticket, ScanControl.within(START)).state().status();
    }

    @Override
    public ExportStatus cancel(ExportTicket ticket) {
        ScanControl control = ScanControl.within(CLEANING);
        ExportSession session = session(ticket, control);
        while (true) {
            try {
                if (session.state().completing) {
                    drive(session);
                } else if (!session.state().isOver()) {
                    session.state().stage = ExportState.Stage.CANCELLED;
                    session.save();
                }
                clean(session, control);
                return session.state().status();
            } catch (ConcurrentUpdateException e) {
                session.reload();
            }
        }
    }

    /** Stops and removes what an export that is over has left. Doing it twice does no harm. */
    private void clean(ExportSession session, ScanControl control) throws ConcurrentUpdateException {
        ExportState state = session.state();
        if (state.cleaned) {
            return;
        }
        new ColdExport(session).stopAll(control);
        if (state.isUnloaded()) {
            new UnloadedFiles(session).removeUnlisted(control);
        }
        String upload = state.upload;
        if (upload != null && state.stage != ExportState.Stage.DONE) {
            store.abort(state.name(), upload, control);
        }
        store.openUploads(state.name(), control).forEach(each -> store.abort(state.name(), each, control));
        store.remove(
                java.util.stream.IntStream.rangeClosed(1, state.coldNumbers)
                        .mapToObj(state::statementName)
                        .toList(),
                control);
        state.cleaned = true;
        session.save();
    }

    @Override
    public ExportStatus.Done export(Query query) {
        ScanControl control = query.timeout().map(ScanControl::within).orElseGet(ScanControl::unlimited);
        Duration time =
                control.remaining().filter(rest -> rest.compareTo(START) < 0).orElse(START);
        ExportTicket ticket = start(query, newId(), ScanControl.within(time));
        boolean over = false;
        try {
            while (true) {
                control.check("exporting table '" + backend.table().name() + "'");
                Duration left = control.remaining().orElse(ADVANCE_BUDGET);
                ExportStatus status = advance(ticket, left.compareTo(ADVANCE_BUDGET) < 0 ? left : ADVANCE_BUDGET);
                over = status.isOver();
                if (status instanceof ExportStatus.Done done) {
                    return done;
                } else if (status instanceof ExportStatus.Failed failed) {
                    throw new ExportFailedException(failed.problem());
                } else if (status instanceof ExportStatus.Cancelled) {
                    throw new ExportFailedException(
                            "exporting table '" + backend.table().name() + "': somebody cancelled the export");
                }
            }
        } finally {
            if (!over) {
                cancelWithin(control.later(RELEASE_TIMEOUT), ticket);
            }
        }
    }

    /** Goes on elsewhere if it takes longer than the query's time. */
    private void cancelWithin(ScanControl control, ExportTicket ticket) {
        try {
            control.await(
                    "cancelling an export",
                    () -> {
                        cancelQuietly(ticket);
                        return ticket;
                    },
                    cancelled -> {});
        } catch (QueryTimedOutException | QueryCancelledException e) {
            LOG.debug("an export is being cancelled for longer than its query's time", e);
        }
    }

    private void cancelQuietly(ExportTicket ticket) {
        boolean interrupted = Thread.interrupted();
        try {
            cancel(ticket);
        } catch (TieredQueryException e) {
            LOG.warn(
                    "exporting table '{}': the export can't be cancelled",
                    backend.table().name(),
                    e);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private ExportSession session(ExportTicket ticket, ScanControl control) {
        TicketCodec.Content content = tickets.read(
                Objects.requireNonNull(ticket, "ticket"), backend.clock().instant());
        ExportSession session = ExportSession.open(backend, store, settings, control, content.id())
                .orElseThrow(tickets::unknown);
        tickets.checkBinding(content, session.state().query);
        return session;
    }

    private static boolean isPlain(CsvOptions csv) {
        return csv.headers().isEmpty() && !csv.isGuarded() && !csv.hasByteOrderMark() && !csv.isGzip();
    }

    /** Refuses settings that can't work. */
    static void check(ExportBackend backend, ExportSettings settings) {
        if (settings.transfer() == ExportTransfer.UNLOAD && !isPlain(settings.csv())) {
            throw new ConfigurationException("table '" + backend.table().name()
                    + "': options of CSV files don't apply to Parquet files; leave csv(…) or parquet() out");
        }
        if (settings.csv().isGzip()) {
            throw new ConfigurationException("table '" + backend.table().name()
                    + "': a store doesn't pack what it copies; leave gzip() out, or write to a local file");
        }
    }
}
