/** Cursors made of other cursors: merged, hidden, projected, started early. */
@NullMarked
package io.github.tieredquery.internal.cursor;

import org.jspecify.annotations.NullMarked;
