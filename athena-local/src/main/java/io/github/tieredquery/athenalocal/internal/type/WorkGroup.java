package io.github.tieredquery.athenalocal.internal.type;

import org.jspecify.annotations.Nullable;

/**
 * A workgroup. Immutable.
 *
 * @param outputLocation where its results go, null for none
 * @param enforced whether its location replaces the client's without a word
 * @param managed whether results are kept by Athena itself, where S3 clients can't read them
 */
public record WorkGroup(String name, @Nullable String outputLocation, boolean enforced, boolean managed) {}
