package io.taskstore.testkit;

import static io.taskstore.testkit.Fixtures.OTHER_WORK;
import static io.taskstore.testkit.Fixtures.WORK;
import static io.taskstore.testkit.Fixtures.draft;
import static io.taskstore.testkit.Fixtures.newTask;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.taskstore.InvalidInputException;
import io.taskstore.NewTask;
import io.taskstore.Task;
import io.taskstore.TaskEdit;
import io.taskstore.TaskStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Since when the task is due that is due longest, and which tasks count. */
abstract class DueSinceContract extends RunContract {

    private static final Duration SECOND = Duration.ofSeconds(1);

    DueSinceContract(StorageContract contract) {
        super(contract);
    }

    @Test
    void namesThatNoTaskCanHaveAreRefused() {
        assertThatThrownBy(() -> claims().dueSince(Set.of("mail\0"), Set.of()))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith("types member must be a name");
        assertThatThrownBy(() -> claims().dueSince(Set.of(), Set.of("mail\0")))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith("queues member must be a name");
    }

    private Optional<Instant> dueSince() {
        return claims().dueSince(Set.of(), Set.of());
    }

    /** {@return the time, after which a second passes} */
    private Instant then() {
        Instant then = now();
        clock.advance(SECOND);
        return then;
    }

    /** {@return when the new task was stored, a second ago} */
    private Instant stored(NewTask task) {
        create(task);
        return then();
    }

    @Test
    void nothingIsDueWhereNothingIsPendingOrItsTimeIsToCome() {
        assertThat(dueSince()).isEmpty();

        createIn(TaskStatus.COMPLETED);
        createIn(TaskStatus.FAILED);
        createIn(TaskStatus.CANCELLED);
        running();
        drivenByTheHost();
        create(newTask().runAt(now().plus(SECOND)));

        assertThat(dueSince()).isEmpty();
    }

    @Test
    void theOneThatIsDueLongestCountsWhateverItsPriorityQueueAndType() {
        Instant first = stored(of(OTHER_WORK).priority(-1).queue("mail"));
        stored(of(WORK).priority(1).queue("mail"));
        stored(of(OTHER_WORK).priority(1).queue("default"));
        stored(of(WORK).priority(1).queue("post"));

        assertThat(dueSince()).contains(first);
    }

    @Test
    void everyPriorityQueueAndTypeIsLookedAt() {
        for (int priority : List.of(-1, 0, 1)) {
            for (String queue : List.of("a", "b", "c")) {
                stored(of(WORK).priority(priority).queue(queue));
                stored(of(OTHER_WORK).priority(priority).queue(queue).runAt(now()));
            }
        }
        for (int left = 18; left > 0; left--) {
            Instant since = dueSince().orElseThrow();
            assertThat(since).isEqualTo(now().minusSeconds(left));
            complete(claims().claim(due(worker(), 1).withOldestFirst()).tasks().get(0));
        }
        assertThat(dueSince()).isEmpty();
    }

    @Test
    void aThousandOlderTasksWhoseTimeIsToComeHideNothing() {
        Instant later = now().plus(Duration.ofDays(1));
        tasks().createAll(IntStream.range(0, 1_000)
                .mapToObj(i -> draft(newTask().runAt(later.plusSeconds(i))))
                .toList());
        clock.advance(SECOND);
        Instant due = stored(newTask());

        assertThat(dueSince()).contains(due);
    }

    @Test
    void pausedQueuesDoNotCount() {
        Instant first = stored(newTask().queue("paused"));
        stored(newTask().queue("paused").runAt(now()));
        Instant second = stored(newTask());
        storage().queues().pause("paused");

        assertThat(dueSince()).contains(second);
        assertThat(claims().dueSince(Set.of(), Set.of("paused"))).isEmpty();
        storage().queues().resume("paused");
        assertThat(dueSince()).contains(first);
    }

    @Test
    void otherTypesAndQueuesThanThoseAskedForDoNotCount() {
        Instant first = stored(of(WORK));
        Instant second = stored(of(OTHER_WORK).queue("mail").runAt(now()));
        Instant third = stored(of(OTHER_WORK));

        assertThat(claims().dueSince(TYPES, Set.of())).contains(first);
        assertThat(claims().dueSince(Set.of(OTHER_WORK.name()), Set.of())).contains(second);
        assertThat(claims().dueSince(Set.of(), Set.of("mail", "post"))).contains(second);
        assertThat(claims().dueSince(Set.of(OTHER_WORK.name()), Set.of("default")))
                .contains(third);
        assertThat(claims().dueSince(Set.of(WORK.name()), Set.of("mail"))).isEmpty();
        assertThat(claims().dueSince(Set.of("absent"), Set.of())).isEmpty();
    }

    @Test
    void aTaskWhoseTimeHasComeIsDueSinceThen() {
        Instant time = now().plus(Duration.ofMinutes(1));
        create(newTask().runAt(time));
        create(newTask().runAt(time.plusSeconds(1)));

        clock.set(time.minus(SECOND));
        assertThat(dueSince()).isEmpty();
        clock.set(time);
        assertThat(dueSince()).contains(time);
        clock.advance(Duration.ofHours(1));
        assertThat(dueSince()).contains(time);
    }

    @Test
    void aTaskIsNotDueBeforeItIsStored() {
        Instant stored = stored(newTask().runAt(now().minus(Duration.ofDays(1))));

        assertThat(dueSince()).contains(stored);
    }

    @Test
    void aTaskThatIsTriedAgainIsDueSinceItsDelayIsOver() {
        Task running = running();
        clock.advance(SECOND);
        settle(retried(running));

        Instant again = now().plus(DELAY);
        assertThat(dueSince()).isEmpty();
        clock.set(again.plus(SECOND));
        assertThat(dueSince()).contains(again);
    }

    @Test
    void aTaskThatIsGivenBackIsDueSinceThen() {
        Task running = running();
        clock.advance(SECOND);
        settle(released(running));

        assertThat(dueSince()).contains(now());
    }

    @Test
    void aTaskThatCrashedBeforeCountsLikeAnyOther() {
        Task suspect = crashed(create(newTask().queue("mail")), 1);
        Instant crashed = then();
        create();

        assertThat(dueSince()).contains(crashed);
        assertThat(claims().dueSince(Set.of(OTHER_WORK.name()), Set.of())).isEmpty();
        assertThat(claims().dueSince(Set.of(), Set.of("post"))).isEmpty();
        storage().queues().pause("mail");
        assertThat(dueSince()).contains(now());
        storage().queues().resume("mail");
        settle(retried(claim(worker(), suspect)));
        assertThat(dueSince()).contains(now());
    }

    @Test
    void ofTasksThatCrashedBeforeEachCounts() {
        Task first = crashed(create(), 1);
        clock.advance(SECOND);
        crashed(create(), 1);
        Instant second = then();
        edit(first);

        assertThat(dueSince()).contains(second);
    }

    @Test
    void ofOnePriorityQueueAndTypeTheFirstInTurnSpeaksForTheOthers() {
        Task first = create();
        clock.advance(SECOND);
        Instant second = stored(newTask());
        edit(first);
        Instant edited = now();

        assertThat(dueSince()).contains(edited);
        complete(claim(worker(), first));
        assertThat(dueSince()).contains(second);
    }

    private void edit(Task task) {
        tasks().update(task.id(), read(task.id()).version(), TaskEdit.nothing().title("edited"));
    }
}
