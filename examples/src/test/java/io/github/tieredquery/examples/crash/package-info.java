/** Archivers in processes of their own, which are killed, and many readers meanwhile: with real parts. */
@NullMarked
package io.github.tieredquery.examples.crash;

import org.jspecify.annotations.NullMarked;
