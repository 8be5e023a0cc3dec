package io.github.tieredquery.examples.crash;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A database server of its own that is killed and started again, and whose files are copied while it is dead. */
abstract class MortalServer implements AutoCloseable {

    /** Where the files of the database are. */
    private final Path data;

    MortalServer(Path data) {
        this.data = data;
    }

    final Path data() {
        return data;
    }

    /** Where it is reached, whenever it is alive. */
    abstract String url();

    /** Starts it over the files that are there. */
    abstract void start() throws Exception;

    /** Its processes, the first one first. */
    abstract List<ProcessHandle> processes() throws IOException;

    /** What creates the table of flights. */
    abstract String createTable();

    /** What a connection of the application begins with, so that what is answered is durable. */
    abstract List<String> durable();

    /** What replaces the row with the key of a new one, with four parameters for the new values. */
    abstract String put();

    /** A moment as the application gives it to the driver. */
    abstract Object time(Instant moment);

    /** What lets go of whatever belongs to the dead one. */
    abstract void forget() throws IOException;

    /** SIGKILL: it takes notice of nothing, and writes nothing any more. */
    final void kill() throws IOException, InterruptedException {
        List<ProcessHandle> all = processes();
        all.forEach(ProcessHandle::destroyForcibly);
        for (ProcessHandle each : all) {
            try {
                each.onExit().get(Site.PATIENCE.toSeconds(), TimeUnit.SECONDS);
            } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException e) {
                throw new IllegalStateException(each + " can't be killed", e);
            }
        }
        forget();
    }

    /** Copies the files of a dead one. */
    final void backUp(Path to) throws IOException {
        copy(data, to);
    }

    /** Puts files in the place of those of a dead one. */
    final void restore(Path from) throws IOException {
        delete(data);
        copy(from, data);
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path each : (Iterable<Path>) files::iterator) {
                if (Files.isRegularFile(each) || Files.isDirectory(each)) {
                    Files.copy(
                            each,
                            to.resolve(from.relativize(each).toString()),
                            StandardCopyOption.REPLACE_EXISTING,
                            StandardCopyOption.COPY_ATTRIBUTES);
                }
            }
        }
    }

    static void delete(Path directory) throws IOException {
        if (Files.exists(directory)) {
            try (Stream<Path> files = Files.walk(directory)) {
                for (Path each : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(each);
                }
            }
        }
    }

    @Override
    public final void close() throws Exception {
        kill();
    }
}
