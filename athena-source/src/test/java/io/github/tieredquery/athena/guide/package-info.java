/** The guide's Java, which sees what a user sees. */
@NullMarked
package io.github.tieredquery.athena.guide;

import org.jspecify.annotations.NullMarked;
