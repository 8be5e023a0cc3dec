package io.github.tieredquery.store;

import io.github.tieredquery.query.TimeRange;

/**
 * A version that no reader sees any more, nor ever will: its attempt has failed, or a sweep has replaced it. Immutable.
 *
 * @param version the version
 * @param window what it was written for, from inclusive, to exclusive
 */
public record DeadVersion(long version, TimeRange window) {}
