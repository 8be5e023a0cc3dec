package io.github.tieredquery.examples.lambda;

import static java.time.ZoneOffset.UTC;

import com.zaxxer.hikari.HikariDataSource;
import io.github.tieredquery.TieredQuery;
import io.github.tieredquery.athena.AthenaResults;
import io.github.tieredquery.athena.AthenaSource;
import io.github.tieredquery.athena.aws.AwsAccess;
import io.github.tieredquery.athena.export.S3ExportStore;
import io.github.tieredquery.examples.flights.PostgresFlights;
import io.github.tieredquery.export.Exporter;
import io.github.tieredquery.jdbc.JdbcSource;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.Table;
import java.util.Base64;
import java.util.Map;
import java.util.Objects;
import org.jdbi.v3.core.Jdbi;

/**
 * The flights of both tiers, as an instance of the function has them for its whole life; nothing is closed, since
 * Lambda ends an instance without asking.
 */
record FlightService(Exporter exporter, AwsAccess aws) {

    static FlightService fromEnvironment() {
        Map<String, String> environment = System.getenv();
        // The role's own session, whose end is known: a link can't outlive the session that signs it.
        AwsAccess aws = AwsAccess.builder()
                .assumeRole(setting(environment, "EXPORT_ROLE"))
                .build();
        Table table = PostgresFlights.describe("flights");
        HikariDataSource database = new HikariDataSource();
        database.setJdbcUrl(setting(environment, "JDBC_URL"));
        database.setMaximumPoolSize(2);
        JdbcSource hot = JdbcSource.builder(Jdbi.create(database), table)
                .journal("tieredquery")
                .build();
        AthenaSource cold = AthenaSource.archive(aws, table)
                .table("lake", "flights")
                .layout(HivePartitionLayout.daily(UTC))
                .location(setting(environment, "ARCHIVE"))
                .results(AthenaResults.at(setting(environment, "RESULTS")))
                .build();
        TieredQuery<Row> flights = TieredQuery.builder(table)
                .hot(hot)
                .cold(cold)
                .tokenKeys(Base64.getDecoder().decode(setting(environment, "TICKET_KEY")))
                .build();
        return new FlightService(
                flights.exporter(S3ExportStore.of(aws, setting(environment, "EXPORTS")))
                        .build(),
                aws);
    }

    private static String setting(Map<String, String> environment, String name) {
        return Objects.requireNonNull(environment.get(name), () -> "the environment lacks " + name);
    }
}
