package io.github.tieredquery.jdbc.internal.dialect;

import io.github.tieredquery.jdbc.internal.dialect.DeleteEffect.Kind;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What PostgreSQL's catalog says of what hangs on a table. Every user may read it. */
final class PostgreSqlCatalog {

    /** With what is deleted from along with a table: its partitions, and tables that inherit from it. */
    private static final String FAMILY = """
            WITH RECURSIVE family AS (
                SELECT CAST(CAST(? AS regclass) AS oid) AS relid, 0 AS depth
                UNION
                SELECT i.inhrelid, f.depth + 1
                FROM family f
                JOIN pg_catalog.pg_inherits i ON i.inhparent = f.relid)
            """;

    /** Rows of foreign tables go in a transaction of another server. */
    private static final String IS_TABLE = FAMILY + """
            SELECT bool_and(k.relkind IN ('r', 'p')) FROM family f JOIN pg_catalog.pg_class k ON k.oid = f.relid
            """;

    private static final String LOCATION = """
            SELECT n.nspname, k.relname
            FROM pg_catalog.pg_class k
            JOIN pg_catalog.pg_namespace n ON n.oid = k.relnamespace
            WHERE k.oid = CAST(? AS regclass)
            """;

    /** The only relation that a view is made of, if rows are deleted through it. A sub-select may have others. */
    private static final String VIEWED = """
            SELECT n.nspname, k.relname, k.oid
            FROM pg_catalog.pg_class v
            JOIN pg_catalog.pg_rewrite r ON r.ev_class = v.oid AND r.ev_type = '1'
            JOIN (SELECT d.objid, min(d.refobjid) AS relid
                  FROM pg_catalog.pg_depend d
                  JOIN pg_catalog.pg_rewrite w ON w.oid = d.objid
                  WHERE d.classid = CAST('pg_catalog.pg_rewrite' AS regclass)
                    AND d.refclassid = CAST('pg_catalog.pg_class' AS regclass)
                    AND d.refobjid <> w.ev_class
                  GROUP BY d.objid
                  HAVING count(DISTINCT d.refobjid) = 1) s ON s.objid = r.oid
            JOIN pg_catalog.pg_class k ON k.oid = s.relid
            JOIN pg_catalog.pg_namespace n ON n.oid = k.relnamespace
            WHERE v.oid = CAST(? AS regclass) AND v.relkind = 'v'
              AND (pg_catalog.pg_relation_is_updatable(v.oid, true) & 16) <> 0
              AND position('{SUBLINK ' IN CAST(r.ev_action AS text)) = 0
              AND position(':hasAggs true' IN CAST(r.ev_action AS text)) = 0
            """;

    /** A view's columns don't change their numbers; an expression comes from no table. */
    private static final String VIEWED_COLUMNS = """
            SELECT a.attname, b.attname
            FROM (SELECT r.ev_class, regexp_matches(CAST(r.ev_action AS text),
                         ':resno (\\d+) :resname (?:[^ \\\\]|\\\\.)+ :ressortgroupref \\d+ :resorigtbl (\\d+)'
                         ' :resorigcol (\\d+) :resjunk false', 'g') AS origin
                  FROM pg_catalog.pg_rewrite r
                  WHERE r.ev_class = CAST(? AS regclass) AND r.ev_type = '1') t
            JOIN pg_catalog.pg_attribute a ON a.attrelid = t.ev_class AND a.attnum = CAST(t.origin[1] AS integer)
            JOIN pg_catalog.pg_attribute b
                ON b.attrelid = CAST(t.origin[2] AS oid) AND b.attnum = CAST(t.origin[3] AS integer)
            WHERE CAST(t.origin[2] AS oid) = CAST(? AS oid)
            """;

    /** A partition has copies of its parent's keys: the first one counts. One that isn't enforced does nothing. */
    private static final String KEYS = FAMILY + """
            , origins AS (
                SELECT c.oid, c.conparentid FROM family f
                JOIN pg_catalog.pg_constraint c ON c.confrelid = f.relid AND c.contype = 'f'
                UNION
                SELECT p.oid, p.conparentid FROM origins o
                JOIN pg_catalog.pg_constraint p ON p.oid = o.conparentid)
            , actions (code, name) AS (
                VALUES ('c', 'CASCADE'), ('n', 'SET NULL'), ('d', 'SET DEFAULT'), ('r', 'RESTRICT'), ('a', 'NO ACTION'))
            SELECT DISTINCT n.nspname, k.relname, c.conname, a.attname, u.nspname, r.relname, b.attname, d.name, e.name
            FROM origins o
            JOIN pg_catalog.pg_constraint c ON c.oid = o.oid AND c.conparentid = 0
            JOIN pg_catalog.pg_class k ON k.oid = c.conrelid
            JOIN pg_catalog.pg_namespace n ON n.oid = k.relnamespace
            JOIN pg_catalog.pg_class r ON r.oid = c.confrelid
            JOIN pg_catalog.pg_namespace u ON u.oid = r.relnamespace
            JOIN actions d ON d.code = c.confdeltype
            JOIN actions e ON e.code = c.confupdtype
            CROSS JOIN unnest(c.conkey, c.confkey) AS pair (own, other)
            JOIN pg_catalog.pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = pair.own
            JOIN pg_catalog.pg_attribute b ON b.attrelid = c.confrelid AND b.attnum = pair.other
            WHERE COALESCE(to_jsonb(c) ->> 'conenforced', 'true') = 'true'
            ORDER BY 1, 2, 3
            """;

