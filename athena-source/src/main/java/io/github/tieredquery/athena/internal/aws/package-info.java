/** Failures of AWS and what they mean, and calls that end in time. */
@NullMarked
package io.github.tieredquery.athena.internal.aws;

import org.jspecify.annotations.NullMarked;
