/** What a caller asks. {@link io.github.tieredquery.query.Query} is the entry point. */
@NullMarked
package io.github.tieredquery.query;

import org.jspecify.annotations.NullMarked;
