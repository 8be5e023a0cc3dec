package io.github.tieredquery.internal.export;

import io.github.tieredquery.error.SourceUnavailableException;
import io.github.tieredquery.internal.export.ExportSession.ConcurrentUpdateException;
import io.github.tieredquery.internal.export.MultipartPlanner.Part;
import io.github.tieredquery.internal.export.ObjectAssembly.Bytes;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.spi.RowCursor;
import io.github.tieredquery.table.Row;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Uploads hot rows, a part after the other. Each part ends with a row, and the state tells which one, so that another
 * process goes on after it at a moment of its own. What was archived in between is planned as a cold fragment first.
 */
final class HotUpload {

    private static final Duration NEARLY_OVER = Duration.ofSeconds(2);
    private static final int LOOK_EVERY = 256;

    private final ExportSession session;
    private final ObjectAssembly assembly;

    HotUpload(ExportSession session, ObjectAssembly assembly) {
        this.session = session;
        this.assembly = assembly;
    }

    private ExportState state() {
        return session.state();
    }

    /**
     * Goes on with the hot fragment.
     *
     * @param before what comes before it and has to be uploaded with it
     * @param after what comes after it
     */
    void step(List<Bytes> before, List<Bytes> after) throws ConcurrentUpdateException {
        ExportState state = state();
        try (ExportView view =
                session.backend.view(state.query, state.transfer, state.rest, state.after, session.control)) {
            if (view.cold() != null) {
                ColdExport cold = new ColdExport(session);
                List<ColdExport.Planned> planned = cold.planBeside(view, state.fragments.indexOf(hot()));
                session.save();
                cold.write(planned);
                return;
            }
            upload(view, before, after);
        } catch (IOException e) {
            throw new SourceUnavailableException(
                    session.subject() + ": the work directory " + session.settings.workDirectory()
                            + " can't be written or read: " + e.getMessage(),
                    e);
        }
    }

    private Fragment hot() {
        return state().fragments.stream()
                .filter(Fragment.Hot.class::isInstance)
                .findFirst()
                .orElseThrow();
    }

    /** Nothing hot is left. */
    private void finishFragment() {
        ExportState state = state();
        TimeRange rest = state.rest;
        state.rest = rest.before(rest.from());
        state.fragments.remove(hot());
    }

    private void upload(ExportView view, List<Bytes> before, List<Bytes> after)
            throws ConcurrentUpdateException, IOException {
        ExportState state = state();
        CsvText csv = new CsvText(session.backend.columns(state.query), state.csv);
        List<Bytes> first = before;
        Batch batch = new Batch(new SpillBuffer(session.settings.workDirectory()));
        try (RowCursor rows = view.openHot()) {
            for (Row row = rows.next(); row != null; row = rows.next()) {
                csv.write(row, batch.buffer);
                batch.count(row);
                boolean enough = batch.cutRow == null
                        ? batch.buffer.size() >= session.settings.partBytes()
                        : batch.buffer.size() - batch.cut
                                >= session.settings.limits().minPart();
                boolean hurry = batch.rows % LOOK_EVERY == 0 && batch.cutRow == null && isNearlyOver(batch);
                if (batch.cutRow == null && (enough || hurry)) {
                    batch.cutHere(row);
                }
                if ((enough && batch.rows > batch.cutRows) || hurry) {
                    batch = uploadFull(view, batch, first);
                    first = List.of();
                }
            }
            uploadLast(view, batch, first, after);
        } finally {
            batch.buffer.close();
        }
    }

    /** Rows that wait. What comes behind the cut waits until it is clear that it isn't too short for a part. */
    private static final class Batch {
        final SpillBuffer buffer;
        long rows;
        long cut;
        long cutRows;

        @Nullable
        Row cutRow;

        @Nullable
        Row last;

        Batch(SpillBuffer buffer) {
            this.buffer = buffer;
        }

        void count(Row row) {
            rows++;
            last = row;
        }

        void cutHere(Row row) {
            cut = buffer.size();
            cutRows = rows;
            cutRow = row;
        }
    }

    /** Whether it is time to write down what there is, if it can be a part. */
    private boolean isNearlyOver(Batch batch) {
        return batch.buffer.size() >= session.settings.limits().minPart()
                && session.control
                        .remaining()
                        .map(left -> left.compareTo(NEARLY_OVER) < 0)
                        .orElse(false);
    }

    /** Uploads the rows up to the cut; those behind it go on waiting. */
    private Batch uploadFull(ExportView view, Batch batch, List<Bytes> before)
            throws ConcurrentUpdateException, IOException {
        ExportState state = state();
        List<Bytes> bytes = new ArrayList<>(before);
        bytes.add(Bytes.hot(hot(), batch.buffer.slice(0, batch.cut)));
        Part part = new Part(
                false,
                java.util.stream.IntStream.range(0, bytes.size())
                        .mapToObj(i -> new MultipartPlanner.Piece(
                                i, 0, bytes.get(i).segment().bytes()))
                        .toList());
        assembly.emitTogether(List.of(part), bytes);
        state.after = view.place(Objects.requireNonNull(batch.cutRow));
        state.rows += batch.cutRows;
        state.fragments.removeIf(ObjectAssembly::isEmpty);
        session.save();
        Batch next = new Batch(new SpillBuffer(session.settings.workDirectory()));
        try (SpillBuffer full = batch.buffer;
                InputStream waiting = full.slice(batch.cut, full.size()).open()) {
            waiting.transferTo(next.buffer);
        }
        next.rows = batch.rows - batch.cutRows;
        next.last = batch.last;
        return next;
    }

    /** Uploads the last rows, together with the start of what follows where they are too few for a part. */
    private void uploadLast(ExportView view, Batch batch, List<Bytes> before, List<Bytes> after)
            throws ConcurrentUpdateException, IOException {
        ExportState state = state();
        if (batch.buffer.size() == 0) {
            finishFragment();
            session.save();
            return;
        }
        List<Bytes> bytes = new ArrayList<>(before);
        bytes.add(Bytes.hot(hot(), batch.buffer.slice(0, batch.buffer.size())));
        bytes.addAll(after);
        List<Part> parts = assembly.plan(bytes);
        if (state.isUntouched() && parts.size() == 1) {
            state.rows = batch.rows;
            assembly.putWhole(parts.get(0), bytes);
            return;
        }
        // No longer than two parts of hot rows and one of a neighbour's bytes, they are never cut.
        Part holder = parts.stream()
                .filter(part -> part.pieces().stream().anyMatch(piece -> piece.segment() == before.size()))
                .findFirst()
                .orElseThrow();
        if (parts.indexOf(holder) > 0) {
            assembly.emit(parts.subList(0, parts.indexOf(holder)), bytes);
        }
        assembly.emitTogether(List.of(holder), bytes);
        state.rows += batch.rows;
        state.after = view.place(Objects.requireNonNull(batch.last));
        finishFragment();
        state.fragments.removeIf(ObjectAssembly::isEmpty);
        session.save();
    }
}
