package io.github.tieredquery.dynamodb.internal.model;

/**
 * The key of an item.
 *
 * @param partition the value of the partition key attribute
 * @param sort the value of the sort key attribute
 */
public record ItemKey(String partition, String sort) {

    @Override
    public String toString() {
        return "(" + partition + ", " + sort + ")";
    }
}
