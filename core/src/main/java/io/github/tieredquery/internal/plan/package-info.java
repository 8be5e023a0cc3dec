/** Plans a query, and holds it against its policy. */
@NullMarked
package io.github.tieredquery.internal.plan;

import org.jspecify.annotations.NullMarked;
