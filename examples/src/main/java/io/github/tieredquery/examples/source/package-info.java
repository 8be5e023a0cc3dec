/** A source of one's own, as somebody else would write it: {@link io.github.tieredquery.examples.source.ListSource}. */
@NullMarked
package io.github.tieredquery.examples.source;

import org.jspecify.annotations.NullMarked;
