package io.taskstore.inmemory;

import io.taskstore.Created;
import io.taskstore.LogEntry;
import io.taskstore.OutcomeUnknownException;
import io.taskstore.StorageBusyException;
import io.taskstore.StorageUnavailableException;
import io.taskstore.Task;
import io.taskstore.TaskRepository.News;
import io.taskstore.TaskRepository.Subscription;
import io.taskstore.WorkerId;
import io.taskstore.inmemory.SimFaults.Kind;
import io.taskstore.spi.Claim;
import io.taskstore.spi.ClaimRequest;
import io.taskstore.spi.Claimed;
import io.taskstore.spi.Lease;
import io.taskstore.spi.Recovered;
import io.taskstore.spi.Settled;
import io.taskstore.spi.SettledAndClaimed;
import io.taskstore.spi.Settlement;
import io.taskstore.spi.Storage;
import io.taskstore.testkit.CountingIds;
import io.taskstore.testkit.ReferenceStorage;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The storage that the processes of a play share: the reference, with calls that take time, fail, or have their replies cut, and
 * with workers that die at once with their process, as on SQLite, or when their lease has run out, as on PostgreSQL.
 */
final class SimDatabase {

    private static final Instant START = Instant.parse("2026-01-15T09:00:00Z");
    private static final Set<String> WITHOUT_CALL = Set.of("afterCommit", "isJoined", "health", "clock", "close");
    private static final Set<String> READS =
            Set.of("find", "list", "count", "history", "situation", "held", "paused", "dependencies");
    private static final long MILLI = 1_000_000;

    private final SimStage stage;
    private final SimFaults faults;
    private final SimJournal journal;
    private final SplittableRandom dice;
    private final ReferenceStorage storage;

    /** How long a lease is; zero if the death of a process is known at once. */
    private final Duration lease;

    /** Whether an expired lease ends a life only when somebody recovers, or at once. */
    private final boolean lazy;

    private final Map<WorkerId, SimProcess> owners = new LinkedHashMap<>();
    private final Map<WorkerId, Long> leases = new LinkedHashMap<>();
    private long wall;
    private @Nullable SimProcess calling;

    SimDatabase(SimStage stage, SimFaults faults, SimJournal journal, SplittableRandom dice, Duration lease) {
        this.stage = stage;
        this.faults = faults;
        this.journal = journal;
        this.dice = dice;
        this.lease = lease;
        this.lazy = dice.nextBoolean();
        this.storage = new ReferenceStorage(this::now, new CountingIds());
    }

    Instant now() {
        return START.plusNanos(stage.now() + wall);
    }

    void jump(Duration duration) {
        wall += duration.toNanos();
    }

    /** Shows this much more than the time that has passed. */
    void set(Duration ahead) {
        wall = ahead.toNanos();
    }

    boolean hasLeases() {
        return !lease.isZero();
    }

    /** How long it may take until the tasks of a dead process are taken from it, where nothing else goes wrong. */
    Duration recoveryBound() {
        return hasLeases() ? lease.plus(lease.dividedBy(3)).plusSeconds(1) : Duration.ofSeconds(1);
    }

    /** {@return the storage itself, on which nothing goes wrong and no time passes} */
    ReferenceStorage direct() {
        return storage;
    }

    boolean holds(Claim claim) {
        return storage.tasks()
                .find(claim.taskId())
                .filter(task -> task.worker().isPresent() && Claim.of(task).equals(claim))
                .isPresent();
    }

    boolean isAlive(WorkerId worker) {
        expire();
        return storage.claims().heartbeat(worker).alive();
    }

    /** The process is dead; where the kernel tells, so are its workers. */
    void dies(SimProcess process) {
        if (!hasLeases()) {
            owners.forEach((worker, owner) -> {
                if (owner == process) {
                    storage.kill(worker);
                }
            });
        }
    }

    private void expire() {
        leases.entrySet().removeIf(entry -> {
            boolean over = entry.getValue() < stage.now();
            if (over) {
                journal.note("the lease of " + SimJournal.name(entry.getKey()) + " has run out");
                storage.kill(entry.getKey());
            }
            return over;
        });
    }

