package io.github.tieredquery.athenalocal.internal.trino;

import io.github.tieredquery.athenalocal.internal.catalog.Catalog;
import io.github.tieredquery.athenalocal.internal.catalog.Column;
import io.github.tieredquery.athenalocal.internal.catalog.Table;
import io.github.tieredquery.athenalocal.internal.catalog.View;
import io.github.tieredquery.athenalocal.internal.trino.Scope.Field;
import io.github.tieredquery.athenalocal.internal.type.QueryFailedException;
import io.github.tieredquery.athenalocal.internal.type.SqlType;
import io.trino.sql.tree.AliasedRelation;
import io.trino.sql.tree.AllColumns;
import io.trino.sql.tree.AllRows;
import io.trino.sql.tree.Expression;
import io.trino.sql.tree.FetchFirst;
import io.trino.sql.tree.GroupBy;
import io.trino.sql.tree.GroupingElement;
import io.trino.sql.tree.Identifier;
import io.trino.sql.tree.Join;
import io.trino.sql.tree.JoinOn;
import io.trino.sql.tree.JoinUsing;
import io.trino.sql.tree.Limit;
import io.trino.sql.tree.LongLiteral;
import io.trino.sql.tree.Node;
import io.trino.sql.tree.Offset;
import io.trino.sql.tree.OrderBy;
import io.trino.sql.tree.Query;
import io.trino.sql.tree.QueryBody;
import io.trino.sql.tree.QuerySpecification;
import io.trino.sql.tree.Row;
import io.trino.sql.tree.Select;
import io.trino.sql.tree.SelectItem;
import io.trino.sql.tree.SetOperation;
import io.trino.sql.tree.SimpleGroupBy;
import io.trino.sql.tree.SingleColumn;
import io.trino.sql.tree.SortItem;
import io.trino.sql.tree.TableSubquery;
import io.trino.sql.tree.Values;
import io.trino.sql.tree.With;
import io.trino.sql.tree.WithQuery;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Translates a query of Trino's into one of DuckDB's, and finds the tables that it scans. The columns of each SELECT
 * are named {@code c0, c1, …}, and each FROM item has an alias of its own, so that no name of the query's can clash.
 */
public final class QueryTranslator {
    private final Catalog catalog;
    private final String database;
    private final List<Expression> parameters;
    private final List<TableScan> scans = new ArrayList<>();
    private int aliases;

    public QueryTranslator(Catalog catalog, String database, List<Expression> parameters) {
        this.catalog = catalog;
        this.database = database;
        this.parameters = parameters;
    }

    /** A WITH clause's query and what it can see. */
    private record Named(Query query, @Nullable List<String> columns, Map<String, Named> environment) {}

    public Relation translate(Query query) {
        return query(query, null, Map.of(), database);
    }

    /** The scans of everything translated so far. */
    public List<TableScan> scans() {
        return scans;
    }

    private Relation query(Query query, @Nullable Scope outer, Map<String, Named> around, String schema) {
        Map<String, Named> environment = around;
        if (query.getWith().isPresent()) {
            environment = with(query.getWith().get(), around);
        }
        Relation body = body(query.getQueryBody(), outer, environment, schema);
        boolean limited = query.getOffset().isPresent() || query.getLimit().isPresent();
        if (query.getOrderBy().isEmpty() && !limited) {
            return body;
        }
        Relation inner = nested(body);
        ExpressionTranslator expressions = expressions(new Scope(outer, inner.fields()), environment, schema);
        String sql = "SELECT * FROM " + inner.sql()
                + query.getOrderBy()
                        .map(orderBy -> orderBy(orderBy, expressions, List.of()))
                        .orElse("")
                + limit(query.getOffset(), query.getLimit(), expressions);
        return new Relation(sql, limited ? withoutOrigins(body.fields()) : body.fields());
    }

    private static Map<String, Named> with(With with, Map<String, Named> around) {
        if (with.isRecursive()) {
            throw QueryFailedException.at(with, "NOT_SUPPORTED", "Recursive queries aren't known to this Athena.");
        }
        Map<String, Named> environment = new HashMap<>(around);
        for (WithQuery named : with.getQueries()) {
            environment.put(
                    Catalog.lower(named.getName().getValue()),
                    new Named(
                            named.getQuery(),
                            named.getColumnNames()
                                    .map(names -> names.stream()
                                            .map(Identifier::getValue)
                                            .toList())
                                    .orElse(null),
                            Map.copyOf(environment)));
        }
        return environment;
    }

