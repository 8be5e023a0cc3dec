package io.github.tieredquery.jdbc;

import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.jdbc.internal.connection.BorrowedConnection;
import io.github.tieredquery.jdbc.internal.dialect.Dialect;
import io.github.tieredquery.jdbc.internal.dialect.InfiniteTimes;
import io.github.tieredquery.jdbc.internal.dialect.LocalTimes;
import io.github.tieredquery.jdbc.internal.dialect.Relation;
import io.github.tieredquery.jdbc.internal.dialect.SqlErrors;
import io.github.tieredquery.jdbc.internal.journal.AcceptedEffects;
import io.github.tieredquery.jdbc.internal.journal.AcceptedRisks;
import io.github.tieredquery.jdbc.internal.journal.JdbcJournal;
import io.github.tieredquery.jdbc.internal.journal.JournalDialect;
import io.github.tieredquery.jdbc.internal.journal.JournalTables;
import io.github.tieredquery.jdbc.internal.scan.PhysicalTable;
import io.github.tieredquery.jdbc.internal.scan.TableSettings;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.table.Table;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Builds a {@link JdbcSource}. Not thread-safe. */
public final class JdbcSourceBuilder {

    private static final Logger LOG = LoggerFactory.getLogger(JdbcSourceBuilder.class);

    private final Jdbi jdbi;
    private final Table table;
    private final Map<String, String> names = new HashMap<>();
    private final Set<String> excluded = new HashSet<>();
    private Relation relation;
    private @Nullable SqlDialect dialect;
    private int fetchSize = 3_000;
    private ZoneId timeZone = ZoneOffset.UTC;
    private @Nullable AmbiguousTimes ambiguousTimes;
    private @Nullable InfiniteTimes infiniteTimes;
    private @Nullable HivePartitionLayout layout;
    private @Nullable String journal;
    private final Set<String> acceptedCascades = new HashSet<>();
    private final Set<String> acceptedReferences = new HashSet<>();
    private final Set<String> acceptedTriggers = new HashSet<>();
    private boolean acceptedRowSecurity;
    private boolean weakDurability;
    private boolean keyWithoutIndex;
    private boolean detachPartitions;

    JdbcSourceBuilder(Jdbi jdbi, Table table) {
        this.jdbi = Objects.requireNonNull(jdbi, "jdbi");
        this.table = Objects.requireNonNull(table, "table");
        this.relation = Relation.table(List.of(table.name()));
    }

    /**
     * Names the database's table or view. By default it is the table's own name, in the connection's schema. A view
     * that shows columns of one table without a sub-select, or of another such view, is looked through: that table's
     * indexes serve plans, and an archiver sees its columns and what hangs on its rows. From other views nothing is
     * archived.
     *
     * @param nameParts the parts of the name, catalog or schema first; each is quoted and taken literally
     * @return this builder
     * @throws IllegalArgumentException if there is no part, or an empty one
     */
    public JdbcSourceBuilder table(String... nameParts) {
        List<String> parts = List.of(nameParts);
        if (parts.isEmpty() || parts.stream().anyMatch(part -> part.isEmpty() || part.indexOf('\0') >= 0)) {
            throw new IllegalArgumentException("a table's name has one to three parts, none of them empty: " + parts);
        }
        relation = Relation.table(parts);
        return this;
    }

    /**
     * Reads from an expression instead of a table: {@code read_parquet('…', hive_partitioning = true)} in DuckDB, or a
     * sub-select with an alias. The text stands in every statement as it is, so it must be the developer's own and
     * never hold anything from outside.
     *
     * @param expression what stands after FROM
     * @return this builder
     */
    public JdbcSourceBuilder from(String expression) {
        relation = Relation.expression(Objects.requireNonNull(expression, "expression"));
        return this;
    }

    /**
     * Names the database's column. By default it has the table's name for it, in any case if no other column has that
     * name in another one.
     *
     * @param column the table's column
     * @param physicalName the database's name, quoted and taken literally
     * @return this builder
     * @throws IllegalArgumentException if the table has no such column
     */
    public JdbcSourceBuilder column(String column, String physicalName) {
        names.put(table.column(column).name(), Objects.requireNonNull(physicalName, "physicalName"));
        return this;
    }

    /**
     * Names columns of the database's table that aren't archived: with each row that is archived and deleted, its value
     * in them is lost. None by default: an archiver refuses a table with columns that the {@link Table} doesn't have,
     * when it starts and again in each transaction that deletes rows. Columns that the database computes from others
     * ({@code GENERATED ALWAYS AS (…)}) needn't be named. Of a view its own columns are looked at, and those of the
     * table that it shows.
     *
     * @param physicalNames the database's names, the view's or its table's, taken literally; there need not be such
     *     columns yet, or any more
     * @return this builder
     */
    public JdbcSourceBuilder excludedColumns(String... physicalNames) {
        excluded.addAll(List.of(physicalNames));
        return this;
    }

