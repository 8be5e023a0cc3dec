package io.github.tieredquery.examples.crash;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** An {@link ArchiverProcess} that is going to be killed. */
final class MortalArchiver {

    private static final long PATIENCE_SECONDS = Site.PATIENCE.toSeconds();
    private static final int LINES_KEPT = 2_000;

    private final Process process;
    private final Thread listener;
    private final List<String> said = new ArrayList<>();
    private String step = Steps.NONE;
    private boolean silent;

    private MortalArchiver(Process process) {
        this.process = process;
        this.listener = new Thread(this::listen, "archiver-" + process.pid());
        listener.setDaemon(true);
    }

    /**
     * Starts one.
     *
     * @param more what it is told besides the site
     */
    static MortalArchiver start(Site site, String... more) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx128m",
                "-cp",
                System.getProperty("java.class.path"),
                ArchiverProcess.class.getName()));
        command.addAll(site.arguments());
        command.addAll(List.of(more));
        try {
            MortalArchiver archiver = new MortalArchiver(
                    new ProcessBuilder(command).redirectErrorStream(true).start());
            archiver.listener.start();
            return archiver;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void listen() {
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                hear(line);
            }
        } catch (IOException e) {
            hear("its output can't be read: " + e);
        } finally {
            synchronized (this) {
                silent = true;
                notifyAll();
            }
        }
    }

    private synchronized void hear(String line) {
        if (line.startsWith(Steps.PREFIX)) {
            step = line.substring(Steps.PREFIX.length());
            notifyAll();
        }
        if (said.size() < LINES_KEPT) {
            said.add(line);
        }
    }

    /**
     * Waits until it takes a step.
     *
     * @param awaited the step; any one if it is {@link Steps#NONE}
     * @return whether it took it in time
     */
    synchronized boolean awaitStep(String awaited, Duration time) throws InterruptedException {
        long deadline = System.nanoTime() + time.toNanos();
        while (!silent && !(awaited.equals(Steps.NONE) ? !step.equals(Steps.NONE) : step.equals(awaited))) {
            long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            if (left <= 0) {
                return false;
            }
            wait(left);
        }
        if (silent) {
            throw new AssertionError("the archiver ended by itself:\n" + String.join("\n", said));
        }
        return true;
    }

    /**
     * Kills it, so that it takes notice of nothing.
     *
     * @param delay how much longer it lives
     * @return the step that it was in
     */
    String kill(Duration delay) throws InterruptedException {
        if (process.waitFor(delay.toMillis(), TimeUnit.MILLISECONDS)) {
            listener.join(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
            throw new AssertionError("the archiver ended by itself:\n" + said());
        }
        process.destroyForcibly();
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new AssertionError("the archiver can't be killed");
        }
        listener.join(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
        synchronized (this) {
            return step;
        }
    }

    /** What it has said, and where its threads are, which it says before it is killed. */
    String threads() throws InterruptedException {
        try {
            Process jstack = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "jstack")
                                    .toString(),
                            Long.toString(process.pid()))
                    .redirectErrorStream(true)
                    .start();
            StringBuilder text = new StringBuilder(said()).append('\n');
            Thread reader = new Thread(
                    () -> {
                        try (BufferedReader lines = new BufferedReader(
                                new InputStreamReader(jstack.getInputStream(), StandardCharsets.UTF_8))) {
                            lines.lines().forEach(line -> append(text, line));
                        } catch (IOException e) {
                            append(text, e.toString());
                        }
                    },
                    "jstack");
            reader.setDaemon(true);
            reader.start();
            reader.join(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
            jstack.destroyForcibly();
            synchronized (text) {
                return text.toString();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void append(StringBuilder text, String line) {
        synchronized (text) {
            text.append(line).append('\n');
        }
    }

    private synchronized String said() {
        return String.join("\n", said);
    }
}
