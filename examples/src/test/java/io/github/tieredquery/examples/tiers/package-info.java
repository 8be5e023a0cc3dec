/** What only shows where a hot and a cold tier of different modules meet: PostgreSQL before Athena. */
@NullMarked
package io.github.tieredquery.examples.tiers;

import org.jspecify.annotations.NullMarked;