    private Relation body(QueryBody body, @Nullable Scope outer, Map<String, Named> environment, String schema) {
        if (body instanceof QuerySpecification specification) {
            return specification(specification, outer, environment, schema);
        }
        if (body instanceof TableSubquery subquery) {
            return query(subquery.getQuery(), outer, environment, schema);
        }
        if (body instanceof SetOperation operation) {
            return setOperation(operation, outer, environment, schema);
        }
        if (body instanceof Values values) {
            return values(values, outer, environment, schema);
        }
        Relation relation = relation(body, outer, environment, schema);
        return select(relation);
    }

    /** A SELECT of everything that a FROM item shows. */
    private static Relation select(Relation from) {
        List<Field> visible = from.visible();
        String items = IntStream.range(0, visible.size())
                .mapToObj(i -> visible.get(i).sql() + " AS c" + i)
                .collect(Collectors.joining(", "));
        return new Relation("SELECT " + items + " FROM " + from.sql(), visible);
    }

    /** A SELECT as a FROM item. */
    private Relation nested(Relation query) {
        String alias = "r" + aliases++;
        List<Field> fields = new ArrayList<>();
        for (int i = 0; i < query.fields().size(); i++) {
            Field field = query.fields().get(i);
            fields.add(
                    new Field(field.relation(), field.name(), field.type(), alias + ".c" + i, false, field.origins()));
        }
        return new Relation("(" + query.sql() + ") " + alias, fields);
    }

    private ExpressionTranslator expressions(Scope scope, Map<String, Named> environment, String schema) {
        return new ExpressionTranslator(scope, parameters, (query, outer) -> query(query, outer, environment, schema));
    }

    private Relation specification(
            QuerySpecification node, @Nullable Scope outer, Map<String, Named> environment, String schema) {
        Relation from = node.getFrom()
                .map(relation -> relation(relation, outer, environment, schema))
                .orElse(new Relation("", List.of()));
        Scope scope = new Scope(outer, from.fields());
        ExpressionTranslator expressions = expressions(scope, environment, schema);
        StringBuilder sql = new StringBuilder();
        if (!from.sql().isEmpty()) {
            sql.append(" FROM ").append(from.sql());
        }
        node.getWhere().ifPresent(where -> {
            sql.append(" WHERE ")
                    .append(expressions.condition(where, "WHERE clause").sql());
            PartitionPruner.prune(where, from.fields(), parameters);
        });
        List<Field> items = items(node.getSelect(), from, expressions);
        List<String> keys = groupBy(node.getGroupBy(), items, expressions, sql);
        node.getHaving()
                .ifPresent(having -> sql.append(" HAVING ")
                        .append(expressions.condition(having, "HAVING clause").sql()));
        List<Field> named = new ArrayList<>(items);
        node.getOrderBy()
                .ifPresent(orderBy ->
                        sql.append(orderBy(orderBy, expressions(new Scope(scope, named), environment, schema), items)));
        sql.append(limit(node.getOffset(), node.getLimit(), expressions));
        String list = IntStream.range(0, items.size())
                .mapToObj(i -> items.get(i).sql() + " AS c" + i)
                .collect(Collectors.joining(", "));
        String select = "SELECT " + (node.getSelect().isDistinct() ? "DISTINCT " : "") + list + sql;
        boolean limited = node.getOffset().isPresent() || node.getLimit().isPresent();
        boolean windowed = items.stream().anyMatch(item -> item.sql().contains(" OVER ("));
        List<Field> fields = items.stream()
                .map(item -> limited || windowed || (keys != null && !keys.contains(item.sql()))
                        ? item.withoutOrigins()
                        : item)
                .toList();
        return new Relation(select, fields);
    }

    private static List<Field> items(Select select, Relation from, ExpressionTranslator expressions) {
        List<Field> items = new ArrayList<>();
        for (SelectItem item : select.getSelectItems()) {
            if (item instanceof AllColumns all) {
                items.addAll(all(all, from));
            } else if (item instanceof SingleColumn single) {
                items.add(single(single, from, expressions));
            }
        }
        return items;
    }

