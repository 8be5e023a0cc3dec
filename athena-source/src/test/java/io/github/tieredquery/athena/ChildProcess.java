package io.github.tieredquery.athena;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * A JVM of its own with this one's class path. Whoever waits for it waits with a limit; where that passes, the child is
 * killed, and the error has what it said and the threads of both processes.
 */
public final class ChildProcess implements AutoCloseable {

    private final Process process;
    private final Thread reader;
    private final List<String> said = new ArrayList<>();
    private boolean ended;

    private ChildProcess(Process process) {
        this.process = process;
        reader = new Thread(this::read, "output of process " + process.pid());
        reader.setDaemon(true);
        reader.start();
    }

    /**
     * Starts a class.
     *
     * @param options the JVM's own
     * @param environment what is added to this process's
     */
    public static ChildProcess start(
            Class<?> main, List<String> options, Map<String, String> environment, List<String> arguments)
            throws IOException {
        List<String> command = new ArrayList<>();
        command.add(tool("java"));
        command.addAll(options);
        command.add("-Djava.io.tmpdir=" + System.getProperty("java.io.tmpdir"));
        command.add("-cp");
        command.add(System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
        command.add(main.getName());
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(environment);
        return new ChildProcess(builder.start());
    }

    private static String tool(String name) {
        return Path.of(System.getProperty("java.home"), "bin", name).toString();
    }

    private void read() {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                add(line);
            }
        } catch (IOException e) {
            add("its output broke off: " + e);
        }
        synchronized (said) {
            ended = true;
            said.notifyAll();
        }
    }

    private void add(String line) {
        synchronized (said) {
            said.add(line);
            said.notifyAll();
        }
    }

    /** All that it has said so far, to both of its streams. */
    public String output() {
        synchronized (said) {
            return String.join("\n", said);
        }
    }

    /** The first line that fits, which it has said or will say. */
    public String line(Predicate<String> wanted, Duration limit) throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        synchronized (said) {
            for (int next = 0; ; next++) {
                while (next == said.size() && !ended) {
                    long left = deadline - System.nanoTime();
                    if (left <= 0) {
                        break;
                    }
                    TimeUnit.NANOSECONDS.timedWait(said, left);
                }
                if (next == said.size()) {
                    throw stuck(ended ? "it has ended" : "it hasn't said that within " + limit);
                }
                if (wanted.test(said.get(next))) {
                    return said.get(next);
                }
            }
        }
    }

    /** Waits for its end; gives its exit code. */
    public int exitCode(Duration limit) throws InterruptedException {
        if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
            throw stuck("it hasn't ended within " + limit);
        }
        reader.join(limit.toMillis());
        return process.exitValue();
    }

    /** Ends it as {@code kill -9} does. */
    public void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    private AssertionError stuck(String problem) {
        StringBuilder text = new StringBuilder("a process that was started: ")
                .append(problem)
                .append(". It has said:\n")
                .append(output());
        if (process.isAlive()) {
            text.append("\nIts threads:\n").append(threadsOfChild());
        }
        text.append("\nThe threads here:\n");
        Thread.getAllStackTraces().forEach((thread, frames) -> {
            text.append(thread).append('\n');
            for (StackTraceElement frame : frames) {
                text.append("\tat ").append(frame).append('\n');
            }
        });
        process.destroyForcibly();
        return new AssertionError(text.toString());
    }

    private String threadsOfChild() {
        try {
            Path dump = Files.createTempFile("threads", ".txt");
            Process writer = new ProcessBuilder(tool("jstack"), Long.toString(process.pid()))
                    .redirectErrorStream(true)
                    .redirectOutput(dump.toFile())
                    .start();
            if (!writer.waitFor(20, TimeUnit.SECONDS)) {
                writer.destroyForcibly();
            }
            String threads = Files.readString(dump);
            Files.delete(dump);
            return threads;
        } catch (IOException e) {
            return "unknown: " + e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "unknown: interrupted";
        }
    }

    /** Kills it if it still runs. */
    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.getInputStream().close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
