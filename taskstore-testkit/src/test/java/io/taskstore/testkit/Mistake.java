package io.taskstore.testkit;

import io.taskstore.Changed;
import io.taskstore.Count;
import io.taskstore.Created;
import io.taskstore.DuplicateTaskException;
import io.taskstore.IllegalTransitionException;
import io.taskstore.NewTask;
import io.taskstore.Page;
import io.taskstore.PageRequest;
import io.taskstore.StatusChange;
import io.taskstore.StatusHistory;
import io.taskstore.Task;
import io.taskstore.TaskDraft;
import io.taskstore.TaskEdit;
import io.taskstore.TaskError;
import io.taskstore.TaskFilter;
import io.taskstore.TaskOrder;
import io.taskstore.TaskRepository;
import io.taskstore.TaskStatus;
import io.taskstore.WorkerId;
import io.taskstore.spi.Claim;
import io.taskstore.spi.ClaimRequest;
import io.taskstore.spi.Claimed;
import io.taskstore.spi.Lease;
import io.taskstore.spi.Recovered;
import io.taskstore.spi.Settled;
import io.taskstore.spi.Settlement;
import io.taskstore.spi.TaskClaims;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Mistakes that a storage may make, each where it differs from the reference. */
enum Mistake implements Deviation {
    UPDATE_CHECKS_NO_VERSION {
        @Override
        public TaskRepository tasks(ReferenceStorage right) {
            return new ForwardingTasks(right.tasks()) {
                @Override
                public Task update(UUID id, long expectedVersion, TaskEdit edit) {
                    return super.update(id, find(id).map(Task::version).orElse(expectedVersion), edit);
                }
            };
        }
    },
    TRANSITION_CHECKS_NO_VERSION {
        @Override
        public TaskRepository tasks(ReferenceStorage right) {
            return new ForwardingTasks(right.tasks()) {
                @Override
                public Task transition(UUID id, long expectedVersion, TaskStatus to, @Nullable String note) {
                    return super.transition(id, find(id).map(Task::version).orElse(expectedVersion), to, note);
                }
            };
        }
    },
    CANCEL_BEATS_COMPLETION {
        @Override
        public TaskClaims claims(ReferenceStorage right) {
            return new ForwardingClaims(right.claims()) {
                @Override
                public List<Settled> settle(List<Settlement> settlements) {
                    return super.settle(settlements.stream()
                            .map(end -> end instanceof Settlement.Completed && isToBeCancelled(right, end.claim())
                                    ? new Settlement.Cancelled(end.claim(), end.ran(), "cancelled")
                                    : end)
                            .toList());
                }
            };
        }
    },
    RELEASE_FORGETS_THE_CANCEL {
        @Override
        public TaskClaims claims(ReferenceStorage right) {
            return new ForwardingClaims(right.claims()) {
                @Override
                public List<Settled> settle(List<Settlement> settlements) {
                    return settlements.stream()
                            .map(end -> end instanceof Settlement.Released && isToBeCancelled(right, end.claim())
                                    ? new Settled(end.claim(), Optional.of(TaskStatus.PENDING))
                                    : super.settle(List.of(end)).get(0))
                            .toList();
                }
            };
        }
    },
    REQUEUE_CLEARS_THE_ATTEMPT {
        @Override
        public TaskRepository tasks(ReferenceStorage right) {
            return new ForwardingTasks(right.tasks()) {
                @Override
                public List<Task> find(Collection<UUID> ids) {
                    return super.find(ids).stream()
                            .map(task -> task.status() == TaskStatus.PENDING && wasRequeued(task)
                                    ? task.toBuilder().attempt(0).build()
                                    : task)
                            .toList();
                }

                private boolean wasRequeued(Task task) {
                    StatusChange last = history(task.id()).orElseThrow().last();
                    return last.from().filter(TaskStatus::isTerminal).isPresent();
                }
            };
        }
    },
    HISTORY_WITHOUT_HOST_DRIVEN_RUNS {
        @Override
        public TaskRepository tasks(ReferenceStorage right) {
            return new ForwardingTasks(right.tasks()) {
                @Override
                public Optional<StatusHistory> history(UUID id) {
                    return super.history(id).map(history -> {
                        List<StatusChange> changes = history.changes();
                        boolean skipped = history.current() == TaskStatus.RUNNING
                                && history.last().worker().isEmpty();
                        return skipped ? StatusHistory.of(id, changes.subList(0, changes.size() - 1)) : history;
                    });
                }
            };
        }
    },
    CLAIM_IGNORES_PRIORITY {
        @Override
        public TaskClaims claims(ReferenceStorage right) {
            return new ForwardingClaims(right.claims()) {
                @Override
                public Claimed claim(ClaimRequest request) {
                    return super.claim(request.withOldestFirst());
                }
            };
        }
    },
    CLAIM_TAKES_SUSPECTS_AT_ANY_TIME {
        @Override
        public TaskClaims claims(ReferenceStorage right) {
            return new ForwardingClaims(right.claims()) {
                @Override
                public Claimed claim(ClaimRequest request) {
                    return super.claim(request.withSuspect());
                }
            };
        }
    },
    CLAIM_IGNORES_PAUSED_QUEUES {
        @Override
        public TaskClaims claims(ReferenceStorage right) {
            return new ForwardingClaims(right.claims()) {
                @Override
                public Claimed claim(ClaimRequest request) {
                    Set<String> paused = right.queues().paused();
                    paused.forEach(right.queues()::resume);
                    Claimed claimed = super.claim(request);
                    paused.forEach(right.queues()::pause);
                    return claimed;
                }
            };
        }
    },
    DUE_SINCE_COUNTS_PAUSED_QUEUES {
        @Override
        public TaskClaims claims(ReferenceStorage right) {
            return new ForwardingClaims(right.claims()) {
                @Override
                public Optional<Instant> dueSince(Set<String> types, Set<String> queues) {
                    Set<String> paused = right.queues().paused();
                    paused.forEach(right.queues()::resume);
                    Optional<Instant> since = super.dueSince(types, queues);
                    paused.forEach(right.queues()::pause);
                    return since;
                }
            };
        }
    },
    LIST_CONFUSES_TWO_ORDERS {
        @Override
        public TaskRepository tasks(ReferenceStorage right) {
            return new ForwardingTasks(right.tasks()) {
                @Override
                public Page list(TaskFilter filter, PageRequest request) {
                    return request.order() == TaskOrder.LAST_UPDATED_FIRST
                            ? super.list(filter, request.order(TaskOrder.HIGHEST_PRIORITY_FIRST))
                            : super.list(filter, request);
                }
            };
        }
    },
    COUNT_GOES_ONE_BEYOND_ITS_CAP {
        @Override
        public TaskRepository tasks(ReferenceStorage right) {
            return new ForwardingTasks(right.tasks()) {
                @Override
                public Count count(TaskFilter filter, long cap) {
                    return super.count(filter, cap + 1);
                }
            };
        }
    },
    UNIQUE_KEY_IS_FORGOTTEN {
        @Override
        public TaskRepository tasks(ReferenceStorage right) {
            return new ForwardingTasks(right.tasks()) {
                @Override
                public Created create(TaskDraft draft, @Nullable WorkerId claimFor) {
                    try {
                        return super.create(draft, claimFor);
                    } catch (DuplicateTaskException e) {
                        NewTask without = NewTask.of(Fixtures.WORK, new Fixtures.Work("without a key", 1));
                        return super.create(new TaskDraft(draft.id(), without, draft.payload()), claimFor);
                    }
                }
            };
        }
    },
    HALF_A_BATCH_STAYS {
        @Override
        public TaskRepository tasks(ReferenceStorage right) {
            return new ForwardingTasks(right.tasks()) {
                @Override
                public List<Created> createAll(List<TaskDraft> drafts) {
                    return drafts.stream()
                            .map(draft -> super.create(draft, null))
                            .toList();
                }
            };
        }
    },
    RUNNING_TASKS_CAN_BE_EDITED_IN_VAIN {
        @Override
        public TaskRepository tasks(ReferenceStorage right) {
            return new ForwardingTasks(right.tasks()) {
                @Override
                public Task update(UUID id, long expectedVersion, TaskEdit edit) {
                    try {
                        return super.update(id, expectedVersion, edit);
                    } catch (IllegalTransitionException e) {
                        return find(id).orElseThrow();
                    }
                }
            };
        }
    },
    CANCEL_LOSES_ITS_NOTE {
        @Override
        public TaskRepository tasks(ReferenceStorage right) {
            return new ForwardingTasks(right.tasks()) {
                @Override
                public Changed cancel(TaskFilter filter, @Nullable String note) {
                    return super.cancel(filter, null);
                }
            };
        }
    },
    ZOMBIES_SETTLE {
        @Override
        public TaskClaims claims(ReferenceStorage right) {
            return new ForwardingClaims(right.claims()) {
                @Override
                public List<Settled> settle(List<Settlement> settlements) {
                    return settlements.stream().map(this::settle).toList();
                }

                private Settled settle(Settlement end) {
                    Settled settled = super.settle(List.of(end)).get(0);
                    Optional<Claim> now = right.tasks()
                            .find(end.claim().taskId())
                            .filter(task -> task.worker().isPresent())
                            .map(Claim::of);
                    return settled.isLost() && now.isPresent()
                            ? super.settle(List.of(new Settlement.Failed(
                                            now.get(), end.ran(), new TaskError("Zombie", "late"))))
                                    .get(0)
                            : settled;
                }
            };
        }
    },
    REPEATED_SETTLEMENT_IS_LOST {
        @Override
        public TaskClaims claims(ReferenceStorage right) {
            return new ForwardingClaims(right.claims()) {
                @Override
                public List<Settled> settle(List<Settlement> settlements) {
                    return settlements.stream()
                            .map(end -> isHeld(right, end.claim())
                                    ? super.settle(List.of(end)).get(0)
                                    : new Settled(end.claim(), Optional.empty()))
                            .toList();
                }
            };
        }
    },
    THE_DEAD_ARE_ALIVE {
        @Override
        public TaskClaims claims(ReferenceStorage right) {
            return new ForwardingClaims(right.claims()) {
                @Override
                public Lease heartbeat(WorkerId worker) {
                    return new Lease(true, Duration.ofSeconds(1), Optional.empty(), Duration.ofSeconds(1));
                }
            };
        }
    },
    RECOVERY_STOPS_AT_THE_FIRST_DEATH {
        @Override
        public TaskClaims claims(ReferenceStorage right) {
            return new ForwardingClaims(right.claims()) {
                @Override
                public List<Recovered> recover() {
                    return super.recover().stream().limit(1).toList();
                }
            };
        }
    };

    private static boolean isHeld(ReferenceStorage right, Claim claim) {
        return right.claims().held(claim.worker()).stream()
                .anyMatch(held -> held.claim().equals(claim));
    }

    private static boolean isToBeCancelled(ReferenceStorage right, Claim claim) {
        return right.claims().held(claim.worker()).stream()
                .anyMatch(held -> held.claim().equals(claim) && held.cancelRequested());
    }
}
