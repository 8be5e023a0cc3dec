package io.github.tieredquery.jdbc.internal.scan;

import io.github.tieredquery.jdbc.internal.dialect.BaseTable;
import io.github.tieredquery.jdbc.internal.dialect.DeleteEffect;
import io.github.tieredquery.jdbc.internal.dialect.DeleteEffect.Kind;
import io.github.tieredquery.jdbc.internal.dialect.Dialect;
import io.github.tieredquery.jdbc.internal.dialect.ForeignKey;
import io.github.tieredquery.jdbc.internal.dialect.ForeignKey.Action;
import io.github.tieredquery.jdbc.internal.dialect.Relation;
import io.github.tieredquery.jdbc.internal.dialect.TableName;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Follows what deleting rows of a table does, from table to table. Not thread-safe. */
final class DeleteEffects {

    private final Connection connection;
    private final Dialect dialect;
    private final Set<DeleteEffect> effects = new LinkedHashSet<>();
    private final Set<TableName> deleted = new HashSet<>();
    /** The columns that may change, by their tables. */
    private final Map<TableName, Set<String>> updated = new HashMap<>();

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
        found.followDeletes(base.table());
        found.effects.addAll(dialect.ofTable(connection, base));
        return List.copyOf(found.effects);
    }

    private void followDeletes(TableName table) throws SQLException {
        if (!deleted.add(table)) {
            return;
        }
        if (!dialect.seesAllKeys(connection)) {
            effects.add(DeleteEffect.unnamed(
                    Kind.UNSEEN_KEYS, "this database user may not see which foreign keys point at its rows"));
            return;
        }
        for (ForeignKey key : dialect.keysTo(connection, table)) {
            Action action = key.onDelete();
            effects.add(new DeleteEffect(kind(action), key.from(), key.name(), key.deleteEffect()));
            if (action == Action.CASCADE) {
                if (!deleted.contains(key.from()) && dialect.keysFireTriggers()) {
                    effects.addAll(dialect.triggers(connection, key.from(), "DELETE"));
                }
                followDeletes(key.from());
            } else if (!action.keepsRows()) {
                followUpdates(key.from(), key.columns().keySet());
            }
        }
    }

    /** What a key's action changes other keys may point at. */
    private void followUpdates(TableName table, Set<String> columns) throws SQLException {
        Set<String> known = updated.get(table);
        if (known == null) {
            known = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
            known.addAll(generatedColumns(table));
            updated.put(table, known);
            if (dialect.keysFireTriggers()) {
                effects.addAll(dialect.triggers(connection, table, "UPDATE"));
            }
        }
        if (!known.addAll(columns)) {
            return;
        }
        for (ForeignKey key : dialect.keysTo(connection, table)) {
            if (key.columns().values().stream().noneMatch(known::contains)) {
                continue;
            }
            Action action = key.onUpdate();
            effects.add(new DeleteEffect(kind(action), key.from(), key.name(), key.updateEffect()));
            if (!action.keepsRows()) {
                followUpdates(key.from(), key.columns().keySet());
            }
        }
    }

    /** They change with the columns that they are computed from, which any may be. */
    private List<String> generatedColumns(TableName table) throws SQLException {
        Relation relation = Relation.table(List.of(table.schema(), table.name()));
        return dialect.facts(connection, relation).entrySet().stream()
                .filter(column -> column.getValue().computed())
                .map(Map.Entry::getKey)
                .toList();
    }

    private static Kind kind(Action action) {
        return action.keepsRows() ? Kind.REFERENCE : Kind.CASCADE;
    }
}
