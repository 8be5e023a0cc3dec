@NullMarked
package io.github.tieredquery.internal.view;

import org.jspecify.annotations.NullMarked;
