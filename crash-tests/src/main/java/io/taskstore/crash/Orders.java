package io.taskstore.crash;

import io.taskstore.jdbi.Migration;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What a process is to do. They travel as the arguments of its program.
 *
 * @param url the database
 * @param schema its schema
 * @param lease how long its worker lives without being heard of
 * @param migration what it does about the schema
 * @param journal where it writes
 * @param seed what its tasks depend on
 * @param concurrency how many handlers run at once
 * @param submits how many tasks it submits at most
 * @param point where it ends itself
 * @param times when it reaches that for so many times
 * @param faults which share of its connections and commits fails
 */
record Orders(
        String url,
        String schema,
        Duration lease,
        Migration migration,
        Path journal,
        long seed,
        int concurrency,
        int submits,
        Optional<Point> point,
        int times,
        double faults) {

    List<String> arguments() {
        return List.of(
                url,
                schema,
                lease.toString(),
                migration.name(),
                journal.toString(),
                Long.toString(seed),
                Integer.toString(concurrency),
                Integer.toString(submits),
                point.map(Point::name).orElse(""),
                Integer.toString(times),
                Double.toString(faults));
    }

    static Orders of(String... arguments) {
        List<String> all = List.of(arguments);
        return new Orders(
                all.get(0),
                all.get(1),
                Duration.parse(all.get(2)),
                Migration.valueOf(all.get(3)),
                Path.of(all.get(4)),
                Long.parseLong(all.get(5)),
                Integer.parseInt(all.get(6)),
                Integer.parseInt(all.get(7)),
                Optional.of(all.get(8)).filter(name -> !name.isEmpty()).map(Point::valueOf),
                Integer.parseInt(all.get(9)),
                Double.parseDouble(all.get(10)));
    }

    /** {@return the name under which the process writes} */
    String name() {
        return String.valueOf(journal.getFileName()).replace(".journal", "");
    }

    /** {@return where what the process prints is kept} */
    Path output() {
        return journal.resolveSibling(name() + ".out");
    }

    Orders at(Point point, int times) {
        return new Orders(
                url, schema, lease, migration, journal, seed, concurrency, submits, Optional.of(point), times, faults);
    }

    Orders submitting(int most) {
        return new Orders(url, schema, lease, migration, journal, seed, concurrency, most, point, times, faults);
    }

    /** {@return the same on another way to the database} */
    Orders by(String way) {
        return new Orders(way, schema, lease, migration, journal, seed, concurrency, submits, point, times, faults);
    }

    Orders failing(double share) {
        return new Orders(url, schema, lease, migration, journal, seed, concurrency, submits, point, times, share);
    }

    Orders migrating(Migration other) {
        return new Orders(url, schema, lease, other, journal, seed, concurrency, submits, point, times, faults);
    }

    Orders running(int atOnce) {
        return new Orders(url, schema, lease, migration, journal, seed, atOnce, submits, point, times, faults);
    }
}
