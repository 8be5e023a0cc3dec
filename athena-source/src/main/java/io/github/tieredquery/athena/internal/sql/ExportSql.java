package io.github.tieredquery.athena.internal.sql;

import io.github.tieredquery.athena.internal.codec.Codec;
import io.github.tieredquery.athena.internal.codec.TrinoSql;
import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.export.ExportScan;
import io.github.tieredquery.query.Order;
import io.github.tieredquery.spi.Scan;
import io.github.tieredquery.table.Column;
import io.github.tieredquery.table.ColumnType.Kind;
import io.github.tieredquery.table.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Writes the statements whose result files are exports. Values are decoded in SQL, since nobody reads them before they
 * reach their reader. Late rows stand in the statement as VALUES: their keys take archived rows out by a join, and the
 * rows themselves come in by a UNION. Immutable and thread-safe.
 *
 * <p>In a nested statement {@code x0, x1, …} are the columns of the export, {@code k0, k1, …} time and key, which are
 * compared with those of late rows and sorted by.
 */
public final class ExportSql {

    private static final String FORMULA_STARTS = TrinoSql.list(List.of("=", "+", "-", "@", "\t", "\r", "\n").stream()
            .map(TrinoSql::string)
            .toList());

    private final String source;
    private final AthenaTable cold;

    public ExportSql(String source, AthenaTable cold) {
        this.source = source;
        this.cold = cold;
    }

    /** The statement for a scan; empty if there is certainly no row. */
    public Optional<String> statement(ExportScan export) {
        String folder = export.folder();
        return folder == null ? query(export) : query(export).map(query -> unload(export, query, folder));
    }

    /** Days have a type of their own in Parquet; times keep their microseconds as texts only. */
    private static String unload(ExportScan export, String query, String folder) {
        String columns = export.scan().rowType().columns().stream()
                .map(column -> {
                    String name = TrinoSql.identifier(column.name());
                    return column.type().kind() == Kind.DATE ? "CAST(u." + name + " AS date) AS " + name : "u." + name;
                })
                .collect(Collectors.joining(", "));
        return "UNLOAD (SELECT " + columns + " FROM (" + query + ") u) TO " + TrinoSql.string(folder)
                + " WITH (format = 'PARQUET')";
    }

    private Optional<String> query(ExportScan export) {
        Scan scan = export.scan();
        boolean empty = cold.isEmpty(scan);
        if (empty && export.late().isEmpty()) {
            return Optional.empty();
        }
        boolean sorted = export.arrangement() == ExportScan.Arrangement.SORTED;
        if (!empty && export.hidden().isEmpty() && export.late().isEmpty() && export.guard() == ExportScan.Guard.NONE) {
            return Optional.of("SELECT " + columns(scan, Column::name) + cold.fromWhere(scan)
                    + (sorted ? cold.orderBy(scan) : ""));
        }
        List<String> parts = new ArrayList<>();
        if (!empty) {
            parts.add(archived(export));
        }
        if (!export.late().isEmpty()) {
            parts.add(late(export));
        }
        List<Column> columns = scan.rowType().columns();
        String names = IntStream.range(0, columns.size())
                .mapToObj(i -> outer(export, columns.get(i), "r.\"x" + i + "\"") + " AS "
                        + TrinoSql.identifier(columns.get(i).name()))
                .collect(Collectors.joining(", "));
        return Optional.of("SELECT " + names + " FROM (" + String.join(" UNION ALL ", parts) + ") r"
                + (sorted ? orderBy(scan) : ""));
    }

    private static String outer(ExportScan export, Column column, String reference) {
        return export.guard() == ExportScan.Guard.APOSTROPHE && column.type().kind() == Kind.STRING
                ? "CASE WHEN substr(" + reference + ", 1, 1) IN " + FORMULA_STARTS + " THEN concat('''', " + reference
                        + ") ELSE " + reference + " END"
                : reference;
    }

