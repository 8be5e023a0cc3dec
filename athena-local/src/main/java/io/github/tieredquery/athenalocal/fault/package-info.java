/** Faults to be injected, and counters of what was asked. */
@NullMarked
package io.github.tieredquery.athenalocal.fault;

import org.jspecify.annotations.NullMarked;
