package io.github.tieredquery.athena.internal.execution;

import org.jspecify.annotations.Nullable;

/**
 * A statement that Athena has executed.
 *
 * @param id the execution's id
 * @param outputLocation where its result is, as Athena says it; null if the workgroup keeps results to itself
 * @param bytesScanned what is charged for
 */
public record Execution(String id, @Nullable String outputLocation, long bytesScanned) {}
