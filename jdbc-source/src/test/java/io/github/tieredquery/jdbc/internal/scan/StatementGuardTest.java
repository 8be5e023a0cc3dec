package io.github.tieredquery.jdbc.internal.scan;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tieredquery.spi.ScanControl;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.Statement;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class StatementGuardTest {

    private final CountDownLatch cancellations = new CountDownLatch(3);
    private final Connection connection = (Connection) Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {Connection.class},
            (proxy, method, arguments) -> method.getReturnType().equals(boolean.class) ? false : null);
    /** It forgets what it is told before it runs, as drivers do. */
    private final Statement statement = (Statement) Proxy.newProxyInstance(
            getClass().getClassLoader(), new Class<?>[] {Statement.class}, (proxy, method, arguments) -> {
                if (method.getName().equals("cancel")) {
                    cancellations.countDown();
                    return null;
                }
                return method.getName().equals("getConnection") ? connection : (Object) false;
            });

    @Test
    void a_cancellation_that_comes_before_the_statement_runs_is_repeated() throws Exception {
        ScanControl control = ScanControl.unlimited();
        try (StatementGuard guard = StatementGuard.of(statement, control, "reading")) {
            assertThat(cancellations.getCount()).as("%s", guard).isEqualTo(3);
            control.cancel();
            assertThat(cancellations.await(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void nothing_is_cancelled_once_the_guard_is_closed() throws Exception {
        ScanControl control = ScanControl.unlimited();
        StatementGuard.of(statement, control, "reading").close();
        control.cancel();
        assertThat(cancellations.getCount()).isEqualTo(3);
    }
}
