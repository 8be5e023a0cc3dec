package io.github.tieredquery.athenalocal.internal.type;

import org.jspecify.annotations.Nullable;

/** An error response of Athena's protocol. */
public final class AthenaApiException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int httpStatus;
    private final String type;
    private final @Nullable String code;

    public AthenaApiException(int httpStatus, String type, @Nullable String code, @Nullable String message) {
        super(message);
        this.httpStatus = httpStatus;
        this.type = type;
        this.code = code;
    }

    public static AthenaApiException invalid(String code, String message) {
        return new AthenaApiException(400, "InvalidRequestException", code, message);
    }

    public static AthenaApiException input(String message) {
        return invalid("INVALID_INPUT", message);
    }

    public int httpStatus() {
        return httpStatus;
    }

    public String type() {
        return type;
    }

    @Nullable
    public String code() {
        return code;
    }
}
