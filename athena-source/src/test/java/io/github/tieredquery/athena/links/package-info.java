@NullMarked
package io.github.tieredquery.athena.links;

import org.jspecify.annotations.NullMarked;
