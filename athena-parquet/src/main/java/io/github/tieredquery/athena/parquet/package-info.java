/** Parquet files for a cold table. {@link io.github.tieredquery.athena.parquet.ParquetFormat} is the entry point. */
@NullMarked
package io.github.tieredquery.athena.parquet;

import org.jspecify.annotations.NullMarked;
