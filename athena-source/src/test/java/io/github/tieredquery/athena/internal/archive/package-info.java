@NullMarked
package io.github.tieredquery.athena.internal.archive;

import org.jspecify.annotations.NullMarked;
