package io.github.tieredquery.examples.webservice;

/**
 * What a request is answered with.
 *
 * @param status the HTTP status
 * @param type the content type
 * @param body the text
 */
record Answer(int status, String type, String body) {

    static Answer json(int status, String body) {
        return new Answer(status, "application/json", body);
    }

    static Answer text(String body) {
        return new Answer(200, "text/plain; charset=utf-8", body);
    }

    static Answer problem(int status, String problem) {
        return json(status, "{\"problem\":" + Json.text(problem) + "}");
    }
}
