package io.github.tieredquery.dynamodb;

/**
 * The key of an item.
 *
 * @param partition the value of the partition key attribute
 * @param sort the value of the sort key attribute
 */
record ItemKey(String partition, String sort) {

    @Override
    public String toString() {
        return "(" + partition + ", " + sort + ")";
    }
}
