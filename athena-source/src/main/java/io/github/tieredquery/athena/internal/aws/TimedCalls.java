package io.github.tieredquery.athena.internal.aws;

import io.github.tieredquery.spi.ScanControl;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.awscore.AwsRequest;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.SdkClient;
import software.amazon.awssdk.core.SdkServiceClientConfiguration;

/**
 * Makes requests that last no longer than a query: each has what remains as its {@code apiCallTimeout}, so that its
 * connection is let go, and whoever waits for it is freed when the query stops, even if the SDK waits for credentials,
 * for a connection or for a client that knows no timeouts. Thread-safe.
 *
 * @param client what is called
 * @param service its name in messages
 */
record TimedCalls(ScanControl control, SdkClient client, String service) {

    private static final Logger LOG = LoggerFactory.getLogger(TimedCalls.class);
    /** The control comes first: its message is the better one. */
    private static final Duration AFTER_CONTROL = Duration.ofMillis(50);

    <T extends AwsRequest, R> R call(T request, Function<T, R> operation) {
        T limited = limited(request);
        return control.awaitInterrupting(
                "waiting for " + service, () -> WholeAnswers.whole(operation.apply(limited)), TimedCalls::letGo);
    }

    @SuppressWarnings("unchecked") // a request's builder builds the same kind of request
    private <T extends AwsRequest> T limited(T request) {
        Optional<Duration> rest = control.remaining();
        if (rest.isEmpty()) {
            return request;
        }
        Duration time = rest.get().plus(AFTER_CONTROL);
        Duration limit = own().filter(own -> own.compareTo(time) < 0).orElse(time);
        AwsRequestOverrideConfiguration before = request.overrideConfiguration()
                .orElseGet(() -> AwsRequestOverrideConfiguration.builder().build());
        return (T) request.toBuilder()
                .overrideConfiguration(before.toBuilder().apiCallTimeout(limit).build())
                .build();
    }

    /** What the client was built with. */
    private Optional<Duration> own() {
        try {
            SdkServiceClientConfiguration configuration = client.serviceClientConfiguration();
            return configuration == null
                    ? Optional.empty()
                    : configuration.overrideConfiguration().apiCallTimeout();
        } catch (UnsupportedOperationException e) {
            LOG.trace("the client doesn't tell how it was built", e);
            return Optional.empty();
        }
    }

    private static void letGo(Object late) {
        if (late instanceof ResponseInputStream<?> body) {
            body.abort();
        }
    }
}
