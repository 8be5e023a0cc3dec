package io.github.tieredquery.examples.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.tieredquery.athenalocal.AthenaLocal;
import io.github.tieredquery.jdbc.MariaDatabase;
import io.github.tieredquery.jdbc.PostgresDatabase;
import io.github.tieredquery.jdbc.TestServer;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * The archiver's process is killed, again and again: {@code -Dcrash.kills=…} says how often on PostgreSQL,
 * {@code -Dcrash.kills.mariadb=…} how often on MariaDB and {@code -Dcrash.kills.adopt=…} how often while it takes over
 * another job's archive, {@code -Dcrash.kills.databases=…} how often each of the two databases is killed, every third
 * time to be restored, {@code -Dcrash.seed=…} in which order. Without them it happens a few times on PostgreSQL only,
 * the last time in the last step.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class CrashTest {

    private static final int KILLS = Integer.getInteger("crash.kills", 2);
    private static final int KILLS_ON_MARIADB = Integer.getInteger("crash.kills.mariadb", 0);
    private static final int KILLS_OF_ADOPTIONS = Integer.getInteger("crash.kills.adopt", 2);
    private static final int KILLS_OF_POSTGRESQL = Integer.getInteger("crash.kills.databases", 3);
    private static final int KILLS_OF_MARIADB = Integer.getInteger("crash.kills.databases", 0);
    private static final int RESTORE_EVERY = 3;
    private static final long SEED = Long.getLong("crash.seed", 1);
    /** In each of the seven steps, if there are enough kills for some others. */
    private static final int FLOOR = 3;

    private static final int KILLS_FOR_THE_FLOOR = 40;
    private static final AthenaLocal ATHENA = AthenaLocal.start();

    @AfterAll
    static void stop() {
        ATHENA.close();
    }

    @Test
    @Order(1)
    @EnabledIfSystemProperty(named = "crash.kills.mariadb", matches = "[1-9][0-9]*")
    void on_mariadb_no_row_is_lost_or_doubled_whenever_the_archiver_is_killed() throws Exception {
        survive("MariaDB", MariaDatabase.get(), KILLS_ON_MARIADB);
    }

    @Test
    @Order(2)
    void no_row_of_an_archive_is_lost_or_doubled_whenever_the_archiver_that_takes_it_over_is_killed() throws Exception {
        long start = System.nanoTime();
        assumeTrue(KILLS_OF_ADOPTIONS > 0, "no kills asked for");
        AdoptionCampaign.Result result =
                new AdoptionCampaign(PostgresDatabase.get(), ATHENA, SEED).run(KILLS_OF_ADOPTIONS);
        System.out.println("adopt on PostgreSQL, seed " + SEED + ", " + secondsSince(start) + " s: "
                + result.adoptions() + " adoptions; killed in " + result.killsByStep() + "; read " + result.readBefore()
                + " times before the end and " + result.readAfter() + " times after it");
        result.differences().first().forEach(System.out::println);
        System.out.println(
                "adopt: " + result.kills() + " kills, " + result.differences().count() + " differences");
        assertThat(result.differences().first()).isEmpty();
        assertThat(result.kills()).isEqualTo(KILLS_OF_ADOPTIONS);
        if (KILLS_OF_ADOPTIONS >= Steps.OF_ADOPTION.size()) {
            assertThat(result.killsByStep()).containsKeys(Steps.OF_ADOPTION.toArray(String[]::new));
        }
        assertThat(result.readBefore()).isPositive();
    }

    private static long secondsSince(long start) {
        return (System.nanoTime() - start) / 1_000_000_000;
    }

    @Test
    @Order(3)
    void on_postgresql_no_row_is_lost_or_doubled_whenever_the_archiver_is_killed() throws Exception {
        survive("PostgreSQL", PostgresDatabase.get(), KILLS);
    }

    /** Commits are durable there where a transaction says so, and nowhere else. */
    @Test
    @Order(4)
    void no_row_is_lost_or_doubled_whenever_postgresql_is_killed_or_restored() throws Exception {
        Path files = directory("postgresql");
        try (MortalServer server = new MortalPostgres(files.resolve("data"), freePort())) {
            survive(
                    "PostgreSQL",
                    new DatabaseCampaign(server, files, ATHENA, "mortal_postgresql", SEED),
                    KILLS_OF_POSTGRESQL);
        } finally {
            MortalServer.delete(files);
        }
    }

    @Test
    @Order(5)
    @EnabledIfSystemProperty(named = "crash.kills.databases", matches = "[1-9][0-9]*")
    void no_row_is_lost_or_doubled_whenever_mariadb_is_killed_or_restored() throws Exception {
        Path files = directory("mariadb");
        try (MortalServer server = new MortalMaria(files.resolve("data"), freePort())) {
            survive("MariaDB", new DatabaseCampaign(server, files, ATHENA, "mortal_mariadb", SEED), KILLS_OF_MARIADB);
        } finally {
            MortalServer.delete(files);
        }
    }

    /** Not among temporary files, which MariaDB's starter deletes. */
    private static Path directory(String name) throws IOException {
        Path files = Path.of(
                        "target", "crash", name + "-" + ProcessHandle.current().pid())
                .toAbsolutePath();
        Files.createDirectories(files);
        return files;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private static void survive(String name, DatabaseCampaign campaign, int kills) throws Exception {
        long start = System.nanoTime();
        DatabaseCampaign.Result result = campaign.run(kills, RESTORE_EVERY);
        System.out.println("crash of " + name + ", seed " + SEED + ", " + secondsSince(start) + " s: " + result.kills()
                + " kills, " + result.restores() + " restores, " + result.refusals() + " refusals; killed in "
                + result.killsByCall());
        assertThat(result.kills()).isEqualTo(kills);
        assertThat(result.restores()).isEqualTo(kills / RESTORE_EVERY);
        assertThat(result.refusals()).isPositive();
    }

    private static void survive(String name, TestServer database, int kills) throws Exception {
        assumeTrue(kills > 0, "no kills asked for");
        int floor = kills >= KILLS_FOR_THE_FLOOR ? FLOOR : kills / Steps.ALL.size();
        long start = System.nanoTime();
        CrashCampaign.Result result = new CrashCampaign(database, ATHENA, SEED).run(kills, floor);
        System.out.println(
                "crash on " + name + ", seed " + SEED + ", " + secondsSince(start) + " s: " + result.windows()
                        + " windows; killed in "
                        + result.killsByStep() + "; " + result.tally());
        result.differences().first().forEach(System.out::println);
        System.out.println(
                "crash: " + result.kills() + " kills, " + result.differences().count() + " differences");
        assertThat(result.differences().first()).isEmpty();
        assertThat(result.kills()).isEqualTo(kills);
        for (String step : Steps.ALL) {
            assertThat(result.killsByStep().getOrDefault(step, 0)).as(step).isGreaterThanOrEqualTo(floor);
        }
        assertThat(result.tally().of("read to the end, with rows")).isGreaterThanOrEqualTo(kills);
        assertThat(result.tally().of("row below the watermark changed")).isPositive();
        assertThat(result.tally().of("row below the watermark erased")).isPositive();
        if (floor > 0) {
            assertThat(result.windows()).isGreaterThan(kills / Steps.ALL.size());
            assertThat(result.tally().of("the watermark moved meanwhile")).isPositive();
        }
    }
}
