@NullMarked
package io.github.tieredquery.athena.internal.s3;

import org.jspecify.annotations.NullMarked;
