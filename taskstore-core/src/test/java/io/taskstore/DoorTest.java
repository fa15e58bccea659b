package io.taskstore;

import static io.taskstore.TaskStatus.COMPLETED;
import static io.taskstore.TaskStatus.PENDING;
import static io.taskstore.TaskStatus.RUNNING;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.taskstore.NewTask.IfKeyTaken;
import io.taskstore.spi.Claim;
import io.taskstore.spi.ClaimRequest;
import io.taskstore.spi.Lease;
import io.taskstore.spi.Settlement;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What is refused at the door, one kind of check a row, with the message that a user sees. */
final class DoorTest {

    private static final TaskType<String> EMAIL = TaskType.of("email", String.class);
    private static final NewTask TASK = NewTask.of(EMAIL, "to ada");
    private static final NewWorkflow FLOW = NewWorkflow.of("order-17");
    private static final UUID ID = new UUID(0, 1);
    private static final WorkerId WORKER = new WorkerId(ID);
    private static final Claim CLAIM = new Claim(ID, WORKER, 1);
    private static final Instant NOON = Instant.parse("2026-02-03T12:00:00Z");
    private static final Instant TOO_LATE = Instant.parse("+10000-01-01T00:00:00Z");
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration NEGATIVE = Duration.ofSeconds(-1);
    private static final Duration ELEVEN_YEARS = Duration.ofDays(11 * 365);
    private static final TaskError ERROR = new TaskError("Broken", "no");

    private static Stream<Arguments> texts() {
        return Stream.of(
                refused("a title that is null", () -> TASK.title(null), "title must be given, but was null"),
                refused(
                        "a blank title",
                        () -> TASK.title(" "),
                        "title must be a text of 1 to 500 characters that is not blank, but was \" \""),
                refused(
                        "a title that is too long",
                        () -> TASK.title("x".repeat(501)),
                        "title must be a text of 1 to 500 characters that is not blank, but has 501"),
                refused(
                        "a title with NUL",
                        () -> TASK.title("a\0b"),
                        "title must be free of NUL and of lone surrogates, but has one of them"),
                refused(
                        "a title with a lone surrogate",
                        () -> TASK.title("a\ud800"),
                        "title must be free of NUL and of lone surrogates, but has one of them"),
                refused(
                        "a description that is too long",
                        () -> TASK.description("x".repeat(10_001)),
                        "description must be a text of 1 to 10000 characters that is not blank, but has 10001"),
                refused(
                        "a submitter that is too long",
                        () -> TASK.submittedBy("x".repeat(201)),
                        "submittedBy must be a text of 1 to 200 characters that is not blank, but has 201"),
                refused(
                        "a unique key that is empty",
                        () -> TASK.uniqueKey(""),
                        "uniqueKey must be a text of 1 to 500 characters that is not blank, but was \"\""),
                refused(
                        "a note that is too long",
                        () -> TASK.note("x".repeat(2_001)),
                        "note must be a text of 1 to 2000 characters that is not blank, but has 2001"),
                refused(
                        "a text of a progress that is too long",
                        () -> new Progress(1, "x".repeat(501)),
                        "Progress.text must be a text of at most 500 characters, but has 501"),
                refused(
                        "a queue with a space",
                        () -> TASK.queue("my mail"),
                        "queue must be a name of 1 to 100 ASCII letters, digits or . _ : / + @ # -, but was \"my mail\""),
                refused(
                        "a queue that is too long",
                        () -> TASK.queue("q".repeat(101)),
                        "queue must be a name of 1 to 100 ASCII letters, digits or . _ : / + @ # -, but was \""
                                + "q".repeat(59) + "…\""),
                refused(
                        "a queue that would forge a line of a log",
                        () -> TASK.queue("a\n\u001b[2Jb\u202E"),
                        "queue must be a name of 1 to 100 ASCII letters, digits or . _ : / + @ # -, but was \"a  [2Jb \""),
                refused(
                        "a type without a name",
                        () -> TaskType.of("", String.class),
                        "TaskType.name must be a name of 1 to 100 ASCII letters, digits or . _ : / + @ # -, but was \"\""),
                refused(
                        "a kind of error that is blank",
                        () -> new TaskError(" ", "no"),
                        "TaskError.kind must be a text that is not blank, but was \" \""),
                refused(
                        "a worker id that is none",
                        () -> WorkerId.parse("worker-1"),
                        "WorkerId must be a UUID, but was \"worker-1\""),
                refused(
                        "a cursor that no page gave",
                        () -> Cursor.parse("page-2"),
                        "Cursor must be a text that a page gave, but was \"page-2\""));
    }

