/** The S3 and STS servers. */
@NullMarked
package io.github.tieredquery.athenalocal.internal.s3;

import org.jspecify.annotations.NullMarked;
