/**
 * Links to objects in S3, for people who have no right on the bucket.
 * {@link io.github.tieredquery.athena.links.DownloadLinks} is the entry point and says which kind serves when.
 */
@NullMarked
package io.github.tieredquery.athena.links;

import org.jspecify.annotations.NullMarked;
