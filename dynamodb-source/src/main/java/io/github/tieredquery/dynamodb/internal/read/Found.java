package io.github.tieredquery.dynamodb.internal.read;

import io.github.tieredquery.dynamodb.internal.model.ItemKey;
import io.github.tieredquery.table.Row;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * An item that a query found.
 *
 * @param order time, key and partition, by which rows come
 * @param row the key of the row's item: this item's own, or the one that it points to
 * @param item the item, an index item or the row's
 */
public record Found(Row order, ItemKey row, Map<String, AttributeValue> item) {}
