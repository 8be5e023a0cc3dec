package io.github.tieredquery.testkit;

import io.github.tieredquery.store.AdoptionAttempt;
import io.github.tieredquery.store.ArchiveAttempt;
import io.github.tieredquery.store.SweepAttempt;
import io.github.tieredquery.store.WindowAttempt;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Stands before an object of an interface and may answer in its place. Only what a fault is about has to be written
 * down; the rest of a store, however it grows, passes through.
 */
@FunctionalInterface
public interface Interception {

    /** The call as it was made. */
    interface Call {

        String name();

        /** An argument. */
        <A> A argument(int index, Class<A> type);

        /** Whether there is such an argument. */
        boolean has(int index, Class<?> type);

        /** Lets the call through. */
        @Nullable
        Object proceed();

        /** Lets the call through with another argument. */
        @Nullable
        Object proceedWith(int index, Object replacement);
    }

    /** Answers a call. */
    @Nullable
    Object answer(Call call);

    /**
     * An object that asks {@code interception} first. Where a call answers with an object of the same type, as a
     * journal that is bound in time does, that object asks it, too, so that no caller gets past it.
     */
    static <T> T before(Class<T> type, T target, Interception interception) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                    Object answer = interception.answer(
                            new Made<>(target, method, arguments == null ? List.of() : Arrays.asList(arguments)));
                    if (answer == target) {
                        return proxy;
                    }
                    return method.getReturnType() == type && answer != null
                            ? before(type, type.cast(answer), interception)
                            : answer;
                }));
    }

    /** An attempt that asks {@code interception} first, of the kind that it is. */
    static ArchiveAttempt beforeAttempt(ArchiveAttempt attempt, Interception interception) {
        if (attempt instanceof WindowAttempt window) {
            return before(WindowAttempt.class, window, interception);
        }
        if (attempt instanceof SweepAttempt sweep) {
            return before(SweepAttempt.class, sweep, interception);
        }
        return before(AdoptionAttempt.class, (AdoptionAttempt) attempt, interception);
    }

    /** A call of a proxy. */
    record Made<T>(T target, Method method, List<@Nullable Object> arguments) implements Call {

        @Override
        public String name() {
            return method.getName();
        }

        @Override
        public <A> A argument(int index, Class<A> type) {
            return type.cast(arguments.get(index));
        }

        @Override
        public boolean has(int index, Class<?> type) {
            return index < arguments.size() && type.isInstance(arguments.get(index));
        }

        @Override
        public @Nullable Object proceed() {
            try {
                method.setAccessible(true);
                return method.invoke(target, arguments.toArray());
            } catch (InvocationTargetException e) {
                Throwable cause = e.getCause();
                if (cause instanceof RuntimeException failure) {
                    throw failure;
                }
                if (cause instanceof Error failure) {
                    throw failure;
                }
                throw new IllegalStateException(cause);
            } catch (IllegalAccessException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public @Nullable Object proceedWith(int index, Object replacement) {
            List<@Nullable Object> changed = new ArrayList<>(arguments);
            changed.set(index, replacement);
            return new Made<>(target, method, changed).proceed();
        }
    }
}
