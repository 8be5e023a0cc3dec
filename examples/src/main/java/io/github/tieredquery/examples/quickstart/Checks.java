package io.github.tieredquery.examples.quickstart;

import java.util.ArrayList;
import java.util.List;

/** Counts what was compared and keeps what differed. */
final class Checks {

    private final List<String> differences = new ArrayList<>();
    private int made;

    void equal(String what, Object expected, Object actual) {
        made++;
        if (!expected.equals(actual)) {
            differences.add(what + ": " + actual + ", but plain SQL says " + expected);
        }
    }

    /** An answer whose digest differs, with a sentence on the first row that does. */
    void differs(String sentence) {
        made++;
        differences.add(sentence);
    }

    boolean passed() {
        return differences.isEmpty();
    }

    List<String> differences() {
        return List.copyOf(differences);
    }

    /** The last line of the quick start. */
    String summary() {
        return "quickstart: " + (passed() ? "OK, " : "FAILED, ") + made + " checks, " + differences.size()
                + (differences.size() == 1 ? " difference" : " differences");
    }
}
