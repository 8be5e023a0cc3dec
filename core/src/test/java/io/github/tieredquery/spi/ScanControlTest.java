package io.github.tieredquery.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tieredquery.error.QueryCancelledException;
import io.github.tieredquery.error.QueryTimedOutException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ScanControlTest {

    @Test
    void a_timeout_stops_what_runs_though_everybody_is_blocked() throws InterruptedException {
        ScanControl control = ScanControl.within(Duration.ofMillis(20));
        CountDownLatch stopped = new CountDownLatch(1);
        try (ScanControl.Registration ignored = control.onStop(stopped::countDown)) {
            assertThat(stopped.await(60, TimeUnit.SECONDS)).isTrue();
        }
        assertThatThrownBy(() -> control.check("reading from x"))
                .isInstanceOf(QueryTimedOutException.class)
                .hasMessage("the timeout of PT0.02S passed while reading from x; what ran was stopped."
                        + " Narrow the query or allow more time");
    }

    @Test
    void a_timeout_of_centuries_is_none() {
        ScanControl control = ScanControl.within(Duration.ofSeconds(Long.MAX_VALUE));
        control.check("reading from x");
        assertThat(control.isStopped()).isFalse();
    }

    @Test
    void a_timeout_passes_by_the_clock_that_was_given() {
        AtomicLong nanos = new AtomicLong(5);
        ScanControl control = ScanControl.within(Duration.ofNanos(10), nanos::get);
        AtomicInteger stops = new AtomicInteger();
        control.onStop(stops::incrementAndGet);
        nanos.set(14);
        control.check("reading from x");
        assertThat(control.remaining()).contains(Duration.ofNanos(1));
        nanos.set(15);
        assertThatThrownBy(() -> control.check("reading from x")).isInstanceOf(QueryTimedOutException.class);
        assertThat(stops).hasValue(1);
    }

    @Test
    void cancelling_runs_each_action_once_and_those_that_come_later_at_once() {
        ScanControl control = ScanControl.unlimited();
        AtomicInteger stops = new AtomicInteger();
        control.onStop(stops::incrementAndGet);
        control.onStop(stops::incrementAndGet).close();
        control.cancel();
        control.cancel();
        assertThat(stops).hasValue(1);
        control.onStop(stops::incrementAndGet);
        assertThat(stops).hasValue(2);
        assertThatThrownBy(() -> control.pause(Duration.ofDays(1), "waiting for x"))
                .isInstanceOf(QueryCancelledException.class)
                .hasMessage("the query was cancelled while waiting for x");
    }

    @Test
    void whoever_waits_for_a_call_is_freed_when_the_timeout_passes_and_what_comes_later_is_given_back()
            throws InterruptedException {
        ScanControl control = ScanControl.within(Duration.ofMillis(20));
        CountDownLatch answer = new CountDownLatch(1);
        CountDownLatch givenBack = new CountDownLatch(1);
        assertThatThrownBy(() -> control.await(
                        "waiting for x", () -> answered(answer, "a connection"), late -> givenBack.countDown()))
                .isInstanceOf(QueryTimedOutException.class)
                .hasMessage("the timeout of PT0.02S passed while waiting for x; what ran was stopped."
                        + " Narrow the query or allow more time");
        assertThat(givenBack.getCount()).isEqualTo(1);
        answer.countDown();
        assertThat(givenBack.await(60, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void whoever_waits_for_a_call_is_freed_when_the_query_is_cancelled() throws InterruptedException {
        ScanControl control = ScanControl.unlimited();
        CountDownLatch interrupted = new CountDownLatch(1);
        CountDownLatch calling = new CountDownLatch(1);
        Thread canceller = new Thread(() -> {
            answered(calling, "");
            control.cancel();
        });
        canceller.start();
        assertThatThrownBy(() -> control.awaitInterrupting(
                        "waiting for x",
                        () -> {
                            calling.countDown();
                            return answered(new CountDownLatch(1), "nothing", interrupted);
                        },
                        late -> {}))
                .isInstanceOf(QueryCancelledException.class)
                .hasMessage("the query was cancelled while waiting for x");
        assertThat(interrupted.await(60, TimeUnit.SECONDS)).isTrue();
        canceller.join();
    }

    @Test
    void a_call_that_answers_in_time_gives_its_value_or_its_own_failure() {
        ScanControl control = ScanControl.within(Duration.ofMinutes(1));
        assertThat(control.await("waiting for x", () -> "value", late -> {})).isEqualTo("value");
        IllegalStateException failure = new IllegalStateException("broken");
        assertThatThrownBy(() -> control.await(
                        "waiting for x",
                        () -> {
                            throw failure;
                        },
                        late -> {}))
                .isSameAs(failure);
    }

    @Test
    void last_words_are_spoken_by_the_same_clock_a_little_later() {
        AtomicLong nanos = new AtomicLong();
        ScanControl last = ScanControl.within(Duration.ofNanos(10), nanos::get).later(Duration.ofNanos(5));
        nanos.set(14);
        last.check("saying goodbye");
        nanos.set(15);
        assertThatThrownBy(() -> last.check("saying goodbye"))
                .isInstanceOf(QueryTimedOutException.class)
                .hasMessage("the timeout of PT0.00000001S passed while saying goodbye; what ran was stopped."
                        + " Narrow the query or allow more time");
        assertThat(ScanControl.unlimited().later(Duration.ofNanos(5)).remaining())
                .isEmpty();
    }

    private static String answered(CountDownLatch answer, String text) {
        return answered(answer, text, new CountDownLatch(1));
    }

    private static String answered(CountDownLatch answer, String text, CountDownLatch interrupted) {
        try {
            answer.await();
        } catch (InterruptedException e) {
            interrupted.countDown();
        }
        return text;
    }
}