    private static List<Field> all(AllColumns node, Relation from) {
        String target = node.getTarget().map(Object::toString).orElse(null);
        if (node.getTarget().orElse(null) instanceof Identifier identifier) {
            target = identifier.getValue();
        }
        List<Field> fields = new ArrayList<>();
        for (Field field : from.visible()) {
            if (target == null || target.equalsIgnoreCase(field.relation())) {
                fields.add(field.withRelation(null));
            }
        }
        if (fields.isEmpty()) {
            throw target == null
                    ? QueryFailedException.at(
                            node, "COLUMN_NOT_FOUND", "SELECT * not allowed in queries without FROM clause")
                    : QueryFailedException.at(node, "TABLE_NOT_FOUND", "Unable to resolve reference " + target);
        }
        if (!node.getAliases().isEmpty() && node.getAliases().size() == fields.size()) {
            for (int i = 0; i < fields.size(); i++) {
                Field field = fields.get(i);
                String alias = node.getAliases().get(i).getValue();
                fields.set(i, new Field(null, alias, field.type(), field.sql(), false, field.origins()));
            }
        }
        return fields;
    }

    private static Field single(SingleColumn node, Relation from, ExpressionTranslator expressions) {
        Typed typed = expressions.translate(node.getExpression());
        List<Scope.Origin> origins = List.of();
        String name = node.getAlias().map(Identifier::getValue).orElse(null);
        for (Field field : from.fields()) {
            if (field.sql().equals(typed.sql())) {
                origins = field.origins();
                name = name == null ? field.name() : name;
            }
        }
        return new Field(null, name, typed.type(), typed.sql(), false, origins);
    }

    /** Writes GROUP BY; returns its keys, or null if there's none. */
    private static @Nullable List<String> groupBy(
            Optional<GroupBy> node, List<Field> items, ExpressionTranslator expressions, StringBuilder sql) {
        if (node.isEmpty()) {
            return null;
        }
        List<String> keys = new ArrayList<>();
        for (GroupingElement element : node.get().getGroupingElements()) {
            if (!(element instanceof SimpleGroupBy)) {
                throw QueryFailedException.at(element, "NOT_SUPPORTED", "Grouping sets aren't known to this Athena.");
            }
            for (Expression expression : element.getExpressions()) {
                if (expression instanceof LongLiteral ordinal) {
                    keys.add(items.get(position(ordinal, items.size(), "GROUP BY") - 1)
                            .sql());
                } else {
                    keys.add(expressions.translate(expression).sql());
                }
            }
        }
        sql.append(" GROUP BY ").append(keys.isEmpty() ? "()" : String.join(", ", keys));
        return keys;
    }

    private static int position(LongLiteral ordinal, int columns, String clause) {
        long position = ordinal.getParsedValue();
        if (position < 1 || position > columns) {
            throw QueryFailedException.at(
                    ordinal, "INVALID_COLUMN_REFERENCE", clause + " position " + position + " is not in select list");
        }
        return (int) position;
    }

    private static String orderBy(OrderBy node, ExpressionTranslator expressions, List<Field> items) {
        List<String> keys = new ArrayList<>();
        for (SortItem item : node.getSortItems()) {
            String key;
            if (item.getSortKey() instanceof LongLiteral ordinal) {
                int columns = items.isEmpty() ? expressions.scope().fields().size() : items.size();
                key = Integer.toString(position(ordinal, columns, "ORDER BY"));
            } else {
                key = expressions.translate(item.getSortKey()).sql();
                for (int i = 0; i < items.size(); i++) {
                    if (items.get(i).sql().equals(key)) {
                        key = Integer.toString(i + 1);
                    }
                }
            }
            keys.add(key + Functions.direction(item));
        }
        return " ORDER BY " + String.join(", ", keys);
    }

    private static String limit(Optional<Offset> offset, Optional<Node> limit, ExpressionTranslator expressions) {
        StringBuilder sql = new StringBuilder();
        limit.ifPresent(node -> {
            if (node instanceof FetchFirst fetch) {
                if (fetch.isWithTies()) {
                    throw QueryFailedException.at(
                            fetch, "NOT_SUPPORTED", "FETCH FIRST WITH TIES isn't known to this Athena.");
                }
                sql.append(" LIMIT ")
                        .append(fetch.getRowCount()
                                .map(count -> expressions.translate(count).sql())
                                .orElse("1"));
            } else if (node instanceof Limit rows && !(rows.getRowCount() instanceof AllRows)) {
                sql.append(" LIMIT ")
                        .append(expressions.translate(rows.getRowCount()).sql());
            }
        });
        offset.ifPresent(rows -> sql.append(" OFFSET ")
                .append(expressions.translate(rows.getRowCount()).sql()));
        return sql.toString();
    }

