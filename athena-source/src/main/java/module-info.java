/** A cold store in S3 that Athena reads, and links to objects. */
module io.github.tieredquery.athena {
    requires transitive io.github.tieredquery;
    requires org.slf4j;
    requires static transitive org.jspecify;
    requires software.amazon.awssdk.arns;
    requires transitive software.amazon.awssdk.auth;
    requires software.amazon.awssdk.awscore;
    requires software.amazon.awssdk.core;
    requires transitive software.amazon.awssdk.http;
    requires software.amazon.awssdk.http.apache;
    requires software.amazon.awssdk.http.auth.aws;
    requires software.amazon.awssdk.http.auth.spi;
    requires software.amazon.awssdk.identity.spi;
    requires transitive software.amazon.awssdk.regions;
    requires software.amazon.awssdk.retries.api;
    requires transitive software.amazon.awssdk.services.athena;
    requires transitive software.amazon.awssdk.services.s3;
    requires transitive software.amazon.awssdk.services.sts;
    requires software.amazon.awssdk.utils;

    exports io.github.tieredquery.athena;
    exports io.github.tieredquery.athena.aws;
    exports io.github.tieredquery.athena.export;
    exports io.github.tieredquery.athena.format;
    exports io.github.tieredquery.athena.links;

    uses io.github.tieredquery.athena.format.FileFormat;
}
