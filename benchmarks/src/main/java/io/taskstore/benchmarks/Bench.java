package io.taskstore.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.taskstore.benchmarks.Measure.Options;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Measures an engine, and prints a line of JSON for each repeat.
 *
 * <p>Usage: {@code Bench MEASURE --engine E --db sqlite|postgresql [--threads 8] [--tasks N] [--seconds S] [--repeats 3]
 * [--finished N] [--settings tuned|defaults] [--count statements]}, or {@code Bench list} with what {@link QueryTimes} takes
 */
public final class Bench {

    private static final ObjectMapper JSON = new ObjectMapper();

    private Bench() {}

    /** Runs the measure. */
    public static void main(String[] args) throws Exception {
        if (args.length == 0) {
            throw new IllegalArgumentException("which measure?");
        }
        if (args[0].equals("list")) {
            QueryTimes.main(Arrays.copyOfRange(args, 1, args.length));
            return;
        }
        Measure measure = Measure.named(args[0]);
        Map<String, String> given = options(args);
        boolean counting = measure == Measure.IDLE && given.containsKey("count");
        if (counting) {
            Statements.log();
        }
        Engines engine = Engines.named(given.getOrDefault("engine", "taskstore"));
        String database = given.getOrDefault("db", "sqlite");
        boolean tuned = !"defaults".equals(given.get("settings"));
        int finished = Integer.parseInt(given.getOrDefault("finished", "0"));
        Options options = new Options(
                Integer.parseInt(given.getOrDefault("threads", "8")),
                Integer.parseInt(given.getOrDefault(
                        "tasks", String.valueOf(tasks(measure, engine, !database.equals("sqlite"))))),
                Duration.ofSeconds(Integer.parseInt(given.getOrDefault("seconds", seconds(measure)))),
                counting);
        int repeats = Integer.parseInt(given.getOrDefault("repeats", "3"));
        try (Scratch scratch = Scratch.open(database)) {
            for (int repeat = warming(measure); repeat <= repeats; repeat++) {
                scratch.next();
                Map<String, Object> figures = new LinkedHashMap<>();
                figures.put("measure", measure.name().toLowerCase(Locale.ROOT));
                figures.put("engine", engine.toString());
                figures.put("version", engine.version());
                figures.put("db", database);
                figures.put("threads", options.threads());
                figures.put("finished", finished);
                figures.put("repeat", repeat);
                Engine opened = engine.open(scratch, tuned);
                try {
                    figures.put("settings", opened.settings());
                    Finished.prepare(scratch, repeat > 0 ? finished : 0);
                    Consumption before = Consumption.now(scratch);
                    measure.run(opened, options, figures);
                    consumed(figures, before, Consumption.now(scratch));
                } finally {
                    opened.stop();
                }
                if (repeat > 0) {
                    System.out.println(JSON.writeValueAsString(figures));
                }
            }
        }
        System.exit(0);
    }

    /** {@return the number of the first repeat: those up to 0 are for warming up} */
    private static int warming(Measure measure) {
        return switch (measure) {
            case ENQUEUE, DRAIN -> -1;
            case BULK, RECORDS, WORKFLOW -> 0;
            case LATENCY, OPEN, IDLE, MEMORY, BURST -> 1;
        };
    }

    private static void consumed(Map<String, Object> figures, Consumption before, Consumption after) {
        if (figures.get("n") instanceof Number n) {
            double tasks = n.doubleValue();
            figures.put("cpu_us_per_task", Math.round((after.cpuNanos() - before.cpuNanos()) / tasks / 1_000));
            if (after.walBytes() > 0) {
                figures.put("commits_per_task", Math.round((after.commits() - before.commits()) / tasks * 100) / 100.0);
                figures.put("wal_bytes_per_task", Math.round((after.walBytes() - before.walBytes()) / tasks));
            }
        }
    }

    /** {@return as many as most engines need three seconds for, and fewer for slow ones} */
    private static int tasks(Measure measure, Engines engine, boolean isServer) {
        return switch (measure) {
            case LATENCY -> engine == Engines.JOBRUNR ? 20 : 200;
            case MEMORY -> 1_000_000;
            case BURST -> 100_000;
            case WORKFLOW -> 5_000;
            default ->
                switch (engine) {
                    case TASKSTORE, LIMIT -> measure == Measure.DRAIN ? 160_000 : 60_000;
                    case THIN_LIMIT -> 300_000;
                    case DB_SCHEDULER -> measure == Measure.DRAIN && isServer ? 40_000 : 20_000;
                    case TRANSACTION_OUTBOX -> 20_000;
                    case JOBRUNR, QUARTZ -> 10_000;
                };
        };
    }

    private static String seconds(Measure measure) {
        return switch (measure) {
            case OPEN -> "20";
            case IDLE -> "20";
            default -> "3";
        };
    }

    private static Map<String, String> options(String[] args) {
        Map<String, String> options = new LinkedHashMap<>();
        for (int i = 1; i < args.length; i += 2) {
            if (!args[i].startsWith("--") || i + 1 == args.length) {
                throw new IllegalArgumentException("not an option with a value: " + args[i]);
            }
            options.put(args[i].substring(2), args[i + 1]);
        }
        return options;
    }
}
