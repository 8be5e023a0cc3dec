package io.github.tieredquery.athenalocal;

import java.io.PrintStream;
import java.util.concurrent.CountDownLatch;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.regions.Region;

/**
 * Runs an {@link AthenaLocal} as a process of its own. It prints its endpoints and credentials as the environment
 * variables that AWS clients read, and stops in good order when the process is asked to end.
 *
 * <p>Arguments, all optional: {@code --athena-port}, {@code --s3-port}, {@code --sts-port}, {@code --region},
 * {@code --bucket}, {@code --results-bucket}, each followed by its value.
 */
public final class AthenaLocalMain {
    private AthenaLocalMain() {}

    /** Starts it, and returns when the process ends. */
    public static void main(String[] arguments) throws InterruptedException {
        AthenaLocal athena = configure(arguments).start();
        CountDownLatch stopped = new CountDownLatch(1);
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            athena.close();
                            stopped.countDown();
                        },
                        "athena-local-shutdown"));
        print(athena, System.out);
        stopped.await();
    }

    static AthenaLocal.Builder configure(String[] arguments) {
        AthenaLocal.Builder builder = AthenaLocal.builder();
        for (int i = 0; i < arguments.length; i += 2) {
            if (i + 1 == arguments.length) {
                throw new IllegalArgumentException("The argument " + arguments[i] + " lacks its value.");
            }
            String value = arguments[i + 1];
            switch (arguments[i]) {
                case "--athena-port" -> builder.athenaPort(Integer.parseInt(value));
                case "--s3-port" -> builder.s3Port(Integer.parseInt(value));
                case "--sts-port" -> builder.stsPort(Integer.parseInt(value));
                case "--region" -> builder.region(Region.of(value));
                case "--bucket" -> builder.bucket(value);
                case "--results-bucket" -> builder.resultsBucket(value);
                default ->
                    throw new IllegalArgumentException("Unknown argument " + arguments[i]
                            + "; known are --athena-port, --s3-port, --sts-port, --region, --bucket and"
                            + " --results-bucket.");
            }
        }
        return builder;
    }

    static void print(AthenaLocal athena, PrintStream out) {
        AwsCredentials credentials = athena.credentials().resolveCredentials();
        out.println("AWS_ENDPOINT_URL_ATHENA=" + athena.athenaEndpoint());
        out.println("AWS_ENDPOINT_URL_S3=" + athena.s3Endpoint());
        out.println("AWS_ENDPOINT_URL_STS=" + athena.stsEndpoint());
        out.println("AWS_REGION=" + athena.region());
        out.println("AWS_ACCESS_KEY_ID=" + credentials.accessKeyId());
        out.println("AWS_SECRET_ACCESS_KEY=" + credentials.secretAccessKey());
        out.println("ATHENA_BUCKET=" + athena.bucket());
        out.println("ATHENA_OUTPUT_LOCATION=" + athena.outputLocation());
        out.flush();
    }
}
