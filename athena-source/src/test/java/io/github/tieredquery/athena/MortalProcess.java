package io.github.tieredquery.athena;

import io.github.tieredquery.export.ExportContent;
import io.github.tieredquery.export.ExportSource;
import io.github.tieredquery.export.ExportStore;
import io.github.tieredquery.store.ColdStore;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A process as its export's store and source see it: it dies at a certain call that changes something outside, and does
 * nothing any more from then on.
 */
final class MortalProcess {

    /** When the process dies. */
    enum When {
        /** Just before the call. */
        BEFORE,
        /** While the call is on its way, with half of what it sends. */
        DURING,
        /** When the call has changed what it changes, and nobody has heard of it. */
        AFTER
    }

    /** What the process dies of; nobody in it can catch it. */
    static final class Death extends Error {
        private static final long serialVersionUID = 1L;
    }

    private static final Set<String> CHANGING = Set.of(
            "write",
            "remove",
            "begin",
            "upload",
            "copyPart",
            "complete",
            "abort",
            "copy",
            "put",
            "startExport",
            "stopExport");

    private final int fatalCall;
    private final When when;
    private final Consumer<String> death;
    private final List<String> calls = Collections.synchronizedList(new ArrayList<>());

    /** Dies after so many changing calls, of an error; with 0 it doesn't die. */
    MortalProcess(int fatalCall) {
        this(fatalCall, When.AFTER, call -> {
            throw new Death();
        });
    }

    /**
     * Dies at a changing call.
     *
     * @param fatalCall the call's number, from 1 on
     * @param death what happens then, with the call's name; if it returns, the process waits for its end
     */
    MortalProcess(int fatalCall, When when, Consumer<String> death) {
        this.fatalCall = fatalCall;
        this.when = when;
        this.death = death;
    }

    /**
     * Some of the moments at which a process can die, spread over all of them, another selection each day; all of them
     * with {@code -Dkills=all}.
     */
    static <T> List<T> chosen(List<T> moments, int count) {
        if (System.getProperty("kills", "").equals("all") || moments.size() <= count) {
            return moments;
        }
        int apart = moments.size() / count;
        int first = (int) (System.currentTimeMillis() / Duration.ofDays(1).toMillis() % apart);
        List<T> chosen = new ArrayList<>();
        for (int i = first; i < moments.size(); i += apart) {
            chosen.add(moments.get(i));
        }
        return chosen;
    }

    /** The changing calls so far. */
    List<String> calls() {
        return List.copyOf(calls);
    }

    ExportStore store(ExportStore store) {
        return (ExportStore) proxy(store, ExportStore.class);
    }

    ColdStore source(AthenaSource source) {
        return (ColdStore) proxy(source, ColdStore.class, ExportSource.class);
    }

    private Object proxy(Object target, Class<?>... types) {
        return Proxy.newProxyInstance(
                MortalProcess.class.getClassLoader(),
                types,
                (proxy, method, arguments) -> call(target, method, arguments));
    }

    private @Nullable Object call(Object target, Method method, Object @Nullable [] arguments) throws Throwable {
        if (!CHANGING.contains(method.getName())) {
            return answer(target, method, arguments);
        }
        if (fatalCall > 0 && calls.size() >= fatalCall) {
            throw new Death();
        }
        calls.add(method.getName());
        boolean fatal = calls.size() == fatalCall;
        if (fatal && when == When.BEFORE) {
            die(method.getName());
        } else if (fatal && when == When.DURING) {
            return answer(target, method, dyingHalfway(method.getName(), Objects.requireNonNull(arguments)));
        }
        Object answer = answer(target, method, arguments);
        if (fatal) {
            die(method.getName());
        }
        return answer;
    }

    private void die(String call) {
        death.accept(call);
        while (true) {
            LockSupport.park();
        }
    }

    private static @Nullable Object answer(Object target, Method method, Object @Nullable [] arguments)
            throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    /** Dies with half of the content on its way, or now, so that the call is sent while death comes. */
    private Object[] dyingHalfway(String name, Object[] arguments) {
        Object[] dying = arguments.clone();
        for (int i = 0; i < dying.length; i++) {
            if (dying[i] instanceof ExportContent content) {
                dying[i] = new HalfContent(content, () -> die(name));
                return dying;
            }
        }
        death.accept(name);
        return dying;
    }

    /** Content that nobody reads beyond its middle. */
    private record HalfContent(ExportContent whole, Runnable death) implements ExportContent {

        @Override
        public long bytes() {
            return whole.bytes();
        }

        @Override
        public InputStream open() throws IOException {
            return new FilterInputStream(whole.open()) {
                private long read;

                @Override
                public int read() throws IOException {
                    byte[] one = new byte[1];
                    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
                }

                @Override
                public int read(byte[] target, int offset, int length) throws IOException {
                    if (read > whole.bytes() / 2) {
                        death.run();
                    }
                    int count = super.read(target, offset, length);
                    read += Math.max(0, count);
                    return count;
                }
            };
        }
    }
}
