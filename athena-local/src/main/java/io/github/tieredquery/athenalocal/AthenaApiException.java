package io.github.tieredquery.athenalocal;

import org.jspecify.annotations.Nullable;

/** An error response of Athena's protocol. */
final class AthenaApiException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int httpStatus;
    private final String type;
    private final @Nullable String code;

    AthenaApiException(int httpStatus, String type, @Nullable String code, @Nullable String message) {
        super(message);
        this.httpStatus = httpStatus;
        this.type = type;
        this.code = code;
    }

    static AthenaApiException invalid(String code, String message) {
        return new AthenaApiException(400, "InvalidRequestException", code, message);
    }

    static AthenaApiException input(String message) {
        return invalid("INVALID_INPUT", message);
    }

    int httpStatus() {
        return httpStatus;
    }

    String type() {
        return type;
    }

    @Nullable
    String code() {
        return code;
    }
}
