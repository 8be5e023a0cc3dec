package io.github.tieredquery.internal.export;

import io.github.tieredquery.error.SourceUnavailableException;
import io.github.tieredquery.error.TieredQueryException;
import io.github.tieredquery.export.ExportContent;
import io.github.tieredquery.export.ExportStore;
import io.github.tieredquery.export.StoredObject;
import io.github.tieredquery.internal.export.ExportSession.ConcurrentUpdateException;
import io.github.tieredquery.internal.export.MultipartPlanner.Part;
import io.github.tieredquery.internal.export.MultipartPlanner.Piece;
import io.github.tieredquery.internal.export.MultipartPlanner.Segment;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Puts an object together from its fragments, from its start to its end. After each step the state tells what is in
 * place, so that the next process goes on there.
 */
final class ObjectAssembly {

    private static final int FETCHES = 5;

    private final ExportSession session;
    private final MultipartPlanner assembler;

    ObjectAssembly(ExportSession session) {
        this.session = session;
        this.assembler = new MultipartPlanner(session.settings.limits());
    }

    private ExportState state() {
        return session.state();
    }

    /** One step. All results of cold fragments are known; the object is finished when the state says so. */
    void step() throws ConcurrentUpdateException {
        ExportState state = state();
        if (state.completing && isThere()) {
            return;
        }
        if (state.isUnloaded()) {
            putList();
            return;
        }
        if (state.rest.isEmpty()) {
            // What is archived never becomes hot again.
            state.fragments.removeIf(Fragment.Hot.class::isInstance);
        }
        state.fragments.removeIf(ObjectAssembly::isEmpty);
        takeHeaderOfCold();
        int hot = indexOfHot();
        if (hot < 0) {
            finish();
            return;
        }
        List<Bytes> before = bytes(state.fragments.subList(0, hot));
        List<Part> certain = certain(before);
        if (certain.isEmpty()) {
            new HotUpload(session, this).step(before, bytes(state.fragments.subList(hot + 1, state.fragments.size())));
        } else {
            emit(certain, before);
        }
    }

    /** A cold result at the start of the object brings the header along. */
    private void takeHeaderOfCold() {
        ExportState state = state();
        if (state.isUntouched()
                && state.fragments.size() > 1
                && state.fragments.get(0) instanceof Fragment.Text text
                && state.fragments.get(1) instanceof Fragment.Cold cold) {
            List<String> names = session.backend.columns(state.query).names();
            if (CsvText.startsPlainly(names, state.csv) && cold.from == text.bytes.length) {
                state.fragments.remove(0);
                cold.from = 0;
            }
        }
    }

    static boolean isEmpty(Fragment fragment) {
        if (fragment instanceof Fragment.Text text) {
            return text.from == text.bytes.length;
        }
        return fragment instanceof Fragment.Cold cold
                && cold.from == result(cold).bytes();
    }

    private int indexOfHot() {
        List<Fragment> fragments = state().fragments;
        for (int i = 0; i < fragments.size(); i++) {
            if (fragments.get(i) instanceof Fragment.Hot) {
                return i;
            }
        }
        return -1;
    }

    /** The parts before the hot fragment that are right however many hot rows there are. */
    private List<Part> certain(List<Bytes> before) {
        List<Segment> segments =
                new ArrayList<>(before.stream().map(Bytes::segment).toList());
        segments.add(Segment.client(2 * session.settings.limits().minPart()));
        List<Part> parts = assembler.plan(segments);
        int end = parts.size();
        while (end > 0 && !parts.get(end - 1).copied()) {
            end--;
        }
        return parts.subList(0, end);
    }

    /** What fragments hold now, which stays as it is when they shrink. */
    static List<Bytes> bytes(List<Fragment> fragments) {
        List<Bytes> bytes = new ArrayList<>();
        for (Fragment fragment : fragments) {
            if (fragment instanceof Fragment.Text text) {
                bytes.add(new Bytes(text, text.from, Segment.client(text.bytes.length - text.from), null));
            } else if (fragment instanceof Fragment.Cold cold) {
                long size = result(cold).bytes();
                bytes.add(new Bytes(cold, 0, Segment.stored(cold.from, size, size), null));
            }
        }
        return bytes;
    }

