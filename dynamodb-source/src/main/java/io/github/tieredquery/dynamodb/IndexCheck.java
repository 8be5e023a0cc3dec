package io.github.tieredquery.dynamodb;
/** Placeholder. */
public final class IndexCheck { private IndexCheck() {} /** x. */ public void repair() {} }
