package io.github.tieredquery.athena.internal.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tieredquery.error.SourceUnavailableException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.s3.model.DeleteObjectsResponse;
import software.amazon.awssdk.services.s3.model.DeletedObject;
import software.amazon.awssdk.services.s3.model.S3Error;

/** That no object is taken for deleted of which S3 doesn't say so. */
class DeletedObjectsTest {

    private static final List<String> KEYS = List.of("a", "b", "c");

    private static DeleteObjectsResponse deleted(String... keys) {
        return DeleteObjectsResponse.builder()
                .deleted(Stream.of(keys)
                        .map(key -> DeletedObject.builder().key(key).build())
                        .toList())
                .build();
    }

    @Test
    void s3_is_asked_to_name_what_it_has_deleted() {
        assertThat(DeletedObjects.of(KEYS).quiet()).isFalse();
    }

    @Test
    void an_answer_that_names_all_is_whole() {
        assertThatCode(() -> DeletedObjects.check(deleted("c", "a", "b"), KEYS, "removing"))
                .doesNotThrowAnyException();
    }

    @Test
    void an_object_that_is_kept_is_named_with_its_reason() {
        DeleteObjectsResponse answer = deleted("a", "c").toBuilder()
                .errors(S3Error.builder()
                        .key("b")
                        .code("AccessDenied")
                        .message("Access Denied")
                        .build())
                .build();
        assertThatThrownBy(() -> DeletedObjects.check(answer, KEYS, "removing"))
                .isInstanceOf(SourceUnavailableException.class)
                .hasMessage("removing: 1 of 3 were not deleted, the first is b: AccessDenied: Access Denied");
    }

    /** The HTTP client takes an answer that ends among its headers for one without a body. */
    @Test
    void an_answer_that_was_cut_before_its_body_is_no_answer() {
        assertThatThrownBy(() -> DeletedObjects.check(deleted(), KEYS, "removing"))
                .isInstanceOf(SourceUnavailableException.class)
                .hasMessage("removing: the answer names 0 of 3 objects as deleted and says nothing of the others, so it"
                        + " was cut before its end; some of them may still be there. Try again");
    }
}
