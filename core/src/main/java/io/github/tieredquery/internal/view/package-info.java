/** What both tiers look like to one read: the split, the snapshot, and what lies over the archived rows. */
@NullMarked
package io.github.tieredquery.internal.view;

import org.jspecify.annotations.NullMarked;
