package io.github.tieredquery.examples.crash;

import io.github.tieredquery.store.ArchiveAttempt;
import io.github.tieredquery.store.ArchiveJournal;
import io.github.tieredquery.store.ColdStore;
import io.github.tieredquery.store.HotStore;
import io.github.tieredquery.testkit.Interception;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Stands between an archiver and its stores, and says which step of the protocol is taken before it is taken. For one
 * archiver.
 */
final class Steps {

    /** Between two steps. */
    static final String NONE = "0 none";

    static final List<String> ALL =
            List.of("1 start", "2 copy", "3 publish", "4 verify", "5 commit", "6 sweep", "7 clean up");

    /** What a line begins with that says a step. */
    static final String PREFIX = "step ";

    private static final Map<String, String> OF_CALLS = Map.of(
            "begin", "1 start",
            "create", "2 copy",
            "record", "2 copy",
            "publish", "3 publish",
            "observe", "4 verify",
            "commit", "5 commit",
            "beginSweep", "6 sweep",
            "commitSweep", "6 sweep",
            "remove", "7 clean up",
            "forget", "7 clean up");

    private final PrintStream out;
    private boolean sweeping;
    private String step = NONE;

    Steps(PrintStream out) {
        this.out = out;
    }

    HotStore of(HotStore hot) {
        ArchiveJournal journal = hot.journal().orElseThrow();
        return Interception.before(
                HotStore.class,
                hot,
                call -> call.name().equals("journal")
                        ? Optional.of(Interception.before(ArchiveJournal.class, journal, this::ofJournal))
                        : call.proceed());
    }

    ColdStore of(ColdStore cold) {
        return Interception.before(ColdStore.class, cold, this::take);
    }

    private @Nullable Object ofJournal(Interception.Call call) {
        sweeping = call.name().equals("beginSweep");
        Object answer = take(call);
        return answer instanceof Optional<?> begun && begun.orElse(null) instanceof ArchiveAttempt attempt
                ? Optional.of(Interception.before(ArchiveAttempt.class, attempt, this::take))
                : answer;
    }

    private @Nullable Object take(Interception.Call call) {
        String next = OF_CALLS.get(call.name());
        if (next != null) {
            say(sweeping ? "6 sweep" : next);
        }
        Object answer = call.proceed();
        switch (call.name()) {
            case "begin" -> say(answer instanceof Optional<?> begun && begun.isPresent() ? "2 copy" : NONE);
            case "commit", "commitSweep", "forget" -> say(NONE);
            default -> {}
        }
        return answer;
    }

    private void say(String next) {
        if (!next.equals(step)) {
            step = next;
            out.println(PREFIX + next);
            out.flush();
        }
    }
}
