package io.github.tieredquery.jdbc.internal.scan;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.testkit.Interception;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** When a connection is broken off, and that nobody else has it by then. */
class ConnectionWatchTest {

    /** The server answers while the abort is under way, so that the connection would go back to its pool. */
    @Test
    void an_abort_that_has_begun_ends_before_the_connection_is_given_back() throws InterruptedException {
        CountDownLatch aborting = new CountDownLatch(1);
        AtomicBoolean aborted = new AtomicBoolean();
        AtomicBoolean abortedWhenClosed = new AtomicBoolean();
        Thread[] closer = new Thread[1];
        Connection connection = Interception.before(Connection.class, unconnected(), call -> {
            if (call.name().equals("abort")) {
                aborting.countDown();
                awaitBlockedOrDead(closer[0]);
                aborted.set(true);
            }
            return null;
        });
        ConnectionWatch watch = ConnectionWatch.until(connection, ScanControl.unlimited(), "test");
        closer[0] = new Thread(() -> {
            watch.close();
            abortedWhenClosed.set(aborted.get());
        });
        watch.start();
        aborting.await();
        closer[0].start();
        closer[0].join();
        assertThat(abortedWhenClosed).isTrue();
        assertThat(watch.hasAborted()).isTrue();
    }

    @Test
    void a_watch_that_was_closed_in_time_breaks_nothing_off() {
        AtomicBoolean aborted = new AtomicBoolean();
        Connection connection = Interception.before(Connection.class, unconnected(), call -> {
            aborted.compareAndSet(false, call.name().equals("abort"));
            return null;
        });
        ScanControl control = ScanControl.unlimited();
        ConnectionWatch watch = ConnectionWatch.until(connection, control, "test");
        control.cancel();
        watch.close();
        watch.start();
        assertThat(watch.hasAborted()).isFalse();
        assertThat(aborted).isFalse();
    }

    /** It has begun to wait for the abort, or hasn't and is through. */
    private static void awaitBlockedOrDead(Thread thread) {
        while (thread.getState() != Thread.State.TIMED_WAITING && thread.getState() != Thread.State.TERMINATED) {
            Thread.onSpinWait();
        }
    }

    private static Connection unconnected() {
        return (Connection) Proxy.newProxyInstance(
                ConnectionWatchTest.class.getClassLoader(),
                new Class<?>[] {Connection.class},
                (proxy, method, args) -> {
                    throw new UnsupportedOperationException(method.getName());
                });
    }
}
