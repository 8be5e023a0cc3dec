/**
 * The quick start: real flights, archived and queried on this machine, every answer checked. Start reading at
 * {@link io.github.tieredquery.examples.quickstart.QuickStart}.
 */
@NullMarked
package io.github.tieredquery.examples.quickstart;

import org.jspecify.annotations.NullMarked;
