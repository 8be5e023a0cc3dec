package io.github.tieredquery.athena;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tieredquery.athena.aws.AwsAccess;
import io.github.tieredquery.athena.internal.s3.FileCopies;
import io.github.tieredquery.athenalocal.AthenaLocal;
import io.github.tieredquery.athenalocal.fault.Counters;
import io.github.tieredquery.athenalocal.fault.Fault;
import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.error.QueryCancelledException;
import io.github.tieredquery.error.SourceUnavailableException;
import io.github.tieredquery.spi.ScanControl;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CopyObjectRequest;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ObjectCannedACL;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;
import software.amazon.awssdk.services.s3.model.UploadPartCopyRequest;

/** Copies of files that are bigger than one copy may be, with a limit that small files go beyond. */
class FileCopiesTest {

    private static final int LARGEST_COPY_BYTES = 10 << 20;
    private static final int BYTES = LARGEST_COPY_BYTES + 1;

    private final List<SdkRequest> requests = new CopyOnWriteArrayList<>();
    private volatile Runnable afterPart = () -> {};
    private AthenaLocal local;
    private S3Client s3;
    private AwsAccess aws;

    @BeforeEach
    void start() {
        local = AthenaLocal.start();
        s3 = S3Client.builder()
                .region(local.region())
                .credentialsProvider(local.credentials())
                .endpointOverride(local.s3Endpoint())
                .forcePathStyle(true)
                .overrideConfiguration(options -> options.addExecutionInterceptor(new ExecutionInterceptor() {
                    @Override
                    public void beforeExecution(Context.BeforeExecution context, ExecutionAttributes attributes) {
                        requests.add(context.request());
                    }

                    /** The local S3 neither encrypts nor has this ACL. */
                    @Override
                    public SdkRequest modifyRequest(Context.ModifyRequest context, ExecutionAttributes attributes) {
                        return context.request() instanceof CreateMultipartUploadRequest begun
                                ? begun.toBuilder()
                                        .serverSideEncryption((String) null)
                                        .ssekmsKeyId(null)
                                        .acl((String) null)
                                        .build()
                                : context.request();
                    }

                    @Override
                    public void afterExecution(Context.AfterExecution context, ExecutionAttributes attributes) {
                        if (context.request() instanceof UploadPartCopyRequest) {
                            afterPart.run();
                        }
                    }
                }))
                .build();
        aws = AwsAccess.of(local.athenaClient(), s3);
    }

    @AfterEach
    void stop() {
        aws.close();
        s3.close();
        local.close();
    }

    @Test
    void a_file_beyond_the_limit_is_copied_in_parts_as_it_is() {
        byte[] content = put(BYTES, 1);
        Counters before = local.counters();

        copy(BYTES, ScanControl.unlimited());

        Counters took = local.counters().since(before);
        assertThat(took.s3("UploadPartCopy")).isEqualTo(2);
        assertThat(took.s3("CopyObject")).isZero();
        assertThat(took.s3BytesIn() + took.s3BytesOut()).isZero();
        assertThat(took.openMultipartUploads()).isZero();
        assertThat(s3.getObjectAsBytes(get -> get.bucket(local.bucket()).key("new/part.csv.gz"))
                        .asByteArray())
                .isEqualTo(content);
        HeadObjectResponse copy =
                s3.headObject(head -> head.bucket(local.bucket()).key("new/part.csv.gz"));
        assertThat(copy.contentType()).isEqualTo("text/csv");
        assertThat(copy.metadata()).containsEntry("made-by", "another-job");
    }

    @Test
    void a_file_at_the_limit_is_copied_at_once() {
        byte[] content = put(LARGEST_COPY_BYTES, 1);
        Counters before = local.counters();

        copy(LARGEST_COPY_BYTES, ScanControl.unlimited());

        assertThat(local.counters().since(before).s3Requests()).isEqualTo(Map.of("CopyObject", 1L));
        assertThat(s3.getObjectAsBytes(get -> get.bucket(local.bucket()).key("new/part.csv.gz"))
                        .asByteArray())
                .isEqualTo(content);
    }

