package io.github.tieredquery.athena.internal.result;

import io.github.tieredquery.error.SourceUnavailableException;
import io.github.tieredquery.error.TieredQueryException;
import io.github.tieredquery.spi.ScanControl;
import java.io.IOException;
import java.io.InputStream;
import java.util.Deque;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * A result file from one position to its end. Small ones, and the start of big ones, come as one stream; then the next
 * parts are read ahead side by side into memory, a bounded number of them. For one thread; {@link #close} may come from
 * any.
 */
final class ResultStream extends InputStream {

    private final ResultObject object;
    private final ExecutorService executor;
    private final ScanControl control;
    private final int partBytes;
    private final int partsAhead;
    private final String what;
    private final Deque<Future<byte[]>> ahead = new ConcurrentLinkedDeque<>();
    private ResultObject.@Nullable Download first;
    private byte[] part = new byte[0];
    private int partPosition;
    private final long halfway;
    private long position;
    private long nextPart;

    ResultStream(
            ResultObject object,
            long from,
            ExecutorService executor,
            ScanControl control,
            int partBytes,
            int partsAhead,
            String what) {
        this.object = object;
        this.executor = executor;
        this.control = control;
        this.partBytes = partBytes;
        this.partsAhead = partsAhead;
        this.what = what;
        this.position = from;
        this.halfway = from + partBytes / 2;
        this.nextPart = from + partBytes;
        this.first = object.open(from, nextPart);
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] target, int offset, int length) {
        control.check(what);
        ResultObject.Download stream = first;
        if (stream != null) {
            int read = stream.read(target, offset, length);
            if (read >= 0) {
                position += read;
                // A reader that has come this far is likely to go on.
                if (position > halfway) {
                    readAhead();
                }
                return read;
            }
            first = null;
        }
        if (partPosition == part.length) {
            readAhead();
            Future<byte[]> next = ahead.poll();
            if (next == null) {
                return -1;
            }
            part = await(next);
            partPosition = 0;
            readAhead();
        }
        int read = Math.min(length, part.length - partPosition);
        System.arraycopy(part, partPosition, target, offset, read);
        partPosition += read;
        return read;
    }

    private void readAhead() {
        while (ahead.size() < partsAhead && nextPart < object.size()) {
            long from = nextPart;
            long to = Math.min(object.size(), from + partBytes);
            nextPart = to;
            ahead.add(executor.submit(() -> readPart(from, to)));
        }
    }

    private byte[] readPart(long from, long to) {
        byte[] bytes = new byte[(int) (to - from)];
        int filled = 0;
        try (ResultObject.Download download = object.part(from, to)) {
            while (filled < bytes.length) {
                int read = download.read(bytes, filled, bytes.length - filled);
                if (read < 0) {
                    throw new SourceUnavailableException(what + ": the result ended at byte " + (from + filled));
                }
                filled += read;
            }
        }
        return bytes;
    }

    private byte[] await(Future<byte[]> next) {
        try {
            return next.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            control.cancel();
            control.check(what);
            throw new SourceUnavailableException(what + ": interrupted", e);
        } catch (CancellationException e) {
            control.check(what);
            throw new SourceUnavailableException(what + ": the result was closed while it was read", e);
        } catch (ExecutionException e) {
            control.check(what);
            if (e.getCause() instanceof TieredQueryException known) {
                throw known;
            }
            throw new SourceUnavailableException(what + ": reading the result failed: " + e.getCause(), e.getCause());
        }
    }

    @Override
    public void close() {
        object.close();
        ahead.forEach(each -> each.cancel(false));
    }
}
