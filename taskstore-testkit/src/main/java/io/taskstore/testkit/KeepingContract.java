package io.taskstore.testkit;

import static io.taskstore.testkit.Fixtures.OTHER_WORK;
import static io.taskstore.testkit.Fixtures.draft;
import static io.taskstore.testkit.Fixtures.newTask;
import static org.assertj.core.api.Assertions.assertThat;

import io.taskstore.Metadata;
import io.taskstore.NewTask;
import io.taskstore.PageRequest;
import io.taskstore.StatusChange;
import io.taskstore.Task;
import io.taskstore.TaskDraft;
import io.taskstore.TaskFilter;
import io.taskstore.TaskType;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a storage keeps of a task: everything that was asked for, exactly. */
abstract class KeepingContract extends PortContract {

    /** Legal everywhere in a text, and apt to be changed by whoever quotes, trims, folds or reads them as SQL. */
    static final List<String> HOSTILE = List.of(
            "it's \"quoted\" and `so` \\",
            "'); DROP TABLE task; -- /* */",
            "100 % of_all [a-z]* ^$ \\% \\_",
            ":name ?1 ?? $1 ${x} #{y} <list> {{z}} @p",
            "  blanks at both ends  ",
            "one\r\ntwo\nthree\rfour\tfive",
            "\u0001\u0007\b\u000b\f\u001b[31m\u007f\u0080\u0085\u009f end",
            "\u2028\u2029\u00a0\u200b\ufeff end",
            "\ufeffbegins like a file",
            "caf\u00e9 cafe\u0301 \u1e9e\u00df \u0130\u0131",
            "\u05e9\u05dc\u05d5\u05dd \u202e\u0645\u0631\u062d\u0628\u0627\u202c",
            "\ud83d\udc69\u200d\ud83d\udc69\u200d\ud83d\udc67 \ud83c\uddeb\ud83c\uddf7 \ud834\udd1e",
            "\ufffd\ufffe\uffff\udbff\udfff",
            "NULL",
            "null",
            "\\u0000 \\0 \\x00 %00",
            "0");

    private static final List<String> JSON = List.of(
            "null",
            "\"\"",
            "[]",
            " \r\n\t{ \"b\" : 1 ,\n \"a\":\t2 } \n",
            "{\"b\":1,\"a\":2,\"\":{\"\":[]}}",
            "[0,-0,0.0,-0.0,1.0,1.10,1E2,1e+2,10e-1,1e400,1e-400]",
            "[123456789012345678901234567890,0.1234567890123456789012345678901234567890]",
            "[\"\\u00e9\",\"\u00e9\",\"\\u00E9\",\"/\",\"\\/\",\"\\\"\",\"\\\\\"]",
            "[\"\\u0000\",\"\\ud800\",\"\\uD834\\uDD1E\",\"\ud834\udd1e\"]",
            "[\"\u007f\u0085\u2028\ufeff\uffff\"]",
            "{\"it's\":\"'; -- \\\" %_ :x ?1\"}");

    KeepingContract(StorageContract contract) {
        super(contract);
    }

    @Test
    void everythingThatWasAskedForIsKept() {
        Metadata metadata = Metadata.empty().with("tenant", "acme").with("size", 3);
        TaskDraft draft = draft(NewTask.of(OTHER_WORK, new Fixtures.Work("other", 2))
                .title("a title")
                .description("a description")
                .metadata(metadata)
                .queue("mail")
                .priority(-7)
                .submittedBy("ada")
                .uniqueKey("a key")
                .runAt(Instant.parse("2026-03-01T12:00:00Z"))
                .timeout(Duration.ofMinutes(3))
                .maxFailures(4));
        tasks().create(draft, null);

        Task task = read(draft.id());

        assertThat(task.id()).isEqualTo(draft.id());
        assertThat(task.type()).isEqualTo("other-work");
        assertThat(task.title()).contains("a title");
        assertThat(task.description()).contains("a description");
        assertThat(task.payload()).isEqualTo(draft.payload());
        assertThat(task.metadata()).isEqualTo(metadata);
        assertThat(task.queue()).isEqualTo("mail");
        assertThat(task.priority()).isEqualTo(-7);
        assertThat(task.submittedBy()).contains("ada");
        assertThat(task.uniqueKey()).contains("a key");
        assertThat(task.runAt()).contains(Instant.parse("2026-03-01T12:00:00Z"));
        assertThat(task.timeout()).contains(Duration.ofMinutes(3));
        assertThat(task.maxFailures()).hasValue(4);
    }

