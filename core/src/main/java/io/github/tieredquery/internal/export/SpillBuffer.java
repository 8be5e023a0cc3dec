package io.github.tieredquery.internal.export;

import io.github.tieredquery.export.ExportContent;
import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Bytes that wait to be uploaded: the first ones in memory, and all of them in a temporary file once there are more.
 * Used by one thread; whoever makes it closes it, which removes the file.
 */
final class SpillBuffer extends OutputStream {

    private static final int IN_MEMORY = 64 << 10;

    private final Path directory;
    private byte[] memory = new byte[1 << 10];
    private int filled;
    private @Nullable Path file;
    private @Nullable OutputStream out;
    private long size;

    SpillBuffer(Path directory) {
        this.directory = directory;
    }

    long size() {
        return size;
    }

    @Override
    public void write(int one) throws IOException {
        write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        if (out == null && filled + length > IN_MEMORY) {
            spill();
        }
        if (out != null) {
            out.write(bytes, offset, length);
        } else {
            while (filled + length > memory.length) {
                memory = java.util.Arrays.copyOf(memory, Math.min(IN_MEMORY, 2 * memory.length));
            }
            System.arraycopy(bytes, offset, memory, filled, length);
            filled += length;
        }
        size += length;
    }

    private void spill() throws IOException {
        Path made = Files.createTempFile(directory, "tieredquery-export-", ".csv");
        file = made;
        OutputStream opened = new BufferedOutputStream(Files.newOutputStream(made), IN_MEMORY);
        out = opened;
        opened.write(memory, 0, filled);
        memory = new byte[0];
    }

    /** A range of what has been written so far, readable until this is closed. */
    ExportContent slice(long from, long to) throws IOException {
        if (out != null) {
            out.flush();
        }
        return new ExportContent() {
            @Override
            public long bytes() {
                return to - from;
            }

            @Override
            public InputStream open() throws IOException {
                if (file == null) {
                    return new ByteArrayInputStream(memory, (int) from, (int) (to - from));
                }
                FileChannel channel = FileChannel.open(Objects.requireNonNull(file), StandardOpenOption.READ);
                channel.position(from);
                return new Bounded(Channels.newInputStream(channel), to - from);
            }
        };
    }

    @Override
    public void close() throws IOException {
        if (out != null) {
            out.close();
        }
        if (file != null) {
            Files.deleteIfExists(file);
        }
    }

    /** The first bytes of a stream. */
    private static final class Bounded extends InputStream {

        private final InputStream in;
        private long left;

        Bounded(InputStream in, long bytes) {
            this.in = in;
            this.left = bytes;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            if (left == 0) {
                return -1;
            }
            int read = in.read(target, offset, (int) Math.min(length, left));
            left -= Math.max(0, read);
            return read;
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }
}