    private static Stream<Arguments> numbers() {
        return Stream.of(
                refused(
                        "a priority out of range",
                        () -> TASK.priority(1_001),
                        "priority must be between -1000 and 1000, but was 1001"),
                refused(
                        "a limit of no failures",
                        () -> TASK.maxFailures(0),
                        "maxFailures must be at least 1, but was 0"),
                refused(
                        "a progress over 100 %",
                        () -> new Progress(101, ""), "Progress.percent must be between 0 and 100, but was 101"),
                refused(
                        "a page of nothing",
                        () -> PageRequest.first(0),
                        "PageRequest.limit must be between 1 and 1000, but was 0"),
                refused(
                        "a page that is too large",
                        () -> PageRequest.first(1_001),
                        "PageRequest.limit must be between 1 and 1000, but was 1001"),
                refused(
                        "a negative offset",
                        () -> PageRequest.first(10).offset(-1),
                        "PageRequest.offset must be at least 0, but was -1"),
                refused(
                        "an offset beside a cursor",
                        () -> PageRequest.first(10).after(new Cursor(NOON, ID)).offset(20),
                        "PageRequest.offset must be 0 beside a cursor, but was 20"),
                refused(
                        "a cursor in an order that changes",
                        () -> PageRequest.first(10)
                                .order(TaskOrder.LAST_UPDATED_FIRST)
                                .after(new Cursor(NOON, ID)),
                        "PageRequest.order must be NEWEST_FIRST or OLDEST_FIRST beside a cursor, but was"
                                + " LAST_UPDATED_FIRST"),
                refused("slots below zero", () -> Slots.of(-1), "Slots.total must be at least 0, but was -1"),
                refused(
                        "slots of a queue below zero",
                        () -> new Slots(5, Map.of("mail", -1), true),
                        "Slots.perQueue.mail must be at least 0, but was -1"),
                refused(
                        "a factor below 1",
                        () -> RetryPolicy.fixed(SECOND).factor(0.5),
                        "factor must be between 1 and 100, but was 0.5"),
                refused(
                        "a factor that is no number",
                        () -> RetryPolicy.fixed(SECOND).factor(Double.NaN),
                        "factor must be between 1 and 100, but was NaN"),
                refused(
                        "a jitter over 1",
                        () -> RetryPolicy.fixed(SECOND).jitter(1.5),
                        "jitter must be between 0 and 1, but was 1.5"),
                refused(
                        "a delay after no failure",
                        () -> RetryPolicy.fixed(SECOND).delayAfter(0, new Random(1)),
                        "failures must be at least 1, but was 0"),
                refused(
                        "a sample that is not finite",
                        () -> new MetricSample("ran", MetricSample.Kind.TIMING, NOON, Double.POSITIVE_INFINITY),
                        "MetricSample.value must be finite, but was Infinity"),
                refused(
                        "a claim before the first attempt",
                        () -> new Claim(ID, WORKER, 0),
                        "Claim.attempt must be at least 1, but was 0"),
                refused(
                        "more failures than runs",
                        () -> new Reports.Failures("email", 3, 2, ERROR),
                        "Failures.runs must be at least 3, but was 2"),
                refused(
                        "a class that has no values",
                        () -> TaskType.of("email", void.class),
                        "TaskType.payloadClass must be a class that has values, but was \"void\""));
    }