    @Test
    void whatWasNotAskedForIsEmpty() {
        Task task = read(create().id());

        assertThat(task.title()).isEmpty();
        assertThat(task.description()).isEmpty();
        assertThat(task.metadata()).isEqualTo(Metadata.empty());
        assertThat(task.queue()).isEqualTo(NewTask.DEFAULT_QUEUE);
        assertThat(task.priority()).isZero();
        assertThat(task.submittedBy()).isEmpty();
        assertThat(task.uniqueKey()).isEmpty();
        assertThat(task.runAt()).isEmpty();
        assertThat(task.timeout()).isEmpty();
        assertThat(task.maxFailures()).isEmpty();
    }

    @Test
    void whatHasNotHappenedYetIsEmpty() {
        Task task = read(create().id());

        assertThat(task.workflowId()).isEmpty();
        assertThat(task.step()).isEmpty();
        assertThat(task.worker()).isEmpty();
        assertThat(task.attempt()).isZero();
        assertThat(task.failures()).isZero();
        assertThat(task.crashes()).isZero();
        assertThat(task.cancelRequested()).isFalse();
        assertThat(task.progress()).isEmpty();
        assertThat(task.result()).isEmpty();
        assertThat(task.error()).isEmpty();
        assertThat(task.startedAt()).isEmpty();
        assertThat(task.completedAt()).isEmpty();
        assertThat(task.updatedAt()).isEqualTo(task.createdAt());
    }

    @Test
    void theAnswerAndEveryWayToReadATaskSayTheSame() {
        Task answered = create(newTask().title("a title").metadata("tenant", "acme"));

        assertTask(read(answered.id())).isEqualTo(answered);
        assertTask(tasks().list(TaskFilter.all(), PageRequest.first(1)).tasks().get(0))
                .isEqualTo(answered);
        assertTask(tasks().situation(answered.id()).orElseThrow().task()).isEqualTo(answered);
    }

    @Test
    void textsAreKeptExactly() {
        for (String text : HOSTILE) {
            Task task = read(create(newTask()
                            .title(text)
                            .description(text)
                            .submittedBy(text)
                            .uniqueKey(text)
                            .note(text))
                    .id());

            assertThat(task.title()).contains(text);
            assertThat(task.description()).contains(text);
            assertThat(task.submittedBy()).contains(text);
            assertThat(task.uniqueKey()).contains(text);
            assertThat(history(task.id()).last().note()).contains(text);
        }
    }

    @Test
    void textsAreKeptUpToTheirGreatestLength() {
        String clef = "\ud834\udd1e";
        NewTask wanted = newTask()
                .title(clef.repeat(250))
                .description(clef.repeat(5_000))
                .submittedBy(clef.repeat(100))
                .uniqueKey(clef.repeat(250))
                .note(clef.repeat(1_000));

        Task task = read(create(wanted).id());

        assertThat(task.title()).isEqualTo(wanted.title());
        assertThat(task.description()).isEqualTo(wanted.description());
        assertThat(task.submittedBy()).isEqualTo(wanted.submittedBy());
        assertThat(task.uniqueKey()).isEqualTo(wanted.uniqueKey());
        assertThat(history(task.id()).last().note()).isEqualTo(wanted.note());
    }

    @Test
    void namesAreKeptWithAllTheirCharacters() {
        String name = "AZaz09._:/+@#-".repeat(8).substring(0, 100);
        TaskType<Fixtures.Work> type = TaskType.of(name, Fixtures.Work.class);

        Task task =
                read(create(NewTask.of(type, new Fixtures.Work("some work", 1)).queue(name))
                        .id());

        assertThat(task.type()).isEqualTo(name);
        assertThat(task.queue()).isEqualTo(name);
    }

    @Test
    void aPayloadIsKeptToTheByte() {
        List<String> payloads = new ArrayList<>(JSON);
        payloads.add("{\"a\":1,\"a\":2}");
        for (String json : payloads) {
            TaskDraft draft = new TaskDraft(draft().id(), newTask(), json);
            tasks().create(draft, null);

            assertThat(read(draft.id()).payload()).isEqualTo(json);
        }
    }