    /**
     * Those of each row run for partitions too, those of a statement and rules for the table that it names. Up to
     * version 14 a partition's copy of its parent's trigger is internal, and known by that it depends on that one. One
     * whose parent's runs too is the same trigger.
     */
    private static final String TRIGGERS = FAMILY + """
            , fired AS (
                SELECT CASE current_setting('session_replication_role') WHEN 'replica' THEN 'R' ELSE 'O' END AS role),
            triggers AS (
                SELECT t.oid, t.tgname AS name, t.tgrelid AS relid, f.depth,
                       CASE WHEN (t.tgtype & 64) <> 0 THEN 'INSTEAD OF' WHEN (t.tgtype & 2) <> 0 THEN 'BEFORE'
                            ELSE 'AFTER' END AS timing
                FROM family f
                CROSS JOIN fired
                JOIN pg_catalog.pg_trigger t ON t.tgrelid = f.relid
                WHERE (NOT t.tgisinternal
                       OR (EXISTS (SELECT 1 FROM pg_catalog.pg_depend d
                                   WHERE d.classid = CAST('pg_catalog.pg_trigger' AS regclass) AND d.objid = t.oid
                                     AND d.refclassid = CAST('pg_catalog.pg_trigger' AS regclass))
                           AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_constraint c
                                           WHERE c.oid = t.tgconstraint AND c.contype <> 't')))
                  AND (t.tgtype & ?) <> 0 AND (f.depth = 0 OR (t.tgtype & 1) <> 0)
                  AND t.tgenabled IN ('A', fired.role))
            SELECT DISTINCT t.what, t.name, n.nspname, k.relname, t.timing, t.depth
            FROM (SELECT 'trigger' AS what, t.name, t.relid, t.depth, t.timing
                  FROM triggers t
                  WHERE NOT EXISTS (SELECT 1 FROM pg_catalog.pg_depend d
                                    JOIN triggers p ON p.oid = d.refobjid
                                    WHERE d.classid = CAST('pg_catalog.pg_trigger' AS regclass) AND d.objid = t.oid
                                      AND d.refclassid = CAST('pg_catalog.pg_trigger' AS regclass))
                  UNION ALL
                  SELECT 'rule', r.rulename, r.ev_class, 0, 'ON'
                  FROM family f
                  CROSS JOIN fired
                  JOIN pg_catalog.pg_rewrite r ON r.ev_class = f.relid
                  WHERE f.depth = 0 AND r.ev_type = ? AND r.ev_enabled IN ('A', fired.role)) t
            JOIN pg_catalog.pg_class k ON k.oid = t.relid
            JOIN pg_catalog.pg_namespace n ON n.oid = k.relnamespace
            ORDER BY t.what DESC, t.name, t.depth, 3, 4
            """;

    /** Through a view the policies are those for its owner, unless it is one for its invoker. */
    private static final String ROW_SECURITY = """
            SELECT COALESCE((SELECT string_agg(p.polname, ', ' ORDER BY p.polname)
                             FROM pg_catalog.pg_policy p WHERE p.polrelid = k.oid), ''),
                   NOT (u.rolsuper OR u.rolbypassrls
                        OR (pg_catalog.pg_has_role(u.oid, k.relowner, 'USAGE') AND NOT k.relforcerowsecurity))
            FROM pg_catalog.pg_class k
            LEFT JOIN pg_catalog.pg_class v ON v.oid = CAST(? AS regclass) AND NOT COALESCE(
                (SELECT CAST(o.option_value AS boolean) FROM pg_catalog.pg_options_to_table(v.reloptions) o
                 WHERE o.option_name = 'security_invoker'), false)
            JOIN pg_catalog.pg_roles u
                ON u.oid = COALESCE(v.relowner, (SELECT c.oid FROM pg_catalog.pg_roles c WHERE c.rolname = current_user))
            WHERE k.oid = CAST(? AS regclass) AND k.relrowsecurity
            """;