    private Relation setOperation(
            SetOperation node, @Nullable Scope outer, Map<String, Named> environment, String schema) {
        String name = node.getClass().getSimpleName().toUpperCase(Locale.ROOT);
        List<Relation> branches = new ArrayList<>();
        for (io.trino.sql.tree.Relation relation : node.getRelations()) {
            branches.add(
                    relation instanceof QueryBody body
                            ? body(body, outer, environment, schema)
                            : select(relation(relation, outer, environment, schema)));
        }
        List<Field> fields = new ArrayList<>(branches.get(0).fields());
        for (Relation branch : branches.subList(1, branches.size())) {
            if (branch.fields().size() != fields.size()) {
                throw QueryFailedException.at(
                        node,
                        "TYPE_MISMATCH",
                        name + " query has different number of fields: " + fields.size() + ", "
                                + branch.fields().size());
            }
            for (int i = 0; i < fields.size(); i++) {
                fields.set(
                        i, unified(node, name, i, fields.get(i), branch.fields().get(i)));
            }
        }
        String operator = " " + name + (node.isDistinct() ? " " : " ALL ");
        String sql = branches.stream().map(branch -> castTo(branch, fields)).collect(Collectors.joining(operator));
        return new Relation(sql, name.equals("UNION") ? fields : withoutOrigins(fields));
    }

    private static Field unified(Node node, String name, int column, Field left, Field right) {
        SqlType type = SqlType.common(left.type(), right.type());
        if (type == null) {
            throw QueryFailedException.at(
                    node,
                    "TYPE_MISMATCH",
                    "column " + (column + 1) + " in " + name + " query has incompatible types: "
                            + left.type().trinoName() + ", " + right.type().trinoName());
        }
        List<Scope.Origin> origins = List.of();
        // A branch that isn't of one table's key can't be pruned, but the others can.
        if (!left.origins().isEmpty() || !right.origins().isEmpty()) {
            origins = new ArrayList<>(left.origins());
            origins.addAll(right.origins());
        }
        return new Field(null, left.name(), type, left.sql(), false, List.copyOf(origins));
    }

    private String castTo(Relation branch, List<Field> fields) {
        Relation inner = nested(branch);
        String items = IntStream.range(0, fields.size())
                .mapToObj(i -> Casts.coerce(
                                new Typed(
                                        inner.fields().get(i).sql(),
                                        inner.fields().get(i).type()),
                                fields.get(i).type())
                        + " AS c" + i)
                .collect(Collectors.joining(", "));
        return "SELECT " + items + " FROM " + inner.sql();
    }

    private Relation values(Values node, @Nullable Scope outer, Map<String, Named> environment, String schema) {
        ExpressionTranslator expressions = expressions(new Scope(outer, List.of()), environment, schema);
        List<List<Typed>> rows = new ArrayList<>();
        for (Expression row : node.getRows()) {
            List<Expression> items = row instanceof Row composite ? composite.getItems() : List.of(row);
            rows.add(items.stream().map(expressions::translate).toList());
        }
        List<SqlType> types =
                new ArrayList<>(rows.get(0).stream().map(Typed::type).toList());
        for (List<Typed> row : rows) {
            for (int i = 0; i < types.size(); i++) {
                SqlType type = row.size() == types.size()
                        ? SqlType.common(types.get(i), row.get(i).type())
                        : null;
                if (type == null) {
                    throw QueryFailedException.at(
                            node, "TYPE_MISMATCH", "Values rows have mismatched types or numbers of columns");
                }
                types.set(i, type);
            }
        }
        String alias = "r" + aliases++;
        String sql = rows.stream()
                .map(row -> IntStream.range(0, row.size())
                        .mapToObj(i -> Casts.coerce(row.get(i), types.get(i)))
                        .collect(Collectors.joining(", ", "(", ")")))
                .collect(Collectors.joining(", "));
        String columns = IntStream.range(0, types.size()).mapToObj(i -> "c" + i).collect(Collectors.joining(", "));
        List<Field> fields = IntStream.range(0, types.size())
                .mapToObj(i -> new Field(null, "_col" + i, types.get(i), "c" + i, false, List.of()))
                .toList();
        return new Relation("SELECT * FROM (VALUES " + sql + ") " + alias + "(" + columns + ")", fields);
    }

