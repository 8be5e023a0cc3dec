/** Exports into S3: {@link io.github.tieredquery.athena.export.S3ExportStore}. */
@NullMarked
package io.github.tieredquery.athena.export;

import org.jspecify.annotations.NullMarked;
