package io.github.tieredquery.examples.crash;

import com.zaxxer.hikari.HikariDataSource;
import io.github.tieredquery.TieredQuery;
import io.github.tieredquery.archive.Adoption;
import io.github.tieredquery.archive.Archiver;
import io.github.tieredquery.archive.ArchiverBuilder;
import io.github.tieredquery.athena.AthenaArchiveBuilder;
import io.github.tieredquery.athena.AthenaResults;
import io.github.tieredquery.athena.AthenaSource;
import io.github.tieredquery.athena.aws.AwsAccess;
import io.github.tieredquery.athenalocal.AthenaLocal;
import io.github.tieredquery.jdbc.JdbcSource;
import io.github.tieredquery.jdbc.TestServer;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.store.ColdStore;
import io.github.tieredquery.store.HotStore;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.testkit.Flights;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.Period;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

/** Where flights are, for every process that works on them. A process gets it as its arguments. */
record Site(
        String url,
        String hotTable,
        String athena,
        String s3,
        String region,
        String accessKey,
        String secretKey,
        String location,
        String outputLocation,
        String coldTable,
        @Nullable Adopted adopted) {

    /** The table of another job whose archive is taken over. */
    record Adopted(OldArchive.Form form, String table) {}

    /** The first day that there are flights of. */
    static final Instant START = Instant.parse("2024-02-26T00:00:00Z");

    /** What the archive leaves beside its files. */
    static final String MARK = "/_tieredquery_mark";

    /** Whoever is waited for longer is hanging. */
    static final Duration PATIENCE = Duration.ofMinutes(2);

    /** A process that takes an archive over waits so long for one that was killed. */
    static final Duration ADOPTION_LEASE = Duration.ofMillis(500);

    private static final Duration MAX_SNAPSHOT_AGE = Duration.ofSeconds(2);
    private static final Period KEEP = Period.ofDays(2);

    /** A new table in the database, with no rows. */
    static Site of(TestServer database, AthenaLocal athena) {
        String table = database.createTable(Flights.TABLE, List.of());
        return of(database.url(), table, athena, table);
    }

    /** A table that is there. */
    static Site of(String url, String hotTable, AthenaLocal athena, String coldTable) {
        AwsCredentials keys = athena.credentials().resolveCredentials();
        return new Site(
                url,
                hotTable,
                athena.athenaEndpoint().toString(),
                athena.s3Endpoint().toString(),
                athena.region().id(),
                keys.accessKeyId(),
                keys.secretAccessKey(),
                "s3://" + athena.bucket() + "/" + coldTable + "/",
                athena.outputLocation(),
                coldTable,
                null);
    }

    static Site of(String[] arguments) {
        return new Site(
                arguments[0],
                arguments[1],
                arguments[2],
                arguments[3],
                arguments[4],
                arguments[5],
                arguments[6],
                arguments[7],
                arguments[8],
                arguments[9],
                arguments.length == 10 ? null : new Adopted(OldArchive.Form.valueOf(arguments[10]), arguments[11]));
    }

    /** The same place behind other addresses. */
    Site behind(String otherUrl, String otherAthena, String otherS3) {
        return new Site(
                otherUrl,
                hotTable,
                otherAthena,
                otherS3,
                region,
                accessKey,
                secretKey,
                location,
                outputLocation,
                coldTable,
                adopted);
    }

    /** The same place, where the archive takes another job's over. */
    Site adopting(OldArchive old) {
        return new Site(
                url,
                hotTable,
                athena,
                s3,
                region,
                accessKey,
                secretKey,
                location,
                outputLocation,
                coldTable,
                new Adopted(old.form(), old.table()));
    }

    List<String> arguments() {
        List<String> arguments = new ArrayList<>(
                List.of(url, hotTable, athena, s3, region, accessKey, secretKey, location, outputLocation, coldTable));
        if (adopted != null) {
            arguments.addAll(List.of(adopted.form().name(), adopted.table()));
        }
        return arguments;
    }

    HikariDataSource pool(int connections) {
        HikariDataSource pool = new HikariDataSource();
        pool.setJdbcUrl(url);
        pool.setMaximumPoolSize(connections);
        pool.setMinimumIdle(0);
        pool.setConnectionTimeout(PATIENCE.toMillis());
        return pool;
    }

    AwsAccess access(int connections) {
        return AwsAccess.builder()
                .region(region)
                .credentials(StaticCredentialsProvider.create(AwsBasicCredentials.create(accessKey, secretKey)))
                .athenaEndpoint(URI.create(athena))
                .s3Endpoint(URI.create(s3))
                .maxConnections(connections)
                .pathStyle()
                .build();
    }

    JdbcSource hot(DataSource connections) {
        return JdbcSource.builder(Jdbi.create(connections), Flights.TABLE)
                .table(hotTable)
                // One database serves all tests, and each of them is the table "flights" to the library.
                .journal("tieredquery_" + hotTable)
                .build();
    }

    AthenaSource cold(AwsAccess access) {
        return adopted == null
                ? built(AthenaSource.archive(access, Flights.TABLE))
                : built(adopted.form()
                        .describe(AthenaSource.adopting(access, Flights.TABLE, "default", adopted.table())));
    }

    private <B extends AthenaArchiveBuilder<B>> AthenaSource built(B source) {
        return source.table("default", coldTable)
                .location(location)
                .results(AthenaResults.at(outputLocation).polling(Duration.ofMillis(5), Duration.ofMillis(100)))
                .layout(HivePartitionLayout.daily(ZoneOffset.UTC).thenBy("origin"))
                .createTableIfMissing()
                .build();
    }

    TieredQuery<Row> flights(HotStore hot, ColdStore cold) {
        return TieredQuery.builder(Flights.TABLE)
                .hot(hot)
                .cold(cold)
                .maxSnapshotAge(MAX_SNAPSHOT_AGE)
                .build();
    }

    Adoption adoption(HotStore hot, ColdStore cold) {
        return Adoption.of(hot, cold).lease(ADOPTION_LEASE).settle(Duration.ZERO);
    }

    /** Files are small, late rows are swept at once, and what is dead is removed before long. */
    ArchiverBuilder archiver(HotStore hot, ColdStore cold, Instant now) {
        return Archiver.builder(hot, cold)
                .keep(KEEP)
                .clock(InstantSource.fixed(now))
                .lease(Duration.ofSeconds(2))
                .settle(Duration.ZERO)
                .rowsPerFile(10)
                .attempts(5)
                .sweepEvery(Duration.ZERO)
                .removeAfter(Duration.ofSeconds(12));
    }

    /** The time at which one more day is old enough to be archived. */
    static Instant dayAfter(HotStore hot) {
        Instant watermark = watermark(hot);
        return watermark.plus(KEEP).plus(25, ChronoUnit.HOURS);
    }

    /** Before it, all is archived; the start if nothing is. */
    static Instant watermark(HotStore hot) {
        Instant watermark = hot.journal().orElseThrow().state().watermark();
        return watermark == null ? START : watermark;
    }
}
