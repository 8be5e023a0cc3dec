package io.github.tieredquery.dynamodb;

import io.github.tieredquery.dynamodb.internal.model.KeyText;
import io.github.tieredquery.dynamodb.model.AccessPattern;
import io.github.tieredquery.table.Column;
import io.github.tieredquery.table.Table;
import java.util.Locale;

/** One partition, and a pattern for every column that can have one: each is asked as far as it serves. */
class PatternsContractTest extends DynamoDbSourceContract {

    @Override
    DynamoDbTable declare(DynamoDbTable.Builder builder, Table table) {
        for (Column column : table.rowType().columns()) {
            if (KeyText.canHold(column)) {
                AccessPattern pattern = AccessPattern.of(column.name().toUpperCase(Locale.ROOT), column.name());
                builder.pattern(
                        switch (column.name()) {
                            case "flag" -> pattern.shards(4);
                            case "small" -> pattern.projecting("small", "region", "ratio");
                            case "region" -> pattern.projecting("region").shards(3);
                            default -> pattern;
                        });
            }
        }
        return builder.build();
    }
}
