@NullMarked
package io.github.tieredquery.athena.internal.aws;

import org.jspecify.annotations.NullMarked;
