/**
 * How cold rows are spread over Hive partitions, and which partitions a question needs.
 * {@link io.github.tieredquery.partition.HivePartitionLayout} is the entry point.
 */
@NullMarked
package io.github.tieredquery.partition;

import org.jspecify.annotations.NullMarked;
