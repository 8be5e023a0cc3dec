/** The documents' Java, which sees what a user sees. */
@NullMarked
package io.github.tieredquery.athenalocal.guide;

import org.jspecify.annotations.NullMarked;