    /**
     * The bytes of a segment.
     *
     * @param fragment where they come from
     * @param from how many bytes of a text are in place
     * @param content hot rows, null for other fragments
     */
    record Bytes(
            Fragment fragment,
            int from,
            Segment segment,
            @Nullable ExportContent content) {

        /** Hot rows that wait to be uploaded. */
        static Bytes hot(Fragment fragment, ExportContent content) {
            return new Bytes(fragment, 0, Segment.client(content.bytes()), content);
        }

        /** Takes bytes off the fragment. */
        void consume(Piece piece) {
            if (fragment instanceof Fragment.Cold cold) {
                cold.from = segment.from() + piece.to();
            } else if (fragment instanceof Fragment.Text text) {
                text.from = Math.toIntExact(from + piece.to());
            }
        }

        /** Writes some of the bytes, which pass through the client. */
        void copyTo(SpillBuffer out, Piece piece, ExportSession session) throws IOException {
            try (InputStream in = open(piece, session)) {
                in.transferTo(out);
            }
        }

        private InputStream open(Piece piece, ExportSession session) throws IOException {
            if (fragment instanceof Fragment.Cold cold) {
                return session.store.open(
                        result(cold), segment.from() + piece.from(), segment.from() + piece.to(), session.control);
            } else if (fragment instanceof Fragment.Text text) {
                return new ByteArrayInputStream(
                        text.bytes, Math.toIntExact(from + piece.from()), Math.toIntExact(piece.bytes()));
            }
            return Objects.requireNonNull(content, "hot rows have a content").open();
        }
    }

    private static StoredObject result(Fragment.Cold cold) {
        return Objects.requireNonNull(
                cold.result, "every cold fragment has its result before the object is put together");
    }

    List<Part> plan(List<Bytes> bytes) {
        return assembler.plan(bytes.stream().map(Bytes::segment).toList());
    }

    /** Everything is known: puts the rest in place and completes the object. */
    private void finish() throws ConcurrentUpdateException {
        ExportState state = state();
        List<Bytes> bytes = bytes(state.fragments);
        List<Part> parts = plan(bytes);
        if (state.isUntouched() && parts.size() == 1) {
            putWhole(parts.get(0), bytes);
        } else {
            emit(parts, bytes);
            complete();
        }
    }

    /** Writes an object of one part by one request. */
    void putWhole(Part part, List<Bytes> bytes) throws ConcurrentUpdateException {
        ExportState state = state();
        state.completing = true;
        state.bytes = part.bytes();
        state.clientBytes = part.copied() ? 0 : part.bytes();
        session.save();
        if (part.copied()) {
            Fragment.Cold cold =
                    (Fragment.Cold) bytes.get(part.pieces().get(0).segment()).fragment();
            session.store.copy(state.name(), result(cold), session.control);
        } else {
            upload(part, bytes, content -> {
                session.store.put(state.name(), content, session.control);
                return content;
            });
        }
        requireThere();
    }

    /** Makes one list of the files that the cold source has written. */
    private void putList() throws ConcurrentUpdateException {
        ExportState state = state();
        StringBuilder list = new StringBuilder();
        String folder = session.store.location() + state.folder();
        for (Fragment fragment : state.fragments) {
            if (!(fragment instanceof Fragment.Cold cold) || isEmpty(cold)) {
                continue;
            }
            for (String file : new UnloadedFiles(session).listed(result(cold))) {
                if (!file.startsWith(folder)) {
                    session.fail(session.subject() + ": " + result(cold).location() + " lists " + file
                            + ", which isn't in " + folder);
                    return;
                }
                list.append(file).append('\n');
            }
        }
        byte[] text = list.toString().getBytes(StandardCharsets.UTF_8);
        Bytes bytes = new Bytes(new Fragment.Text(text, 0), 0, Segment.client(text.length), null);
        putWhole(new Part(false, List.of(new Piece(0, 0, text.length))), List.of(bytes));
    }

    private void complete() throws ConcurrentUpdateException {
        ExportState state = state();
        if (!state.completing) {
            state.completing = true;
            session.save();
        }
        session.store.complete(
                state.name(), Objects.requireNonNull(state.upload, "no upload"), state.parts, session.control);
        requireThere();
    }

    private void requireThere() throws ConcurrentUpdateException {
        if (!isThere()) {
            throw new SourceUnavailableException(
                    session.subject() + ": the object was written and isn't there. Advance the export again");
        }
    }

    /** Takes the object for finished if it is there. */
    private boolean isThere() throws ConcurrentUpdateException {
        ExportState state = state();
        StoredObject object = session.store.find(state.name(), session.control).orElse(null);
        if (object == null) {
            return false;
        }
        state.object = object;
        state.stage = ExportState.Stage.DONE;
        state.fragments.clear();
        session.save();
        return true;
    }

    /** Puts parts in place, the copied ones side by side. */
    void emit(List<Part> parts, List<Bytes> bytes) throws ConcurrentUpdateException {
        int next = 0;
        while (next < parts.size()) {
            int end = next + 1;
            while (parts.get(next).copied()
                    && end < parts.size()
                    && parts.get(end).copied()
                    && end - next < session.settings.copiesAtOnce()) {
                end++;
            }
            emitTogether(parts.subList(next, end), bytes);
            state().fragments.removeIf(ObjectAssembly::isEmpty);
            session.save();
            next = end;
        }
    }

