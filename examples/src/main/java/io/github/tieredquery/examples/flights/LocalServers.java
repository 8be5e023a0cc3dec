package io.github.tieredquery.examples.flights;

import com.zaxxer.hikari.HikariDataSource;
import io.github.tieredquery.athena.aws.AwsAccess;
import io.github.tieredquery.athenalocal.AthenaLocal;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import javax.sql.DataSource;

/** PostgreSQL, S3 and Athena on this machine, empty at the start and gone at the end. */
public final class LocalServers implements AutoCloseable {

    private final EmbeddedPostgres postgres;
    private final HikariDataSource database;
    private final AthenaLocal athena;
    private final AwsAccess aws;

    private LocalServers(EmbeddedPostgres postgres, AthenaLocal athena) {
        this.postgres = postgres;
        this.database = new HikariDataSource();
        this.database.setDataSource(postgres.getPostgresDatabase());
        this.athena = athena;
        this.aws = AwsAccess.of(athena.athenaClient(), athena.s3Client());
    }

    /**
     * Starts them.
     *
     * @return the servers; the caller closes them
     * @throws IOException if PostgreSQL doesn't start
     */
    public static LocalServers start() throws IOException {
        // A test database doesn't wait for the disk; an archiver refuses one that a crash can take commits from.
        EmbeddedPostgres postgres =
                EmbeddedPostgres.builder().setServerConfig("fsync", "on").start();
        try {
            AthenaLocal athena = AthenaLocal.start();
            athena.run("CREATE DATABASE lake");
            return new LocalServers(postgres, athena);
        } catch (RuntimeException e) {
            postgres.close();
            throw e;
        }
    }

    /**
     * A pool, as a service would have one.
     *
     * @return connections to PostgreSQL
     */
    public DataSource database() {
        return database;
    }

    /**
     * Athena and S3.
     *
     * @return the servers, with a database {@code lake}
     */
    public AthenaLocal athena() {
        return athena;
    }

    /**
     * The clients of both.
     *
     * @return the access; don't close it
     */
    public AwsAccess aws() {
        return aws;
    }

    @Override
    public void close() throws IOException {
        database.close();
        aws.close();
        athena.close();
        postgres.close();
    }
}
