package io.github.tieredquery.internal.token;

/**
 * How pages are made.
 *
 * @param tokenKeys what tokens are signed with
 * @param pagesPerScan for how many pages a cold scan asks
 * @param maxBytes how many bytes of values a page has at most, unless it has a single row
 */
public record PageOptions(TokenKeys tokenKeys, int pagesPerScan, long maxBytes) {}
