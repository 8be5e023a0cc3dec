/**
 * What a query is going to do and what it has done: {@link io.github.tieredquery.plan.QueryPlan}, and the limits that a
 * service sets.
 */
@NullMarked
package io.github.tieredquery.plan;

import org.jspecify.annotations.NullMarked;
