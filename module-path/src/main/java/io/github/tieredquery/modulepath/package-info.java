/** An application on the module path. */
@NullMarked
package io.github.tieredquery.modulepath;

import org.jspecify.annotations.NullMarked;
