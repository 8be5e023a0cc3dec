/** Counts and groups, from manifests where they suffice. */
@NullMarked
package io.github.tieredquery.internal.fold;

import org.jspecify.annotations.NullMarked;
