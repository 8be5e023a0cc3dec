package io.github.tieredquery.internal.export;

import io.github.tieredquery.error.ExportFailedException;
import io.github.tieredquery.export.ExportStore;
import io.github.tieredquery.spi.ScanControl;
import java.io.IOException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;

/**
 * One process's work on one export: the state as it was last written or read, by one thread. Whatever is done outside
 * is written down by {@link #save}, which fails if another process has written meanwhile; the work then goes on from
 * what that one has written.
 */
final class ExportSession {

    /** Another process has changed the state. */
    static final class ConcurrentUpdateException extends Exception {
        private static final long serialVersionUID = 1L;
    }

    final ExportBackend backend;
    final ExportStore store;
    final ExportSettings settings;
    final ScanControl control;
    private final StateCodec codec;
    private final String worker = UUID.randomUUID().toString();
    private ExportState state;
    private String version;

    private ExportSession(
            ExportBackend backend,
            ExportStore store,
            ExportSettings settings,
            ScanControl control,
            ExportState state,
            String version) {
        this.backend = backend;
        this.store = store;
        this.settings = settings;
        this.control = control;
        this.codec = new StateCodec(backend.table());
        this.state = state;
        this.version = version;
    }

    /** A session on an export that is yet to be {@linkplain #create created}. */
    static ExportSession draft(
            ExportBackend backend, ExportStore store, ExportSettings settings, ScanControl control, ExportState state) {
        return new ExportSession(backend, store, settings, control, state, "");
    }

    /** Writes a new export's state; false if there is one with the same name already. */
    boolean create() {
        byte[] signed = signed();
        Optional<String> written = store.write(state.stateName(), signed, null, control);
        if (written.isEmpty()) {
            // It may be ours: then the answer to the first of two calls was lost.
            written = store.read(state.stateName(), control)
                    .filter(found -> Arrays.equals(found.bytes(), signed))
                    .map(ExportStore.Versioned::version);
        }
        written.ifPresent(first -> version = first);
        return written.isPresent();
    }

    /** A session on an export that was started before. Empty if there is none. */
    static Optional<ExportSession> open(
            ExportBackend backend, ExportStore store, ExportSettings settings, ScanControl control, byte[] id) {
        return store.read(ExportState.stateName(id), control)
                .map(found -> new ExportSession(
                        backend, store, settings, control, decoded(backend, found.bytes()), found.version()));
    }

    private static ExportState decoded(ExportBackend backend, byte[] signed) {
        byte[] body = backend.verified(signed);
        if (body == null) {
            throw new ExportFailedException("table '" + backend.table().name()
                    + "': the state of the export isn't signed with a key of this service. Start the export again");
        }
        try {
            return new StateCodec(backend.table()).read(body);
        } catch (IOException | RuntimeException e) {
            throw new ExportFailedException("table '" + backend.table().name()
                    + "': the state of the export can't be read (" + e.getMessage()
                    + "); it may be another release's. Start the export again");
        }
    }

    ExportState state() {
        return state;
    }

    private byte[] signed() {
        return backend.sign(codec.write(state));
    }

    Instant now() {
        return backend.clock().instant();
    }

    /** Whether another process has said that it works on the export, not long ago. */
    boolean isHeldElsewhere() {
        return !state.worker.isEmpty()
                && !state.worker.equals(worker)
                && Instant.now().isBefore(state.workingUntil);
    }

    /**
     * Writes the state, and that this process works on the export.
     *
     * @throws ConcurrentUpdateException if another process has written meanwhile
     */
    void save() throws ConcurrentUpdateException {
        state.worker = worker;
        // By the real clock: the backend's may stand still.
        state.workingUntil = Instant.now().plus(settings.takeOverAfter());
        write(control);
    }

    /** Writes the state, and that nobody works on the export. */
    void release(ScanControl last) throws ConcurrentUpdateException {
        state.worker = "";
        write(last);
    }

    /** Whether this process has said that it works on the export. */
    boolean isWorking() {
        return state.worker.equals(worker);
    }

    private void write(ScanControl by) throws ConcurrentUpdateException {
        byte[] signed = signed();
        Optional<String> written = store.write(state.stateName(), signed, version, by);
        if (written.isEmpty()) {
            ExportStore.Versioned found = store.read(state.stateName(), by).orElseThrow(ConcurrentUpdateException::new);
            if (!Arrays.equals(found.bytes(), signed)) {
                throw new ConcurrentUpdateException();
            }
            version = found.version();
            return;
        }
        version = written.get();
    }

    /** Forgets what isn't written, and goes on from what is. */
    void reload() {
        reload(control);
    }

    /** The same where the control's time may be over. */
    void reload(ScanControl by) {
        ExportStore.Versioned found = store.read(state.stateName(), by)
                .orElseThrow(() -> new ExportFailedException(
                        "table '" + backend.table().name() + "': the state of the export " + state.stateName() + " in "
                                + store.location() + " was removed while the export ran. Start it again"));
        state = decoded(backend, found.bytes());
        version = found.version();
    }

    /** Ends the export without an object; what it has started is yet to be stopped. */
    void fail(String problem) throws ConcurrentUpdateException {
        state.stage = ExportState.Stage.FAILED;
        state.problem = problem;
        save();
    }

    String subject() {
        return "exporting table '" + backend.table().name() + "' to " + store.location() + state.name();
    }
}
