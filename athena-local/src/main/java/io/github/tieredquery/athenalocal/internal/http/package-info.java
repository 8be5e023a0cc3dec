/** Athena's wire protocol. */
@NullMarked
package io.github.tieredquery.athenalocal.internal.http;

import org.jspecify.annotations.NullMarked;