    private Relation relation(
            io.trino.sql.tree.Relation node, @Nullable Scope outer, Map<String, Named> environment, String schema) {
        if (node instanceof io.trino.sql.tree.Table table) {
            return table(table, environment, schema);
        }
        if (node instanceof AliasedRelation aliased) {
            return aliased(aliased, outer, environment, schema);
        }
        if (node instanceof Join join) {
            return join(join, outer, environment, schema);
        }
        if (node instanceof QueryBody body) {
            return nested(body(body, outer, environment, schema));
        }
        throw QueryFailedException.at(
                node,
                "NOT_SUPPORTED",
                "This Athena doesn't know the relation " + node.getClass().getSimpleName() + ".");
    }

    private Relation aliased(
            AliasedRelation node, @Nullable Scope outer, Map<String, Named> environment, String schema) {
        Relation inner = relation(node.getRelation(), outer, environment, schema);
        List<String> names = node.getColumnNames() == null
                ? List.of()
                : node.getColumnNames().stream().map(Identifier::getValue).toList();
        return renamed(node, inner, node.getAlias().getValue(), names);
    }

    private static Relation renamed(Node node, Relation inner, String alias, List<String> names) {
        int visible = inner.visible().size();
        if (!names.isEmpty() && names.size() != visible) {
            throw QueryFailedException.at(
                    node,
                    "MISMATCHED_COLUMN_ALIASES",
                    "Column alias list has " + names.size() + " entries but '" + alias + "' has " + visible
                            + " columns available");
        }
        List<Field> fields = new ArrayList<>();
        int position = 0;
        for (Field field : inner.fields()) {
            String name = field.hidden() || names.isEmpty() ? field.name() : names.get(position);
            position += field.hidden() ? 0 : 1;
            fields.add(new Field(alias, name, field.type(), field.sql(), field.hidden(), field.origins()));
        }
        return new Relation(inner.sql(), fields);
    }

    private Relation join(Join node, @Nullable Scope outer, Map<String, Named> environment, String schema) {
        Relation left = relation(node.getLeft(), outer, environment, schema);
        Relation right = relation(node.getRight(), outer, environment, schema);
        Join.Type type = node.getType();
        boolean leftOptional = type == Join.Type.RIGHT || type == Join.Type.FULL;
        boolean rightOptional = type == Join.Type.LEFT || type == Join.Type.FULL;
        List<Field> leftFields = leftOptional ? withoutOrigins(left.fields()) : left.fields();
        List<Field> rightFields = rightOptional ? withoutOrigins(right.fields()) : right.fields();
        List<Field> fields = new ArrayList<>(leftFields);
        fields.addAll(rightFields);
        String operator = switch (type) {
            case CROSS, IMPLICIT -> " CROSS JOIN ";
            case INNER -> " INNER JOIN ";
            case LEFT -> " LEFT JOIN ";
            case RIGHT -> " RIGHT JOIN ";
            case FULL -> " FULL JOIN ";
        };
        String sql = left.sql() + operator + right.sql();
        if (node.getCriteria().isEmpty()) {
            return new Relation(sql, fields);
        }
        if (node.getCriteria().get() instanceof JoinOn on) {
            Typed condition = expressions(new Scope(outer, fields), environment, schema)
                    .condition(on.getExpression(), "JOIN ON clause");
            if (type == Join.Type.INNER) {
                PartitionPruner.prune(on.getExpression(), fields, parameters);
            }
            return new Relation(sql + " ON " + condition.sql(), fields);
        }
        if (node.getCriteria().get() instanceof JoinUsing using) {
            return using(using, sql, leftFields, rightFields);
        }
        throw QueryFailedException.at(node, "NOT_SUPPORTED", "Natural join not supported");
    }

