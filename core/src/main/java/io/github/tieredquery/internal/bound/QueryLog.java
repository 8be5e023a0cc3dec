package io.github.tieredquery.internal.bound;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one logger of queries, whose name users configure, whichever package a line comes from. */
public final class QueryLog {

    public static final Logger LOG = LoggerFactory.getLogger("io.github.tieredquery.TieredQuery");

    private QueryLog() {}
}
