/** Access to AWS: {@link io.github.tieredquery.athena.aws.AwsAccess}. */
@NullMarked
package io.github.tieredquery.athena.aws;

import org.jspecify.annotations.NullMarked;
