package io.taskstore.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.zaxxer.hikari.HikariDataSource;
import io.taskstore.JacksonCodec;
import io.taskstore.TaskType;
import io.taskstore.embedded.TaskStore;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
final class HttpServiceTest {

    private static final String UNKNOWN = "/tasks/00000000-0000-0000-0000-000000000000";

    /** For the tests that do no harm to it, since the end of a server takes a second on older JDKs. */
    private static final TaskStore SHARED_STORE = TaskStore.open("jdbc:sqlite::memory:");

    private static HttpService shared;

    private final HttpClient client = HttpClient.newHttpClient();
    private TaskStore store = SHARED_STORE;
    private HttpService service = shared;

    @BeforeAll
    static void start() throws IOException {
        shared = new HttpService(SHARED_STORE, 0);
    }

    @AfterAll
    static void close() {
        shared.close();
    }

    private void startAnother(TaskStore another) throws IOException {
        store = another;
        service = new HttpService(store, 0);
    }

    private HttpResponse<String> send(String method, String path, String body) throws Exception {
        return client.send(
                HttpRequest.newBuilder(URI.create("http://localhost:" + service.port() + path))
                        .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
                        .build(),
                BodyHandlers.ofString());
    }

    private HttpResponse<String> get(String path) throws Exception {
        return send("GET", path, "");
    }

    private HttpResponse<String> post(String body) throws Exception {
        return send("POST", "/tasks", body);
    }

    private static JsonNode json(HttpResponse<String> response) {
        return JacksonCodec.standard().decode(response.body(), JsonNode.class);
    }

    private static String title(JsonNode task) {
        return task.get("title").textValue();
    }

    @Test
    void aTaskIsSubmittedRunAndShownWithItsHistory() throws Exception {
        store.worker()
                .handle(TaskType.of("email", String.class), (to, run) -> {})
                .start();

        HttpResponse<String> posted = post(
                "{\"type\":\"email\",\"payload\":\"ada@example.org\",\"title\":\"Greet\",\"submittedBy\":\"bob\"}");
        assertThat(posted.statusCode()).isEqualTo(201);
        String id = json(posted).get("id").textValue();
        assertThat(posted.headers().firstValue("Location")).contains("/tasks/" + id);
        assertThat(store.tasks().await(UUID.fromString(id), Duration.ofSeconds(20)))
                .isPresent();

        HttpResponse<String> shown = get("/tasks/" + id);
        assertThat(shown.statusCode()).isEqualTo(200);
        JsonNode task = json(shown);
        assertThat(title(task)).isEqualTo("Greet");
        assertThat(task.get("submittedBy").textValue()).isEqualTo("bob");
        assertThat(task.get("history").findValuesAsText("to")).containsExactly("PENDING", "RUNNING", "COMPLETED");
        assertThat(task.get("explanation").textValue()).contains("it completed in attempt 1");
    }

