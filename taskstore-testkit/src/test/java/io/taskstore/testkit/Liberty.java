package io.taskstore.testkit;

import io.taskstore.StatusChange;
import io.taskstore.StatusHistory;
import io.taskstore.Task;
import io.taskstore.TaskError;
import io.taskstore.TaskRepository;
import io.taskstore.WorkerId;
import io.taskstore.spi.ClaimRequest;
import io.taskstore.spi.Claimed;
import io.taskstore.spi.Held;
import io.taskstore.spi.Lease;
import io.taskstore.spi.Recovered;
import io.taskstore.spi.TaskClaims;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** What a storage may do otherwise than the reference and still be right: orders, words and lengths of time. */
final class Liberty implements Deviation {

    private static final Set<String> OWN_ERRORS = Set.of(TaskError.CRASH, TaskError.POISON);

    @Override
    public TaskRepository tasks(ReferenceStorage right) {
        return new ForwardingTasks(right.tasks()) {
            @Override
            public List<Task> find(Collection<UUID> ids) {
                return reversed(super.find(ids)).stream()
                        .map(task -> task.toBuilder()
                                .error(task.error().map(Liberty::inOtherWords).orElse(null))
                                .build())
                        .toList();
            }

            @Override
            public Optional<StatusHistory> history(UUID id) {
                return super.history(id)
                        .map(history -> StatusHistory.of(
                                id,
                                history.changes().stream()
                                        .map(Liberty::inOtherWords)
                                        .toList()));
            }
        };
    }

    @Override
    public TaskClaims claims(ReferenceStorage right) {
        return new ForwardingClaims(right.claims()) {
            @Override
            public Lease heartbeat(WorkerId worker) {
                boolean alive = super.heartbeat(worker).alive();
                return new Lease(
                        alive, Duration.ofSeconds(1), Optional.of(Duration.ofSeconds(10)), Duration.ofSeconds(1));
            }

            @Override
            public List<Recovered> retire(WorkerId worker) {
                return reversed(super.retire(worker));
            }

            @Override
            public Claimed claim(ClaimRequest request) {
                Claimed claimed = super.claim(request);
                boolean full = claimed.tasks().size() == request.slots().total();
                return full && request.ids().isEmpty() ? new Claimed(claimed.tasks(), true, Optional.empty()) : claimed;
            }

            @Override
            public List<Held> held(WorkerId worker) {
                return reversed(super.held(worker));
            }

            @Override
            public List<Recovered> recover() {
                return reversed(super.recover());
            }
        };
    }

    private static <T> List<T> reversed(List<T> values) {
        List<T> reversed = new ArrayList<>(values);
        Collections.reverse(reversed);
        return reversed;
    }

    private static TaskError inOtherWords(TaskError error) {
        return OWN_ERRORS.contains(error.kind()) ? new TaskError(error.kind(), "in other words") : error;
    }

    private static StatusChange inOtherWords(StatusChange change) {
        return new StatusChange(
                change.seq(),
                change.from(),
                change.to(),
                change.at(),
                change.worker(),
                change.attempt(),
                change.note().map(note -> note.startsWith(ModelNeutral.NOTE) ? note : "in other words"),
                change.error().map(Liberty::inOtherWords),
                change.ran());
    }
}
