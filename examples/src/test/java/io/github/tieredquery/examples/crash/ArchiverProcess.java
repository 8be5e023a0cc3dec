package io.github.tieredquery.examples.crash;

import com.zaxxer.hikari.HikariDataSource;
import io.github.tieredquery.archive.ArchiveReport;
import io.github.tieredquery.athena.AthenaSource;
import io.github.tieredquery.athena.aws.AwsAccess;
import io.github.tieredquery.jdbc.JdbcSource;
import io.github.tieredquery.store.ColdStore;
import io.github.tieredquery.store.HotStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * An archiver in a process of its own. It archives one day after the other, sweeps and cleans up, or takes over another
 * job's archive, until it is killed or whoever has started it is gone. On standard output it says which step it takes,
 * before it takes it.
 */
final class ArchiverProcess {

    private static final long PAUSE_NANOS = Duration.ofMillis(20).toNanos();

    private ArchiverProcess() {}

    /**
     * Archives.
     *
     * @param arguments those of a {@link Site}; if it takes an archive over, followed by the step that it stops before,
     *     and how often it takes that before
     */
    public static void main(String[] arguments) {
        Thread parent = new Thread(ArchiverProcess::endWithTheParent, "parent");
        parent.setDaemon(true);
        parent.start();
        Site site = Site.of(arguments);
        Steps steps = site.adopted() == null
                ? new Steps(System.out)
                : Steps.ofAdoption(
                        System.out,
                        arguments[site.arguments().size()],
                        Integer.parseInt(arguments[site.arguments().size() + 1]));
        try (HikariDataSource pool = site.pool(3);
                AwsAccess access = site.access(10);
                JdbcSource hot = site.hot(pool);
                AthenaSource cold = site.cold(access)) {
            while (true) {
                HotStore from = steps.of(hot);
                ColdStore to = steps.of(cold);
                ArchiveReport.Stop stop = site.adopted() == null
                        ? site.archiver(from, to, Site.dayAfter(hot))
                                .build()
                                .run()
                                .stop()
                        : site.adoption(from, to).run().stop();
                if (stop == ArchiveReport.Stop.LEASE_HELD_ELSEWHERE) {
                    // By the one that was killed before; it runs out.
                    LockSupport.parkNanos(PAUSE_NANOS);
                }
            }
        }
    }

    /** Nothing is ever written to standard input: it ends with the process that holds its other end. */
    private static void endWithTheParent() {
        try {
            while (System.in.read() >= 0) {
                // Whatever it is, it means nothing.
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            Runtime.getRuntime().halt(1);
        }
    }
}
