package io.github.tieredquery.athenalocal;

import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * An {@link AthenaLocal} for the tests of a class. In a static field it serves all of them; in an instance field each
 * test has its own. After each test, faults are forgotten and held queries released; counters, tables and objects stay.
 *
 * <pre>{@code
 * @RegisterExtension
 * static final AthenaLocalExtension athena = AthenaLocalExtension.create();
 * }</pre>
 *
 * <p>Needs JUnit Jupiter on the class path. Not thread-safe in itself; what {@link #get()} returns is.
 */
public final class AthenaLocalExtension
        implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback, AfterAllCallback {
    private final UnaryOperator<AthenaLocal.Builder> configuration;
    private @Nullable AthenaLocal athena;
    private boolean ofClass;

    private AthenaLocalExtension(UnaryOperator<AthenaLocal.Builder> configuration) {
        this.configuration = configuration;
    }

    /** One with every default. */
    public static AthenaLocalExtension create() {
        return new AthenaLocalExtension(UnaryOperator.identity());
    }

    /** One that is configured before it starts. */
    public static AthenaLocalExtension configured(UnaryOperator<AthenaLocal.Builder> configuration) {
        return new AthenaLocalExtension(configuration);
    }

    /**
     * The running Athena.
     *
     * @throws IllegalStateException outside tests
     */
    public AthenaLocal get() {
        if (athena == null) {
            throw new IllegalStateException("Athena runs only while tests do: register the extension with"
                    + " @RegisterExtension, and ask for it in a test.");
        }
        return athena;
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        ofClass = true;
        start();
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        if (athena == null) {
            start();
        }
    }

    @Override
    public void afterEach(ExtensionContext context) {
        if (ofClass) {
            get().faults().clear();
        } else {
            stop();
        }
    }

    @Override
    public void afterAll(ExtensionContext context) {
        stop();
    }

    private void start() {
        athena = configuration.apply(AthenaLocal.builder()).start();
    }

    private void stop() {
        if (athena != null) {
            athena.close();
            athena = null;
        }
    }
}
