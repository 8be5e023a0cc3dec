package io.github.tieredquery.jdbc;

import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.jdbc.internal.dialect.Dialect;
import io.github.tieredquery.jdbc.internal.dialect.DuckDb;
import io.github.tieredquery.jdbc.internal.dialect.H2;
import io.github.tieredquery.jdbc.internal.dialect.MySql;
import io.github.tieredquery.jdbc.internal.dialect.PostgreSql;
import io.github.tieredquery.jdbc.internal.dialect.Trino;
import io.github.tieredquery.jdbc.internal.journal.H2Journal;
import io.github.tieredquery.jdbc.internal.journal.InnoDbJournal;
import io.github.tieredquery.jdbc.internal.journal.JournalDialect;
import io.github.tieredquery.jdbc.internal.journal.PostgresJournal;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The databases whose SQL a {@link JdbcSource} speaks. */
@SuppressWarnings("ImmutableEnumChecker") // dialects are stateless
public enum SqlDialect {
    /** PostgreSQL 12 and later, and what calls itself so. */
    POSTGRESQL(new PostgreSql(), new PostgresJournal()),
    /** MariaDB 10.6 and later. */
    MARIADB(new MySql("mariadb"), new InnoDbJournal()),
    /** MySQL 8 and later. */
    MYSQL(new MySql("mysql"), new InnoDbJournal()),
    /** H2 2. */
    H2(new H2(), new H2Journal()),
    /** DuckDB. Connections stream if they were made with {@code jdbc_stream_results=true}. It keeps no journal. */
    DUCKDB(new DuckDb()),
    /** Trino. It keeps no journal. */
    TRINO(new Trino());

    private final Dialect dialect;
    private final @Nullable JournalDialect journal;

    SqlDialect(Dialect dialect) {
        this(dialect, null);
    }

    SqlDialect(Dialect dialect, @Nullable JournalDialect journal) {
        this.dialect = dialect;
        this.journal = journal;
    }

    /** The dialect of the database that a connection leads to. */
    static SqlDialect of(Connection connection) throws SQLException {
        DatabaseMetaData database = connection.getMetaData();
        for (SqlDialect each : values()) {
            if (each.dialect.isSpokenBy(database)) {
                return each;
            }
        }
        throw new ConfigurationException("no SQL dialect for the database '" + database.getDatabaseProductName()
                + "': name the dialect that it understands with dialect(…)");
    }

    Dialect dialect() {
        return dialect;
    }

    /** Empty if a journal can't be kept there. */
    Optional<JournalDialect> journal() {
        return Optional.ofNullable(journal);
    }
}
