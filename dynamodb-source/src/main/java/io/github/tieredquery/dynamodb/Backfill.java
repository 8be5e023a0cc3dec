package io.github.tieredquery.dynamodb;
/** Placeholder. */
public final class Backfill { private Backfill() {} }
