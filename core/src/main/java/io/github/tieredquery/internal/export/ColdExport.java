package io.github.tieredquery.internal.export;

import io.github.tieredquery.error.BadQueryException;
import io.github.tieredquery.error.ExportFailedException;
import io.github.tieredquery.export.ExportSource;
import io.github.tieredquery.export.StoredObject;
import io.github.tieredquery.internal.bound.Sha256;
import io.github.tieredquery.internal.export.ExportSession.ConcurrentUpdateException;
import io.github.tieredquery.query.Order;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.spi.RowCursor;
import io.github.tieredquery.spi.ScanControl;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The part of an export that the cold source does: plans it, starts it, looks at it and stops it. */
final class ColdExport {

    private static final Logger LOG = LoggerFactory.getLogger(DefaultExporter.class);

    private final ExportSession session;
    private final @Nullable ExportSource source;

    ColdExport(ExportSession session) {
        this.session = session;
        this.source = session.backend.source();
    }

    private ExportState state() {
        return session.state();
    }

    private ExportSource source() {
        return Objects.requireNonNull(source, "cold fragments need a cold source");
    }

    /** Plans the whole export at a moment of its own. The statements are still to be written. */
    List<Planned> planAll() {
        ExportState state = state();
        state.fragments.clear();
        state.rest = state.query.range();
        state.after = null;
        if (!state.isUnloaded()) {
            state.fragments.add(new Fragment.Text(CsvText.start(session.backend.columns(state.query), state.csv), 0));
        }
        state.fragments.add(new Fragment.Hot());
        try (ExportView view = session.backend.view(state.query, state.transfer, state.rest, null, session.control)) {
            return planBeside(view, state.fragments.size() - 1);
        }
    }

    /** A statement that is to be written before it can be started. */
    record Planned(Fragment.Cold fragment, String statement) {}

    /**
     * Plans what is cold at a moment as fragments on the cold side of the hot one, and leaves the rest to that.
     *
     * @param hot the index of the hot fragment
     */
    List<Planned> planBeside(ExportView view, int hot) {
        ExportState state = state();
        List<Planned> planned = plan(view, state.after);
        int at = state.query.order() == Order.OLDEST_FIRST ? hot : hot + 1;
        state.fragments.addAll(at, planned.stream().map(Planned::fragment).toList());
        TimeRange rest = view.hot();
        state.rest = state.isUnloaded() ? rest.before(rest.from()) : rest;
        return planned;
    }

    private List<Planned> plan(ExportView view, byte @Nullable [] after) {
        if (view.cold() == null) {
            refuseHotOnly(view);
            return List.of();
        }
        ExportState state = state();
        state.checked = false;
        List<Planned> planned = new ArrayList<>();
        for (ColdStatements.StatementRange range : new ColdStatements(source(), view, session).ranges()) {
            Fragment.Cold fragment = new Fragment.Cold(
                    ++state.coldNumbers, range.range(), after, view.takenAt(), hash(range.statement()));
            planned.add(new Planned(fragment, range.statement()));
        }
        return planned;
    }

    /** Parquet files are written by the cold source, by statements about what is cold. */
    private void refuseHotOnly(ExportView view) {
        if (!state().isUnloaded() || view.hot().isEmpty()) {
            return;
        }
        try (RowCursor rows = view.openHot()) {
            if (rows.next() != null) {
                throw new ExportFailedException(
                        session.subject() + ": nothing of the range is archived, and Parquet files"
                                + " are written by the cold source. Export it as CSV");
            }
        }
    }

    /** Writes statements. They are looked up by fragments that were saved before, so nothing is left over. */
    void write(List<Planned> planned) {
        for (Planned each : planned) {
            session.store.write(
                    state().statementName(each.fragment().number),
                    each.statement().getBytes(StandardCharsets.UTF_8),
                    null,
                    session.control);
        }
    }

    /** Whether every cold fragment has its result. */
    boolean isFinished() {
        return cold().stream().allMatch(fragment -> fragment.result != null);
    }

    private List<Fragment.Cold> cold() {
        return state().fragments.stream()
                .filter(Fragment.Cold.class::isInstance)
                .map(Fragment.Cold.class::cast)
                .toList();
    }

    /**
     * Starts what isn't started and looks once at what runs.
     *
     * @return whether anything has changed
     */
    boolean step() throws ConcurrentUpdateException {
        boolean changed = startAll();
        if (state().isOver()) {
            return true;
        }
        for (Fragment.Cold fragment : cold()) {
            if (fragment.result == null && fragment.executionId != null) {
                ExportSource.Progress execution = source().lookAt(fragment.executionId, session.control);
                switch (execution.state()) {
                    case RUNNING -> {}
                    case SUCCEEDED -> {
                        if (!take(fragment, execution)) {
                            return true;
                        }
                        changed = true;
                    }
                    case FAILED_RETRYABLE, FAILED -> {
                        if (execution.state() == ExportSource.State.FAILED
                                || fragment.attempt > session.settings.reruns()) {
                            session.fail(session.subject() + ": " + execution.problem());
                            return true;
                        }
                        LOG.info("{}: {}; running it again", session.subject(), execution.problem());
                        if (state().isUnloaded()) {
                            // What has failed may have left files where it wrote; the next one writes elsewhere.
                            replan(fragment, fragment.attempt + 1);
                            return true;
                        }
                        fragment.attempt++;
                        fragment.executionId = null;
                        changed = true;
                    }
                }
            }
        }
        if (changed) {
            session.save();
        }
        return changed;
    }

