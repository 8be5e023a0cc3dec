package io.github.tieredquery.athena.guide;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.github.tieredquery.athena.Athenas;
import io.github.tieredquery.athena.aws.AwsAccess;
import io.github.tieredquery.athena.links.DownloadLinks;
import io.github.tieredquery.athena.links.Link;
import io.github.tieredquery.athena.links.LinkHandler;
import io.github.tieredquery.athena.links.LinkResponse;
import io.github.tieredquery.athena.links.ProxiedLinks;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The documents' Java on links, region by region, as {@link GuideTest} has the rest. */
class LinksGuideTest {

    private static Link presigned(AwsAccess aws) {
        // snippet: presigned
        Link link =
                DownloadLinks.presigned(aws).to("s3://exports/2024/flights.csv", "flights.csv", Duration.ofMinutes(10));
        // end
        return link;
    }

    private static PrivateKey key(String pem) throws GeneralSecurityException {
        // snippet: key
        byte[] der = Base64.getMimeDecoder().decode(pem.replaceAll("-----[A-Z ]+-----", ""));
        PrivateKey key = KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(der));
        // end
        return key;
    }

    static ProxiedLinks proxied(AwsAccess aws, HttpServer server, byte[] key) {
        // snippet: proxied
        ProxiedLinks links = DownloadLinks.proxied(URI.create("https://example.com/downloads/"), List.of(key));
        LinkHandler handler = links.handler(aws);
        server.createContext("/downloads/", exchange -> {
            try (exchange;
                    LinkResponse response = handler.handle(
                            exchange.getRequestMethod(),
                            exchange.getRequestURI().getRawPath(),
                            exchange.getRequestHeaders())) {
                response.headers().forEach(exchange.getResponseHeaders()::set);
                exchange.sendResponseHeaders(response.status(), response.bodyBytes() == 0 ? -1 : response.bodyBytes());
                response.body().transferTo(exchange.getResponseBody());
            }
        });
        // end
        return links;
    }

    @Test
    void a_presigned_link_leads_to_the_object_and_a_key_in_pem_is_read() throws Exception {
        try (Athenas athena = Athenas.local()) {
            assertThat(presigned(athena.aws()).url()).hasPath("/exports/2024/flights.csv");
        }
        PrivateKey generated =
                KeyPairGenerator.getInstance("RSA").generateKeyPair().getPrivate();
        String pem = "-----BEGIN PRIVATE KEY-----\n"
                + Base64.getMimeEncoder().encodeToString(generated.getEncoded())
                + "\n-----END PRIVATE KEY-----\n";
        assertThat(key(pem)).isEqualTo(generated);
    }
}
