package io.github.tieredquery.athena.internal.execution;

import io.github.tieredquery.athena.aws.AwsAccess;
import io.github.tieredquery.athena.internal.aws.AwsErrors;
import io.github.tieredquery.athena.internal.aws.AwsFault;
import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.error.QueryCancelledException;
import io.github.tieredquery.error.QueryTimedOutException;
import io.github.tieredquery.error.SourceUnavailableException;
import io.github.tieredquery.error.ThrottledException;
import io.github.tieredquery.error.TieredQueryException;
import io.github.tieredquery.spi.ScanControl;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkClientException;

/**
 * Calls Athena and calls again what may succeed later. The SDK gives up after about three seconds, which is too soon
 * for limits. Thread-safe.
 */
public final class AthenaCalls {

    private static final Logger LOG = LoggerFactory.getLogger(AthenaCalls.class);

    private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);
    private static final Duration QUEUE_PAUSE = Duration.ofSeconds(1);
    private static final int FAILURES = 6;
    private static final String ADVICE =
            ". Try again later, ask AWS for a higher limit, or allow more with throttleLimit(…)";

    private final AwsAccess aws;
    private final Pauses pauses;
    private final Duration throttleLimit;

    public AthenaCalls(AwsAccess aws, Pauses pauses, Duration throttleLimit) {
        this.aws = aws;
        this.pauses = pauses;
        this.throttleLimit = throttleLimit;
    }

    /** Calls something that may be done more than once. */
    public <T> T call(ScanControl control, String what, Supplier<T> call) {
        Attempts attempts = new Attempts(control, what);
        while (true) {
            control.check(what);
            try {
                return call.get();
            } catch (QueryTimedOutException | QueryCancelledException e) {
                // The caller's own words say more.
                control.check(what);
                throw e;
            } catch (AwsServiceException e) {
                attempts.failed(e);
            } catch (SdkClientException e) {
                attempts.failed(e);
            }
        }
    }

    /** The failed attempts of one call: waits until the next one, or throws what the call fails with. */
    final class Attempts {

        private final ScanControl control;
        private final String what;
        private final Backoff throttled = new Backoff(pauses, FIRST_PAUSE, LONGEST_PAUSE, throttleLimit);
        private final Backoff broken = new Backoff(pauses, FIRST_PAUSE, LONGEST_PAUSE, throttleLimit);
        private int failures;

        Attempts(ScanControl control, String what) {
            this.control = control;
            this.what = what;
        }

        void failed(AwsServiceException error) {
            if (AwsErrors.isRate(error) || AwsErrors.isConcurrency(error)) {
                refused(error);
            } else if (AwsErrors.isExpired(error)) {
                aws.renewCredentials();
                again(error);
            } else if (AwsErrors.isInternal(error)) {
                again(error);
            } else {
                throw translated(error);
            }
        }

        void failed(SdkClientException error) {
            if (AwsFault.of(error) != null) {
                throw AwsFault.error(what + ": " + error.getMessage(), error);
            }
            again(error);
        }

        /** Waits behind others that were refused before: to wait there is to be refused as well. */
        void queue(BooleanSupplier isFirst) {
            String queued = what + ", with others before it in the queue";
            while (!isFirst.getAsBoolean()) {
                if (!throttled.pause(QUEUE_PAUSE, control, queued)) {
                    throw new ThrottledException(queued + ": as many queries as Athena allows have been running for "
                            + throttled.waited() + ADVICE);
                }
            }
        }

        /** Waits because of a limit. */
        void refused(AwsServiceException error) {
            LOG.debug("{}: refused with {}, trying again", what, AwsErrors.code(error));
            if (!throttled.pause(control, what)) {
                throw new ThrottledException(
                        what + ": Athena went on refusing for " + throttled.waited() + ": " + AwsErrors.code(error)
                                + ": " + AwsErrors.message(error) + ADVICE,
                        error);
            }
        }

        private void again(RuntimeException error) {
            failures++;
            if (failures == FAILURES) {
                throw new SourceUnavailableException(
                        what + ": failed " + FAILURES + " times: " + message(error), error);
            }
            LOG.debug("{}: failed, trying again", what, error);
            broken.pause(control, what);
        }

        private TieredQueryException translated(AwsServiceException error) {
            String message = what + ": " + AwsErrors.code(error) + ": " + AwsErrors.message(error);
            AwsFault fault = AwsFault.of(error);
            return fault == null
                    ? new ConfigurationException(message, error)
                    : fault.configurationError(message, error);
        }
    }

    private static String message(RuntimeException error) {
        return error instanceof AwsServiceException service
                ? AwsErrors.code(service) + ": " + AwsErrors.message(service)
                : String.valueOf(error.getMessage());
    }
}
