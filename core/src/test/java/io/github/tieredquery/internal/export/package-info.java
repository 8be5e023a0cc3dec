@NullMarked
package io.github.tieredquery.internal.export;

import org.jspecify.annotations.NullMarked;
