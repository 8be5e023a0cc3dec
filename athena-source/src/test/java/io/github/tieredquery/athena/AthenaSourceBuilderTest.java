package io.github.tieredquery.athena;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tieredquery.athena.aws.AwsAccess;
import io.github.tieredquery.athena.internal.execution.RunnerOptions;
import io.github.tieredquery.athena.internal.result.ResultReader.ReadOptions;
import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.table.ColumnType;
import io.github.tieredquery.table.Table;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.athena.model.EncryptionOption;
import software.amazon.awssdk.services.athena.model.ResultConfiguration;
import software.amazon.awssdk.services.athena.model.S3AclOption;

/** What the builders ask for, and what their options become. Nothing here is sent to AWS. */
class AthenaSourceBuilderTest {

    private static final Table EVENTS =
            Table.builder("events").time("at").key("id", ColumnType.INT64).build();
    private static final HivePartitionLayout LAYOUT = HivePartitionLayout.daily(ZoneOffset.UTC);
    private static final String KEY = "arn:aws:kms:eu-west-1:123456789012:key/k";

    private final AwsAccess aws = AwsAccess.builder().region("eu-west-1").build();

    @AfterEach
    void close() {
        aws.close();
    }

    private OwnArchiveBuilder archive() {
        return AthenaSource.archive(aws, EVENTS).table("lake", "events");
    }

    private static void assertRefused(ThrowingCallable build, String message) {
        assertThatThrownBy(build).isInstanceOf(ConfigurationException.class).hasMessage(message);
    }

    private static void assertIllegal(ThrowingCallable call, String message) {
        assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessage(message);
    }

    @Test
    void what_is_required_is_asked_for_by_name() {
        String noTable = "table 'events': the source needs its table in Athena; name it with table(…)";
        String noLayout = "athena:lake.events: the source needs the layout of its partitions; say layout(…)";
        String noPlace = "athena:lake.events: the source needs the place of its files; say location(…)";
        assertRefused(() -> AthenaSource.archive(aws, EVENTS).build(), noTable);
        assertRefused(() -> AthenaSource.existing(aws, EVENTS).build(), noTable);
        assertRefused(() -> AthenaSource.adopting(aws, EVENTS, "lake", "old").build(), noTable);
        assertRefused(() -> archive().build(), noLayout);
        assertRefused(
                () -> AthenaSource.existing(aws, EVENTS).table("lake", "events").build(), noLayout);
        assertRefused(() -> archive().layout(LAYOUT).build(), noPlace);
        assertRefused(
                () -> AthenaSource.adopting(aws, EVENTS, "lake", "old")
                        .table("lake", "events")
                        .layout(LAYOUT)
                        .build(),
                noPlace);
    }

    @Test
    void values_that_nothing_can_be_are_refused_at_once() {
        assertIllegal(
                () -> AthenaSource.adopting(aws, EVENTS, "Lake", "old"),
                "the database 'Lake' isn't a name in Athena: 1 to 255 of a-z, 0-9 and _");
        assertIllegal(
                () -> AthenaSource.adopting(aws, EVENTS, "lake", "o`d"),
                "the table 'o`d' isn't a name in Athena: 1 to 255 of a-z, 0-9 and _");
        assertIllegal(
                () -> archive().column("id", "Id"),
                "the column 'Id' isn't a name in Athena: 1 to 255 of a-z, 0-9 and _");
        assertIllegal(() -> archive().expectedBucketOwner("12345"), "the account id '12345' isn't 12 digits");
        assertIllegal(
                () -> AthenaResults.at("s3://results/").readAhead(0, 1 << 20),
                "read-ahead of 0 parts of 1048576 bytes: it needs 1 part, and 65536 bytes");
        assertIllegal(
                () -> AthenaResults.at("s3://results/").readAhead(1, 65_535),
                "read-ahead of 1 parts of 65535 bytes: it needs 1 part, and 65536 bytes");
        assertIllegal(
                () -> AthenaResults.at("s3://results/").polling(Duration.ofSeconds(2), Duration.ofSeconds(1)),
                "polling after PT2S and at last every PT1S: the first pause is positive, the longest not shorter");
        assertIllegal(() -> AthenaResults.at("s3://results/").reruns(-1), "reruns is -1; it is 0 or more");
    }

