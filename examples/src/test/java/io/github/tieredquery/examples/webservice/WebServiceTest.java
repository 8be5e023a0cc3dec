package io.github.tieredquery.examples.webservice;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tieredquery.examples.flights.EarlierFlights;
import io.github.tieredquery.examples.flights.LocalServers;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The service as its callers see it: everything by HTTP. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WebServiceTest {

    private static final String LATE_FROM_SFO = "from=2001-05-25&to=2001-06-05&origin=SFO&minDelay=60";

    private final HttpClient client = HttpClient.newHttpClient();
    private final LocalServers servers;
    private final WebService service;

    WebServiceTest() throws IOException, SQLException {
        servers = LocalServers.start();
        WebService.load(servers);
        EarlierFlights.delete(servers.database(), "2001-05-15", "flights"); // nobody asks for them
        service = WebService.start(servers, 0);
    }

    @AfterAll
    void stop() throws IOException {
        service.close();
        servers.close();
    }

    @Test
    void pages_across_the_boundary_have_each_flight_once() throws Exception {
        List<String> times = new ArrayList<>();
        String token = "";
        do {
            String page = get("/flights?" + LATE_FROM_SFO + "&size=7" + token);
            List<String> found = all("\"departedAt\":\"([^\"]+)\"", page);
            assertThat(found).hasSizeLessThanOrEqualTo(7);
            times.addAll(found);
            List<String> next = all("\"next\":\"([^\"]+)\"", page);
            token = next.isEmpty() ? "" : "&token=" + next.get(0);
        } while (!token.isEmpty());

        assertThat(times).isSortedAccordingTo((left, right) -> right.compareTo(left));
        assertThat(times.get(0)).startsWith("2001-06-");
        assertThat(times.get(times.size() - 1)).startsWith("2001-05-");
        assertThat(get("/flights/count?" + LATE_FROM_SFO)).isEqualTo("{\"count\":" + times.size() + "}");
    }

    @Test
    void a_plan_shows_both_tiers() throws Exception {
        assertThat(get("/flights/plan?" + LATE_FROM_SFO))
                .contains("HOT postgresql:flights", "COLD athena:lake.flights");
    }

    @Test
    void an_export_ends_in_a_link_to_all_rows() throws Exception {
        HttpResponse<String> started = send("POST", "/flights/exports?" + LATE_FROM_SFO);
        assertThat(started.statusCode()).isEqualTo(202);
        String export = all("\"export\":\"([^\"]+)\"", started.body()).get(0);

        String status = get(export);
        while (status.startsWith("{\"state\":\"running\"")) {
            status = get(export);
        }

        assertThat(status).startsWith("{\"state\":\"done\",");
        String link = all("\"download\":\"([^\"]+)\"", status).get(0);
        HttpResponse<String> download =
                client.send(HttpRequest.newBuilder(URI.create(link)).build(), HttpResponse.BodyHandlers.ofString());
        assertThat(download.statusCode()).isEqualTo(200);
        assertThat(download.headers().firstValue("Content-Disposition"))
                .hasValueSatisfying(value -> assertThat(value).contains("flights.csv"));
        List<String> lines = download.body().lines().toList();
        assertThat(lines.get(0)).isEqualTo("\"departed_at\",\"id\",\"delay\",\"distance\",\"origin\",\"destination\"");
        assertThat(get("/flights/count?" + LATE_FROM_SFO)).isEqualTo("{\"count\":" + (lines.size() - 1) + "}");
    }

    @Test
    void what_a_caller_gets_wrong_is_told_to_the_caller() throws Exception {
        assertProblem(400, "/flights?to=2001-06-05", "'from' is missing; write it as a day, 2001-06-01");
        assertProblem(400, "/flights?from=2001-06-05&to=yesterday", "Text 'yesterday' could not be parsed at index 0");
        assertProblem(
                400,
                "/flights?from=2001-06-05&to=2001-06-01",
                "the range is inverted: it goes from 2001-06-05T00:00:00Z to 2001-06-01T00:00:00Z");
        assertThat(send("GET", "/flights?" + LATE_FROM_SFO + "&token=made-up").statusCode())
                .isEqualTo(400);
        assertThat(send("GET", "/flights/exports/made-up").statusCode()).isEqualTo(400);
        assertProblem(404, "/flights/elsewhere", "there is no GET /flights/elsewhere");
        assertProblem(
                400,
                "/flights?from=1999-01-01&to=2001-06-05",
                "flights [1999-01-01T00:00:00Z, 2001-06-05T00:00:00Z) newest first limit 51: its range is PT21264H long and"
                        + " the policy allows PT8784H. Ask for a shorter range.");
    }

    private void assertProblem(int status, String path, String problem) throws Exception {
        HttpResponse<String> response = send("GET", path);
        assertThat(response.body()).isEqualTo("{\"problem\":\"" + problem + "\"}");
        assertThat(response.statusCode()).isEqualTo(status);
    }

    private String get(String path) throws Exception {
        HttpResponse<String> response = send("GET", path);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return response.body();
    }

    private HttpResponse<String> send(String method, String path) throws Exception {
        return client.send(
                HttpRequest.newBuilder(service.address().resolve(path))
                        .method(method, HttpRequest.BodyPublishers.noBody())
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private static List<String> all(String pattern, String text) {
        Matcher matcher = Pattern.compile(pattern).matcher(text);
        List<String> found = new ArrayList<>();
        while (matcher.find()) {
            found.add(matcher.group(1));
        }
        return found;
    }
}
