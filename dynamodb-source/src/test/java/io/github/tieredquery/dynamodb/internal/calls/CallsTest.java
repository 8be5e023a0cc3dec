package io.github.tieredquery.dynamodb.internal.calls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.error.SourceUnavailableException;
import io.github.tieredquery.error.TieredQueryException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbException;

/** What DynamoDB's errors are for a caller. */
class CallsTest {

    private static final String ADVICE =
            ". Allow it in the policy of the caller or of the role, or give other credentials";

    private static RuntimeException translated(software.amazon.awssdk.core.exception.SdkException said) {
        try (DynamoDbClient client = DynamoDbClient.builder()
                .region(software.amazon.awssdk.regions.Region.EU_WEST_1)
                .build()) {
            return new DynamoCalls(client, "dynamodb:things", Backoff.standard()).translated("Query", said);
        }
    }

    static Stream<Arguments> said() {
        return Stream.of(
                arguments("AccessDeniedException", ConfigurationException.class, ADVICE),
                arguments("UnrecognizedClientException", ConfigurationException.class, ADVICE),
                arguments("InternalServerError", SourceUnavailableException.class, ""));
    }

    @ParameterizedTest
    @MethodSource("said")
    void rights_are_a_matter_of_configuration_and_failures_of_the_service_are_not(
            String code, Class<? extends TieredQueryException> error, String advice) {
        DynamoDbException said = (DynamoDbException) DynamoDbException.builder()
                .awsErrorDetails(AwsErrorDetails.builder()
                        .errorCode(code)
                        .errorMessage("words")
                        .build())
                .requestId("r1")
                .statusCode(400)
                .build();
        assertThat(translated(said))
                .isExactlyInstanceOf(error)
                .hasMessage("dynamodb:things: Query failed with " + code + ": words (request r1)" + advice);
    }

    @Test
    void missing_credentials_are_a_matter_of_configuration() {
        assertThat(translated(SdkClientException.create("Unable to load credentials from any of the providers")))
                .isExactlyInstanceOf(ConfigurationException.class)
                .hasMessage("dynamodb:things: Query failed with Unable to load credentials from any of the providers"
                        + ADVICE);
    }
}
