package io.github.tieredquery.athena.internal.codec;

import io.github.tieredquery.table.ColumnType;
import java.util.Set;

/**
 * The texts of a partition column, as literals of the type that the catalog gives it: what is asked of partitions is
 * asked of their texts, and Athena converts nothing in a comparison.
 */
public final class PartitionCodec extends DelegatingCodec {

    private static final Set<String> INTEGERS = Set.of("tinyint", "smallint", "int", "integer", "bigint");

    private final String declared;

    /**
     * A codec.
     *
     * @param declared the type in lower case without spaces
     */
    public PartitionCodec(String declared) {
        super(TextCodec.plain(ColumnType.STRING));
        this.declared = declared;
    }

    public static boolean isText(String declared) {
        return declared.equals("string") || declared.startsWith("varchar(");
    }

    public static boolean isInteger(String declared) {
        return INTEGERS.contains(declared);
    }

    @Override
    public String literal(Object value) {
        String text = (String) value;
        if (isInteger(declared)) {
            return Long.toString(Long.parseLong(text));
        }
        return switch (declared) {
            case "date" -> "DATE " + TrinoSql.string(text);
            case "boolean" -> Boolean.toString(Boolean.parseBoolean(text));
            default -> TrinoSql.string(text);
        };
    }
}
