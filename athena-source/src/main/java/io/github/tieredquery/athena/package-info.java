/**
 * The cold tier over Athena and S3. {@link io.github.tieredquery.athena.AthenaSource} is the entry point; it talks to
 * AWS through an {@link io.github.tieredquery.athena.aws.AwsAccess}.
 */
@NullMarked
package io.github.tieredquery.athena;

import org.jspecify.annotations.NullMarked;
