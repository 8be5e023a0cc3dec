/** Bringing the rows of a query into one CSV object, most of which the object store moves by itself. */
@NullMarked
package io.github.tieredquery.export;

import org.jspecify.annotations.NullMarked;
