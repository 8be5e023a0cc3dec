package io.github.tieredquery.athena.internal.s3;

import io.github.tieredquery.error.SourceUnavailableException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import software.amazon.awssdk.services.s3.model.Delete;
import software.amazon.awssdk.services.s3.model.DeleteObjectsResponse;
import software.amazon.awssdk.services.s3.model.ObjectIdentifier;
import software.amazon.awssdk.services.s3.model.S3Error;

/**
 * What S3 says about objects that it was to delete. It answers with status 200 also where it has kept some of them. In
 * its quiet mode it names the kept ones alone, so that an answer that was cut among its headers says that all are
 * deleted. So it is asked to name all of them.
 */
public final class DeletedObjects {

    private DeletedObjects() {}

    /** What DeleteObjects is asked for. */
    public static Delete of(List<String> keys) {
        return Delete.builder()
                .objects(keys.stream()
                        .map(key -> ObjectIdentifier.builder().key(key).build())
                        .toList())
                .quiet(false)
                .build();
    }

    /**
     * Checks that an answer names all keys as deleted.
     *
     * @throws SourceUnavailableException if not
     */
    public static void check(DeleteObjectsResponse answer, List<String> keys, String what) {
        if (!answer.errors().isEmpty()) {
            S3Error first = answer.errors().get(0);
            throw new SourceUnavailableException(what + ": " + answer.errors().size() + " of " + keys.size()
                    + " were not deleted, the first is " + first.key() + ": " + first.code() + ": " + first.message());
        }
        Set<String> missing = new HashSet<>(keys);
        answer.deleted().forEach(each -> missing.remove(each.key()));
        if (!missing.isEmpty()) {
            throw new SourceUnavailableException(what + ": the answer names " + (keys.size() - missing.size()) + " of "
                    + keys.size() + " objects as deleted and says nothing of the others, so it was cut before its end;"
                    + " some of them may still be there. Try again");
        }
    }
}