    @Test
    void theSamePostWithAnIdMakesOneTaskAndAnotherIsRefused() throws Exception {
        String id = "\"id\":\"" + UUID.randomUUID() + "\"";
        String first = post("{\"type\":\"once\",\"payload\":1," + id + "}").body();

        assertThat(json(post("{\"type\":\"once\",\"payload\":1," + id + "}")).get("id"))
                .isEqualTo(JacksonCodec.standard().decode(first, JsonNode.class).get("id"));
        HttpResponse<String> other = post("{\"type\":\"once\",\"payload\":2," + id + "}");
        assertThat(other.statusCode()).isEqualTo(409);
        assertThat(json(other).get("error").textValue()).contains("is taken by other content");
        assertThat(json(get("/tasks?type=once")).get("tasks")).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"payload\": 1} | TaskType.name must be given",
                "{\"type\": \"bad\"} | payload must be given",
                "{\"type\": \"two words\", \"payload\": 1} | TaskType.name must be a name",
                "{\"type\": \"bad\", \"payload\": 1, \"title\": \" \"} | title must be a text of 1 to 500 characters",
                "{\"type\": | the JSON cannot be decoded",
                "null | the JSON is null",
            })
    void aBadPostIsRefusedInTheWordsOfTheLibrary(String body, String message) throws Exception {
        HttpResponse<String> answer = post(body);

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(json(answer).get("error").textValue()).contains(message);
        assertThat(json(get("/tasks?type=bad")).get("tasks")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "/tasks?limit=0, PageRequest.limit must be between 1 and 1000",
        "/tasks?limit=many, many",
        "/tasks?status=DONE, DONE",
        "/tasks?after=here, Cursor must be a text that a page gave",
        "/tasks?colour=red, query must be a known condition",
        "/tasks?type=, type must be a name",
        "/tasks/17, 17",
    })
    void aBadQuestionIsRefused(String path, String message) throws Exception {
        HttpResponse<String> answer = get(path);

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(json(answer).get("error").textValue()).contains(message);
    }

    @Test
    void whatIsNotThereIsNotFound() throws Exception {
        assertThat(get(UNKNOWN).statusCode()).isEqualTo(404);
        assertThat(send("DELETE", UNKNOWN, "").statusCode()).isEqualTo(404);
        assertThat(get("/task").statusCode()).isEqualTo(404);
        assertThat(send("PUT", "/tasks", "{}").statusCode()).isEqualTo(404);
    }

    @Test
    void pagesFollowOneAnother() throws Exception {
        for (int i = 1; i <= 5; i++) {
            post("{\"type\":\"a\",\"payload\":1,\"title\":\"" + i + "\",\"submittedBy\":\"ada & eve\"}");
            post("{\"type\":\"b\",\"payload\":1,\"title\":\"x\"}");
        }
        List<String> titles = new ArrayList<>();
        String path = "/tasks?status=PENDING&type=a&submittedBy=ada+%26+eve&limit=2";
        JsonNode page = json(get(path));
        page.get("tasks").forEach(task -> titles.add(title(task)));
        while (!page.get("after").isNull()) {
            page = json(get(path + "&after=" + page.get("after").textValue()));
            page.get("tasks").forEach(task -> titles.add(title(task)));
        }

        assertThat(titles).containsExactly("5", "4", "3", "2", "1");
        assertThat(json(get("/tasks?type=a&status=COMPLETED")).get("tasks")).isEmpty();
    }

    @Test
    void aTaskIsDeletedUnlessItRuns() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        store.worker()
                .handle(TaskType.of("slow", String.class), (payload, run) -> {
                    begun.countDown();
                    end.await();
                })
                .start();
        String running = "/tasks/"
                + json(post("{\"type\":\"slow\",\"payload\":\"x\"}")).get("id").textValue();
        begun.await();

        HttpResponse<String> refused = send("DELETE", running, "");
        assertThat(refused.statusCode()).isEqualTo(409);
        assertThat(json(refused).get("error").textValue()).contains("is RUNNING and cannot be deleted");
        end.countDown();

        String pending = "/tasks/"
                + json(post("{\"type\":\"other\",\"payload\":1}")).get("id").textValue();
        HttpResponse<String> deleted = send("DELETE", pending, "");
        assertThat(deleted.statusCode()).isEqualTo(204);
        assertThat(deleted.body()).isEmpty();
        assertThat(get(pending).statusCode()).isEqualTo(404);
    }

    @Test
    void aStoreThatIsClosedIsDown() throws Exception {
        startAnother(TaskStore.open("jdbc:sqlite::memory:"));
        assertThat(get("/health").statusCode()).isEqualTo(200);
        store.close();

        assertThat(get("/health").statusCode()).isEqualTo(503);
        assertThat(json(get("/health")).get("level").textValue()).isEqualTo("DOWN");
        assertThat(get("/tasks").statusCode()).isEqualTo(503);
        assertThat(get(UNKNOWN).statusCode()).isEqualTo(503);
        assertThat(send("DELETE", UNKNOWN, "").statusCode()).isEqualTo(503);
        service.close();
    }

    @Test
    void whileTheDatabaseIsDownItSaysWhenToComeBackAndThenWorksAgain() throws Exception {
        try (Pool pool = new Pool()) {
            pool.setJdbcUrl(TestPostgres.newDatabase());
            startAnother(TaskStore.builder(pool).open());
            String body = "{\"type\":\"email\",\"payload\":1,\"id\":\"" + UUID.randomUUID() + "\"}";

            pool.down = true;
            HttpResponse<String> refused = post(body);
            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(refused.headers().firstValue("Retry-After")).contains("5");
            assertThat(get("/health").statusCode()).isEqualTo(503);

            pool.down = false;
            assertThat(post(body).statusCode()).isEqualTo(201);
            assertThat(get("/health").statusCode()).isEqualTo(200);
            service.close();
        }
    }

    /** A pool whose database can be taken down. */
    private static final class Pool extends HikariDataSource {

        private volatile boolean down;

        @Override
        public Connection getConnection() throws SQLException {
            if (down) {
                throw new SQLException("the server is down", "08001");
            }
            return super.getConnection();
        }
    }

    @Test
    void aServiceThatIsClosedLetsItsTaskEndAndIsGone() throws Exception {
        startAnother(TaskStore.open("jdbc:sqlite::memory:"));
        CountDownLatch begun = new CountDownLatch(1);
        List<String> done = new ArrayList<>();
        store.worker()
                .handle(TaskType.of("slow", String.class), (payload, run) -> {
                    begun.countDown();
                    Thread.sleep(100);
                    done.add(payload);
                })
                .start();
        post("{\"type\":\"slow\",\"payload\":\"x\"}");
        begun.await();

        service.close();

        assertThat(done).containsExactly("x");
        assertThatThrownBy(() -> get("/health")).isInstanceOf(ConnectException.class);
    }
}
