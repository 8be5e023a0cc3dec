package io.github.tieredquery.examples.crash;

import java.util.ArrayList;
import java.util.List;

/** What wasn't as it has to be. Thread-safe. */
final class Differences {

    private static final int KEPT = 20;

    private final List<String> first = new ArrayList<>();
    private long count;

    /** Something that may go wrong. */
    interface Check {
        void run() throws Exception;
    }

    /** Notes it if it does. */
    void check(String what, Check check) {
        try {
            check.run();
        } catch (Exception | AssertionError e) {
            add(what, e);
        }
    }

    private synchronized void add(String what, Throwable failure) {
        count++;
        if (first.size() < KEPT) {
            first.add(what + ": " + failure + at(failure));
        }
    }

    private static String at(Throwable failure) {
        StringBuilder text = new StringBuilder();
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            text.append("\n    ").append(cause);
            for (int i = 0; i < Math.min(6, cause.getStackTrace().length); i++) {
                text.append("\n      at ").append(cause.getStackTrace()[i]);
            }
        }
        return text.toString();
    }

    synchronized long count() {
        return count;
    }

    synchronized List<String> first() {
        return List.copyOf(first);
    }
}
