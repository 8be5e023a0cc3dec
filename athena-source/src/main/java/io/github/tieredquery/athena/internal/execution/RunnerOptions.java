package io.github.tieredquery.athena.internal.execution;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.athena.model.ResultConfiguration;

/**
 * How statements are run.
 *
 * @param workGroup null for Athena's default
 * @param results null where the workgroup says where results go
 * @param firstPoll the pause before the first look at a running statement
 * @param longestPoll the longest pause between two looks
 * @param throttleLimit how long a call may be refused because of limits
 * @param reruns how often a statement that failed retryably is run again
 */
public record RunnerOptions(
        @Nullable String workGroup,
        String catalog,
        String database,
        @Nullable ResultConfiguration results,
        Duration firstPoll,
        Duration longestPoll,
        Duration throttleLimit,
        int reruns) {}
