/**
 * What the library costs, as ratios against a peer that does the same work without it, measured in turn in one run.
 * {@link io.github.tieredquery.benchmarks.Benchmarks} is the entry point.
 */
@NullMarked
package io.github.tieredquery.benchmarks;

import org.jspecify.annotations.NullMarked;
