@NullMarked
package io.github.tieredquery.athena;

import org.jspecify.annotations.NullMarked;
