package io.github.tieredquery.athena.internal.aws;

import io.github.tieredquery.spi.ScanControl;
import java.io.FilterInputStream;
import java.io.IOException;
import software.amazon.awssdk.core.ResponseInputStream;

/** A body that is cut off when its query stops, whoever waits for its next byte. For one thread. */
public final class StoppableBody extends FilterInputStream {

    private final ScanControl control;
    private final String what;
    private final ScanControl.Registration registration;

    public StoppableBody(ResponseInputStream<?> body, ScanControl control, String what) {
        super(body);
        this.control = control;
        this.what = what;
        this.registration = control.onStop(body::abort);
    }

    @Override
    public int read() throws IOException {
        try {
            return in.read();
        } catch (IOException e) {
            control.check(what);
            throw e;
        }
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        try {
            return in.read(target, offset, length);
        } catch (IOException e) {
            control.check(what);
            throw e;
        }
    }

    @Override
    public void close() throws IOException {
        registration.close();
        super.close();
    }
}
