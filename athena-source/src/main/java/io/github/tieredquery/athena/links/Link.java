package io.github.tieredquery.athena.links;

import java.net.URI;
import java.time.Instant;

/**
 * A link and its end.
 *
 * @param url a secret: whoever has it can download
 * @param expiresAt the first instant at which it doesn't work any more, in whole seconds; a download that has begun
 *     goes on. By the clock of the machine that made it
 * @param shortened whether it ends before it was asked to, since the credentials that sign it do
 */
public record Link(URI url, Instant expiresAt, boolean shortened) {

    /** Where it leads and when it ends, without what makes it work: texts end up in logs. */
    @Override
    public String toString() {
        return "Link[" + url.getScheme() + "://" + url.getAuthority() + "/…, expiresAt=" + expiresAt
                + (shortened ? ", shortened]" : "]");
    }
}
