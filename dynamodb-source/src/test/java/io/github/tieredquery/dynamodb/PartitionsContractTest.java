package io.github.tieredquery.dynamodb;

import io.github.tieredquery.dynamodb.model.AccessPattern;
import io.github.tieredquery.table.Table;

/** Partitions by a column where there is one: what names none is answered from the whole table, sorted in memory. */
class PartitionsContractTest extends DynamoDbSourceContract {

    @Override
    DynamoDbTable declare(DynamoDbTable.Builder builder, Table table) {
        return switch (table.name()) {
            case "readings" ->
                builder.partition("region")
                        .pattern(AccessPattern.of("LABEL", "label"))
                        .pattern(AccessPattern.of("FLAG", "flag").projecting("flag", "small"))
                        .build();
            case "names" -> builder.partition("name").build();
            default -> builder.partition("id").build();
        };
    }
}
