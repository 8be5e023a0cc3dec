package io.github.tieredquery.simulation;

import java.util.Map;
import java.util.TreeMap;

/** How often something happened in schedules, to see that they are about something. Not thread-safe. */
final class Coverage {

    private final Map<String, Long> counts = new TreeMap<>();

    void add(String event) {
        add(event, 1);
    }

    void add(String event, long times) {
        counts.merge(event, times, Long::sum);
    }

    void addAll(Coverage other) {
        other.counts.forEach(this::add);
    }

    long of(String event) {
        return counts.getOrDefault(event, 0L);
    }

    /** Counts a step that schedules have to come to. */
    void addStep(String storeStep) {
        switch (storeStep) {
            case "journal.suspended" -> add("window suspended");
            case "journal.discard" -> add("copy discarded");
            case "journal.deleted" -> add("part of a window deleted after its commit");
            case "journal.undeletable" -> add("part of a window left to a sweep");
            case "journal.unchangedDeleted" -> add("late rows that equal archived ones deleted");
            default -> {}
        }
    }

    /** The step of the archive protocol that a step of a store belongs to. */
    static String protocolStep(String storeStep) {
        return switch (storeStep) {
            case "cold.prepare",
                    "journal.prepare",
                    "journal.state",
                    "journal.undeleted",
                    "journal.history",
                    "journal.remembers",
                    "journal.beginWindow",
                    "journal.begun" -> "1 start";
            case "cold.mark", "cold.stored", "cold.leaveMark", "cold.markLeft", "journal.mark", "journal.marked" ->
                "1 start, leaving a mark";
            case "cold.lacking", "journal.recover", "journal.recovered", "journal.whatWasForgotten" -> "recovery";
            case "journal.suspend", "journal.suspended" -> "2 copy, suspending";
            case "cold.removeLeftovers", "cold.removeLeftover", "cold.leftoversRemoved" -> "2 copy, clearing";
            case "cold.register", "cold.published" -> "3 publish";
            case "cold.listVisibleFiles" -> "4 verify";
            case "journal.commit", "journal.committed", "journal.close" -> "5 commit";
            case "journal.delete", "journal.deleted", "journal.undeletable" -> "5 commit, deleting later";
            case "journal.deleteUnchanged", "journal.unchangedDeleted" -> "6 sweep, deleting unchanged late rows";
            case "journal.timeSinceLastCommit",
                    "journal.beginSweep",
                    "cold.copy",
                    "cold.copied",
                    "journal.commitSweep" -> "6 sweep";
            case "journal.listDeadVersions",
                    "cold.drop",
                    "cold.remove",
                    "cold.removed",
                    "journal.forgetVersions",
                    "journal.versionsForgotten" -> "7 clean up";
            default -> "2 copy";
        };
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        counts.forEach((event, times) ->
                text.append("  ").append(event).append(": ").append(times).append('\n'));
        return text.toString();
    }
}