    @Test
    void parts_are_written_as_one_copy_would_be() {
        put(BYTES, 1);
        copies().copy(
                        request()
                                .serverSideEncryption(ServerSideEncryption.AWS_KMS)
                                .ssekmsKeyId("a-key")
                                .acl(ObjectCannedACL.BUCKET_OWNER_FULL_CONTROL)
                                .expectedBucketOwner("111122223333")
                                .expectedSourceBucketOwner("111122223333")
                                .build(),
                        BYTES,
                        ScanControl.unlimited());

        CreateMultipartUploadRequest begun = one(CreateMultipartUploadRequest.class);
        assertThat(begun.serverSideEncryption()).isEqualTo(ServerSideEncryption.AWS_KMS);
        assertThat(begun.ssekmsKeyId()).isEqualTo("a-key");
        assertThat(begun.acl()).isEqualTo(ObjectCannedACL.BUCKET_OWNER_FULL_CONTROL);
        assertThat(requests.stream()
                        .filter(request -> request.getValueForField("ExpectedBucketOwner", String.class)
                                .filter("111122223333"::equals)
                                .isPresent()))
                .as("looked at, begun, two parts, completed")
                .hasSize(5);
        assertThat(requests.stream()
                        .filter(UploadPartCopyRequest.class::isInstance)
                        .map(UploadPartCopyRequest.class::cast))
                .extracting(UploadPartCopyRequest::expectedSourceBucketOwner)
                .containsOnly("111122223333");
    }

    @Test
    void a_file_that_is_replaced_between_two_parts_is_not_mixed() {
        put(BYTES, 1);
        afterPart = () -> {
            afterPart = () -> {};
            put(BYTES, 2);
        };

        assertThatThrownBy(() -> copy(BYTES, ScanControl.unlimited()))
                .isInstanceOf(SourceUnavailableException.class)
                .hasMessageStartingWith("copying s3://" + local.bucket() + "/old/part.csv.gz to s3://" + local.bucket()
                        + "/new/part.csv.gz failed: ")
                .hasMessageContaining("Status Code: 412");
        assertNothingIsLeft();
    }

    @Test
    void a_part_that_fails_ends_the_upload() {
        put(BYTES, 1);
        local.faults().on("UploadPartCopy").inject(Fault.accessDenied());

        assertThatThrownBy(() -> copy(BYTES, ScanControl.unlimited()))
                .isExactlyInstanceOf(ConfigurationException.class)
                .hasMessageEndingWith(". Allow it in the policy of the caller or of the role");
        assertNothingIsLeft();
    }

    @Test
    void an_upload_that_cannot_be_ended_does_not_hide_why() {
        put(BYTES, 1);
        local.faults().on("UploadPartCopy").inject(Fault.error(400, "InvalidRequest", "no such part"));
        local.faults().on("AbortMultipartUpload").inject(Fault.accessDenied());

        assertThatThrownBy(() -> copy(BYTES, ScanControl.unlimited()))
                .isInstanceOf(SourceUnavailableException.class)
                .hasMessageContaining("no such part");
    }

    @Test
    void a_copy_stops_between_two_parts() {
        put(BYTES, 1);
        ScanControl control = ScanControl.unlimited();
        afterPart = control::cancel;

        assertThatThrownBy(() -> copy(BYTES, control)).isInstanceOf(QueryCancelledException.class);
        assertThat(requests.stream().filter(UploadPartCopyRequest.class::isInstance))
                .hasSize(1);
        assertNothingIsLeft();
    }

    private void assertNothingIsLeft() {
        assertThat(local.counters().openMultipartUploads()).isZero();
        assertThat(s3.listObjectsV2(list -> list.bucket(local.bucket()).prefix("new/"))
                        .contents())
                .isEmpty();
    }

    private <T> T one(Class<T> type) {
        return requests.stream()
                .filter(type::isInstance)
                .map(type::cast)
                .reduce((one, other) -> {
                    throw new AssertionError("there are several of " + type);
                })
                .orElseThrow();
    }

    private byte[] put(int bytes, long seed) {
        byte[] content = new byte[bytes];
        new Random(seed).nextBytes(content);
        s3.putObject(
                put -> put.bucket(local.bucket())
                        .key("old/part.csv.gz")
                        .contentType("text/csv")
                        .metadata(Map.of("made-by", "another-job")),
                RequestBody.fromBytes(content));
        return content;
    }

    private void copy(long bytes, ScanControl control) {
        copies().copy(request().build(), bytes, control);
    }

    private FileCopies copies() {
        return new FileCopies(aws, LARGEST_COPY_BYTES);
    }

    private CopyObjectRequest.Builder request() {
        return CopyObjectRequest.builder()
                .sourceBucket(local.bucket())
                .sourceKey("old/part.csv.gz")
                .destinationBucket(local.bucket())
                .destinationKey("new/part.csv.gz");
    }
}
