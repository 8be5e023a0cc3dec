package io.github.tieredquery.jdbc.internal.journal;

import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.error.TieredQueryException;
import io.github.tieredquery.jdbc.internal.dialect.DeleteEffect;
import io.github.tieredquery.jdbc.internal.dialect.SqlText;
import io.github.tieredquery.jdbc.internal.scan.PhysicalTable;
import io.github.tieredquery.jdbc.internal.scan.StatementGuard;
import io.github.tieredquery.query.Filter;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.spi.RowCursor;
import io.github.tieredquery.spi.Scan;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.store.RowDigest;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.Table;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;

/** The hot table's rows as the archiver and the snapshot need them. Immutable and thread-safe. */
public final class HotTable {

    private static final int KEYS_PER_DELETE = 100;

    private final PhysicalTable physical;
    private final JournalDialect dialect;
    private final AcceptedEffects accepted;

    HotTable(PhysicalTable physical, JournalDialect dialect, AcceptedEffects accepted) {
        this.physical = physical;
        this.dialect = dialect;
        this.accepted = accepted;
    }

    /**
     * Fails if the database would lock the whole table to read one window.
     *
     * @throws ConfigurationException if the time column isn't the first one of an index
     */
    void checkTimeIndex() {
        String time = physical.table().timeColumn().name();
        if (dialect.needsTimeIndex() && !physical.hasIndexOn(time)) {
            throw new ConfigurationException(physical.name() + ": no index starts with the time column "
                    + physical.columnSql(time) + ", so archiving a window would lock the whole table; create one");
        }
    }

    /**
     * Holds off whatever would change what deleting rows does, until the transaction ends. It comes before the
     * transaction's first query where that takes a snapshot, so that the catalog shows it as it is.
     */
    void holdOffChanges(Connection connection) throws SQLException {
        Optional<String> first = dialect.beforeDelete(physical.from());
        if (first.isPresent()) {
            Sql.execute(connection, first.get());
        }
    }

    /**
     * Fails if rows have values that nobody has declared, and that would go with them, or if anything goes with them
     * that nobody has accepted. Every transaction that archives rows calls it. Where it has written to the table
     * before, this holds until it ends.
     *
     * @throws ConfigurationException naming the columns, or all that happens
     */
    void checkDeletion(Connection connection) throws SQLException {
        checkTypes(connection);
        refuse(undeclaredColumns(connection));
        checkEffects(connection);
    }

    /**
     * Fails if archiving rows of the table would do what nobody has accepted, or if nobody can tell.
     *
     * @return what was accepted
     */
    List<DeleteEffect> checkEffects(Connection connection) throws SQLException {
        List<DeleteEffect> effects = effects(connection);
        accepted.checkArchiving(physical.name(), effects);
        return effects;
    }

    private List<DeleteEffect> effects(Connection connection) throws SQLException {
        if (physical.baseTable(connection).isEmpty()) {
            throw new ConfigurationException(physical.name() + " can't be archived or erased: it isn't a table, nor a"
                    + " view that shows columns of one table, without a sub-select, and that this user's deletes and"
                    + " looks go through. What else deleting from it would take along can't be told; name the table"
                    + " itself with table(…)");
        }
        return physical.deleteEffects(connection);
    }

    /**
     * Whether all rows went that the transaction has read and holds. If not, others have changed them, or a trigger or
     * a rule has kept some, which it would do each time.
     *
     * @throws ConfigurationException naming the triggers and rules that may have
     */
    boolean areGone(Connection connection, long deleted, long expected) throws SQLException {
        if (deleted == expected) {
            return true;
        }
        List<String> keepers = physical.deleteEffects(connection).stream()
                .filter(effect -> effect.kind() == DeleteEffect.Kind.TRIGGER)
                .map(DeleteEffect::text)
                .toList();
        if (!keepers.isEmpty()) {
            throw new ConfigurationException(physical.name() + ": nothing was archived, since " + deleted + " of "
                    + expected
                    + " rows went when they were deleted: " + String.join("; ", keepers) + ". Let it pass rows that are"
                    + " older than the archive keeps here, or drop it");
        }
        return false;
    }

    /** Fails if erasing rows would do what nobody has accepted, or if nobody can tell. */
    void checkErasing(Connection connection) throws SQLException {
        accepted.checkErasing(physical.name(), effects(connection));
    }

    /**
     * Fails if values may have been read, or rows found, by types that columns haven't any more.
     *
     * @throws ConfigurationException naming the first of them
     */
    void checkTypes(Connection connection) throws SQLException {
        physical.checkAsBuilt(connection);
    }

    /** The time and key columns in the database, for messages. */
    List<String> keySql() {
        return physical.keySql();
    }

