/** A source over a DynamoDB table whose access patterns are declared, and the writer that keeps their items. */
module io.github.tieredquery.dynamodb {
    requires transitive io.github.tieredquery;
    requires org.slf4j;
    requires static transitive org.jspecify;
    requires software.amazon.awssdk.awscore;
    requires software.amazon.awssdk.core;
    requires transitive software.amazon.awssdk.services.dynamodb;
    requires software.amazon.awssdk.utils;

    exports io.github.tieredquery.dynamodb;
    exports io.github.tieredquery.dynamodb.model;
}
