@NullMarked
package io.github.tieredquery.plan;

import org.jspecify.annotations.NullMarked;
