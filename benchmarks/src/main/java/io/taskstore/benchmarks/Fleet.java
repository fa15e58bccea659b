package io.taskstore.benchmarks;

import io.taskstore.NewTask;
import io.taskstore.TaskService;
import io.taskstore.inmemory.InMemoryTaskQueue;
import io.taskstore.jdbi.TaskDatabase;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * How much several worker processes get done on one PostgreSQL with handlers of 5 ms, while there is always more to do: {@code
 * --processes 1,2,4 --concurrency 2 --seconds 8}. Prints a table of the rates, of the share of all cores that the workers and the
 * server used, and of what each task cost the server: transactions by its own count, and statements by the log of the workers, in
 * a second run that is not timed.
 */
public final class Fleet {

    private static final Duration WARMING = Duration.ofSeconds(3);
    private static final Duration COUNTED = Duration.ofSeconds(2);
    private static final int BATCH = 1_000;
    private static final double SECOND = 1e9;

    /** How long a transaction may take to be counted by the server. */
    private static final long COUNTING = Duration.ofMillis(1_500).toNanos();

    private final String url;
    private final int concurrency;

    /** What came of a run. */
    private record Run(double rate, double workers, double server, double transactions, double statements) {}

    private Fleet(String url, int concurrency) {
        this.url = url;
        this.concurrency = concurrency;
    }

    /** Runs the program. */
    public static void main(String[] args) throws IOException, SQLException, InterruptedException {
        Map<String, String> options = new HashMap<>();
        for (int i = 0; i + 1 < args.length; i += 2) {
            options.put(args[i], args[i + 1]);
        }
        int concurrency = Integer.parseInt(options.getOrDefault("--concurrency", "2"));
        Duration window = Duration.ofSeconds(Long.parseLong(options.getOrDefault("--seconds", "8")));
        try (Server server = Server.start()) {
            Fleet fleet = new Fleet(server.url(), concurrency);
            System.out.println("| worker processes | tasks/s | of one process | CPU of workers | CPU of the server"
                    + " | transactions per task | statements per task |");
            System.out.println("|---:|---:|---:|---:|---:|---:|---:|");
            double one = 0;
            for (String number : options.getOrDefault("--processes", "1,2,4").split(",", -1)) {
                int processes = Integer.parseInt(number);
                Run timed = fleet.run(processes, window, false);
                Run counted = fleet.run(processes, COUNTED, true);
                one = one == 0 ? timed.rate() / processes : one;
                System.out.printf(
                        Locale.ROOT,
                        "| %d | %,.0f | %.2f × | %.0f %% | %.0f %% | %.2f | %.2f |%n",
                        processes,
                        timed.rate(),
                        timed.rate() / one,
                        timed.workers(),
                        timed.server(),
                        timed.transactions(),
                        counted.statements());
            }
        }
    }

    private Run run(int processes, Duration window, boolean counting)
            throws IOException, SQLException, InterruptedException {
        String schema = "fleet_" + processes + "_" + counting;
        fill(schema, processes, window);
        ProcessHandle server = server();
        long transactions = transactions();
        List<FleetMember> members = new ArrayList<>();
        try {
            for (int i = 0; i < processes; i++) {
                members.add(FleetMember.start(url, schema, concurrency, counting));
            }
            for (FleetMember member : members) {
                member.awaitReady();
            }
            LockSupport.parkNanos(WARMING.toNanos());
            long done = done(members);
            long workers = cpu(members.stream().map(FleetMember::handle));
            long serving = cpu(server.descendants());
            long begin = System.nanoTime();
            LockSupport.parkNanos(window.toNanos());
            double rate = (done(members) - done) / ((System.nanoTime() - begin) / SECOND);
            double all = (System.nanoTime() - begin) * Runtime.getRuntime().availableProcessors() / 100.0;
            double used = (cpu(members.stream().map(FleetMember::handle)) - workers) / all;
            double served = (cpu(server.descendants()) - serving) / all;
            long statements = 0;
            long tasks = 0;
            for (FleetMember member : members) {
                member.end();
                tasks += member.done();
                statements += member.statements();
            }
            double transactionsOfOne = (double) (transactions() - transactions) / tasks;
            return new Run(rate, used, served, transactionsOfOne, (double) statements / tasks);
        } finally {
            members.forEach(FleetMember::close);
        }
    }

    /** Submits more than will be done. */
    private void fill(String schema, int processes, Duration window) {
        long most =
                (WARMING.toSeconds() * 2 + window.toSeconds()) * processes * concurrency * 1_000 / FleetMember.MILLIS;
        try (TaskDatabase database = TaskDatabase.builder(url).schema(schema).open()) {
            TaskService tasks = new TaskService(database.tasks(), new InMemoryTaskQueue());
            for (long i = 0; i < most; i += BATCH) {
                tasks.submitAll(Collections.nCopies(BATCH, NewTask.of(FleetMember.TYPE, 1)));
            }
        }
    }

    private static long done(List<FleetMember> members) throws IOException, InterruptedException {
        long done = 0;
        for (FleetMember member : members) {
            done += member.ask();
        }
        return done;
    }

    private static long cpu(Stream<ProcessHandle> processes) {
        return processes
                .map(process -> process.info().totalCpuDuration())
                .mapToLong(used -> used.orElse(Duration.ZERO).toNanos())
                .sum();
    }

    /** {@return the process that all others of the server come from} */
    private ProcessHandle server() throws SQLException {
        try (Connection connection = DriverManager.getConnection(url)) {
            long own = number(connection, "SELECT pg_backend_pid()");
            return ProcessHandle.of(own).flatMap(ProcessHandle::parent).orElseThrow();
        }
    }

    private long transactions() throws SQLException {
        LockSupport.parkNanos(COUNTING);
        try (Connection connection = DriverManager.getConnection(url)) {
            return number(connection, "SELECT sum(xact_commit + xact_rollback) FROM pg_stat_database");
        }
    }

    private static long number(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        }
    }
}
