/** Words that the rest shares. */
@NullMarked
package io.github.tieredquery.athenalocal.internal.type;

import org.jspecify.annotations.NullMarked;
