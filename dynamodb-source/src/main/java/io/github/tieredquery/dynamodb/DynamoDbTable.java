package io.github.tieredquery.dynamodb;

import io.github.tieredquery.dynamodb.internal.model.DeclaredTable;
import io.github.tieredquery.dynamodb.internal.model.KeyText;
import io.github.tieredquery.dynamodb.internal.model.ListPath;
import io.github.tieredquery.dynamodb.internal.model.TimeToLive;
import io.github.tieredquery.dynamodb.model.AccessPattern;
import io.github.tieredquery.table.Column;
import io.github.tieredquery.table.ColumnType;
import io.github.tieredquery.table.Table;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.CreateTableRequest;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;

/**
 * How a table's rows lie in DynamoDB, and the questions that they can be asked. Each row is one item; its partition key
 * is the value of the partition column, its sort key {@code ROW#time#key}. Each {@link AccessPattern} adds index items
 * to the same partition. Readers and writers of a table must have the same declaration. Immutable and thread-safe.
 *
 * <pre>{@code
 * DynamoDbTable workflows = DynamoDbTable.builder(table, "workflows")
 *         .partition("tenant")
 *         .list("contexts", "contexts[].id")
 *         .pattern(AccessPattern.of("CTX", "contexts"))
 *         .pattern(AccessPattern.of("STATUS", "status").projecting("name"))
 *         .build();
 * }</pre>
 *
 * <p>Time, key and partition column stand in the item's key alone; every other column is an attribute. What attributes
 * hold is said in the guide.
 */
public final class DynamoDbTable {

    private final DeclaredTable declared;

    private DynamoDbTable(DeclaredTable declared) {
        this.declared = declared;
    }

    /**
     * Starts a declaration.
     *
     * @param table the logical table
     * @param tableName the name of the table in DynamoDB; it may hold other items too, whose sort keys start otherwise
     * @return a builder
     */
    public static Builder builder(Table table, String tableName) {
        return new Builder(table, tableName);
    }

    /**
     * The logical table.
     *
     * @return the table
     */
    public Table table() {
        return declared.table();
    }

    /**
     * The name of the table in DynamoDB.
     *
     * @return the name
     */
    public String tableName() {
        return declared.tableName();
    }

    /**
     * The declared patterns.
     *
     * @return the patterns, in the order of their declaration
     */
    public List<AccessPattern> patterns() {
        return declared.patterns();
    }

    /**
     * What creates a table of this form, for tests and set-up: its two key attributes, paid by request.
     *
     * @return the request
     */
    public CreateTableRequest createTableRequest() {
        return CreateTableRequest.builder()
                .tableName(declared.tableName())
                .attributeDefinitions(text(declared.partitionKey()), text(declared.sortKey()))
                .keySchema(part(declared.partitionKey(), KeyType.HASH), part(declared.sortKey(), KeyType.RANGE))
                .billingMode(BillingMode.PAY_PER_REQUEST)
                .build();
    }

    private static AttributeDefinition text(String name) {
        return AttributeDefinition.builder()
                .attributeName(name)
                .attributeType(ScalarAttributeType.S)
                .build();
    }

    private static KeySchemaElement part(String name, KeyType type) {
        return KeySchemaElement.builder().attributeName(name).keyType(type).build();
    }

    DeclaredTable declared() {
        return declared;
    }

    /** Builds a {@link DynamoDbTable}. Not thread-safe. */
    public static final class Builder {

        private static final Pattern NAME = Pattern.compile("[A-Z][A-Z0-9_]{0,31}");

        private final Table table;
        private final String tableName;
        private @Nullable String partition;
        private String partitionKey = "pk";
        private String sortKey = "sk";
        private String rowName = "ROW";
        private final Map<String, String> attributes = new HashMap<>();
        private final Map<String, ListPath> lists = new HashMap<>();
        private final List<AccessPattern> patterns = new ArrayList<>();
        private @Nullable TimeToLive timeToLive;

        private Builder(Table table, String tableName) {
            this.table = Objects.requireNonNull(table, "table");
            this.tableName = Objects.requireNonNull(tableName, "tableName");
        }

        /**
         * The column whose value is the partition key: the tenant. With an archive behind, it should be a key column:
         * two versions of a row then always have the same. By default all rows are in one partition, which takes 1,000
         * writes a second at most.
         *
         * @param column a column that is never null
         * @return this builder
         * @throws IllegalArgumentException if the column can be null or its type can't stand in a key
         */
        public Builder partition(String column) {
            Column tenant = table.column(column);
            if (tenant.nullable() || !KeyText.canHold(tenant) || tenant.equals(table.timeColumn())) {
                throw new IllegalArgumentException("partition column '" + column + "' is "
                        + (tenant.nullable() ? "nullable " : "") + tenant.type()
                        + "; it is never null, not the time, and neither DOUBLE nor BINARY");
            }
            partition = column;
            return this;
        }

