package io.github.tieredquery.athenalocal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tieredquery.athenalocal.fault.Counters;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.athena.AthenaClient;
import software.amazon.awssdk.services.athena.model.QueryExecution;
import software.amazon.awssdk.services.athena.model.QueryExecutionState;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.ObjectIdentifier;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.sts.model.Credentials;
import software.amazon.awssdk.services.sts.model.StsException;

/** The S3 and the STS beside Athena. */
final class S3AndStsTest {
    private static final String ROLE = "arn:aws:iam::123456789012:role/reader";

    @RegisterExtension
    static final AthenaLocalExtension EXTENSION = AthenaLocalExtension.configured(
            builder -> builder.role(ROLE, "external-1").role("arn:aws:iam::123456789012:role/open"));

    private final AthenaLocal athena = EXTENSION.get();
    private final S3Client s3 = athena.s3Client();

    private S3Client s3(AwsCredentialsProvider credentials) {
        return S3Client.builder()
                .endpointOverride(athena.s3Endpoint())
                .forcePathStyle(true)
                .region(athena.region())
                .credentialsProvider(credentials)
                .build();
    }

    @Test
    void requests_and_payload_are_counted_by_operation() {
        athena.resetCounters();
        String bucket = athena.bucket();
        s3.putObject(put -> put.bucket(bucket).key("n/a b.txt"), RequestBody.fromString("hello"));
        s3.getObjectAsBytes(get -> get.bucket(bucket).key("n/a b.txt"));
        s3.getObjectAsBytes(get -> get.bucket(bucket).key("n/a b.txt").range("bytes=1-2"));
        s3.headObject(head -> head.bucket(bucket).key("n/a b.txt"));
        s3.listObjectsV2(list -> list.bucket(bucket).prefix("n/"));
        s3.copyObject(copy -> copy.sourceBucket(bucket)
                .sourceKey("n/a b.txt")
                .destinationBucket(bucket)
                .destinationKey("n/copy"));
        String upload = s3.createMultipartUpload(create -> create.bucket(bucket).key("n/big"))
                .uploadId();
        assertThat(athena.counters().openMultipartUploads()).isEqualTo(1);
        String first = s3.uploadPart(
                        part -> part.bucket(bucket)
                                .key("n/big")
                                .uploadId(upload)
                                .partNumber(1),
                        RequestBody.fromBytes(new byte[5 << 20]))
                .eTag();
        String second = s3.uploadPartCopy(part -> part.sourceBucket(bucket)
                        .sourceKey("n/a b.txt")
                        .destinationBucket(bucket)
                        .destinationKey("n/big")
                        .uploadId(upload)
                        .partNumber(2)
                        .copySourceRange("bytes=0-2"))
                .copyPartResult()
                .eTag();
        s3.completeMultipartUpload(complete -> complete.bucket(bucket)
                .key("n/big")
                .uploadId(upload)
                .multipartUpload(parts -> parts.parts(
                        CompletedPart.builder().partNumber(1).eTag(first).build(),
                        CompletedPart.builder().partNumber(2).eTag(second).build())));
        assertThat(s3.headObject(head -> head.bucket(bucket).key("n/big")).contentLength())
                .isEqualTo((5 << 20) + 3);
        String aborted = s3.createMultipartUpload(
                        create -> create.bucket(bucket).key("n/no"))
                .uploadId();
        s3.abortMultipartUpload(abort -> abort.bucket(bucket).key("n/no").uploadId(aborted));
        s3.deleteObject(delete -> delete.bucket(bucket).key("n/copy"));
        s3.deleteObjects(delete -> delete.bucket(bucket)
                .delete(keys -> keys.objects(
                        ObjectIdentifier.builder().key("n/big").build(),
                        ObjectIdentifier.builder().key("n/a b.txt").build())));
        athena.run("SELECT 1");
        Counters counters = athena.counters();
        assertThat(counters.s3Requests())
                .hasToString("{AbortMultipartUpload=1, CompleteMultipartUpload=1, CopyObject=1,"
                        + " CreateMultipartUpload=2, DeleteObject=1, DeleteObjects=1, GetObject=2, HeadObject=2,"
                        + " ListObjectsV2=1, PutObject=1, UploadPart=1, UploadPartCopy=1}");
        assertThat(counters.s3BytesIn()).isEqualTo(5 + (5 << 20));
        assertThat(counters.s3BytesOut()).isEqualTo(7);
        assertThat(counters.openMultipartUploads()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"../outside", "no/../../../outside", "a/./b/../../../../outside"})
    void a_result_stays_in_its_bucket(String key) {
        String id = athena.athenaClient()
                .startQueryExecution(start -> start.queryString("SELECT 1")
                        .resultConfiguration(results -> results.outputLocation("s3://" + athena.bucket() + "/" + key)))
                .queryExecutionId();
        QueryExecution ended = new Sql(athena).await(id);
        assertThat(ended.status().state()).isEqualTo(QueryExecutionState.FAILED);
        assertThat(ended.status().stateChangeReason()).startsWith("Query result couldn't be written: ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "ab", "../up", "Upper", "with/slash", "-hyphen", "dot."})
    void a_bucket_has_a_name_of_s3s(String name) {
        assertThatThrownBy(() -> athena.createBucket(name))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("'" + name + "' isn't a bucket's name: ");
    }

    @Test
    void bytes_are_counted_before_they_arrive_and_those_of_a_download_that_breaks_off_too() throws IOException {
        s3.putObject(put -> put.bucket(athena.bucket()).key("n/left"), RequestBody.fromBytes(new byte[30_000_000]));
        athena.resetCounters();
        ResponseInputStream<GetObjectResponse> body =
                s3.getObject(get -> get.bucket(athena.bucket()).key("n/left"));
        assertThat(body.readNBytes(1_000_000)).hasSize(1_000_000);
        assertThat(athena.counters().s3BytesOut()).isGreaterThanOrEqualTo(1_000_000);
        body.abort();
        assertThat(athena.counters().s3BytesOut()).isBetween(1_000_000L, 29_999_999L);
    }

    @Test
    void signatures_are_verified() {
        String id = athena.credentials().resolveCredentials().accessKeyId();
        try (S3Client forger = s3(StaticCredentialsProvider.create(AwsBasicCredentials.create(id, "guess")))) {
            assertThatThrownBy(() -> forger.listObjectsV2(list -> list.bucket(athena.bucket())))
                    .isInstanceOfSatisfying(
                            S3Exception.class,
                            refused -> assertThat(refused.awsErrorDetails().errorCode())
                                    .isEqualTo("SignatureDoesNotMatch"));
        }
    }

    @Test
    void another_bucket_can_be_created() {
        String name = athena.createBucket("another-bucket");
        s3.putObject(put -> put.bucket(name).key("k"), RequestBody.fromString("v"));
        assertThat(s3.listBuckets().buckets()).extracting("name").contains(name, athena.bucket());
    }

    @Test
    void a_role_is_assumed_with_its_external_id() {
        Credentials assumed = athena.stsClient()
                .assumeRole(assume -> assume.roleArn(ROLE)
                        .roleSessionName("test")
                        .externalId("external-1")
                        .durationSeconds(900))
                .credentials();
        AwsCredentialsProvider session = StaticCredentialsProvider.create(
                AwsSessionCredentials.create(assumed.accessKeyId(), assumed.secretAccessKey(), assumed.sessionToken()));
        try (S3Client client = s3(session);
                AthenaClient other = AthenaClient.builder()
                        .endpointOverride(athena.athenaEndpoint())
                        .region(athena.region())
                        .credentialsProvider(session)
                        .build()) {
            client.listObjectsV2(list -> list.bucket(athena.bucket()));
            assertThat(other.getWorkGroup(get -> get.workGroup("primary"))).isNotNull();
        }
        AwsCredentialsProvider tokenless = StaticCredentialsProvider.create(
                AwsSessionCredentials.create(assumed.accessKeyId(), assumed.secretAccessKey(), "wrong"));
        try (S3Client client = s3(tokenless)) {
            assertThatThrownBy(() -> client.listObjectsV2(list -> list.bucket(athena.bucket())))
                    .isInstanceOfSatisfying(
                            S3Exception.class,
                            refused -> assertThat(refused.awsErrorDetails().errorCode())
                                    .isEqualTo("InvalidToken"));
        }
        assertThat(athena.counters().sts("AssumeRole")).isPositive();
    }

    @Test
    void a_wrong_external_id_or_an_unknown_role_is_refused() {
        for (String role : new String[] {ROLE, "arn:aws:iam::123456789012:role/unknown"}) {
            assertThatThrownBy(() -> athena.stsClient()
                            .assumeRole(assume ->
                                    assume.roleArn(role).roleSessionName("test").externalId("wrong")))
                    .isInstanceOfSatisfying(StsException.class, refused -> {
                        assertThat(refused.awsErrorDetails().errorCode()).isEqualTo("AccessDenied");
                        assertThat(refused.awsErrorDetails().errorMessage())
                                .isEqualTo("User: arn:aws:iam::123456789012:user/athena-local is not authorized to"
                                        + " perform: sts:AssumeRole on resource: " + role);
                    });
        }
    }

    @Test
    void expired_credentials_are_refused_everywhere() {
        try (AthenaLocal other =
                AthenaLocal.builder().role(ROLE).sessionExpiry(Duration.ZERO).start()) {
            Credentials assumed = other.stsClient()
                    .assumeRole(assume -> assume.roleArn(ROLE).roleSessionName("test"))
                    .credentials();
            AwsCredentialsProvider session = StaticCredentialsProvider.create(AwsSessionCredentials.create(
                    assumed.accessKeyId(), assumed.secretAccessKey(), assumed.sessionToken()));
            try (S3Client client = S3Client.builder()
                            .endpointOverride(other.s3Endpoint())
                            .forcePathStyle(true)
                            .region(other.region())
                            .credentialsProvider(session)
                            .build();
                    AthenaClient expired = AthenaClient.builder()
                            .endpointOverride(other.athenaEndpoint())
                            .region(other.region())
                            .credentialsProvider(session)
                            .build()) {
                assertThatThrownBy(() -> client.listObjectsV2(list -> list.bucket(other.bucket())))
                        .hasMessageContaining("The provided token has expired.");
                assertThatThrownBy(() -> expired.getWorkGroup(get -> get.workGroup("primary")))
                        .hasMessageContaining("The security token included in the request is expired");
            }
        }
    }

    @Test
    void the_process_prints_what_clients_need() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        AthenaLocalMain.print(athena, new PrintStream(out, true, StandardCharsets.UTF_8));
        assertThat(out.toString(StandardCharsets.UTF_8))
                .contains("AWS_ENDPOINT_URL_ATHENA=" + athena.athenaEndpoint() + "\n")
                .contains("AWS_ENDPOINT_URL_S3=http://localhost:")
                .contains("ATHENA_OUTPUT_LOCATION=s3://athena-local-results/\n");
        assertThatThrownBy(() -> AthenaLocalMain.configure(new String[] {"--port", "1"}))
                .hasMessage("Unknown argument --port; known are --athena-port, --s3-port, --sts-port, --region,"
                        + " --bucket and --results-bucket.");
        assertThatThrownBy(() -> AthenaLocalMain.configure(new String[] {"--s3-port"}))
                .hasMessage("The argument --s3-port lacks its value.");
    }
}
