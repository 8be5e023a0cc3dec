package io.github.tieredquery.jdbc.internal.journal;

/**
 * What the developer answers for, since the database doesn't. Immutable.
 *
 * @param weakDurability whether committed transactions may be gone after a crash
 * @param keyWithoutIndex whether the application itself keeps time and key from being there twice
 */
public record AcceptedRisks(boolean weakDurability, boolean keyWithoutIndex) {}