        /**
         * The names of the table's key attributes, both strings. {@code pk} and {@code sk} by default.
         *
         * @param partitionKeyName the partition key's name
         * @param sortKeyName the sort key's name
         * @return this builder
         */
        public Builder keyAttributes(String partitionKeyName, String sortKeyName) {
            partitionKey = Objects.requireNonNull(partitionKeyName, "partitionKeyName");
            sortKey = Objects.requireNonNull(sortKeyName, "sortKeyName");
            return this;
        }

        /**
         * What the rows' sort keys start with; differs from all patterns of all tables that lie in the same table of
         * DynamoDB. {@code ROW} by default.
         *
         * @param name a capital letter, then up to 31 of A-Z, 0-9 and _
         * @return this builder
         * @throws IllegalArgumentException if the name is malformed
         */
        public Builder rowName(String name) {
            if (!NAME.matcher(name).matches()) {
                throw new IllegalArgumentException("the row name '" + name
                        + "' must be a capital letter and up to 31 of A-Z, 0-9 and _: it starts sort keys");
            }
            rowName = name;
            return this;
        }

        /**
         * The attribute that holds a column. The column's name by default.
         *
         * @param column a column that isn't in the item's key
         * @param attribute the attribute's name
         * @return this builder
         */
        public Builder attribute(String column, String attribute) {
            attributes.put(table.column(column).name(), Objects.requireNonNull(attribute, "attribute"));
            return this;
        }

        /**
         * A STRING column whose value is a {@link io.github.tieredquery.table.ListText}, and whose attribute is a list
         * of strings or of maps.
         *
         * @param column a column that isn't in the item's key
         * @param path {@code labels[]} for a list of strings, {@code contexts[].id} for a list of maps
         * @return this builder
         * @throws IllegalArgumentException if the column is no STRING or the path is malformed
         */
        public Builder list(String column, String path) {
            if (table.column(column).type().kind() != ColumnType.Kind.STRING) {
                throw new IllegalArgumentException(
                        "column '" + column + "' is " + table.column(column).type() + "; a list's column is a STRING");
            }
            ListPath list = ListPath.parse(path);
            lists.put(column, list);
            attributes.put(column, list.attribute());
            return this;
        }

        /**
         * Declares a question that the table is to answer.
         *
         * @param pattern the pattern
         * @return this builder
         * @throws IllegalArgumentException if it doesn't fit the table
         */
        public Builder pattern(AccessPattern pattern) {
            KeyText.check(pattern, table);
            patterns.add(pattern);
            return this;
        }

        /**
         * Lets DynamoDB remove rows, with their index items, some time after their own time: each item has the moment
         * as epoch seconds in an attribute, on which the table's time to live must be switched on. Since DynamoDB
         * removes items late, and a row's items at different moments, queries don't show what has expired. Rows don't
         * expire by default. For rows that are there already, run {@link IndexCheck#repair} after they have been
         * written again.
         *
         * @param attribute the attribute's name
         * @param lifetime how long after its time a row can be read, positive; with an archive behind, longer than the
         *     archive's job may take
         * @return this builder
         * @throws IllegalArgumentException if the lifetime isn't positive
         */
        public Builder timeToLive(String attribute, Duration lifetime) {
            if (lifetime.isZero() || lifetime.isNegative()) {
                throw new IllegalArgumentException("rows live for " + lifetime + "; it is positive");
            }
            timeToLive = new TimeToLive(Objects.requireNonNull(attribute, "attribute"), lifetime);
            return this;
        }

        /**
         * Builds the declaration.
         *
         * @return the declaration
         * @throws IllegalArgumentException if names stand twice
         */
        public DynamoDbTable build() {
            DeclaredTable built = new DeclaredTable(
                    table,
                    tableName,
                    partition == null ? null : table.column(partition),
                    partitionKey,
                    sortKey,
                    rowName,
                    attributes,
                    lists,
                    patterns,
                    timeToLive);
            Set<String> names = new HashSet<>(Set.of(rowName));
            for (AccessPattern pattern : patterns) {
                if (!names.add(pattern.name())) {
                    throw new IllegalArgumentException("table '" + tableName + "': the name " + pattern.name()
                            + " starts two kinds of sort keys; give each pattern its own");
                }
            }
            Set<String> used = new HashSet<>(Set.of(partitionKey, sortKey, DeclaredTable.VERSION));
            if (timeToLive != null) {
                used.add(timeToLive.attribute());
            }
            for (Column column : table.rowType().columns()) {
                if (!built.isInKey(column) && !used.add(built.attribute(column.name()))) {
                    throw new IllegalArgumentException(
                            "table '" + tableName + "': the attribute '" + built.attribute(column.name())
                                    + "' is to hold column '" + column.name()
                                    + "' and something else; give the column another with attribute(…), or the keys with"
                                    + " keyAttributes(…)");
                }
            }
            return new DynamoDbTable(built);
        }
    }
}
