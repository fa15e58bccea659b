package io.taskstore.benchmarks;

import io.taskstore.jdbi.TaskDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Measures every query against a database that is full: {@code --db sqlite|postgresql --tasks 1000000 --runs 200}, and
 * {@code --only} with a part of the name for some. Prints a table, and ends with 1 if anything is over its limit.
 */
public final class QueryTimes {

    private static final String SCHEMA = "taskstore_benchmark";

    private final int tasks;
    private final int runs;
    private final String only;

    private QueryTimes(Map<String, String> options) {
        this.tasks = Integer.parseInt(options.getOrDefault("--tasks", "1000000"));
        this.runs = Integer.parseInt(options.getOrDefault("--runs", "200"));
        this.only = options.getOrDefault("--only", "");
    }

    /** Runs the program. */
    public static void main(String[] args) throws IOException, SQLException {
        Map<String, String> options = new HashMap<>();
        for (int i = 0; i + 1 < args.length; i += 2) {
            options.put(args[i], args[i + 1]);
        }
        QueryTimes times = new QueryTimes(options);
        boolean met = options.getOrDefault("--db", "sqlite").equals("sqlite") ? times.sqlite() : times.postgresql();
        System.exit(met ? 0 : 1);
    }

    private boolean sqlite() throws IOException, SQLException {
        Path folder = Files.createTempDirectory("taskstore");
        String url = "jdbc:sqlite:" + folder.resolve("tasks.db");
        try {
            TaskDatabase.open(url).close();
            SkewedTasks.sqlite(url, tasks);
            try (TaskDatabase database = TaskDatabase.open(url)) {
                return measure(database, "SQLite");
            }
        } finally {
            delete(folder);
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.delete(file);
            }
        }
    }

    private boolean postgresql() throws IOException, SQLException {
        try (Server server = Server.start()) {
            return postgresql(server.url());
        }
    }

    /** The schema must not be there yet, and is left behind: nobody's tables are dropped here. */
    private boolean postgresql(String url) throws SQLException {
        TaskDatabase.builder(url).schema(SCHEMA).open().close();
        SkewedTasks.postgresql(url, SCHEMA, tasks);
        try (TaskDatabase database = TaskDatabase.builder(url).schema(SCHEMA).open()) {
            return measure(database, "PostgreSQL");
        }
    }

    private boolean measure(TaskDatabase database, String name) {
        List<Measured> all = new ArrayList<>(Queries.of(database.tasks(), tasks));
        all.addAll(ReportQueries.of(database.reports()));
        all.addAll(Work.of(database, tasks));
        System.out.printf("%s, %,d tasks, %d runs each, milliseconds%n%n", name, tasks, runs);
        System.out.println("| query | value | p50 | p95 | p99 | |\n|---|---|---:|---:|---:|---|");
        boolean met = true;
        for (Measured one : all) {
            if (one.name().contains(only)) {
                Measured.Times times = one.measure(runs);
                met &= one.isMet(times);
                System.out.println(one.row(times));
            }
        }
        return met;
    }
}
