package io.github.tieredquery.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tieredquery.testkit.SourceContract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The contract suites of each database, by each driver, in a JVM whose zone is another one: what of them has to do with
 * time, in one of the zones with each driver's options, too, and all zones at once. With {@code -Dzones=all} it is the
 * whole of them, with the options in all zones, one zone after the other.
 */
class ZonesTest {

    private static final boolean WHOLE = System.getProperty("zones", "").equals("all");
    /** Of the normal build: its clocks change by half an hour. */
    private static final String WITH_OPTIONS = "Australia/Lord_Howe";

    private static final int WHOLE_MINUTES = 40;
    private static final int TIMES_MINUTES = 10;

    /** The one that takes longest is started first. */
    private static final List<String> AT_ONCE =
            WHOLE ? List.of() : List.of(WITH_OPTIONS, "UTC", "Europe/Berlin", "America/St_Johns");

    private static final Map<String, Process> RUNNING = new HashMap<>();

    @TempDir
    static Path directory;

    @BeforeAll
    static void start_zones() throws IOException {
        for (String zone : AT_ONCE) {
            RUNNING.put(zone, start(zone));
        }
    }

    @AfterAll
    static void stop_zones() {
        RUNNING.values().forEach(Process::destroyForcibly);
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTC", "Europe/Berlin", "Australia/Lord_Howe", "America/St_Johns"})
    void contracts_hold_whatever_the_zone_of_the_jvm(String zone) throws Exception {
        Process process = AT_ONCE.contains(zone) ? Objects.requireNonNull(RUNNING.get(zone)) : start(zone);
        try {
            boolean ended = process.waitFor(WHOLE ? WHOLE_MINUTES : TIMES_MINUTES, TimeUnit.MINUTES);
            String said = Files.readString(output(zone));
            assertThat(ended).as(said).isTrue();
            assertThat(process.exitValue()).as(said).isZero();
            assertThat(said).containsPattern(zone + ": [1-9][0-9]+ tests succeeded, 0 failed");
            System.out.println(said.substring(said.lastIndexOf(zone + ": ")).strip());
        } finally {
            process.destroyForcibly();
        }
    }

    private static Path output(String zone) {
        return directory.resolve(zone.replace('/', '_'));
    }

    private static Process start(String zone) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Duser.timezone=" + zone));
        command.add("-Dorg.slf4j.simpleLogger.defaultLogLevel=warn");
        if (!WHOLE) {
            String name = "zone_" + zone.toLowerCase(Locale.ROOT).replace('/', '_');
            command.add("-Dtieredquery.test.mariadb=" + MariaDatabase.get().addressFor(name));
            command.add("-Dtieredquery.test.postgres=" + PostgresDatabase.get().addressFor(name));
        }
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        command.addAll(List.of("-cp", classPath, ContractsInZone.class.getName()));
        command.add(WHOLE ? "all" : SourceContract.TIMES);
        command.add(WHOLE || zone.equals(WITH_OPTIONS) ? "ways" : "plain");
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output(zone).toFile())
                .start();
    }
}
