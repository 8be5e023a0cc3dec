package io.github.tieredquery.athena.internal.s3;

import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;

/**
 * How objects are written, results as well as files of the archive. Immutable.
 *
 * @param encryption null if the bucket decides
 * @param kmsKey null unless encrypted with a key of KMS
 * @param owner the account that the buckets have to belong to, null for any
 * @param ownerFullControl whether the bucket's owner gets full control by an ACL
 */
public record BucketOptions(
        @Nullable ServerSideEncryption encryption,
        @Nullable String kmsKey,
        @Nullable String owner,
        boolean ownerFullControl) {

    /** As the buckets say, of any account. */
    public static final BucketOptions NONE = new BucketOptions(null, null, null, false);

    public BucketOptions encryptedByS3() {
        return new BucketOptions(ServerSideEncryption.AES256, null, owner, ownerFullControl);
    }

    public BucketOptions encryptedByKms(String key) {
        return new BucketOptions(ServerSideEncryption.AWS_KMS, key, owner, ownerFullControl);
    }

    public BucketOptions ownedBy(String account) {
        return new BucketOptions(encryption, kmsKey, account, ownerFullControl);
    }

    public BucketOptions withOwnerFullControl() {
        return new BucketOptions(encryption, kmsKey, owner, true);
    }
}
