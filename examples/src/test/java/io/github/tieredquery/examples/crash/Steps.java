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
import java.util.concurrent.locks.LockSupport;
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

    /** Those of taking over another job's archive; what follows one is the state that its kill leaves. */
    static final List<String> OF_ADOPTION = List.of(
            "adopt: start of a window",
            "adopt: publish",
            "adopt: verify",
            "adopt: record",
            "adopt: commit",
            "adopt: after a commit",
            "adopt: end",
            "adopt: after the end");

    /** What a step ends with that isn't taken: whoever has said it waits to be killed. */
    static final String HELD = ", held";

    /** What a line begins with that says a step. */
    static final String PREFIX = "step ";

    private static final Map<String, String> OF_CALLS = Map.of(
            "beginWindow", "1 start",
            "create", "2 copy",
            "recordManifests", "2 copy",
            "publish", "3 publish",
            "listVisibleFiles", "4 verify",
            "commit", "5 commit",
            "beginSweep", "6 sweep",
            "remove", "7 clean up",
            "forgetVersions", "7 clean up");

    private static final Map<String, String> OF_ADOPTION_CALLS = Map.of(
            "beginAdoption", "adopt: start of a window",
            "publish", "adopt: publish",
            "listVisibleFiles", "adopt: verify",
            "recordManifests", "adopt: record",
            "commit", "adopt: commit",
            "endAdoption", "adopt: end");

    private final PrintStream out;
    private final Map<String, String> ofCalls;
    private final String held;
    private boolean sweeping;
    private String step = NONE;
    private int before;

    private Steps(PrintStream out, Map<String, String> ofCalls, String held, int before) {
        this.out = out;
        this.ofCalls = ofCalls;
        this.held = held;
        this.before = before;
    }

    Steps(PrintStream out) {
        this(out, OF_CALLS, NONE, 0);
    }

    /**
     * The steps of an adoption.
     *
     * @param held the step before which it stops and waits to be killed; {@link #NONE} if it goes on
     * @param before how often it takes that step before
     */
    static Steps ofAdoption(PrintStream out, String held, int before) {
        return new Steps(out, OF_ADOPTION_CALLS, held, before);
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
                ? Optional.of(Interception.beforeAttempt(attempt, this::take))
                : answer;
    }

    private @Nullable Object take(Interception.Call call) {
        String next = ofCalls.get(call.name());
        if (next != null) {
            say(sweeping ? "6 sweep" : next);
        }
        Object answer = call.proceed();
        switch (call.name()) {
            case "beginWindow" -> say(answer instanceof Optional<?> begun && begun.isPresent() ? "2 copy" : NONE);
            case "commit" -> say(ofCalls.equals(OF_ADOPTION_CALLS) ? "adopt: after a commit" : NONE);
            case "forgetVersions" -> say(NONE);
            case "endAdoption" -> say("adopt: after the end");
            default -> {}
        }
        return answer;
    }

    private void say(String next) {
        if (!next.equals(step)) {
            step = next;
            boolean last = !held.equals(NONE) && next.equals(held) && before-- == 0;
            out.println(PREFIX + next + (last ? HELD : ""));
            out.flush();
            while (last) {
                LockSupport.park();
            }
        }
    }
}
