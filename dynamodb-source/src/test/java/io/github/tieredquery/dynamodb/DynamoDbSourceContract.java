package io.github.tieredquery.dynamodb;

import io.github.tieredquery.spi.Source;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.Table;
import io.github.tieredquery.testkit.SourceContract;
import java.util.List;

/** The contract over tables of DynamoDB Local. */
abstract class DynamoDbSourceContract extends SourceContract {

    /** How a table of the contract lies in DynamoDB. */
    abstract DynamoDbTable declare(DynamoDbTable.Builder builder, Table table);

    @Override
    protected Source sourceWith(Table table, List<Row> rows) {
        LocalDynamo dynamo = LocalDynamo.instance();
        DynamoDbTable declared = dynamo.create(declare(DynamoDbTable.builder(table, dynamo.newName(table)), table));
        DynamoDbWriter.of(dynamo.client(), declared).load(rows.iterator());
        return DynamoDbSource.builder(dynamo.client(), declared)
                .allowFilterScans()
                .build();
    }

    @Override
    protected long queriesStarted() {
        return LocalDynamo.instance().reads();
    }
}