    /**
     * Names foreign keys that may delete or change rows of other tables, or of this one, when rows are archived or
     * erased: those with {@code ON DELETE CASCADE}, {@code SET NULL} or {@code SET DEFAULT}. What they delete isn't
     * archived and is lost. None by default: with such a key an archiver refuses to start, and every transaction that
     * deletes rows looks again. Keys that follow from an accepted one, further down, have to be named as well: those
     * with such an action that point at rows that it deletes, and those with {@code ON UPDATE CASCADE}, {@code SET
     * NULL} or {@code SET DEFAULT} that point at columns that it changes. So do the {@linkplain #acceptedTriggers
     * triggers} that they fire.
     *
     * @param constraints the names of the constraints, each as {@code name}, {@code table.name} or
     *     {@code schema.table.name}, taken literally; in MySQL and MariaDB the schema is the database. One that more
     *     than one of the keys goes by accepts none of them. There need not be such keys yet, or any more
     * @return this builder
     */
    public JdbcSourceBuilder acceptedCascades(String... constraints) {
        acceptedCascades.addAll(List.of(constraints));
        return this;
    }

    /**
     * Names foreign keys with {@code RESTRICT} or {@code NO ACTION} that don't stand in the way, since the rows that
     * point at a row are archived or deleted before that row is. Keys count that keep rows from being deleted, and
     * those that keep columns as they are that an {@linkplain #acceptedCascades accepted key} would change. None by
     * default: with such a key an archiver refuses to start, and every transaction that deletes rows looks again. If a
     * row still points at one that is to be deleted, nothing is deleted, and the error is a
     * {@link ConfigurationException} that names the keys.
     *
     * @param constraints the names of the constraints, each as {@code name}, {@code table.name} or
     *     {@code schema.table.name}, taken literally; in MySQL and MariaDB the schema is the database. One that more
     *     than one of the keys goes by accepts none of them. There need not be such keys yet, or any more
     * @return this builder
     */
    public JdbcSourceBuilder acceptedReferences(String... constraints) {
        acceptedReferences.addAll(List.of(constraints));
        return this;
    }

    /**
     * Names triggers that may run when rows are archived or erased, and rules of PostgreSQL. None by default: with a
     * trigger or a rule for DELETE an archiver refuses to start, and every transaction that deletes rows looks again.
     * One that keeps rows, as a trigger does that returns NULL {@code BEFORE DELETE}, keeps their window from being
     * archived.
     *
     * @param triggers the names of the triggers and rules, each as {@code name}, {@code table.name} or
     *     {@code schema.table.name}, taken literally; in MySQL and MariaDB the schema is the database. One that more
     *     than one of the triggers goes by accepts none of them. There need not be such triggers yet, or any more
     * @return this builder
     */
    public JdbcSourceBuilder acceptedTriggers(String... triggers) {
        acceptedTriggers.addAll(List.of(triggers));
        return this;
    }

    /**
     * Accepts that policies of PostgreSQL's row-level security end where the archive begins: whoever queries sees every
     * archived row, unless {@link io.github.tieredquery.TieredQuery#restrictedTo} keeps them from it. By default an
     * archiver refuses a table with row-level security. It also refuses a role that the policies hold for, since it
     * wouldn't see all rows; this isn't accepted with it.
     *
     * @return this builder
     */
    public JdbcSourceBuilder acceptedRowSecurity() {
        acceptedRowSecurity = true;
        return this;
    }

    /**
     * Says that the application itself never writes two rows with one time and key. Where two are there, pages lose one
     * of them, and an archiver that meets them beside each other refuses their window. By default an archiver refuses a
     * table without a unique index that covers the time and key columns, or some of them alone, when it starts; a
     * reader of such a table warns when it is built.
     *
     * @return this builder
     */
    public JdbcSourceBuilder acceptedKeyWithoutIndex() {
        keyWithoutIndex = true;
        return this;
    }

    /**
     * Accepts that a crash of the database can undo committed transactions. Rows can then be there twice, or come back
     * after they were erased. By default an archiver refuses, when it starts, a PostgreSQL with {@code fsync} or
     * {@code full_page_writes} off, and a MariaDB or MySQL with another {@code innodb_flush_log_at_trx_commit} than 1
     * (or MariaDB's 3), or with a binary log and another {@code sync_binlog} than 1. Of PostgreSQL's
     * {@code synchronous_commit} nothing need be accepted: the journal's transactions set it for themselves.
     *
     * <p>It is for a database that a test throws away, and for one whose storage keeps commits by other means than
     * these settings.
     *
     * @return this builder
     */
    public JdbcSourceBuilder acceptedWeakDurability() {
        weakDurability = true;
        return this;
    }

