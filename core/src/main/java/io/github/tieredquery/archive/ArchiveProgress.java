package io.github.tieredquery.archive;

import io.github.tieredquery.query.TimeRange;

/**
 * How far a window has come. Immutable.
 *
 * @param window the window, from inclusive, to exclusive
 * @param version the version that it is written under
 * @param phase the step that begins or goes on
 * @param rows how many rows are copied so far
 * @param bytes how many bytes the finished files have
 * @param files how many files are finished
 */
public record ArchiveProgress(TimeRange window, long version, ArchivePhase phase, long rows, long bytes, int files) {}
