@NullMarked
package io.github.tieredquery.athena.internal.adopt;

import org.jspecify.annotations.NullMarked;
