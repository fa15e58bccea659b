package io.taskstore.examples;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.taskstore.Cursor;
import io.taskstore.DuplicateTaskException;
import io.taskstore.IllegalTransitionException;
import io.taskstore.InvalidInputException;
import io.taskstore.JacksonCodec;
import io.taskstore.NewTask;
import io.taskstore.PageRequest;
import io.taskstore.PayloadException;
import io.taskstore.Task;
import io.taskstore.TaskFilter;
import io.taskstore.TaskNotFoundException;
import io.taskstore.TaskStatus;
import io.taskstore.TaskStoreException;
import io.taskstore.TaskType;
import io.taskstore.embedded.TaskStore;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * Tasks over HTTP: {@code POST /tasks}, {@code GET /tasks} with filters and pages, {@code GET /tasks/{id}} with the history,
 * {@code DELETE /tasks/{id}} and {@code GET /health}. While the storage is down it answers 503, and works again by itself.
 *
 * <pre>{@code
 * mvn -q -Dquick -pl examples -am compile exec:java -Dexec.mainClass=io.taskstore.examples.HttpService
 * curl -i localhost:8080/tasks -d '{"type": "email", "title": "Greet Ada", "payload": "ada@example.org"}'
 * curl -i 'localhost:8080/tasks?status=COMPLETED&type=email&limit=10'
 * }</pre>
 */
public final class HttpService implements AutoCloseable {

    private static final TaskType<String> EMAIL = TaskType.of("email", String.class);
    private static final JacksonCodec JSON = JacksonCodec.standard();

    private final TaskStore store;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newFixedThreadPool(8);

    /** The body of a POST. With an id of its own it may be sent again, and there will be one task. */
    record Submission(
            String type, JsonNode payload, Optional<UUID> id, Optional<String> title, Optional<String> submittedBy) {

        /** What is missing or out of range the library refuses, in words that are fit for the client. */
        NewTask task() {
            NewTask task = NewTask.of(TaskType.of(type, JsonNode.class), payload);
            task = id.map(task::id).orElse(task);
            task = title.map(task::title).orElse(task);
            return submittedBy.map(task::submittedBy).orElse(task);
        }
    }

    private record Answer(int status, Object body) {}

    /** Serves the tasks of the store, to this machine only, on the port, or on any that is free if it is 0. */
    HttpService(TaskStore store, int port) throws IOException {
        this.store = store;
        this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    /** Runs on the database with the URL that is given, or on a SQLite file; on the port that is given, or 8080. */
    public static void main(String[] arguments) throws IOException {
        TaskStore store = TaskStore.open(arguments.length > 0 ? arguments[0] : "jdbc:sqlite:service.db");
        HttpService service = new HttpService(store, arguments.length > 1 ? Integer.parseInt(arguments[1]) : 8080);
        Runtime.getRuntime().addShutdownHook(new Thread(service::close));
        store.worker()
                .handle(EMAIL, (to, run) -> System.out.println("mailing " + to))
                .start();
        System.out.println("Listening on http://localhost:" + service.port() + "; press Ctrl-C to end.");
    }

    int port() {
        return server.getAddress().getPort();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            Answer answer = answer(exchange);
            byte[] body = JSON.encode(answer.body()).getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(answer.status(), answer.status() == 204 ? -1 : body.length);
            if (answer.status() != 204) {
                exchange.getResponseBody().write(body);
            }
        }
    }

    private Answer answer(HttpExchange exchange) throws IOException {
        try {
            return route(exchange);
        } catch (InvalidInputException | PayloadException | IllegalArgumentException e) {
            return new Answer(400, Map.of("error", String.valueOf(e.getMessage())));
        } catch (TaskNotFoundException e) {
            return new Answer(404, Map.of("error", String.valueOf(e.getMessage())));
        } catch (DuplicateTaskException | IllegalTransitionException e) {
            return new Answer(409, Map.of("error", String.valueOf(e.getMessage())));
        } catch (TaskStoreException e) { // down, busy or full, or the answer to a commit was lost
            exchange.getResponseHeaders().set("Retry-After", "5");
            return new Answer(503, Map.of("error", String.valueOf(e.getMessage())));
        }
    }

    private Answer route(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        String id = path.startsWith("/tasks/") ? path.substring("/tasks/".length()) : "";
        String call = exchange.getRequestMethod() + " " + (id.isEmpty() ? path : "/tasks/{id}");
        return switch (call) {
            case "POST /tasks" -> submit(exchange);
            case "GET /tasks" -> list(exchange.getRequestURI().getRawQuery());
            case "GET /tasks/{id}" -> show(UUID.fromString(id));
            case "DELETE /tasks/{id}" -> delete(UUID.fromString(id));
            case "GET /health" -> health();
            default -> new Answer(404, Map.of("error", "there is no " + call));
        };
    }

    private Answer submit(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readNBytes(1 << 21), StandardCharsets.UTF_8);
        Task task = store.tasks().submit(JSON.decode(body, Submission.class).task());
        exchange.getResponseHeaders().set("Location", "/tasks/" + task.id());
        return new Answer(201, shown(task));
    }

    private Answer show(UUID id) {
        Map<String, Object> shown = shown(store.tasks().find(id).orElseThrow(() -> new TaskNotFoundException(id)));
        shown.put("explanation", store.tasks().explain(id));
        shown.put("history", store.tasks().history(id).map(history -> history.changes()));
        return new Answer(200, shown);
    }

    private Answer delete(UUID id) {
        return new Answer(store.tasks().delete(id) ? 204 : 404, Map.of("error", "no task has the id " + id));
    }

    private Answer health() {
        var health = store.health();
        return new Answer(health.works() ? 200 : 503, health);
    }

    private Answer list(@Nullable String query) {
        TaskFilter filter = TaskFilter.all();
        PageRequest request = PageRequest.first(50);
        for (String pair : query == null ? new String[0] : query.split("&", -1)) {
            String[] parts = (pair + "=").split("=", 3);
            String value = URLDecoder.decode(parts[1], StandardCharsets.UTF_8);
            switch (parts[0]) {
                case "status" -> filter = filter.status(TaskStatus.valueOf(value));
                case "type" -> filter = filter.type(value);
                case "submittedBy" -> filter = filter.submittedBy(value);
                case "limit" ->
                    request = new PageRequest(Integer.parseInt(value), request.order(), request.cursor(), 0);
                case "after" -> request = request.after(Cursor.parse(value));
                default -> throw new InvalidInputException("query", "a known condition", parts[0]);
            }
        }
        var page = store.tasks().list(filter, request);
        Object tasks = page.tasks().stream().map(this::shown).toList();
        return new Answer(200, Map.of("tasks", tasks, "after", page.next().map(Cursor::toString)));
    }

    private Map<String, Object> shown(Task task) {
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("id", task.id());
        shown.put("type", task.type());
        shown.put("title", task.title());
        shown.put("status", task.status());
        shown.put("submittedBy", task.submittedBy());
        shown.put("createdAt", task.createdAt());
        shown.put("result", store.tasks().result(task, JsonNode.class));
        shown.put("error", task.error());
        return shown;
    }

    /** Takes no more requests and lets those that run end; then the same for the tasks; then it closes the storage. */
    @Override
    public void close() {
        server.stop(1);
        threads.shutdown();
        store.close(Duration.ofSeconds(10));
    }
}
