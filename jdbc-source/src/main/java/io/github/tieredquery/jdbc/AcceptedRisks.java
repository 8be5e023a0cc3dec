package io.github.tieredquery.jdbc;

/**
 * What the developer answers for, since the database doesn't. Immutable.
 *
 * @param weakDurability whether committed transactions may be gone after a crash
 * @param keyWithoutIndex whether the application itself keeps time and key from being there twice
 */
record AcceptedRisks(boolean weakDurability, boolean keyWithoutIndex) {}
