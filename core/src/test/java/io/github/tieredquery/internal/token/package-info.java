@NullMarked
package io.github.tieredquery.internal.token;

import org.jspecify.annotations.NullMarked;
