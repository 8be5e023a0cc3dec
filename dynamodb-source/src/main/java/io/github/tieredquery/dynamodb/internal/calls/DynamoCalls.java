package io.github.tieredquery.dynamodb.internal.calls;

import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.error.QueryCancelledException;
import io.github.tieredquery.error.QueryTimedOutException;
import io.github.tieredquery.error.SourceUnavailableException;
import io.github.tieredquery.error.ThrottledException;
import io.github.tieredquery.spi.ScanControl;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.ResourceNotFoundException;

/** Calls of DynamoDB for one table: throttled ones are repeated, failures become the library's errors. Thread-safe. */
public final class DynamoCalls {

    private static final Set<String> DENIED = Set.of(
            "AccessDeniedException",
            "UnrecognizedClientException",
            "InvalidSignatureException",
            "MissingAuthenticationTokenException",
            "IncompleteSignatureException");

    private final DynamoDbClient client;
    private final String name;
    private final Backoff backoff;

    public DynamoCalls(DynamoDbClient client, String name, Backoff backoff) {
        this.client = client;
        this.name = name;
        this.backoff = backoff;
    }

    public DynamoDbClient client() {
        return client;
    }

    public String name() {
        return name;
    }

    public Backoff backoff() {
        return backoff;
    }

    /**
     * Makes a call that may be made twice.
     *
     * @param what the call, for messages: {@code Query}
     */
    public <R> R repeatable(String what, ScanControl control, Supplier<R> call) {
        for (int failed = 1; ; failed++) {
            control.check(doing(what));
            try {
                return call.get();
            } catch (SdkException e) {
                control.check(doing(what));
                if (!isThrottling(e)) {
                    throw translated(what, e);
                }
                if (failed >= backoff.attempts()) {
                    throw throttled(what, failed, e);
                }
                backoff.await(failed, control, doing(what));
            }
        }
    }

    public String doing(String what) {
        return "waiting for " + what + " of " + name;
    }

    public static boolean isThrottling(SdkException e) {
        return e instanceof AwsServiceException service && service.isThrottlingException();
    }

    public ThrottledException throttled(String what, int attempts, Throwable cause) {
        return new ThrottledException(
                name + ": " + what + " was throttled " + attempts
                        + " times in a row. Try again later, raise the table's capacity, or spread a hot key with"
                        + " shards(…)",
                cause);
    }

    RuntimeException translated(String what, SdkException e) {
        if (e instanceof ResourceNotFoundException) {
            return new ConfigurationException(
                    name + ": there is no such table, or it is being created; create it first", e);
        }
        String details = e instanceof AwsServiceException service && service.awsErrorDetails() != null
                ? service.awsErrorDetails().errorCode() + ": "
                        + service.awsErrorDetails().errorMessage() + " (request " + service.requestId() + ")"
                : String.valueOf(e.getMessage());
        String message = name + ": " + what + " failed with " + details;
        return isForGood(e)
                ? new ConfigurationException(
                        message + ". Allow it in the policy of the caller or of the role, or give other credentials", e)
                : new SourceUnavailableException(message, e);
    }

    /** Whether rights or credentials are wrong, so that no second call does better. */
    private static boolean isForGood(SdkException e) {
        if (e instanceof AwsServiceException service && service.awsErrorDetails() != null) {
            return DENIED.contains(service.awsErrorDetails().errorCode());
        }
        return String.valueOf(e.getMessage()).startsWith("Unable to load credentials");
    }

    /** Waits for what another thread does, as long as the query may. */
    <R> R await(Future<R> future, ScanControl control, String what) {
        try (ScanControl.Registration stop = control.onStop(() -> future.cancel(true))) {
            Optional<Duration> rest = control.remaining();
            return rest.isPresent() ? future.get(rest.get().toNanos(), TimeUnit.NANOSECONDS) : future.get();
        } catch (CancellationException e) {
            control.check(doing(what));
            throw new QueryCancelledException("the query was closed while " + doing(what), e);
        } catch (TimeoutException e) {
            future.cancel(true);
            control.check(doing(what));
            throw new QueryTimedOutException("the timeout passed while " + doing(what), e);
        } catch (InterruptedException e) {
            future.cancel(true);
            control.cancel();
            Thread.currentThread().interrupt();
            throw new QueryCancelledException("the thread was interrupted while " + doing(what), e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new SourceUnavailableException(name + ": " + what + " failed", e.getCause());
        }
    }
}
