package io.github.tieredquery.athena.internal.format;

import io.github.tieredquery.athena.format.FileFormat;
import java.io.BufferedWriter;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.GZIPOutputStream;

/** Writes a new gzip file of UTF-8 text and counts its bytes. For one thread. */
public abstract class GzipTextWriter implements FileFormat.Writer {

    private static final int BUFFER_BYTES = 64 << 10;

    private final CountingStream file;
    public final BufferedWriter out;

    public GzipTextWriter(Path target) throws IOException {
        file = new CountingStream(Files.newOutputStream(target, StandardOpenOption.CREATE_NEW));
        out = new BufferedWriter(
                new OutputStreamWriter(new GZIPOutputStream(file, BUFFER_BYTES), StandardCharsets.UTF_8), BUFFER_BYTES);
    }

    @Override
    public final long bytes() {
        return file.count;
    }

    @Override
    public final void close() throws IOException {
        out.close();
    }

    private static final class CountingStream extends FilterOutputStream {

        private long count;

        CountingStream(OutputStream out) {
            super(out);
        }

        @Override
        public void write(int unit) throws IOException {
            out.write(unit);
            count++;
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            out.write(bytes, offset, length);
            count += length;
        }
    }
}
