package io.github.tieredquery.testkit;

import io.github.tieredquery.error.SourceUnavailableException;
import io.github.tieredquery.partition.HivePartition;
import io.github.tieredquery.spi.VisibleVersions;
import io.github.tieredquery.store.ArchiveMark;
import io.github.tieredquery.store.StoredFile;
import io.github.tieredquery.store.StoredMark;
import io.github.tieredquery.table.Row;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** What all clients of one memory archive share: files and the catalog of partitions. Thread-safe. */
final class MemoryBucket {

    /** A finished file. */
    record Stored(String location, String path, HivePartition partition, long version, List<Row> rows, long bytes) {}

    final AtomicInteger openCursors = new AtomicInteger();
    final AtomicInteger openFiles = new AtomicInteger();
    final AtomicLong queries = new AtomicLong();
    final AtomicLong lookUps = new AtomicLong();
    private final Map<String, Stored> files = new TreeMap<>();
    /** How many more queries don't see a registered partition yet, by path. */
    private final Map<String, Integer> registered = new TreeMap<>();

    /** Files that lie elsewhere, by the path of the partition that they are registered with. */
    private final Map<String, List<Stored>> adopted = new TreeMap<>();

    private final Map<String, Kept> results = new HashMap<>();
    private @Nullable VisibleVersions exposed;
    private @Nullable StoredMark mark;
    private long marks;
    private int lag;

    /** The result of a query that was run. */
    private record Kept(String statement, List<Row> rows) {}

    synchronized void keep(@Nullable String execution, String statement, List<Row> rows) {
        results.put(String.valueOf(execution), new Kept(statement, rows));
    }

    synchronized @Nullable List<Row> kept(String execution, String statement) {
        Kept kept = results.get(execution);
        return kept != null && kept.statement().equals(statement) ? kept.rows() : null;
    }

    synchronized void expose(VisibleVersions versions) {
        exposed = versions;
    }

    synchronized @Nullable VisibleVersions exposed() {
        return exposed;
    }

    synchronized void forgetResults() {
        results.clear();
    }

    /** As in an object store, whoever writes to a place last wins. */
    synchronized void write(Stored file) {
        files.put(file.location(), file);
    }

    /** As in an object store, a copy of what isn't there fails. */
    synchronized StoredFile copy(String from, String to, String path, long version) {
        Stored file = files.getOrDefault(
                from,
                adopted.values().stream()
                        .flatMap(List::stream)
                        .filter(each -> each.location().equals(from))
                        .findFirst()
                        .orElse(null));
        if (file == null) {
            throw new SourceUnavailableException("there is no file " + from + " to copy to " + to);
        }
        write(new Stored(to, path, file.partition(), version, file.rows(), file.bytes()));
        return new StoredFile(to, file.rows().size(), file.bytes());
    }

    synchronized @Nullable StoredMark mark() {
        return mark;
    }

    /** As in an object store with conditional writes. */
    synchronized boolean mark(ArchiveMark newMark, @Nullable StoredMark before) {
        if (!Objects.equals(mark == null ? null : mark.tag(), before == null ? null : before.tag())) {
            return false;
        }
        mark = new StoredMark(newMark, "tag-" + ++marks);
        return true;
    }

    synchronized void forgetMark() {
        mark = null;
    }

    synchronized boolean has(String location) {
        return files.containsKey(location);
    }

    synchronized void delete(String location) {
        files.remove(location);
    }

    synchronized void lag(int queriesBehind) {
        lag = queriesBehind;
    }

    synchronized void register(String path) {
        registered.putIfAbsent(path, lag);
    }

    /** Registers a partition whose files are in another bucket. */
    synchronized void register(String path, List<Stored> files) {
        adopted.put(path, List.copyOf(files));
        register(path);
    }

    synchronized boolean forget(String path) {
        return registered.remove(path) != null;
    }

    synchronized List<String> registeredPaths() {
        return List.copyOf(registered.keySet());
    }

    synchronized boolean isSeen(String path) {
        return registered.getOrDefault(path, 1) <= 0;
    }

    synchronized List<Stored> allFiles() {
        return List.copyOf(files.values());
    }

    /** What one query sees: the files in the partitions that the catalog shows by now. */
    synchronized List<Stored> query() {
        queries.incrementAndGet();
        List<Stored> seen = new ArrayList<>();
        for (Stored file : files.values()) {
            if (isSeen(file.path())) {
                seen.add(file);
            }
        }
        adopted.forEach((path, elsewhere) -> {
            if (isSeen(path)) {
                seen.addAll(elsewhere);
            }
        });
        registered.replaceAll((path, behind) -> Math.max(0, behind - 1));
        return seen;
    }
}