    private static Stream<Arguments> times() {
        return Stream.of(
                refused(
                        "a time in the year 10000",
                        () -> TASK.runAt(TOO_LATE),
                        "runAt must be an instant of the years 0001 to 9999, but was +10000-01-01T00:00:00Z"),
                refused(
                        "a time before the year 1",
                        () -> TASK.runAt(Instant.parse("0000-12-31T23:59:59Z")),
                        "runAt must be an instant of the years 0001 to 9999, but was 0000-12-31T23:59:59Z"),
                refused(
                        "a timeout of zero",
                        () -> TASK.timeout(Duration.ZERO),
                        "timeout must be a duration from PT0.001S to 3660 days, but was PT0S"),
                refused(
                        "a negative timeout",
                        () -> TASK.timeout(NEGATIVE),
                        "timeout must be a duration from PT0.001S to 3660 days, but was PT-1S"),
                refused(
                        "a timeout of eleven years",
                        () -> TASK.timeout(ELEVEN_YEARS),
                        "timeout must be a duration from PT0.001S to 3660 days, but was PT96360H"),
                refused(
                        "a negative delay",
                        () -> RetryPolicy.fixed(NEGATIVE),
                        "delay must be a duration from PT0S to 3660 days, but was PT-1S"),
                refused(
                        "a snooze into the past",
                        () -> Outcome.snooze(NEGATIVE),
                        "Snoozed.delay must be a duration from PT0S to 3660 days, but was PT-1S"),
                refused(
                        "a range that ends before it starts",
                        () -> TimeRange.between(NOON, NOON.minusSeconds(1)),
                        "TimeRange.from must be not after 2026-02-03T11:59:59Z, but was 2026-02-03T12:00:00Z"),
                refused(
                        "a lease without time to the next heartbeat",
                        () -> new Lease(true, Duration.ZERO, Optional.empty(), SECOND),
                        "Lease.next must be longer than zero, but was PT0S"),
                refused(
                        "a lease with negative trust",
                        () -> new Lease(true, SECOND, Optional.of(NEGATIVE), SECOND),
                        "Lease.trust must be longer than zero, but was PT-1S"),
                refused(
                        "a settlement of a negative time",
                        () -> new Settlement.Failed(CLAIM, Optional.of(NEGATIVE), ERROR),
                        "Settlement.ran must be a duration from PT0S to 3660 days, but was PT-1S"));
    }

    private static Stream<Arguments> json() {
        return Stream.of(
                refused(
                        "a payload of another class",
                        DoorTest::taskWithAnotherPayload,
                        "payload must be a java.lang.String, but was \"java.lang.Integer\""),
                refused(
                        "a payload over 1 MiB",
                        () -> draft("\"" + "x".repeat(1 << 20) + "\""),
                        "payload must be at most 1048576 bytes of JSON, but has at least 1048578"),
                refused(
                        "a payload over 1 MiB in UTF-8",
                        () -> draft("\"" + "é".repeat(1 << 19) + "\""),
                        "payload must be at most 1048576 bytes of JSON, but has at least 1048578"),
                refused(
                        "a payload that is too deep",
                        () -> draft("[".repeat(201) + "]".repeat(201)),
                        "payload must be nested at most 200 deep, but goes deeper"),
                refused(
                        "a payload with NUL",
                        () -> draft("\"a\0\""),
                        "payload must be free of NUL and of lone surrogates, but has one of them"),
                refused(
                        "a payload that is no JSON",
                        () -> draft("to: ada"),
                        "payload must be well-formed JSON, but is not"),
                refused("a payload that is empty", () -> draft(""), "payload must be one JSON value, but is empty"),
                refused(
                        "a payload of two values",
                        () -> draft("1 2"),
                        "payload must be one JSON value, but more follows after the first"),
                refused(
                        "a payload of a codec that answers null",
                        () -> draft(null),
                        "the codec answered null for the payload of a new task of type email"),
                refused(
                        "a new payload that is no JSON",
                        () -> TaskEdit.nothing().payload("{to}"),
                        "payload must be well-formed JSON, but is not"),
                refused("a result that is null", () -> Outcome.completed(null), "result must be given, but was null"),
                refused(
                        "a payload with an entry that cannot be encoded",
                        () -> JacksonCodec.standard().encode(Map.of("ada@example.org", new HostileAtoms.Unreadable())),
                        "a java.util.ImmutableCollections$Map1 cannot be encoded at […].broken: JsonMappingException"),
                refused(
                        "a payload that cannot be decoded",
                        () -> JacksonCodec.standard().decode("\"noon\"", Instant.class),
                        "the JSON cannot be decoded into a java.time.Instant: InvalidFormatException"),
                refused(
                        "a payload that is null",
                        () -> JacksonCodec.standard().decode("null", String.class),
                        "the JSON is null and cannot be decoded into a java.lang.String"));
    }

