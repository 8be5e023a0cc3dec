package io.github.tieredquery.athena;

import io.github.tieredquery.export.ExportSource;
import io.github.tieredquery.export.ExportStore;
import io.github.tieredquery.store.ColdStore;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A process as its export's store and source see it: it dies after a certain call that has changed something outside,
 * and does nothing any more from then on. Dying at any other moment looks the same from outside.
 */
final class MortalProcess {

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
    private final List<String> calls = Collections.synchronizedList(new ArrayList<>());

    /** Dies after so many changing calls; with 0 it doesn't die. */
    MortalProcess(int fatalCall) {
        this.fatalCall = fatalCall;
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
        boolean changing = CHANGING.contains(method.getName());
        if (changing) {
            dieIf(isDead());
            calls.add(method.getName());
        }
        Object answer;
        try {
            answer = method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
        dieIf(changing && isDead());
        return answer;
    }

    private boolean isDead() {
        return fatalCall > 0 && calls.size() >= fatalCall;
    }

    private static void dieIf(boolean dead) {
        if (dead) {
            throw new Death();
        }
    }
}
