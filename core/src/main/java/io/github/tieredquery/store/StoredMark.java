package io.github.tieredquery.store;

/**
 * A mark as it was found at its place. Immutable.
 *
 * @param mark the mark
 * @param tag tells the store whether it is still the same, such as S3's ETag
 */
public record StoredMark(ArchiveMark mark, String tag) {}
