/**
 * What stores implement so that rows can be moved between them: {@link io.github.tieredquery.store.HotStore} gives rows
 * up, {@link io.github.tieredquery.store.ColdStore} takes them, and the
 * {@link io.github.tieredquery.store.ArchiveJournal} remembers what has moved.
 */
@NullMarked
package io.github.tieredquery.store;

import org.jspecify.annotations.NullMarked;
