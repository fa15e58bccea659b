package io.taskstore.crash;

import io.taskstore.crash.Hints.Way;
import io.taskstore.crash.Orders.Access;
import io.taskstore.crash.Orders.Load;
import io.taskstore.crash.Orders.Mishaps;
import io.taskstore.jdbi.Migration;
import io.taskstore.jdbi.TaskDatabase;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/** A database, the processes that work on it, and the one who watches them. Not thread-safe. */
final class Scene implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final long LOOK_AGAIN = Duration.ofMillis(2).toNanos();
    private static final int CONCURRENCY = 4;
    private static final int WARM_UP = 20;

    private static final Map<Backend, Launch> LAUNCHES = new ConcurrentHashMap<>();

    private final Path folder;
    private final Database database;
    private final Duration lease;
    private final long seed;
    private final Launch launch;
    private final Journal observer;
    private final List<ChildProcess> children = new ArrayList<>();

    private Scene(Path folder, Database database, Duration lease, long seed, Launch launch) {
        this.folder = folder;
        this.database = database;
        this.lease = lease;
        this.seed = seed;
        this.launch = launch;
        this.observer = Journal.open(folder.resolve("observer.journal"), "observer");
    }

    /** {@return a scene whose database has no schema} The folder is empty. */
    static Scene open(Path folder, Backend backend, Duration lease, long seed) throws Exception {
        return open(folder, backend, backend.open(folder), lease, seed);
    }

    /** {@return a scene on this database, which ends with it} */
    static Scene open(Path folder, Backend backend, Database database, Duration lease, long seed) throws Exception {
        return new Scene(folder, database, lease, seed, launch(folder, backend));
    }

    private static Launch launch(Path folder, Backend backend) throws Exception {
        synchronized (backend) {
            Launch launch = LAUNCHES.get(backend);
            if (launch == null) {
                launch = Launch.in(Files.createDirectories(Path.of("target", "crash", backend.name())));
                try (Scene scene = new Scene(
                        Files.createDirectory(folder.resolve("launch")),
                        backend.open(folder.resolve("launch")),
                        Duration.ofSeconds(15),
                        0,
                        launch)) {
                    scene.archive();
                }
                LAUNCHES.put(backend, launch);
            }
            return launch;
        }
    }

    private void archive() throws Exception {
        Orders orders = orders().submitting(WARM_UP).migrating(Migration.APPLY);
        ChildProcess child = add(launch.startArchiving(orders), orders);
        opened(child);
        await("the first process has done its work", () -> child.has(Event.Kind.DRAINED) && !database.hasWork());
        end();
    }

    /** Makes the schema, and what keeps it from being used as it should never be. */
    void migrate() throws SQLException {
        TaskDatabase.builder(database.url()).schema(database.schema()).open().close();
        database.guard();
    }

    /** Writes down what is done here itself. */
    Journal observer() {
        return observer;
    }

    Database database() {
        return database;
    }

    /** {@return the orders of the next process, on a database that has its schema} */
    Orders orders() {
        return new Orders(
                new Access(database.url(), database.schema(), lease, Migration.SKIP),
                folder.resolve("p" + (children.size() + 1) + ".journal").toAbsolutePath(),
                new Load(seed + children.size(), CONCURRENCY, 0),
                Mishaps.NONE,
                Hints.by(Way.NOTIFY));
    }

    ChildProcess start(Orders orders) {
        return startFor(ProcessHandle.current().pid(), orders);
    }

    /** Starts a process that takes another one for its parent. */
    ChildProcess startFor(long parent, Orders orders) {
        return add(launch.start(orders, parent), orders);
    }

    /** Starts a process none of whose files may grow beyond so many blocks of 512 bytes. */
    ChildProcess startLimited(Orders orders, int blocks) {
        return add(launch.startLimited(orders, ProcessHandle.current().pid(), blocks), orders);
    }

    private ChildProcess add(Process process, Orders orders) {
        ChildProcess child = new ChildProcess(process, orders, observer);
        children.add(child);
        return child;
    }

    /** {@return the process, once it is open} */
    ChildProcess opened(ChildProcess child) throws Exception {
        await(child.name() + " is open", () -> {
            if (!child.isAlive()) {
                throw new AssertionError(child.name() + " has ended: " + child.printed());
            }
            return child.has(Event.Kind.OPEN);
        });
        return child;
    }

    /** Waits until each of them has completed another task. */
    static void awaitWork(Collection<ChildProcess> workers, Duration patience) throws Exception {
        for (ChildProcess worker : workers) {
            long before = worker.done();
            await(worker.name() + " works", patience, () -> worker.done() > before);
        }
    }

    /** Waits until the condition holds. */
    static void await(String what, Callable<Boolean> condition) throws Exception {
        await(what, PATIENCE, condition);
    }

    static void await(String what, Duration patience, Callable<Boolean> condition) throws Exception {
        long end = System.nanoTime() + patience.toNanos();
        while (!condition.call()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("waited in vain until " + what);
            }
            LockSupport.parkNanos(LOOK_AGAIN);
        }
    }

    /** Lets the processes that live do all there is to do, and end in good order. {@return what is to be said of it all} */
    Verdict finish() throws Exception {
        return finish(PATIENCE);
    }

    Verdict finish(Duration patience) throws Exception {
        living().forEach(child -> child.tell("drain"));
        for (ChildProcess child : living()) {
            await(child.name() + " submits no more", () -> child.has(Event.Kind.DRAINED));
        }
        String left = "";
        try {
            await("all tasks have ended", patience, () -> !database.hasWork());
        } catch (AssertionError e) {
            // the checker says which, and of what else it is a part
            left = String.valueOf(e.getMessage());
        }
        end();
        Verdict verdict = Checker.check(events(), database.contents(), database.promise(lease));
        verdict.violations().addAll(database.damages());
        if (!left.isEmpty()) {
            verdict.violations().add(left);
        }
        return verdict;
    }

    private List<ChildProcess> living() {
        return children.stream().filter(ChildProcess::isAlive).toList();
    }

    private void end() throws InterruptedException {
        List<ChildProcess> living = living();
        living.forEach(child -> child.tell("stop"));
        for (ChildProcess child : living) {
            int code = child.exitCode();
            if (code != 0) {
                throw new IllegalStateException(child.name() + " ended with " + code + ": " + child.printed());
            }
        }
    }

    /** {@return all that was written down} */
    List<Event> events() throws IOException {
        List<Event> events = new ArrayList<>();
        try (DirectoryStream<Path> journals = Files.newDirectoryStream(folder, "*.journal")) {
            for (Path journal : journals) {
                events.addAll(Journal.read(journal));
            }
        }
        return events;
    }

    @Override
    public void close() throws SQLException {
        children.forEach(ChildProcess::close);
        observer.close();
        database.close();
    }
}
