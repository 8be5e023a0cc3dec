/** What page tokens hold, and how they are signed. */
@NullMarked
package io.github.tieredquery.internal.token;

import org.jspecify.annotations.NullMarked;