    /** Takes a result; false if it can't be one, and the export has failed. */
    private boolean take(Fragment.Cold fragment, ExportSource.Progress execution) throws ConcurrentUpdateException {
        int header = state().isUnloaded()
                ? 0
                : CsvText.header(session.backend.columns(state().query).names()).length;
        StoredObject result = execution.result();
        if (result == null) {
            session.fail(session.subject() + ": execution " + fragment.executionId + " of "
                    + source().name()
                    + " has left no file, since its workgroup keeps results to itself. Use a workgroup"
                    + " with an output location, or let all rows pass through the client with throughClient()");
            return false;
        }
        if (result.bytes() < header) {
            session.fail(session.subject() + ": " + result.location() + " has " + result.bytes()
                    + " bytes and no header; it isn't what the statement writes");
            return false;
        }
        fragment.result = result;
        fragment.from = header;
        return true;
    }

    /** Starts every fragment that can be started; one whose statement can't be used any more is planned anew. */
    boolean startAll() throws ConcurrentUpdateException {
        boolean changed = false;
        for (Fragment.Cold fragment : cold()) {
            if (fragment.result == null && fragment.executionId == null) {
                String statement = statement(fragment);
                if (statement == null) {
                    replan(fragment, fragment.attempt);
                    return true;
                }
                try {
                    fragment.executionId = source().startExport(statement, token(fragment), session.control);
                } catch (BadQueryException e) {
                    session.fail(session.subject() + ": " + e.getMessage());
                    return true;
                }
                changed = true;
            }
        }
        return changed;
    }

    /** The statement of a fragment; null if it wasn't written, or knows the hot store as it was too long ago. */
    private @Nullable String statement(Fragment.Cold fragment) {
        Instant oldest = session.now().minus(session.backend.longestAge());
        return fragment.takenAt.isBefore(oldest) ? null : written(fragment).orElse(null);
    }

    private Optional<String> written(Fragment.Cold fragment) {
        return session.store
                .read(state().statementName(fragment.number), session.control)
                .map(found -> new String(found.bytes(), StandardCharsets.UTF_8))
                .filter(statement -> MessageDigest.isEqual(hash(statement), fragment.statementHash));
    }

    private void replan(Fragment.Cold fragment, int attempt) throws ConcurrentUpdateException {
        ExportState state = state();
        if (state.isUnloaded()) {
            // Hot rows stand in the statements, so that all are of one moment.
            stopAll(session.control);
            List<Planned> all = planAll();
            all.forEach(each -> each.fragment().attempt = attempt);
            session.save();
            write(all);
            return;
        }
        List<Planned> planned;
        try (ExportView view =
                session.backend.view(state.query, state.transfer, fragment.range, fragment.after, session.control)) {
            planned = plan(view, fragment.after);
        }
        planned.forEach(each -> each.fragment().attempt = attempt);
        int index = state.fragments.indexOf(fragment);
        state.fragments.remove(index);
        state.fragments.addAll(index, planned.stream().map(Planned::fragment).toList());
        session.save();
        write(planned);
    }

    /** Fails if the source's catalog lacks a partition of what is cold. Asked once for all cold fragments. */
    void checkPartitions() throws ConcurrentUpdateException {
        ExportState state = state();
        if (state.checked) {
            return;
        }
        List<Fragment.Cold> cold = cold();
        if (!cold.isEmpty()) {
            Instant from = cold.stream()
                    .map(fragment -> fragment.range.from())
                    .min(Instant::compareTo)
                    .orElseThrow();
            Instant to = cold.stream()
                    .map(fragment -> fragment.range.to())
                    .max(Instant::compareTo)
                    .orElseThrow();
            try (ExportView view =
                    session.backend.view(state.query, state.transfer, new TimeRange(from, to), null, session.control)) {
                view.checkPartitions();
            }
        }
        state.checked = true;
        session.save();
    }

    /** Stops what may run. What may have been started by a process that died is started again to learn its name. */
    void stopAll(ScanControl control) {
        for (Fragment.Cold fragment : cold()) {
            if (fragment.result != null) {
                continue;
            }
            String id = fragment.executionId;
            boolean mayHaveStarted = session.now().minus(Duration.ofHours(1)).isBefore(fragment.takenAt);
            if (id == null && mayHaveStarted) {
                id = written(fragment)
                        .map(statement -> startedBefore(statement, fragment, control))
                        .orElse(null);
            }
            if (id != null) {
                source().stopExport(id, control);
            }
        }
    }

    private @Nullable String startedBefore(String statement, Fragment.Cold fragment, ScanControl control) {
        try {
            return source().startExport(statement, token(fragment), control);
        } catch (BadQueryException e) {
            LOG.debug("{}: never started, since {}", session.subject(), e.getMessage());
            return null;
        }
    }

    /**
     * The same for every process, another one for every attempt, and for every statement: the source may give what it
     * has run for the same token without looking at the statement.
     */
    private String token(Fragment.Cold fragment) {
        MessageDigest digest = Sha256.start();
        digest.update(state().id);
        digest.update(fragment.statementHash);
        return HexFormat.of()
                .formatHex(digest.digest((fragment.number + "/" + fragment.attempt).getBytes(StandardCharsets.UTF_8)));
    }

    private static byte[] hash(String statement) {
        return Sha256.of(statement.getBytes(StandardCharsets.UTF_8));
    }
}
