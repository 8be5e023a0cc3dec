package io.github.tieredquery.athenalocal.internal.http;

import io.github.tieredquery.athenalocal.fault.Fault;
import io.github.tieredquery.athenalocal.fault.Faults;
import io.github.tieredquery.athenalocal.internal.s3.Endpoint;
import io.github.tieredquery.athenalocal.internal.s3.Identities;
import io.github.tieredquery.athenalocal.internal.s3.SigV4;
import io.github.tieredquery.athenalocal.internal.type.AthenaApiException;
import io.github.tieredquery.athenalocal.internal.type.Tally;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Athena's wire protocol, AWS JSON 1.1, in front of {@link AthenaApi}. */
public final class AthenaServlet extends HttpServlet {
    private static final long serialVersionUID = 1;
    private static final String CONTENT_TYPE = "application/x-amz-json-1.1";
    private static final String TARGET = "AmazonAthena.";

    private final transient AthenaApi api;
    private final transient Identities identities;
    private final transient Tally tally;
    private final transient Faults faults;
    private final transient JsonMapper json = JsonMapper.shared();

    public AthenaServlet(AthenaApi api, Identities identities, Tally tally, Faults faults) {
        this.api = api;
        this.identities = identities;
        this.tally = tally;
        this.faults = faults;
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        byte[] body = request.getInputStream().readAllBytes();
        response.setHeader("x-amzn-RequestId", UUID.randomUUID().toString());
        String contentType = request.getContentType();
        if (contentType == null || !contentType.startsWith(CONTENT_TYPE)) {
            send(response, 404, "text/xml", "<UnknownOperationException/>\n");
            return;
        }
        String target = request.getHeader("X-Amz-Target");
        if (target == null || !target.startsWith(TARGET)) {
            send(response, 400, CONTENT_TYPE, "{\"__type\":\"UnknownOperationException\"}");
            return;
        }
        String operation = target.substring(TARGET.length());
        tally.athenaCall(operation);
        faults.delay(operation);
        JsonNode input = parse(body);
        Fault fault = faults.strike(operation, subject(input));
        if (fault != null && fault.kind() == Fault.Kind.ERROR) {
            fail(response, fault.httpStatus(), type(fault), reason(fault), fault.message());
            return;
        }
        answer(request, response, operation, input, body);
        if (fault != null && fault.kind() == Fault.Kind.LOST_RESPONSE) {
            Endpoint.cut(request);
            return;
        }
        response.flushBuffer();
    }

    private void answer(
            HttpServletRequest request,
            HttpServletResponse response,
            String operation,
            @Nullable JsonNode input,
            byte[] body)
            throws IOException {
        try {
            SigV4.verify(identities, request::getHeader, body);
            if (input == null || !input.isObject()) {
                fail(response, 400, "SerializationException", null, null);
                return;
            }
            ObjectNode answer = api.call(operation, input);
            if (answer == null) {
                send(response, 400, CONTENT_TYPE, "{\"__type\":\"UnknownOperationException\"}");
            } else {
                send(response, 200, CONTENT_TYPE, json.writeValueAsString(answer));
            }
        } catch (SigV4.RefusedException refused) {
            send(
                    response,
                    400,
                    CONTENT_TYPE,
                    json.writeValueAsString(JsonNodeFactory.instance
                            .objectNode()
                            .put("__type", refused.code())
                            .put("message", refused.getMessage())));
        } catch (AthenaApiException failure) {
            fail(response, failure.httpStatus(), failure.type(), failure.code(), failure.getMessage());
        }
    }

    private @Nullable JsonNode parse(byte[] body) {
        try {
            return json.readTree(body);
        } catch (JacksonException malformed) {
            return null;
        }
    }

    private static String subject(@Nullable JsonNode input) {
        if (input == null) {
            return "";
        }
        String sql = input.path("QueryString").asString("");
        return sql.isEmpty() ? input.path("QueryExecutionId").asString("") : sql;
    }

    private static String type(Fault fault) {
        return fault.code().equals("AccessDenied") ? "AccessDeniedException" : fault.code();
    }

    private static @Nullable String reason(Fault fault) {
        return fault.code().equals("TooManyRequestsException") ? "CONCURRENT_QUERY_LIMIT_EXCEEDED" : null;
    }

    private void fail(
            HttpServletResponse response, int status, String type, @Nullable String code, @Nullable String message)
            throws IOException {
        ObjectNode error = JsonNodeFactory.instance.objectNode().put("__type", type);
        if (code != null && type.equals("TooManyRequestsException")) {
            error.put("Reason", code);
        } else if (code != null) {
            error.put("AthenaErrorCode", code).put("ErrorCode", code);
        }
        if (message != null) {
            error.put("Message", message);
        }
        send(response, status, CONTENT_TYPE, json.writeValueAsString(error));
    }

    /** Fills the response without sending it yet, so that it can still be lost. */
    private static void send(HttpServletResponse response, int status, String contentType, String body)
            throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        response.setBufferSize(Math.max(bytes.length + 1024, 8192));
        response.setStatus(status);
        response.setHeader("Content-Type", contentType);
        response.getOutputStream().write(bytes);
    }
}
