package io.github.tieredquery.dynamodb;

import io.github.tieredquery.table.Table;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.BatchGetItemRequest;
import software.amazon.awssdk.services.dynamodb.model.GetItemRequest;
import software.amazon.awssdk.services.dynamodb.model.QueryRequest;
import software.amazon.awssdk.services.dynamodb.model.ScanRequest;
import software.amazon.dynamodb.services.local.main.ServerRunner;
import software.amazon.dynamodb.services.local.server.DynamoDBProxyServer;

/** DynamoDB Local in memory, one for the whole run. Each caller makes tables of its own. */
public final class LocalDynamo {

    private static final LocalDynamo INSTANCE = start();

    private static final Set<Class<? extends SdkRequest>> READS =
            Set.of(QueryRequest.class, ScanRequest.class, BatchGetItemRequest.class, GetItemRequest.class);

    private final URI endpoint;
    private final AtomicInteger tables = new AtomicInteger();
    private final AtomicLong reads = new AtomicLong();
    private final DynamoDbClient client;

    private LocalDynamo(URI endpoint) {
        this.endpoint = endpoint;
        this.client = client(new ExecutionInterceptor() {
            @Override
            public void beforeExecution(Context.BeforeExecution context, ExecutionAttributes attributes) {
                if (READS.contains(context.request().getClass())) {
                    reads.incrementAndGet();
                }
            }
        });
    }

    /** The one of this run. */
    public static LocalDynamo instance() {
        return INSTANCE;
    }

    private static LocalDynamo start() {
        try {
            int port;
            try (ServerSocket socket = new ServerSocket(0)) {
                port = socket.getLocalPort();
            }
            DynamoDBProxyServer server = ServerRunner.createServerFromCommandLineArgs(
                    new String[] {"-inMemory", "-disableTelemetry", "-port", String.valueOf(port)});
            server.start();
            return new LocalDynamo(URI.create("http://localhost:" + port));
        } catch (IOException e) {
            throw new IllegalStateException("no free port", e);
        } catch (Exception e) {
            throw new IllegalStateException("DynamoDB Local didn't start", e);
        }
    }

    /** A client that counts its reads. */
    public DynamoDbClient client() {
        return client;
    }

    /** How many reads {@link #client} has made. */
    long reads() {
        return reads.get();
    }

    /** A client whose calls go through an interceptor; the caller closes it. */
    DynamoDbClient client(ExecutionInterceptor... interceptors) {
        return DynamoDbClient.builder()
                .endpointOverride(endpoint)
                .region(Region.EU_WEST_1)
                .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("key", "secret")))
                .overrideConfiguration(override -> override.executionInterceptors(List.of(interceptors)))
                .build();
    }

    /** A name that no table has. */
    String newName(Table table) {
        return table.name() + "-" + tables.incrementAndGet();
    }

    /** Creates a declared table. */
    DynamoDbTable create(DynamoDbTable declared) {
        client.createTable(declared.createTableRequest());
        return declared;
    }
}
