package io.github.tieredquery.athena;

import org.jspecify.annotations.Nullable;

/**
 * A statement that Athena has executed.
 *
 * @param id the execution's id
 * @param outputLocation where its result is, as Athena says it; null if the workgroup keeps results to itself
 * @param bytesScanned what is charged for
 */
record Execution(String id, @Nullable String outputLocation, long bytesScanned) {}
