@NullMarked
package io.github.tieredquery.athenalocal.fault;

import org.jspecify.annotations.NullMarked;