    /**
     * Says whose SQL the database understands. By default it is asked for its name.
     *
     * @param database the dialect
     * @return this builder
     */
    public JdbcSourceBuilder dialect(SqlDialect database) {
        dialect = Objects.requireNonNull(database, "database");
        return this;
    }

    /**
     * Sets how many rows the driver fetches and holds at a time. 3,000 by default.
     *
     * @param rows the number, at least 1
     * @return this builder
     * @throws IllegalArgumentException if it is less
     */
    public JdbcSourceBuilder fetchSize(int rows) {
        if (rows < 1) {
            throw new IllegalArgumentException("the fetch size is " + rows + "; it is 1 or more");
        }
        fetchSize = rows;
        return this;
    }

    /**
     * Says in which zone times are kept in columns that hold local times (TIMESTAMP WITHOUT TIME ZONE, DATETIME). UTC
     * by default. Columns that hold instants are read as instants whatever stands here.
     *
     * <p>Once a version of the archive was given out, a source with such columns and another zone, or other
     * {@link #ambiguousTimes}, is refused.
     *
     * @param zone the zone; one whose clocks change needs {@link #ambiguousTimes}
     * @return this builder
     */
    public JdbcSourceBuilder timeZone(ZoneId zone) {
        timeZone = Objects.requireNonNull(zone, "zone");
        return this;
    }

    /**
     * Says which of two instants a local time is that the clock shows twice. There is no default: a {@link #timeZone}
     * whose clocks change is refused without it.
     *
     * @param pass the first or the second
     * @return this builder
     */
    public JdbcSourceBuilder ambiguousTimes(AmbiguousTimes pass) {
        ambiguousTimes = Objects.requireNonNull(pass, "pass");
        return this;
    }

    /**
     * Says what {@code -infinity} and {@code infinity} of PostgreSQL stand for in columns of times and dates, as in
     * {@code valid_until}. By default a row with one is refused. They are read, filtered, ordered and archived as these
     * instants, in columns of dates as their dates in UTC; what is archived is the instant, and infinity no more. A row
     * with a value of its own that doesn't lie between the two is refused by name, since nobody could tell it from
     * infinity; a filter counts it as the nearer of them.
     *
     * <p>In the time column and in key columns infinity is refused all the same: such a row belongs to no window. All
     * processes that read or archive the table have to say the same.
     *
     * @param earliest what {@code -infinity} is read as
     * @param latest what {@code infinity} is read as, on a later day
     * @return this builder
     * @throws IllegalArgumentException if one isn't of whole microseconds in the years 1 to 9999, or the second isn't
     *     on a later day
     */
    public JdbcSourceBuilder infiniteTimes(Instant earliest, Instant latest) {
        infiniteTimes = new InfiniteTimes(earliest, latest);
        return this;
    }

    /**
     * Says how the rows are spread over Hive partitions, so that a scan names the partitions that it needs. By default
     * nothing is said of partitions. The time columns of the layout have to be columns of text, or of an integer or
     * date type that holds the same, as DuckDB and Trino make of directories' names; the version, if there is one, is
     * text.
     *
     * <p>Where the layout has no version, {@link #build} looks whether there is a partition that it doesn't write, and
     * refuses it by name: one query with conditions on partition columns alone.
     *
     * <p>Where the time column is coarser than microseconds, the engine may have rounded times over the end of their
     * partition, so that the partition before a range's first is read as well.
     *
     * @param partitions the layout
     * @return this builder
     * @throws ConfigurationException if the layout doesn't fit the table
     */
    public JdbcSourceBuilder layout(HivePartitionLayout partitions) {
        layout = partitions.checkedAgainst(table);
        return this;
    }

    /**
     * Keeps an archive's journal in this database, so that one transaction moves rows out and the watermark up. None by
     * default. PostgreSQL, MySQL, MariaDB and H2 can keep one. In PostgreSQL and H2 the name is a schema; in MySQL and
     * MariaDB, where a schema is a database and few may create one, it is the prefix of tables in the connection's
     * database ({@code tieredquery_archive} and so on). One journal serves many tables, told apart by their logical
     * names.
     *
     * @param name 1 to 40 lower-case letters, digits and {@code _}, not starting with a digit
     * @return this builder
     * @throws IllegalArgumentException if the name is malformed
     */
    public JdbcSourceBuilder journal(String name) {
        journal = JournalTables.checkedName(name);
        return this;
    }

