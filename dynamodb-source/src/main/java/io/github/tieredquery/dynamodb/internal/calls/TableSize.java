package io.github.tieredquery.dynamodb.internal.calls;

import io.github.tieredquery.dynamodb.internal.model.DeclaredTable;
import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.spi.ScanControl;
import java.util.Comparator;
import java.util.List;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;
import software.amazon.awssdk.services.dynamodb.model.TableDescription;

/** What DynamoDB says of a table. Thread-safe. */
public final class TableSize {

    private static final int UNIT_BYTES = 4_096;

    private final DynamoCalls calls;
    private final DeclaredTable declared;

    /** Checks the key. */
    public TableSize(DynamoCalls calls, DeclaredTable declared) {
        this.calls = calls;
        this.declared = declared;
        TableDescription table = describe();
        String key = key(table);
        String expected = declared.partitionKey() + " HASH S, " + declared.sortKey() + " RANGE S";
        if (!key.equals(expected)) {
            throw new ConfigurationException(calls.name() + ": the table's key is (" + key + "), but (" + expected
                    + ") is declared; name its key attributes with keyAttributes(…)");
        }
    }

    private static String key(TableDescription table) {
        List<String> parts = table.keySchema().stream()
                .sorted(Comparator.comparing((KeySchemaElement part) -> part.keyType() != KeyType.HASH))
                .map(part -> part.attributeName() + " " + part.keyTypeAsString() + " " + type(table, part))
                .toList();
        return String.join(", ", parts);
    }

    private static ScalarAttributeType type(TableDescription table, KeySchemaElement part) {
        return table.attributeDefinitions().stream()
                .filter(attribute -> attribute.attributeName().equals(part.attributeName()))
                .map(AttributeDefinition::attributeType)
                .findFirst()
                .orElse(ScalarAttributeType.UNKNOWN_TO_SDK_VERSION);
    }

    private TableDescription describe() {
        return calls.repeatable(
                "DescribeTable",
                ScanControl.unlimited(),
                () -> calls.client()
                        .describeTable(call -> call.tableName(declared.tableName()))
                        .table());
    }

    /** How many read units it takes to read all items, by the size that DynamoDB reports. */
    public double unitsToReadAll(boolean consistent) {
        Long bytes = describe().tableSizeBytes();
        double blocks = Math.ceil((bytes == null ? 0 : bytes) / (double) UNIT_BYTES);
        return consistent ? blocks : blocks / 2;
    }
}