    /** {@return the storage as the process sees it} */
    Storage of(SimProcess process) {
        return (Storage) proxy(Storage.class, storage, process, new HashMap<>());
    }

    private Object proxy(Class<?> port, Object target, SimProcess process, Map<String, Object> ports) {
        InvocationHandler handler = (self, method, arguments) -> {
            String name = method.getName();
            if (target instanceof Storage && method.getReturnType().isInterface() && !name.equals("clock")) {
                Object there = ports.get(name);
                if (there == null) {
                    there = proxy(method.getReturnType(), method.invoke(target), process, ports);
                    ports.put(name, there);
                }
                return there;
            } else if (name.equals("onNews")) {
                return onNews(process, arguments[0]);
            } else if (WITHOUT_CALL.contains(name)) {
                return invoke(target, method, arguments);
            }
            return call(process, target, method, arguments);
        };
        return Proxy.newProxyInstance(port.getClassLoader(), new Class<?>[] {port}, handler);
    }

    /** News go to the process whose commit they are about. */
    private Subscription onNews(SimProcess process, Object listener) {
        @SuppressWarnings("unchecked")
        Consumer<News> consumer = (Consumer<News>) listener;
        return storage.tasks().onNews(news -> {
            if (process.equals(calling)) {
                consumer.accept(news);
            }
        });
    }