    @Test
    void aPayloadMayBeAMebibyteLong() {
        String json = '"' + "x".repeat((1 << 20) - 2) + '"';
        TaskDraft draft = new TaskDraft(draft().id(), newTask(), json);
        tasks().create(draft, null);

        assertThat(read(draft.id()).payload()).isEqualTo(json);
    }

    @Test
    void metadataIsKeptToTheByte() {
        for (String json : JSON) {
            String text = " {\"odd\" :\n" + json + ", \"1e1\":1e1,\"\\u0061\" : \"\\u00e9\" }\t";

            Task task = read(create(newTask().metadata(Metadata.parse(text))).id());

            assertThat(task.metadata().json()).isEqualTo(text);
        }
    }

    @Test
    void metadataMayHaveTwoHundredLongEntries() {
        Metadata metadata = Metadata.empty();
        for (int i = 0; i < 200; i++) {
            metadata = metadata.with("key " + i, "\u00e9".repeat(150));
        }

        Task task = read(create(newTask().metadata(metadata)).id());

        assertThat(task.metadata()).isEqualTo(metadata);
    }

    @Test
    void aTimeToRunAtIsKeptToTheMicrosecondInAllYears() {
        for (String time : List.of(
                "0001-01-01T00:00:00Z",
                "0001-01-01T00:00:00.000001Z",
                "1582-10-10T12:00:00Z",
                "1900-02-28T23:59:59.999999Z",
                "1969-12-31T23:59:59.999999Z",
                "1970-01-01T00:00:00Z",
                "2024-02-29T01:02:03.123456Z",
                "2026-03-29T01:30:00.100Z",
                "2038-01-19T03:14:08.000001Z",
                "9999-12-31T23:59:59.999999Z")) {
            Instant runAt = Instant.parse(time);

            assertThat(read(create(newTask().runAt(runAt)).id()).runAt()).contains(runAt);
        }
    }

    @Test
    void theLeastAndTheGreatestNumbersAreKept() {
        Task least = read(create(newTask().priority(-1_000).maxFailures(1).timeout(Duration.ofMillis(1)))
                .id());
        Task greatest = read(create(newTask()
                        .priority(1_000)
                        .maxFailures(Integer.MAX_VALUE)
                        .timeout(Duration.ofDays(3_660).minusNanos(1_000)))
                .id());

        assertThat(least.priority()).isEqualTo(-1_000);
        assertThat(least.maxFailures()).hasValue(1);
        assertThat(least.timeout()).contains(Duration.ofMillis(1));
        assertThat(greatest.priority()).isEqualTo(1_000);
        assertThat(greatest.maxFailures()).hasValue(Integer.MAX_VALUE);
        assertThat(greatest.timeout()).contains(Duration.ofDays(3_660).minusNanos(1_000));
    }

    @Test
    void aTaskIsDatedByTheClockCutToTheMicrosecond() {
        clock.set(Instant.parse("2026-05-01T10:00:00.123456789Z"));
        Instant cut = Instant.parse("2026-05-01T10:00:00.123456Z");

        Task answered = create();

        assertThat(answered.createdAt()).isEqualTo(cut);
        assertThat(answered.updatedAt()).isEqualTo(cut);
        assertThat(history(answered.id()).changes())
                .extracting(StatusChange::at)
                .containsExactly(cut);
        assertTask(read(answered.id())).isEqualTo(answered);
    }

    @Test
    void tasksMayBeStoredAtBothEndsOfTime() {
        for (String time : List.of("0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z")) {
            clock.set(Instant.parse(time));

            Task task = read(create().id());

            assertThat(task.createdAt()).isEqualTo(clock.instant());
            assertThat(history(task.id()).last().at()).isEqualTo(clock.instant());
        }
    }

    @Test
    void theChangesOfATaskDoNotChangeWhatWasAskedFor() {
        Task before = create(newTask()
                .title("a title")
                .metadata("tenant", "acme")
                .uniqueKey("a key")
                .timeout(Duration.ofMinutes(3)));
        clock.advance(Duration.ofSeconds(1));
        complete(claim(worker(), before));

        Task after = read(before.id());

        assertTask(after)
                .ignoringFields("status", "version", "updatedAt", "attempt", "startedAt", "completedAt")
                .isEqualTo(before);
        assertThat(after.completedAt()).isEqualTo(Optional.of(clock.instant()));
    }
}
