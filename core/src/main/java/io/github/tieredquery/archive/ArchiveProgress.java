package io.github.tieredquery.archive;

import io.github.tieredquery.query.TimeRange;

/**
 * How far a window has come. A copy that an earlier run has begun starts with what that run had finished. Immutable.
 *
 * @param window the window, from inclusive, to exclusive
 * @param version the version that it is written under
 * @param phase the step that begins or goes on
 * @param rows how many rows the finished files have; while rows are deleted, how many were by this run
 * @param bytes how many bytes the finished files have
 * @param files how many files are finished
 */
public record ArchiveProgress(TimeRange window, long version, ArchivePhase phase, long rows, long bytes, int files) {}
