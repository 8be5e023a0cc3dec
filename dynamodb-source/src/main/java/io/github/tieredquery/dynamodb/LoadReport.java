package io.github.tieredquery.dynamodb;

/**
 * What {@link DynamoDbWriter#load} has written. Immutable.
 *
 * @param rows how many rows, new ones and replaced ones
 * @param replaced how many of them were there already
 * @param indexItems how many index items were written with the new ones
 * @param capacityUnits how many write capacity units the new ones have consumed
 */
public record LoadReport(long rows, long replaced, long indexItems, double capacityUnits) {}
