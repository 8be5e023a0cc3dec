package io.github.tieredquery.athena.links;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a CloudFront link demands besides its end. With nothing of it the policy is a canned one, which CloudFront makes
 * anew from the link instead of reading it there.
 *
 * @param notBefore inclusive, null for at once
 * @param addresses IPv4 in CIDR form, null for all
 */
record CloudFrontPolicy(
        @Nullable Instant notBefore, @Nullable String addresses) {

    private static final String OCTET = "(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
    private static final Pattern RANGE =
            Pattern.compile(OCTET + "\\." + OCTET + "\\." + OCTET + "\\." + OCTET + "/(?:3[0-2]|[12]?\\d)");

    static final CloudFrontPolicy CANNED = new CloudFrontPolicy(null, null);

    CloudFrontPolicy notBefore(Instant start) {
        return new CloudFrontPolicy(start.truncatedTo(ChronoUnit.SECONDS), addresses);
    }

    CloudFrontPolicy onlyFrom(String range) {
        if (!RANGE.matcher(range).matches()) {
            throw new IllegalArgumentException("'" + range + "' isn't a range of IPv4 addresses; write 192.0.2.0/24");
        }
        return new CloudFrontPolicy(notBefore, range);
    }

    boolean isCanned() {
        return notBefore == null && addresses == null;
    }

    /**
     * The policy as JSON without white space; of a canned one CloudFront expects every character.
     *
     * @param resource a percent-encoded URL, which needs no escapes in JSON
     */
    String text(String resource, Instant end) {
        if (notBefore != null && !notBefore.isBefore(end)) {
            throw new IllegalArgumentException("a link that begins at " + notBefore + " can't end at " + end
                    + ": the duration counts from now, so give a longer one");
        }
        StringBuilder text = new StringBuilder("{\"Statement\":[{\"Resource\":\"")
                .append(resource)
                .append("\",\"Condition\":{\"DateLessThan\":{\"AWS:EpochTime\":")
                .append(end.getEpochSecond())
                .append('}');
        if (notBefore != null) {
            text.append(",\"DateGreaterThan\":{\"AWS:EpochTime\":")
                    .append(notBefore.getEpochSecond())
                    .append('}');
        }
        if (addresses != null) {
            text.append(",\"IpAddress\":{\"AWS:SourceIp\":\"").append(addresses).append("\"}");
        }
        return text.append("}}]}").toString();
    }
}