    /** Puts copied parts, or one other, in place. The state is still to be saved. */
    void emitTogether(List<Part> parts, List<Bytes> bytes) throws ConcurrentUpdateException {
        session.control.check(session.subject());
        ExportState state = state();
        String upload = upload();
        Part first = parts.get(0);
        if (first.copied()) {
            state.parts.addAll(copy(upload, parts, bytes));
        } else {
            int number = state.parts.size() + 1;
            state.parts.add(upload(
                    first,
                    bytes,
                    content -> session.store.upload(state.name(), upload, number, content, session.control)));
        }
        for (Part part : parts) {
            part.pieces().forEach(piece -> bytes.get(piece.segment()).consume(piece));
            state.bytes += part.bytes();
            state.clientBytes += part.copied() ? 0 : part.bytes();
        }
    }

    /**
     * The upload that the parts belong to. One that was begun by a process that died, or by one that was overtaken, is
     * ended: the object's name is this export's alone.
     */
    private String upload() throws ConcurrentUpdateException {
        ExportState state = state();
        String known = state.upload;
        if (known != null) {
            return known;
        }
        // Whoever has begun one meanwhile has saved it, and this fails.
        session.save();
        session.store
                .openUploads(state.name(), session.control)
                .forEach(each -> session.store.abort(state.name(), each, session.control));
        String begun = session.store.begin(state.name(), session.control);
        state.upload = begun;
        try {
            session.save();
        } catch (ConcurrentUpdateException e) {
            session.store.abort(state.name(), begun, session.control);
            throw e;
        }
        return begun;
    }

    private List<ExportStore.Part> copy(String upload, List<Part> parts, List<Bytes> bytes) {
        int first = state().parts.size() + 1;
        if (parts.size() == 1) {
            return List.of(copy(upload, first, parts.get(0), bytes));
        }
        ExecutorService threads = Executors.newFixedThreadPool(parts.size());
        try {
            List<Future<ExportStore.Part>> copies = new ArrayList<>();
            for (int i = 0; i < parts.size(); i++) {
                int number = first + i;
                Part part = parts.get(i);
                copies.add(threads.submit(() -> copy(upload, number, part, bytes)));
            }
            List<ExportStore.Part> written = new ArrayList<>();
            for (Future<ExportStore.Part> copy : copies) {
                written.add(await(copy));
            }
            return written;
        } finally {
            threads.shutdownNow();
        }
    }

    private ExportStore.Part copy(String upload, int number, Part part, List<Bytes> bytes) {
        Piece piece = part.pieces().get(0);
        Bytes from = bytes.get(piece.segment());
        return session.store.copyPart(
                state().name(),
                upload,
                number,
                result((Fragment.Cold) from.fragment()),
                from.segment().from() + piece.from(),
                from.segment().from() + piece.to(),
                session.control);
    }

    private ExportStore.Part await(Future<ExportStore.Part> copy) {
        try {
            return copy.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            session.control.cancel();
            session.control.check(session.subject());
            throw new SourceUnavailableException(session.subject() + ": interrupted", e);
        } catch (ExecutionException | CancellationException e) {
            if (e.getCause() instanceof TieredQueryException known) {
                throw known;
            }
            throw new SourceUnavailableException(session.subject() + ": copying failed: " + e.getCause(), e);
        }
    }

    /**
     * Sends a part whose bytes pass through the client. All of it is here before the first byte is sent: an upload that
     * waits for a download holds a connection while it waits for another, and where all do there is none left.
     */
    private <T> T upload(Part part, List<Bytes> bytes, Function<ExportContent, T> call) {
        if (part.pieces().size() == 1) {
            Piece only = part.pieces().get(0);
            ExportContent content = bytes.get(only.segment()).content();
            if (content != null && content.bytes() == only.bytes()) {
                return call.apply(content);
            }
        }
        IOException broken = null;
        for (int attempt = 1; attempt <= FETCHES; attempt++) {
            session.control.check(session.subject());
            try (SpillBuffer buffer = new SpillBuffer(session.settings.workDirectory())) {
                for (Piece piece : part.pieces()) {
                    bytes.get(piece.segment()).copyTo(buffer, piece, session);
                }
                if (buffer.size() != part.bytes()) {
                    throw new IOException(buffer.size() + " of " + part.bytes() + " bytes came");
                }
                return call.apply(buffer.slice(0, buffer.size()));
            } catch (IOException e) {
                broken = e;
            }
        }
        throw new SourceUnavailableException(
                session.subject() + ": reading bytes that are to be uploaded, or keeping them in the work directory "
                        + session.settings.workDirectory() + ", failed " + FETCHES + " times: " + broken,
                broken);
    }
}
