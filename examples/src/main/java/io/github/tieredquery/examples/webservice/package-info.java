/**
 * A web service over the flights of the quick start: pages, counts, plans, exports and their download links. Start
 * reading at {@link io.github.tieredquery.examples.webservice.WebService}.
 */
@NullMarked
package io.github.tieredquery.examples.webservice;

import org.jspecify.annotations.NullMarked;