    private static Object invoke(Object target, Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private Object call(SimProcess process, Object target, Method method, Object[] arguments) throws Throwable {
        boolean reads = READS.contains(method.getName());
        String name = method.getName();
        take(process, 0.5);
        refuseIfCutOff(process, name);
        if (faults.strikes(Kind.ERROR_BEFORE)) {
            journal.note(name + " fails");
            throw dice.nextBoolean()
                    ? new StorageUnavailableException("the connection is gone before " + name, null)
                    : new StorageBusyException("somebody writes during " + name, null);
        }
        if (!reads && faults.strikes(Kind.CRASH_BEFORE_EFFECT)) {
            crash(process, target, method, arguments);
        }
        boolean cut = !reads && faults.strikes(Kind.REPLY_CUT);
        Object answer = effect(process, !cut, target, method, arguments);
        if (!reads && faults.strikes(Kind.CRASH_AFTER_EFFECT)) {
            process.crash("after " + name);
            stage.pass();
        }
        if (!reads && faults.strikes(Kind.REPLY_STUCK)) {
            getStuck(process);
            answered(process, name, answer);
            return answer;
        }
        take(process, 0.2);
        answered(process, name, answer);
        if (cut || process.isCutOff()) {
            journal.note("the reply to " + name + " is cut");
            throw dice.nextBoolean()
                    ? new OutcomeUnknownException(name, List.of(), null)
                    : new StorageUnavailableException("the connection is gone during " + name, null);
        }
        return answer;
    }

    private void take(SimProcess process, double chance) {
        process.begins();
        if (faults.strikes(Kind.HANGING_CALL)) {
            stage.sleep(dice.nextLong(500 * MILLI, 12_000 * MILLI));
        } else if (faults.strikes(Kind.SLOW_CALL)) {
            stage.sleep(dice.nextLong(5 * MILLI, 400 * MILLI));
        } else if (dice.nextDouble() < chance) {
            stage.sleep(dice.nextLong(MILLI / 50, 2 * MILLI));
        }
        process.ends();
    }

    /** The way to the storage is gone for all; when it is back, the reply arrives. */
    private void getStuck(SimProcess process) {
        process.cutOff(Duration.ofMillis(dice.nextInt(500, 16_000)));
        process.begins();
        stage.sleep(process.cutOffFor());
        process.ends();
    }

    private void refuseIfCutOff(SimProcess process, String name) {
        if (process.isCutOff()) {
            throw new StorageUnavailableException("there is no way to the storage for " + name, null);
        }
    }

    /** What was on its way when the process died may still be done, where the database is another process. */
    private void crash(SimProcess process, Object target, Method method, Object[] arguments) {
        if (hasLeases() && faults.strikes(Kind.EFFECT_AFTER_DEATH)) {
            stage.at(stage.now() + dice.nextLong(5_000 * MILLI), () -> {
                try {
                    journal.note("after death", method.getName() + " is done");
                    effect(process, false, target, method, arguments);
                } catch (Throwable e) {
                    journal.note("after death", method.getName() + " fails: " + e);
                }
            });
        }
        process.crash("before " + method.getName());
        stage.pass();
    }

    /** What is not known to be done is no news. */
    private Object effect(SimProcess caller, boolean news, Object target, Method method, Object[] arguments)
            throws Throwable {
        String name = method.getName();
        if (!lazy || name.equals("recover")) {
            expire();
        }
        calling = news ? caller : null;
        Object answer;
        try {
            answer = invoke(target, method, arguments);
        } finally {
            calling = null;
        }
        return switch (name) {
            case "register" -> registered((WorkerId) answer, caller);
            case "heartbeat" -> beats((WorkerId) arguments[0], (Lease) answer);
            default -> {
                noted(caller, name, arguments, answer);
                yield answer;
            }
        };
    }

    private WorkerId registered(WorkerId worker, SimProcess caller) {
        journal.note("registers " + SimJournal.name(worker));
        owners.put(worker, caller);
        if (hasLeases()) {
            leases.put(worker, stage.now() + lease.toNanos());
        }
        return worker;
    }

    private Lease beats(WorkerId worker, Lease answer) {
        if (!hasLeases()) {
            return new Lease(answer.alive(), Duration.ofSeconds(3), Optional.empty(), Duration.ofMillis(500));
        }
        if (answer.alive()) {
            leases.put(worker, stage.now() + lease.toNanos());
        }
        Duration trust = lease.multipliedBy(4).dividedBy(5);
        return new Lease(answer.alive(), lease.dividedBy(5), Optional.of(trust), lease.dividedBy(3));
    }

    private void asks(ClaimRequest request) {
        journal.note("asks for " + request.slots().total()
                + request.ids()
                        .map(hinted -> " of " + hinted.size() + " hinted")
                        .orElse("")
                + (request.suspect() ? " with a suspect" : ""));
    }

    private void noted(SimProcess caller, String name, Object[] arguments, Object answer) {
        switch (name) {
            case "claim" -> asks((ClaimRequest) arguments[0]);
            case "settle" -> settled((List<?>) arguments[0], (List<?>) answer);
            case "settleAndClaim" -> settled((List<?>) arguments[0], ((SettledAndClaimed) answer).settled());
            case "recover", "retire" ->
                ((List<?>) answer).forEach(one -> journal.recovered((Recovered) one, name.equals("retire")));
            case "append" ->
                ((Collection<?>) arguments[0]).forEach(line -> {
                    LogEntry entry = (LogEntry) line;
                    journal.isWritten(entry.taskId(), entry.attempt(), entry.line());
                });
            default -> {
                // nothing that the journal has to know
            }
        }
        claimedIn(name, answer).forEach(task -> journal.claimed(caller, task));
    }

    /** What is stored for a worker that died meanwhile nobody can take: its slots are void. */
    private void answered(SimProcess process, String name, Object answer) {
        claimedIn(name, answer).stream()
                .filter(task ->
                        !name.equals("create") || process.lives(Claim.of(task).worker()))
                .forEach(journal::isAnswered);
    }

    private static List<Task> claimedIn(String name, Object answer) {
        return switch (name) {
            case "claim" -> ((Claimed) answer).tasks();
            case "settleAndClaim" -> ((SettledAndClaimed) answer).claimed();
            case "create" ->
                answer instanceof Created created && created.how() == Created.How.CLAIMED
                        ? List.of(created.task())
                        : List.of();
            default -> List.of();
        };
    }

    private void settled(List<?> settlements, List<?> answers) {
        for (int i = 0; i < answers.size(); i++) {
            journal.settles((Settlement) settlements.get(i), (Settled) answers.get(i));
        }
    }
}