    private static Relation using(JoinUsing node, String sql, List<Field> left, List<Field> right) {
        List<Field> fields = new ArrayList<>();
        List<String> conditions = new ArrayList<>();
        List<Field> hidden = new ArrayList<>();
        for (Identifier column : node.getColumns()) {
            Field a = only(column, left, "left");
            Field b = only(column, right, "right");
            SqlType type = SqlType.common(a.type(), b.type());
            if (type == null) {
                throw QueryFailedException.at(
                        column,
                        "TYPE_MISMATCH",
                        "Column types of left and right join sides are incompatible: "
                                + a.type().trinoName() + ", " + b.type().trinoName());
            }
            conditions.add(a.sql() + " = " + b.sql());
            fields.add(new Field(null, a.name(), type, "coalesce(" + a.sql() + ", " + b.sql() + ")", false, List.of()));
            hidden.add(a);
            hidden.add(b);
        }
        for (List<Field> side : List.of(left, right)) {
            for (Field field : side) {
                if (!hidden.contains(field)) {
                    fields.add(field);
                }
            }
        }
        return new Relation(sql + " ON " + String.join(" AND ", conditions), fields);
    }

    private static Field only(Identifier column, List<Field> side, String name) {
        List<Field> found = new Scope(null, side).find(List.of(column.getValue()));
        if (found.size() != 1) {
            throw QueryFailedException.at(
                    column,
                    "COLUMN_NOT_FOUND",
                    "Column '" + column.getValue() + "' is " + (found.isEmpty() ? "missing from" : "ambiguous in") + " "
                            + name + " side of join");
        }
        return found.get(0);
    }

    private Relation table(io.trino.sql.tree.Table node, Map<String, Named> environment, String schema) {
        List<String> parts = node.getName().getParts();
        String name = Catalog.lower(parts.get(parts.size() - 1));
        Named named = parts.size() == 1 ? environment.get(name) : null;
        if (named != null) {
            Relation inner = nested(query(named.query(), null, named.environment(), schema));
            return renamed(node, inner, name, named.columns() == null ? List.of() : named.columns());
        }
        if (parts.size() == 3 && !Catalog.lower(parts.get(0)).equals(Catalog.NAME)) {
            throw QueryFailedException.at(node, "CATALOG_NOT_FOUND", "Catalog '" + parts.get(0) + "' does not exist");
        }
        String owner = parts.size() > 1 ? Catalog.lower(parts.get(parts.size() - 2)) : schema;
        if (!catalog.hasDatabase(owner)) {
            throw QueryFailedException.at(node, "SCHEMA_NOT_FOUND", "Schema '" + owner + "' does not exist");
        }
        View view = catalog.view(owner, name);
        if (view != null) {
            Relation inner = nested(query(view.query(), null, Map.of(), view.session()));
            return renamed(node, inner, name, view.columnNames());
        }
        boolean listing = name.endsWith("$partitions");
        String base = listing ? name.substring(0, name.length() - "$partitions".length()) : name;
        Table table = catalog.table(owner, base);
        if (table == null || (listing && table.partitionKeys().isEmpty())) {
            throw QueryFailedException.at(
                    node, "TABLE_NOT_FOUND", "Table '" + Catalog.NAME + "." + owner + "." + name + "' does not exist");
        }
        TableScan scan = new TableScan(scans.size(), table, listing);
        scans.add(scan);
        return scanned(scan, name);
    }

    private Relation scanned(TableScan scan, String name) {
        String alias = "r" + aliases++;
        Table table = scan.table();
        List<Field> fields = new ArrayList<>();
        if (!scan.isListing()) {
            for (int i = 0; i < scan.columns().size(); i++) {
                Column column = scan.columns().get(i);
                fields.add(new Field(name, column.name(), column.type(), alias + ".v" + i, false, List.of()));
            }
        }
        for (int i = 0; i < table.partitionKeys().size(); i++) {
            Column key = table.partitionKeys().get(i);
            fields.add(new Field(
                    name, key.name(), key.type(), alias + ".k" + i, false, List.of(new Scope.Origin(scan, i))));
        }
        if (!scan.isListing()) {
            fields.add(hidden(name, "$path", SqlType.VARCHAR, alias + ".path"));
            fields.add(hidden(name, "$file_size", SqlType.BIGINT, alias + ".size"));
            fields.add(hidden(name, "$file_modified_time", SqlType.TIMESTAMP_ZONED, alias + ".modified"));
            fields.add(hidden(name, "$partition", SqlType.VARCHAR, alias + ".part"));
        }
        return new Relation(scan.view() + " " + alias, fields);
    }

    private static Field hidden(String relation, String name, SqlType type, String sql) {
        return new Field(relation, name, type, sql, true, List.of());
    }

    private static List<Field> withoutOrigins(List<Field> fields) {
        return fields.stream().map(Field::withoutOrigins).toList();
    }
}
