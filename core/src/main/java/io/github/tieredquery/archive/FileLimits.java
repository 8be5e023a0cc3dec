package io.github.tieredquery.archive;

/**
 * When a new file is begun.
 *
 * @param rows after so many rows
 * @param bytes after about so many bytes
 */
record FileLimits(long rows, long bytes) {}
