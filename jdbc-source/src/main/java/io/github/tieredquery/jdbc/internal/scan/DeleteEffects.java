package io.github.tieredquery.jdbc.internal.scan;

import io.github.tieredquery.jdbc.internal.dialect.BaseTable;
import io.github.tieredquery.jdbc.internal.dialect.DeleteEffect;
import io.github.tieredquery.jdbc.internal.dialect.DeleteEffect.Kind;
import io.github.tieredquery.jdbc.internal.dialect.Dialect;
import io.github.tieredquery.jdbc.internal.dialect.ForeignKey;
import io.github.tieredquery.jdbc.internal.dialect.TableName;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Follows what deleting rows of a table does, from table to table. Not thread-safe. */
final class DeleteEffects {

    private final Connection connection;
    private final Dialect dialect;
    private final List<DeleteEffect> effects = new ArrayList<>();
    private final Set<TableName> deleted = new HashSet<>();
    private final Set<TableName> updated = new HashSet<>();

    private DeleteEffects(Connection connection, Dialect dialect) {
        this.connection = connection;
        this.dialect = dialect;
    }

    static List<DeleteEffect> of(Connection connection, Dialect dialect, BaseTable base) throws SQLException {
        DeleteEffects found = new DeleteEffects(connection, dialect);
        for (TableName view : base.views()) {
            found.effects.addAll(dialect.triggers(connection, view, "DELETE"));
        }
        found.effects.addAll(dialect.triggers(connection, base.table(), "DELETE"));
        found.followKeys(base.table());
        found.effects.addAll(dialect.ofTable(connection, base));
        return List.copyOf(found.effects);
    }

    private void followKeys(TableName table) throws SQLException {
        if (!deleted.add(table)) {
            return;
        }
        if (!dialect.seesAllKeys(connection)) {
            effects.add(new DeleteEffect(
                    Kind.UNSEEN_KEYS, "", "this database user may not see which foreign keys point at its rows"));
            return;
        }
        for (ForeignKey key : dialect.keysTo(connection, table)) {
            effects.add(new DeleteEffect(key.keepsRows() ? Kind.REFERENCE : Kind.CASCADE, key.name(), key.effect()));
            if (key.onDelete() == ForeignKey.Action.CASCADE) {
                if (!deleted.contains(key.from()) && dialect.keysFireTriggers()) {
                    effects.addAll(dialect.triggers(connection, key.from(), "DELETE"));
                }
                followKeys(key.from());
            } else if (!key.keepsRows() && dialect.keysFireTriggers() && updated.add(key.from())) {
                effects.addAll(dialect.triggers(connection, key.from(), "UPDATE"));
            }
        }
    }
}