    @Test
    void projected_years_and_values_that_athena_cannot_look_for_are_refused() {
        assertIllegal(
                () -> Registration.projection(2025, 2024, Map.of()),
                "the projected years are 2025 to 2024; say years from 0 to 9999, the first one first");
        assertIllegal(
                () -> Registration.projection(-1, 2024, Map.of()),
                "the projected years are -1 to 2024; say years from 0 to 9999, the first one first");
        assertIllegal(
                () -> Registration.projection(2024, 10_000, Map.of()),
                "the projected years are 2024 to 10000; say years from 0 to 9999, the first one first");
        assertIllegal(
                () -> Registration.projection(2024, 2025, Map.of("shop", List.of())),
                "the projected values of 'shop' are []; there is at least one, and none has a comma");
        assertIllegal(
                () -> Registration.projection(2024, 2025, Map.of("shop", List.of("a", "b,c"))),
                "the projected values of 'shop' are [a, b,c]; there is at least one, and none has a comma");
    }

    @Test
    void statements_run_by_the_primary_workgroup_where_nothing_else_is_said() {
        assertThat(archive().runnerOptions())
                .isEqualTo(new RunnerOptions(
                        null,
                        "AwsDataCatalog",
                        "lake",
                        null,
                        Duration.ofMillis(100),
                        Duration.ofSeconds(3),
                        Duration.ofMinutes(5),
                        2));
        assertThat(archive().readOptions()).isEqualTo(new ReadOptions(null, false, (4 << 20) - 64, 4));
    }

    @Test
    void each_option_of_results_is_kept_beside_the_others() {
        AthenaResults results = AthenaResults.at("s3://results/events")
                .workGroup("api")
                .byApi()
                .readAhead(2, 1 << 20)
                .polling(Duration.ofMillis(5), Duration.ofMillis(50))
                .throttleLimit(Duration.ofMinutes(1))
                .reruns(7);
        OwnArchiveBuilder source = archive()
                .catalog("other")
                .results(results)
                .encryptedByS3()
                .encryptedByKms(KEY)
                .expectedBucketOwner("123456789012")
                .bucketOwnerFullControl();
        ResultConfiguration configuration = ResultConfiguration.builder()
                .outputLocation("s3://results/events/")
                .expectedBucketOwner("123456789012")
                .encryptionConfiguration(encryption ->
                        encryption.encryptionOption(EncryptionOption.SSE_KMS).kmsKey(KEY))
                .aclConfiguration(acl -> acl.s3AclOption(S3AclOption.BUCKET_OWNER_FULL_CONTROL))
                .build();
        assertThat(source.runnerOptions())
                .isEqualTo(new RunnerOptions(
                        "api",
                        "other",
                        "lake",
                        configuration,
                        Duration.ofMillis(5),
                        Duration.ofMillis(50),
                        Duration.ofMinutes(1),
                        7));
        assertThat(source.readOptions()).isEqualTo(new ReadOptions("123456789012", true, 1 << 20, 2));
    }

    @Test
    void results_of_a_workgroup_are_where_it_says() {
        assertThat(archive().results(AthenaResults.ofWorkGroup("api")).runnerOptions())
                .extracting(RunnerOptions::workGroup, RunnerOptions::results)
                .containsExactly("api", null);
        assertThat(archive()
                        .results(AthenaResults.ofWorkGroup("api"))
                        .encryptedByS3()
                        .runnerOptions()
                        .results())
                .isEqualTo(ResultConfiguration.builder()
                        .encryptionConfiguration(encryption -> encryption.encryptionOption(EncryptionOption.SSE_S3))
                        .build());
    }
}
