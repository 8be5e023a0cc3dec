package io.github.tieredquery.athena.internal.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tieredquery.athena.aws.AwsAccess;
import io.github.tieredquery.athena.format.FileFormat;
import io.github.tieredquery.error.SourceUnavailableException;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.table.ColumnType;
import io.github.tieredquery.table.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;

class ArchiveFileTest {

    private static final Table EVENTS =
            Table.builder("events").time("at").key("id", ColumnType.INT64).build();

    @TempDir
    private Path directory;

    @Test
    void a_file_that_cannot_be_begun_leaves_nothing_on_the_disk() throws IOException {
        FileFormat failing = new FileFormat() {
            @Override
            public String name() {
                return "FAILING";
            }

            @Override
            public String suffix() {
                return ".csv.gz";
            }

            @Override
            public Writer open(Path target, List<FileColumn> columns) throws IOException {
                Files.writeString(target, "the start of it");
                throw new IOException("no space left on device");
            }
        };
        PutObjectRequest request = PutObjectRequest.builder()
                .bucket("lake")
                .key("events/part-00001.csv.gz")
                .build();
        try (AwsAccess aws = AwsAccess.builder().region("us-east-1").build()) {
            assertThatThrownBy(() -> new ArchiveFile(
                            aws, EVENTS, List.of(), failing, request, directory, ScanControl.unlimited()))
                    .isInstanceOf(SourceUnavailableException.class)
                    .hasMessage("writing a file of s3://lake/events/part-00001.csv.gz below " + directory
                            + " failed: no space left on device");
        }
        try (Stream<Path> left = Files.list(directory)) {
            assertThat(left).isEmpty();
        }
    }
}