    private static Stream<Arguments> metadata() {
        return Stream.of(
                refused(
                        "a key of metadata that is blank",
                        () -> TASK.metadata(" ", "acme"),
                        "metadata key must be a text of 1 to 100 characters that is not blank, but was \" \""),
                refused(
                        "a key of metadata that is too long",
                        () -> TASK.metadata("k".repeat(101), "acme"),
                        "metadata key must be a text of 1 to 100 characters that is not blank, but has 101"),
                refused(
                        "a value of metadata that is null",
                        () -> TASK.metadata("tenant", (String) null),
                        "metadata.tenant must be given, but was null"),
                refused(
                        "a value of metadata with NUL",
                        () -> TASK.metadata("tenant", "a\0"),
                        "metadata.tenant must be free of NUL and of lone surrogates, but has one of them"),
                refused(
                        "a value of metadata that is no number",
                        () -> TASK.metadata("weight", Double.NaN),
                        "metadata.weight must be a finite number, but is not"),
                refused(
                        "a number of metadata that is too long",
                        () -> TASK.metadata("weight", new BigDecimal("9".repeat(1_001))),
                        "metadata must be a JSON object with keys of at most 100 characters and numbers of at most"
                                + " 1,000 digits, but has others"),
                refused(
                        "metadata over 64 KiB",
                        () -> TASK.metadata("tenant", "x".repeat(65_536)),
                        "metadata must be at most 65536 bytes of JSON, but has at least 65549"),
                refused(
                        "metadata with too many keys",
                        () -> Metadata.parse(IntStream.rangeClosed(0, 200)
                                .mapToObj(i -> "\"k" + i + "\":1")
                                .collect(Collectors.joining(",", "{", "}"))),
                        "metadata.size must be between 0 and 200, but was 201"),
                refused(
                        "metadata with a key twice",
                        () -> Metadata.parse("{\"tenant\":\"acme\",\"tenant\":\"ajax\"}"),
                        "metadata must be a JSON object with each key once, but has one twice"),
                refused(
                        "metadata that is no object",
                        () -> Metadata.parse("[\"acme\"]"),
                        "metadata must be a JSON object, but is another value"),
                refused(
                        "metadata that is no JSON",
                        () -> Metadata.parse("tenant=acme"),
                        "metadata must be well-formed JSON, but is not"));
    }

    private static Stream<Arguments> filters() {
        return Stream.of(
                refused(
                        "a filter by no id, which would mean all",
                        () -> TaskFilter.all().id(),
                        "ids must be at least one value, but has none"),
                refused(
                        "a filter by no status",
                        () -> TaskFilter.all().status(),
                        "status must be at least one value, but has none"),
                refused(
                        "a filter by an id that is null",
                        () -> TaskFilter.all().id(ID, null),
                        "ids[1] must be given, but was null"),
                refused(
                        "a filter by too many ids",
                        () -> TaskFilter.all().ids(Collections.nCopies(1_001, ID)),
                        "ids must be at most 1000 members, but has more"),
                refused(
                        "a filter by a value of metadata that is too long",
                        () -> TaskFilter.all().metadata("tenant", "x".repeat(501)),
                        "metadata.tenant must be a text of at most 500 characters, but has 501"),
                refused(
                        "a filter by a number that is too long",
                        () -> TaskFilter.all().metadata("weight", new BigDecimal("9".repeat(501))),
                        "metadata.weight must be a text of at most 500 characters, but has 503"),
                refused(
                        "a filter by a beginning of a title that is empty",
                        () -> TaskFilter.all().titlePrefix(""),
                        "titlePrefix must be a text of 1 to 500 characters that is not blank, but was \"\""),
                refused(
                        "a filter for workflows by a name that is too long",
                        () -> WorkflowFilter.all().namePrefix("x".repeat(501)),
                        "WorkflowFilter.namePrefix must be a text of 1 to 500 characters that is not blank, but has 501"),
                refused(
                        "a claim of a type that is null",
                        () -> ClaimRequest.due(WORKER, Collections.singleton(null), Slots.of(1)),
                        "ClaimRequest.types member must be given, but was null"),
                refused(
                        "a claim of a type that no task can have",
                        () -> ClaimRequest.due(WORKER, Collections.singleton("e mail"), Slots.of(1)),
                        "ClaimRequest.types member must be a name of 1 to 100 ASCII letters, digits or . _ : / + @ # -,"
                                + " but was \"e mail\""));
    }