    /** Whether no two rows can have one time and key, for all that the database says. */
    boolean isKeyUnique(Connection connection) throws SQLException {
        return physical.isKeyUnique(connection).orElse(false);
    }

    List<String> undeclaredColumns(Connection connection) throws SQLException {
        return physical.undeclaredColumns(connection);
    }

    void refuse(List<String> undeclared) {
        if (!undeclared.isEmpty()) {
            throw new ConfigurationException(physical.name() + " has the columns " + undeclared + ", which table '"
                    + physical.table().name() + "' doesn't: archiving rows would lose their values. Append them to the"
                    + " Table, or name them in JdbcSourceBuilder.excludedColumns(…) if they needn't be archived");
        }
    }

    /** Whether there is any row in a range. */
    boolean any(Connection connection, TimeRange range, ScanControl control, String what) throws SQLException {
        Scan scan = Scan.of(physical.table(), range);
        if (physical.isEmpty(scan)) {
            return false;
        }
        SqlText sql = new SqlText().add("SELECT 1 FROM " + physical.from());
        physical.where(sql, scan);
        sql.add(" LIMIT 1");
        try (PreparedStatement statement = connection.prepareStatement(sql.toString())) {
            sql.bind(statement);
            try (StatementGuard guard = StatementGuard.of(statement, control, what);
                    ResultSet rows = statement.executeQuery()) {
                return rows.next();
            }
        }
    }

    /** The digest of a window's rows, as the DELETE of the same transaction will see them. */
    public RowDigest digest(Connection connection, TimeRange window) throws SQLException {
        RowDigest.Builder digest = new RowDigest.Builder(physical.table().rowType());
        reread(connection, window, dialect.rereadSuffix(), digest::add);
        return digest.build();
    }

    /**
     * Reads rows as the DELETE of the same transaction will see them. Holds one fetch of rows at a time.
     *
     * @param suffix what stands at the end of the statement, by the dialect
     */
    void reread(Connection connection, TimeRange range, String suffix, Consumer<Row> reader) throws SQLException {
        Scan scan = Scan.of(physical.table(), range);
        if (physical.isEmpty(scan)) {
            return;
        }
        try (RowCursor rows = physical.openUnordered(connection, scan, suffix, ScanControl.unlimited(), () -> {})) {
            for (Row row = rows.next(); row != null; row = rows.next()) {
                reader.accept(row);
            }
        } catch (TieredQueryException e) {
            // The transaction has to see what the driver said where that is a reason to try again.
            if (e.getCause() instanceof SQLException driver && dialect.isRetryable(driver)) {
                throw driver;
            }
            throw e;
        }
    }

    /**
     * Deletes the rows with some times and keys, some at a time, and says how many there were. Keys that are close to
     * each other go together: some databases lock all that lies between the first and the last.
     *
     * @param keys rows with the columns of {@link Table#keyType}
     */
    public long delete(Connection connection, List<Row> keys) throws SQLException {
        Table table = physical.table();
        List<Row> sorted = keys.stream().sorted(table.rowOrder(table.keyType())).toList();
        long deleted = 0;
        for (int from = 0; from < sorted.size(); from += KEYS_PER_DELETE) {
            List<Row> some = sorted.subList(from, Math.min(from + KEYS_PER_DELETE, sorted.size()));
            Instant first = timeOf(some.get(0));
            Instant last = timeOf(some.get(some.size() - 1));
            Filter any = Filter.or(some.stream().map(this::isRow).toList());
            // The range lets every database find the rows by an index on the time.
            TimeRange span = new TimeRange(first, last.plus(1, ChronoUnit.MICROS));
            deleted += delete(connection, Scan.of(table, span).filter(any.boundTo(table)));
        }
        return deleted;
    }

    private Instant timeOf(Row key) {
        return Objects.requireNonNull(
                key.timestamp(physical.table().timeColumn().name()));
    }

    private Filter isRow(Row key) {
        return Filter.and(physical.table().orderColumns().stream()
                .map(column -> Filter.eq(column, Objects.requireNonNull(key.value(column))))
                .toList());
    }

    /** Deletes a window's rows and says how many there were. */
    public long delete(Connection connection, TimeRange window) throws SQLException {
        return delete(connection, Scan.of(physical.table(), window));
    }

    private long delete(Connection connection, Scan scan) throws SQLException {
        if (physical.isEmpty(scan)) {
            return 0;
        }
        SqlText sql = new SqlText().add("DELETE FROM " + physical.from());
        physical.where(sql, scan);
        try (PreparedStatement statement = connection.prepareStatement(sql.toString())) {
            sql.bind(statement);
            return statement.executeLargeUpdate();
        }
    }
}
