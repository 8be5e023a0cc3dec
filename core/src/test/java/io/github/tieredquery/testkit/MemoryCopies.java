package io.github.tieredquery.testkit;

import io.github.tieredquery.store.FinishedFile;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** The finished files of windows that are being copied, and which attempts are suspended. Not thread-safe. */
final class MemoryCopies {

    private final Map<Long, List<FinishedFile>> files = new TreeMap<>();
    private final Set<Long> suspended = new TreeSet<>();

    void add(long version, FinishedFile file) {
        files.computeIfAbsent(version, absent -> new ArrayList<>()).add(file);
    }

    void clear() {
        files.clear();
    }

    /** What is here now; running it brings it back. */
    Runnable backup() {
        Map<Long, List<FinishedFile>> filesThen = new TreeMap<>();
        files.forEach((version, list) -> filesThen.put(version, new ArrayList<>(list)));
        Set<Long> suspendedThen = Set.copyOf(suspended);
        return () -> {
            files.clear();
            filesThen.forEach((version, list) -> files.put(version, new ArrayList<>(list)));
            suspended.clear();
            suspended.addAll(suspendedThen);
        };
    }

    void forget(Collection<Long> versions) {
        files.keySet().removeAll(versions);
    }

    void suspend(long version) {
        suspended.add(version);
    }

    boolean isSuspended(long version) {
        return suspended.contains(version);
    }

    /** The suspended versions, none of which is suspended any more. */
    List<Long> wake() {
        List<Long> woken = List.copyOf(suspended);
        suspended.clear();
        return woken;
    }

    /** What an attempt goes on with: its own files, and what the one of the dead has beyond them that has the most. */
    List<FinishedFile> of(long version, Collection<Long> dead) {
        List<FinishedFile> all = new ArrayList<>(own(version));
        List<FinishedFile> most = dead.stream()
                .map(this::own)
                .max(Comparator.comparingLong(MemoryCopies::rows))
                .orElse(List.of());
        for (int i = 0; i < Math.min(all.size(), most.size()); i++) {
            if (!all.get(i).isSameAs(most.get(i))) {
                return all;
            }
        }
        if (most.size() > all.size()) {
            all.addAll(most.subList(all.size(), most.size()));
        }
        return all;
    }

    private List<FinishedFile> own(long version) {
        return files.getOrDefault(version, List.of());
    }

    private static long rows(List<FinishedFile> files) {
        return files.stream().mapToLong(file -> file.manifest().rows()).sum();
    }
}
