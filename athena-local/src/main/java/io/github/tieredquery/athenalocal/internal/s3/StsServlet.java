package io.github.tieredquery.athenalocal.internal.s3;

import io.github.tieredquery.athenalocal.fault.Fault;
import io.github.tieredquery.athenalocal.fault.Faults;
import io.github.tieredquery.athenalocal.internal.type.Tally;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** AssumeRole of STS's query protocol. */
public final class StsServlet extends HttpServlet {
    private static final long serialVersionUID = 1;
    private static final int DEFAULT_SECONDS = 3600;

    private final transient Identities identities;
    private final transient Tally tally;
    private final transient Faults faults;
    private final transient @Nullable Duration expiry;
    private final transient Map<String, Role> roles = new ConcurrentHashMap<>();

    /**
     * A role that can be assumed.
     *
     * @param externalId what must be presented, null for nothing
     */
    public record Role(String arn, @Nullable String externalId) {}

    /** A null expiry is as long as the client asks. */
    public StsServlet(Identities identities, Tally tally, Faults faults, List<Role> roles, @Nullable Duration expiry) {
        this.identities = identities;
        this.tally = tally;
        this.faults = faults;
        this.expiry = expiry;
        roles.forEach(role -> this.roles.put(role.arn(), role));
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        byte[] body = request.getInputStream().readAllBytes();
        Map<String, String> parameters = parameters(new String(body, StandardCharsets.UTF_8));
        String action = parameters.getOrDefault("Action", "");
        tally.stsCall(action);
        faults.delay(action);
        Fault fault = faults.strike(action, parameters.getOrDefault("RoleArn", ""));
        if (fault != null && fault.kind() == Fault.Kind.ERROR) {
            fail(response, fault.httpStatus(), fault.code(), fault.message());
            return;
        }
        try {
            Identity caller = SigV4.verify(identities, request::getHeader, body);
            if (action.equals("AssumeRole")) {
                assumeRole(caller, parameters, response);
            } else {
                fail(response, 400, "InvalidAction", "Could not find operation " + action + " for version 2011-06-15");
            }
        } catch (SigV4.RefusedException refused) {
            String code = switch (refused.code()) {
                case "UnrecognizedClientException" -> "InvalidClientTokenId";
                case "InvalidSignatureException" -> "SignatureDoesNotMatch";
                case "ExpiredTokenException" -> "ExpiredToken";
                default -> refused.code();
            };
            fail(response, 403, code, String.valueOf(refused.getMessage()));
        }
        if (fault != null && fault.kind() == Fault.Kind.LOST_RESPONSE) {
            Endpoint.cut(request);
        }
    }

    private void assumeRole(Identity caller, Map<String, String> parameters, HttpServletResponse response)
            throws IOException {
        String arn = parameters.getOrDefault("RoleArn", "");
        String session = parameters.getOrDefault("RoleSessionName", "");
        if (!session.matches("[\\w+=,.@-]{2,64}")) {
            fail(
                    response,
                    400,
                    "ValidationError",
                    "1 validation error detected: Value at 'roleSessionName' failed to satisfy constraint: Member must"
                            + " satisfy regular expression pattern: [\\w+=,.@-]*");
            return;
        }
        Role role = roles.get(arn);
        if (role == null || (role.externalId() != null && !role.externalId().equals(parameters.get("ExternalId")))) {
            fail(
                    response,
                    403,
                    "AccessDenied",
                    "User: " + caller.arn() + " is not authorized to perform: sts:AssumeRole on resource: " + arn);
            return;
        }
        int seconds = Integer.parseInt(parameters.getOrDefault("DurationSeconds", "" + DEFAULT_SECONDS));
        if (seconds < 900 || seconds > 43_200) {
            fail(
                    response,
                    400,
                    "ValidationError",
                    "1 validation error detected: Value '" + seconds + "' at 'durationSeconds' failed to satisfy"
                            + " constraint: Member must have value between 900 and 43200");
            return;
        }
        if (caller.sessionToken() != null && seconds > DEFAULT_SECONDS) {
            fail(
                    response,
                    400,
                    "ValidationError",
                    "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining");
            return;
        }
        Duration lasting = expiry == null ? Duration.ofSeconds(seconds) : expiry;
        Instant end = Instant.now().plus(lasting);
        String assumed = arn.replace(":iam:", ":sts:").replace(":role/", ":assumed-role/") + "/" + session;
        Identity identity = identities.createTemporary(assumed, end);
        send(
                response,
                200,
                "<AssumeRoleResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><AssumeRoleResult>"
                        + "<AssumedRoleUser><AssumedRoleId>AROA:" + escape(session) + "</AssumedRoleId><Arn>"
                        + escape(assumed) + "</Arn></AssumedRoleUser><Credentials><AccessKeyId>"
                        + identity.accessKeyId() + "</AccessKeyId><SecretAccessKey>" + identity.secretAccessKey()
                        + "</SecretAccessKey><SessionToken>" + identity.sessionToken()
                        + "</SessionToken><Expiration>" + end.truncatedTo(ChronoUnit.MILLIS)
                        + "</Expiration></Credentials></AssumeRoleResult><ResponseMetadata><RequestId>"
                        + UUID.randomUUID() + "</RequestId></ResponseMetadata></AssumeRoleResponse>");
    }

    private static Map<String, String> parameters(String form) {
        Map<String, String> parameters = new HashMap<>();
        for (String pair : form.split("&", -1)) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                parameters.put(
                        pair.substring(0, equals),
                        URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
            }
        }
        return parameters;
    }

    private static void fail(HttpServletResponse response, int status, String code, String message) throws IOException {
        send(
                response,
                status,
                "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error><Type>Sender</Type><Code>"
                        + escape(code) + "</Code><Message>" + escape(message) + "</Message></Error><RequestId>"
                        + UUID.randomUUID() + "</RequestId></ErrorResponse>");
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }

    private static void send(HttpServletResponse response, int status, String xml) throws IOException {
        response.setStatus(status);
        response.setHeader("Content-Type", "text/xml");
        response.getOutputStream().write(xml.getBytes(StandardCharsets.UTF_8));
    }
}
