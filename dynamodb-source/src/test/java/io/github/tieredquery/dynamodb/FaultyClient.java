package io.github.tieredquery.dynamodb;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbRequest;
import software.amazon.awssdk.services.dynamodb.model.ProvisionedThroughputExceededException;

/** A real client whose calls a test may watch, refuse, or lose the answers of. */
final class FaultyClient {

    /** The real call. */
    interface Call {
        Object make() throws Throwable;
    }

    /** What happens to calls. */
    interface Faults {
        Object on(DynamoDbRequest request, Call call) throws Throwable;
    }

    private FaultyClient() {}

    static DynamoDbClient of(DynamoDbClient real, Faults faults) {
        return (DynamoDbClient) Proxy.newProxyInstance(
                FaultyClient.class.getClassLoader(),
                new Class<?>[] {DynamoDbClient.class},
                (proxy, method, arguments) -> {
                    if (arguments == null || !(arguments[0] instanceof DynamoDbRequest request)) {
                        // Calls with a consumer come back with a request.
                        return method.isDefault()
                                ? InvocationHandler.invokeDefault(proxy, method, arguments)
                                : method.invoke(real, arguments);
                    }
                    return faults.on(request, () -> {
                        try {
                            return method.invoke(real, arguments);
                        } catch (InvocationTargetException e) {
                            throw e.getTargetException();
                        }
                    });
                });
    }

    static RuntimeException throttling() {
        return ProvisionedThroughputExceededException.builder()
                .message("slow down")
                .statusCode(400)
                .awsErrorDetails(AwsErrorDetails.builder()
                        .errorCode("ProvisionedThroughputExceededException")
                        .errorMessage("slow down")
                        .build())
                .build();
    }

    static RuntimeException lostAnswer() {
        return SdkClientException.create("Read timed out");
    }
}