    private static Stream<Arguments> workflows() {
        return Stream.of(
                refused(
                        "a workflow without tasks",
                        FLOW::check,
                        "NewWorkflow.size must be between 1 and 10000, but was 0"),
                refused(
                        "a workflow of more than 10,000 tasks",
                        () -> steps(10_001),
                        "NewWorkflow.size must be between 1 and 10000, but was 10001"),
                refused(
                        "a step with a space",
                        () -> FLOW.task("charge card", TASK),
                        "Step.name must be a name of 1 to 100 ASCII letters, digits or . _ : / + @ # -, but was"
                                + " \"charge card\""),
                refused(
                        "two steps of one name",
                        () -> FLOW.task("charge", TASK).task("charge", TASK),
                        "NewWorkflow.task must be named as no other of the workflow, but was \"charge\""),
                refused(
                        "a step behind one that is missing",
                        () -> FLOW.task("ship", TASK).after("pack").check(),
                        "NewWorkflow.after of \"ship\" must be the name of a task of the workflow, but was \"pack\""),
                refused(
                        "steps in a circle",
                        () -> FLOW.task("charge", TASK)
                                .after("ship")
                                .task("pack", TASK)
                                .after("charge")
                                .task("ship", TASK)
                                .after("pack")
                                .check(),
                        "NewWorkflow must be free of circles, but was \"charge → pack → ship → charge\""),
                refused(
                        "a step behind itself",
                        () -> FLOW.task("charge", TASK).after("charge").check(),
                        "NewWorkflow must be free of circles, but was \"charge → charge\""),
                refused(
                        "after(…) without a task",
                        () -> FLOW.after("charge"),
                        "NewWorkflow.after must be called behind task(…), but was \"[charge]\""),
                refused(
                        "a step that may be another's task",
                        () -> FLOW.task("charge", TASK.uniqueKey("order-17", IfKeyTaken.ANSWER_EXISTING)),
                        "Step.task must be a task of its own, which REFUSE makes sure of, but was ANSWER_EXISTING"),
                refused(
                        "drafts of other tasks than the workflow's",
                        () -> new WorkflowDraft(ID, FLOW.task("charge", TASK), List.of()),
                        "WorkflowDraft.tasks must be the drafts of the workflow's steps in their order, but was"
                                + " \"0 drafts\""),
                refused(
                        "drafts with the same id",
                        () -> new WorkflowDraft(
                                ID,
                                FLOW.task("charge", TASK).task("pack", TASK),
                                Collections.nCopies(2, new TaskDraft(ID, TASK, "{}"))),
                        "WorkflowDraft.tasks must be drafts with different ids, but was \"the same id twice\""));
    }

