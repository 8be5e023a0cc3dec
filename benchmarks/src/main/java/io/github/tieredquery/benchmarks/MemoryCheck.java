package io.github.tieredquery.benchmarks;

import io.github.tieredquery.athenalocal.AthenaLocal;
import io.github.tieredquery.examples.flights.PostgresFlights;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.SQLException;
import java.util.Map;

/**
 * {@code memory}: starts the servers here and {@link SmallHeap} in a JVM of its own, so that the bound on its heap
 * holds for the library alone.
 */
final class MemoryCheck {

    private MemoryCheck() {}

    /**
     * Archives flights and streams them from both tiers.
     *
     * @param rows how many flights
     * @param heap the bound, as {@code -Xmx} takes it
     * @return the exit code of the JVM with the small heap
     */
    static int run(long rows, String heap) throws IOException, SQLException, InterruptedException {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.builder()
                        .setServerConfig("fsync", "on")
                        .start();
                AthenaLocal athena = AthenaLocal.start()) {
            athena.run("CREATE DATABASE lake");
            PostgresFlights.create(postgres.getPostgresDatabase(), Flights.TABLE_NAME, rows, loaded -> {});
            return SmallJvm.run(
                    SmallHeap.class, heap, postgres, athena, Map.of("ROWS", Long.toString(rows)), System.out::println);
        }
    }
}