    private String orderBy(Scan scan) {
        String direction = scan.order() == Order.NEWEST_FIRST ? " DESC" : "";
        return IntStream.range(0, cold.table().orderColumns().size())
                .mapToObj(i -> "r.\"k" + i + "\"" + direction)
                .collect(Collectors.joining(", ", " ORDER BY ", ""));
    }

    /** The archived rows, less those that late rows hide. */
    private String archived(ExportScan export) {
        Scan scan = export.scan();
        List<Integer> index = new ArrayList<>();
        String columns = columns(scan, column -> {
            index.add(0);
            return "x" + (index.size() - 1);
        });
        List<String> keys = cold.table().orderColumns();
        String select = "SELECT " + columns + ", "
                + IntStream.range(0, keys.size())
                        .mapToObj(i -> sortable(keys.get(i)) + " AS \"k" + i + "\"")
                        .collect(Collectors.joining(", "))
                + cold.fromWhere(scan);
        if (export.hidden().isEmpty()) {
            return select;
        }
        String hidden = export.hidden().stream()
                .map(row -> "(" + keys.stream().map(key -> sortable(key, row)).collect(Collectors.joining(", ")) + ")")
                .collect(Collectors.joining(", "));
        return "SELECT " + names("a.", scan) + " FROM (" + select + ") a LEFT JOIN (VALUES " + hidden + ") h ("
                + numbered("\"k", "\"", keys.size()) + ") ON "
                + IntStream.range(0, keys.size())
                        .mapToObj(i -> "a.\"k" + i + "\" = h.\"k" + i + "\"")
                        .collect(Collectors.joining(" AND "))
                + " WHERE h.\"k0\" IS NULL";
    }

    private String late(ExportScan export) {
        Scan scan = export.scan();
        List<Column> columns = scan.rowType().columns();
        List<String> keys = cold.table().orderColumns();
        String rows = export.late().stream()
                .map(row -> columns.stream()
                                .map(column ->
                                        cold.column(column.name()).codec().exportLiteral(row.value(column.name())))
                                .collect(Collectors.joining(", ", "(", ", "))
                        + keys.stream().map(key -> sortable(key, row)).collect(Collectors.joining(", ", "", ")")))
                .collect(Collectors.joining(", "));
        return "SELECT " + names("l.", scan) + " FROM (VALUES " + rows + ") l (" + numbered("\"x", "\"", columns.size())
                + ", " + numbered("\"k", "\"", keys.size()) + ")";
    }

    private String names(String alias, Scan scan) {
        return numbered(alias + "\"x", "\"", scan.rowType().columns().size()) + ", "
                + numbered(alias + "\"k", "\"", cold.table().orderColumns().size());
    }

    private static String numbered(String before, String after, int count) {
        return IntStream.range(0, count).mapToObj(i -> before + i + after).collect(Collectors.joining(", "));
    }

    private String columns(Scan scan, Function<Column, String> alias) {
        return scan.rowType().columns().stream()
                .map(column -> exported(column.name()) + " AS " + TrinoSql.identifier(alias.apply(column)))
                .collect(Collectors.joining(", "));
    }

    private String exported(String column) {
        AthenaColumn stored = cold.column(column);
        String exported = stored.codec().exported(stored.reference());
        if (exported == null) {
            throw new ConfigurationException(
                    source + ": column '" + column + "' is " + stored.column().type()
                            + " and stands in the table in a form that SQL can't bring into an export's. Leave it out with"
                            + " columns(…), or export to a local file");
        }
        return exported;
    }

    /** What a column sorts by: times by their text, in which no fraction is cut off that a late row may have. */
    private String sortable(String column) {
        AthenaColumn stored = cold.column(column);
        return stored.column().type().kind() == Kind.TIMESTAMP ? exported(column) : stored.comparable();
    }

    private String sortable(String column, Row row) {
        Codec codec = cold.column(column).codec();
        @Nullable Object value = row.value(column);
        if (value == null) {
            throw new IllegalArgumentException("the late row has no '" + column + "'");
        }
        return codec.type().kind() == Kind.TIMESTAMP ? codec.exportLiteral(value) : codec.literal(value);
    }
}
