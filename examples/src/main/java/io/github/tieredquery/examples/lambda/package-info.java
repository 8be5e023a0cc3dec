/**
 * Exports in AWS Lambda: a handler that is called again until its export is over. {@code examples/lambda/template.yaml}
 * deploys it behind a state machine. Start reading at {@link io.github.tieredquery.examples.lambda.ExportHandler}.
 */
@NullMarked
package io.github.tieredquery.examples.lambda;

import org.jspecify.annotations.NullMarked;