    /** A row that is deleted has to be told to others by an identity. */
    private static final String PUBLICATIONS = FAMILY + """
            SELECT DISTINCT p.pubname, n.nspname, k.relname
            FROM family f
            JOIN pg_catalog.pg_class k ON k.oid = f.relid AND k.relkind = 'r'
            JOIN pg_catalog.pg_namespace n ON n.oid = k.relnamespace
            JOIN pg_catalog.pg_publication p ON p.pubdelete
            WHERE (k.relreplident = 'n'
                   OR (k.relreplident = 'd' AND NOT EXISTS (
                       SELECT 1 FROM pg_catalog.pg_index i WHERE i.indrelid = k.oid AND i.indisprimary))
                   OR (k.relreplident = 'i' AND NOT EXISTS (
                       SELECT 1 FROM pg_catalog.pg_index i WHERE i.indrelid = k.oid AND i.indisreplident)))
              AND EXISTS (SELECT 1 FROM pg_catalog.pg_publication_tables t
                          JOIN family g ON true
                          JOIN pg_catalog.pg_class m ON m.oid = g.relid AND m.relname = t.tablename
                          JOIN pg_catalog.pg_namespace o ON o.oid = m.relnamespace AND o.nspname = t.schemaname
                          WHERE t.pubname = p.pubname AND m.oid IN (k.oid, CAST(? AS regclass)))
            ORDER BY 1, 2, 3
            LIMIT 3
            """;

    private final Dialect dialect;

    PostgreSqlCatalog(Dialect dialect) {
        this.dialect = dialect;
    }

    private String sql(TableName table) {
        return dialect.quote(table.schema()) + "." + dialect.quote(table.name());
    }

    TableName locate(Connection connection, Relation relation) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(LOCATION)) {
            statement.setString(1, relation.sql(dialect));
            try (ResultSet rows = statement.executeQuery()) {
                rows.next();
                return new TableName(rows.getString(1), rows.getString(2));
            }
        }
    }

    boolean isTable(Connection connection, TableName table) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(IS_TABLE)) {
            statement.setString(1, sql(table));
            try (ResultSet rows = statement.executeQuery()) {
                return rows.next() && rows.getBoolean(1);
            }
        }
    }

    Optional<BaseTable.View> view(Connection connection, TableName view) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(VIEWED)) {
            statement.setString(1, sql(view));
            try (ResultSet rows = statement.executeQuery()) {
                if (!rows.next()) {
                    return Optional.empty();
                }
                TableName from = new TableName(rows.getString(1), rows.getString(2));
                return Optional.of(new BaseTable.View(from, viewedColumns(connection, view, rows.getLong(3))));
            }
        }
    }

    private Map<String, String> viewedColumns(Connection connection, TableName view, long from) throws SQLException {
        Map<String, String> columns = new HashMap<>();
        try (PreparedStatement statement = connection.prepareStatement(VIEWED_COLUMNS)) {
            statement.setString(1, sql(view));
            statement.setLong(2, from);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    columns.put(rows.getString(1), rows.getString(2));
                }
            }
        }
        return columns;
    }

    List<ForeignKey> keysTo(Connection connection, TableName table) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(KEYS)) {
            statement.setString(1, sql(table));
            try (ResultSet rows = statement.executeQuery()) {
                return ForeignKey.read(rows);
            }
        }
    }

    List<DeleteEffect> triggers(Connection connection, TableName table, String event) throws SQLException {
        List<DeleteEffect> triggers = new ArrayList<>();
        boolean delete = event.equals("DELETE");
        try (PreparedStatement statement = connection.prepareStatement(TRIGGERS)) {
            statement.setString(1, sql(table));
            statement.setInt(2, delete ? 8 : 16);
            statement.setString(3, delete ? "4" : "2");
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    String name = rows.getString(2);
                    TableName of = new TableName(rows.getString(3), rows.getString(4));
                    triggers.add(new DeleteEffect(
                            Kind.TRIGGER,
                            of,
                            name,
                            rows.getString(1) + " '" + name + "' of " + of + " would run (" + rows.getString(5) + " "
                                    + event + ")"));
                }
            }
        }
        return triggers;
    }

    List<DeleteEffect> publications(Connection connection, TableName table) throws SQLException {
        List<DeleteEffect> effects = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(PUBLICATIONS)) {
            statement.setString(1, sql(table));
            statement.setString(2, sql(table));
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    effects.add(DeleteEffect.unnamed(
                            Kind.PUBLICATION,
                            "publication '" + rows.getString(1) + "' publishes deletes of "
                                    + new TableName(rows.getString(2), rows.getString(3))
                                    + ", which has no replica identity, so that PostgreSQL refuses them"));
                }
            }
        }
        return effects;
    }

    List<DeleteEffect> rowSecurity(Connection connection, BaseTable base) throws SQLException {
        List<DeleteEffect> effects = new ArrayList<>();
        List<TableName> views = base.views();
        try (PreparedStatement statement = connection.prepareStatement(ROW_SECURITY)) {
            statement.setString(1, views.isEmpty() ? null : sql(views.get(views.size() - 1)));
            statement.setString(2, sql(base.table()));
            try (ResultSet rows = statement.executeQuery()) {
                if (rows.next()) {
                    effects.add(DeleteEffect.unnamed(
                            Kind.ROW_SECURITY,
                            "row-level security of " + base.table() + " (policies [" + rows.getString(1)
                                    + "]) ends where the archive begins, of which every reader sees every row"));
                    if (rows.getBoolean(2)) {
                        effects.add(DeleteEffect.unnamed(
                                Kind.HIDDEN_ROWS,
                                "row-level security of " + base.table() + " would hide rows from this database user"));
                    }
                }
            }
        }
        return effects;
    }
}