    private static Stream<Arguments> histories() {
        return Stream.of(
                refused(
                        "a change that no task may make",
                        () -> change(2, COMPLETED, RUNNING, 1),
                        "StatusChange.to must be a status that may follow COMPLETED, but was RUNNING"),
                refused(
                        "a first change to RUNNING",
                        () -> change(1, null, RUNNING, 1),
                        "StatusChange.to must be a status that may follow nothing, but was RUNNING"),
                refused(
                        "a change without a place",
                        () -> change(0, null, PENDING, 0),
                        "StatusChange.seq must be at least 1, but was 0"),
                refused(
                        "a history of nothing",
                        () -> StatusHistory.of(ID, List.of()),
                        "StatusHistory.changes must be at least one change, but was []"),
                refused(
                        "a history with a gap",
                        () -> history(change(1, null, PENDING, 0), change(3, PENDING, RUNNING, 1)),
                        "StatusHistory.changes[1] must be change 2 from PENDING, but was \"change 3 from PENDING\""),
                refused(
                        "a history in the wrong order",
                        () -> history(change(2, PENDING, RUNNING, 1)),
                        "StatusHistory.changes[0] must be change 1 from nothing, but was \"change 2 from PENDING\""),
                refused(
                        "a run that no change opens",
                        () -> new Execution(ID, change(1, null, PENDING, 0), Optional.empty()),
                        "Execution.opened must be a change to RUNNING, but was PENDING"),
                refused(
                        "a run that the end of another closes",
                        () -> new Execution(
                                ID, change(2, PENDING, RUNNING, 1), Optional.of(change(5, RUNNING, COMPLETED, 2))),
                        "Execution.closed must be a change from RUNNING of attempt 1, but was \"from RUNNING of attempt"
                                + " 2\""),
                refused(
                        "a task without what every task has",
                        () -> Task.builder().id(ID).build(),
                        "Task.type must be given, but was null"),
                refused(
                        "a claim of a task that no worker holds",
                        () -> Claim.of(Task.builder()
                                .id(ID)
                                .type("email")
                                .payload("{}")
                                .status(PENDING)
                                .createdAt(NOON)
                                .updatedAt(NOON)
                                .build()),
                        "task.worker must be a worker that holds the task, but was \"none\""),
                refused(
                        "a map with a value that is null",
                        () -> new Slots(1, Collections.singletonMap("mail", null), true),
                        "Slots.perQueue value must be given, but was null"),
                refused(
                        "a set of statuses with null",
                        () -> new WorkflowFilter(
                                Collections.singleton(null), Optional.empty(), Optional.empty(), TimeRange.always()),
                        "WorkflowFilter.statuses[0] must be given, but was null"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource({"texts", "numbers", "times", "json", "metadata", "filters", "workflows", "histories"})
    void isRefused(String rule, ThrowingCallable entering, String message) {
        assertThatThrownBy(entering).isInstanceOf(TaskStoreException.class).hasMessage(message);
    }

    private static Arguments refused(String rule, ThrowingCallable entering, String message) {
        return Arguments.of(rule, entering, message);
    }

    /** {@return the draft of a task whose payload a codec of the host's turns into this text} */
    private static TaskDraft draft(String json) {
        return new Drafting(new FixedCodec(json), () -> ID).draft(TASK);
    }

    /** What a caller gets who silences the compiler. */
    @SuppressWarnings("unchecked")
    private static void taskWithAnotherPayload() {
        NewTask.of((TaskType<Object>) (TaskType<?>) EMAIL, 17);
    }

    private static NewWorkflow steps(int number) {
        NewWorkflow flow = FLOW;
        for (int i = 0; i < number; i++) {
            flow = flow.task("step-" + i, TASK);
        }
        return flow;
    }

    private static StatusHistory history(StatusChange... changes) {
        return StatusHistory.of(ID, Arrays.asList(changes));
    }

    private static StatusChange change(int seq, TaskStatus from, TaskStatus to, int attempt) {
        return new StatusChange(
                seq,
                Optional.ofNullable(from),
                to,
                NOON,
                Optional.empty(),
                attempt,
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    /** A codec of the host's own, which may answer with anything. */
    private record FixedCodec(String json) implements PayloadCodec {
        @Override
        public String encode(Object value) {
            return json;
        }

        @Override
        public <T> T decode(String json, Class<T> type) {
            throw new PayloadException("it only encodes", null);
        }
    }
}
