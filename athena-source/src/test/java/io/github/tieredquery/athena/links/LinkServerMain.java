package io.github.tieredquery.athena.links;

import io.github.tieredquery.athena.aws.AwsAccess;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

/**
 * A service in a process of its own, whose heap can be small: prints a link to the object that it was told, and answers
 * it until its input ends.
 */
final class LinkServerMain {

    private LinkServerMain() {}

    /** S3's endpoint, the region, the object; the access key comes by the environment. */
    public static void main(String[] args) throws Exception {
        AwsBasicCredentials credentials =
                AwsBasicCredentials.create(System.getenv("AWS_ACCESS_KEY_ID"), System.getenv("AWS_SECRET_ACCESS_KEY"));
        try (AwsAccess aws = AwsAccess.builder()
                        .region(args[1])
                        .credentials(StaticCredentialsProvider.create(credentials))
                        .s3Endpoint(URI.create(args[0]))
                        .pathStyle()
                        .build();
                LinkServer server = LinkServer.start()) {
            ProxiedLinks links = DownloadLinks.proxied(server.base(), List.of(new byte[32]));
            server.answerWith(links.handler(aws));
            System.out.println(links.to(args[2], "big.bin", Duration.ofHours(1)).url());
            System.out.flush();
            while (System.in.read() >= 0) {
                // Lives as long as whoever started it.
            }
        }
    }
}
