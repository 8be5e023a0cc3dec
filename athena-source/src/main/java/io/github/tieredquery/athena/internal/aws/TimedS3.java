package io.github.tieredquery.athena.internal.aws;

import io.github.tieredquery.spi.ScanControl;
import java.util.function.Function;
import software.amazon.awssdk.services.s3.DelegatingS3Client;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Request;

/** S3 for one query. A body that is streamed is the reader's to abort. Thread-safe. */
public final class TimedS3 extends DelegatingS3Client {

    private final TimedCalls calls;

    public TimedS3(S3Client client, ScanControl control) {
        super(client);
        this.calls = new TimedCalls(control, client, "S3");
    }

    @Override
    protected <T extends S3Request, R> R invokeOperation(T request, Function<T, R> operation) {
        return calls.call(request, operation);
    }
}
