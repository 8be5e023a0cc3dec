/** Statements from their start to their result. */
@NullMarked
package io.github.tieredquery.athenalocal.internal.execution;

import org.jspecify.annotations.NullMarked;
