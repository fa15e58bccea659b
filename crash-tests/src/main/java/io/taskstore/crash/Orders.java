package io.taskstore.crash;

import io.taskstore.jdbi.Migration;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * What a process is to do. They travel as the arguments of its program.
 *
 * @param access how it opens the database
 * @param journal where it writes
 * @param load what it submits and runs
 * @param mishaps what goes wrong in it
 * @param hints how it tells others of tasks
 */
record Orders(Access access, Path journal, Load load, Mishaps mishaps, Hints hints) {

    /**
     * How a process opens the database.
     *
     * @param url the database
     * @param schema its schema
     * @param lease how long its worker lives without being heard of
     * @param migration what it does about the schema
     */
    record Access(String url, String schema, Duration lease, Migration migration) {}

    /**
     * What a process submits and runs.
     *
     * @param seed what its tasks depend on
     * @param concurrency how many handlers run at once
     * @param submits how many tasks it submits at most
     */
    record Load(long seed, int concurrency, int submits) {}

    /**
     * What goes wrong in a process.
     *
     * @param point where it ends itself
     * @param times when it reaches that for so many times
     * @param faults which share of its connections and commits fails, and a smaller one of its statements
     */
    record Mishaps(Optional<Point> point, int times, double faults) {

        static final Mishaps NONE = new Mishaps(Optional.empty(), 1, 0);
    }

    List<String> arguments() {
        List<String> all = new ArrayList<>(List.of(journal.toString()));
        all.addAll(List.of(
                access.url(),
                access.schema(),
                access.lease().toString(),
                access.migration().name()));
        all.addAll(List.of(
                Long.toString(load.seed()), Integer.toString(load.concurrency()), Integer.toString(load.submits())));
        all.addAll(List.of(
                mishaps.point().map(Point::name).orElse(""),
                Integer.toString(mishaps.times()),
                Double.toString(mishaps.faults())));
        all.addAll(List.of(hints.way().name(), hints.broker(), Integer.toString(hints.spoilt())));
        return all;
    }

    static Orders of(String... arguments) {
        Iterator<String> next = List.of(arguments).iterator();
        Path journal = Path.of(next.next());
        Access access =
                new Access(next.next(), next.next(), Duration.parse(next.next()), Migration.valueOf(next.next()));
        Load load = new Load(Long.parseLong(next.next()), Integer.parseInt(next.next()), Integer.parseInt(next.next()));
        Mishaps mishaps = new Mishaps(
                Optional.of(next.next()).filter(name -> !name.isEmpty()).map(Point::valueOf),
                Integer.parseInt(next.next()),
                Double.parseDouble(next.next()));
        Hints hints = new Hints(Hints.Way.valueOf(next.next()), next.next(), Integer.parseInt(next.next()));
        return new Orders(access, journal, load, mishaps, hints);
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
        return with(new Mishaps(Optional.of(point), times, mishaps.faults()));
    }

    Orders failing(double share) {
        return with(new Mishaps(mishaps.point(), mishaps.times(), share));
    }

    Orders submitting(int most) {
        return with(new Load(load.seed(), load.concurrency(), most));
    }

    Orders running(int atOnce) {
        return with(new Load(load.seed(), atOnce, load.submits()));
    }

    /** {@return the same on another way to the database} */
    Orders by(String way) {
        return with(new Access(way, access.schema(), access.lease(), access.migration()));
    }

    Orders migrating(Migration other) {
        return with(new Access(access.url(), access.schema(), access.lease(), other));
    }

    Orders telling(Hints others) {
        return new Orders(access, journal, load, mishaps, others);
    }

    private Orders with(Access other) {
        return new Orders(other, journal, load, mishaps, hints);
    }

    private Orders with(Load other) {
        return new Orders(access, journal, other, mishaps, hints);
    }

    private Orders with(Mishaps others) {
        return new Orders(access, journal, load, others, hints);
    }
}