    /**
     * Lets the archiver empty a table that PostgreSQL partitions by time by detaching and dropping partitions instead
     * of deleting their rows, which leaves nothing behind to be vacuumed. By default rows are deleted.
     *
     * <p>The table has to be partitioned by {@code RANGE} of the time column alone, and belong to the archiver's role;
     * otherwise the archiver refuses to start. A window is dropped if its partitions lie within it: for days of the
     * layout's zone, partitions of a day or of hours that begin at midnight of that zone. Rows of the window in no such
     * partition are deleted, and so is the whole window, with a warning, if a partition reaches beyond it or the table
     * can't be locked within two seconds.
     *
     * <p>For as long as the window is read again, the table is locked, against readers too: they wait. A row that
     * belongs to a dropped partition and comes later is refused by PostgreSQL unless there is a {@code DEFAULT}
     * partition to take it; then it is a late row like others. Where a foreign key or a trigger that was accepted acts
     * on deleted rows, they are deleted, so that it does.
     *
     * <p>MySQL, MariaDB and H2 are refused: there such statements commit what the transaction has done so far.
     *
     * @return this builder
     */
    public JdbcSourceBuilder detachPartitions() {
        detachPartitions = true;
        return this;
    }

    /**
     * Looks at the table in the database and builds the source.
     *
     * @return the source
     * @throws ConfigurationException if the table or a column is missing or doesn't fit
     * @throws io.github.tieredquery.error.SourceUnavailableException if the database can't be reached
     */
    public JdbcSource build() {
        if (detachPartitions && journal == null) {
            throw new ConfigurationException(
                    "table '" + table.name() + "': detachPartitions() is for an archiver, which needs a journal(…)");
        }
        LocalTimes localTimes = localTimes();
        String place = "jdbc:" + table.name();
        BorrowedConnection borrowed = BorrowedConnection.take(jdbi, place, ScanControl.unlimited());
        try {
            SqlDialect database = dialect == null ? SqlDialect.of(borrowed.connection()) : dialect;
            Dialect sql = database.dialect();
            if (infiniteTimes != null && !sql.mapsInfiniteTimes()) {
                throw new ConfigurationException("table '" + table.name() + "': infiniteTimes(…) is for PostgreSQL; in "
                        + sql.name() + " no time is infinite, or one that is can't be told from others. Leave it out");
            }
            TableSettings settings =
                    new TableSettings(table, relation, names, excluded, localTimes, infiniteTimes, layout, fetchSize);
            PhysicalTable physical = PhysicalTable.inspect(borrowed.connection(), sql, settings);
            warnOfMissingIndex(physical, borrowed.connection());
            return new JdbcSource(jdbi, physical, journal == null ? null : journal(physical, database, journal));
        } catch (SQLException e) {
            throw SqlErrors.failure(place, "asking for the database's name", e);
        } finally {
            borrowed.release();
        }
    }

    private void warnOfMissingIndex(PhysicalTable physical, Connection connection) throws SQLException {
        if (!keyWithoutIndex && !physical.isKeyUnique(connection).orElse(true)) {
            LOG.warn(
                    "{}: no unique index covers {}, or some of them alone; if two rows have one time and key, pages lose"
                            + " one of them",
                    physical.name(),
                    physical.keySql());
        }
    }

    private JdbcJournal journal(PhysicalTable physical, SqlDialect database, String name) {
        if (detachPartitions
                && database.journal()
                        .filter(JournalDialect::hasTransactionalDdl)
                        .isEmpty()) {
            throw new ConfigurationException(physical.name() + ": detachPartitions() is for PostgreSQL; in "
                    + physical.dialect().name() + " DETACH and DROP would commit what the transaction has done so far,"
                    + " and a crash then would lose rows. Leave it out");
        }
        return JdbcJournal.of(
                jdbi,
                physical,
                database.journal(),
                relation,
                name,
                new AcceptedEffects(acceptedCascades, acceptedReferences, acceptedTriggers, acceptedRowSecurity),
                new AcceptedRisks(weakDurability, keyWithoutIndex),
                detachPartitions);
    }

    private LocalTimes localTimes() {
        if (ambiguousTimes == null && !timeZone.getRules().isFixedOffset()) {
            throw new ConfigurationException("table '" + table.name() + "': the clocks of timeZone(" + timeZone
                    + ") show some local times twice; say which instant they are with ambiguousTimes(EARLIER or LATER),"
                    + " and store no row of the other one");
        }
        return ambiguousTimes == AmbiguousTimes.LATER ? LocalTimes.later(timeZone) : LocalTimes.earlier(timeZone);
    }
}
