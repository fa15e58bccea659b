package io.taskstore.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.taskstore.crash.Event.Kind;
import io.taskstore.crash.Hints.Way;
import io.taskstore.rabbitmq.TestBroker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Processes that are killed at any moment, however they tell each other of tasks, and however badly. What they have without being
 * asked, {@link PostgresKillTest} shows. How often is for {@code taskstore.crash.kills} to say.
 */
final class HintsKillTest {

    private static final int KILLS = Integer.getInteger("taskstore.crash.kills", 2);
    private static final boolean IS_LONG = System.getProperty("taskstore.crash.kills") != null;
    private static final int ONE_OF = 5;
    private static final Duration LEASE = Duration.ofSeconds(1);

    @ParameterizedTest
    @MethodSource("ways")
    void noTaskIsLostAndNoneIsDoneTwiceHoweverAndHoweverBadlyProcessesTellEachOther(
            Way way, int oneOf, @TempDir Path folder) throws Exception {
        kill(folder, hints(way).spoiling(oneOf), oneOf > 0 ? List.of("LOST", "TWICE", "LATE") : List.of());
    }

    /**
     * {@return the usual way with hints of which every fifth is spoilt, and if there is time, each way, and those without spoilt hints
     * that nobody else shows}
     */
    static Stream<Arguments> ways() {
        Stream<Arguments> bad = Stream.of(Way.values()).map(way -> Arguments.of(way, ONE_OF));
        Stream<Arguments> good = Stream.of(Way.POLLING, Way.RABBITMQ).map(way -> Arguments.of(way, 0));
        return IS_LONG ? Stream.concat(bad, good) : Stream.of(Arguments.of(Way.NOTIFY, ONE_OF));
    }

    @Test
    @EnabledIf(
            value = "io.taskstore.rabbitmq.TestBroker#isInstalled",
            disabledReason = "no RabbitMQ that is ours to kill: install rabbitmq-server")
    void noTaskIsLostAndNoneIsDoneTwiceThoughTheBrokerIsKilledAgainAndAgain(@TempDir Path folder) throws Exception {
        try (TestBroker broker = TestBroker.started();
                Outages outages = Outages.of(broker)) {
            kill(folder, Hints.over(broker.ownUrl()), List.of());
            assertThat(outages.end()).as("how often the broker was killed").isPositive();
        }
    }

    private static Hints hints(Way way) {
        if (way != Way.RABBITMQ) {
            return Hints.by(way);
        }
        assumeTrue(
                TestBroker.isThere(), "no RabbitMQ: install rabbitmq-server, or name one with TASKSTORE_TEST_AMQP_URL");
        return Hints.over(TestBroker.url());
    }

    private static void kill(Path folder, Hints hints, List<String> fates) throws Exception {
        long seed = Seed.in(folder);
        try (Scene scene = Scene.open(folder, Backend.POSTGRES, LEASE, seed)) {
            scene.migrate();
            Verdict verdict = new Killing(scene, hints, seed).kill(KILLS);
            Map<String, Long> spoilt = scene.events().stream()
                    .filter(event -> event.kind() == Kind.FAULT)
                    .collect(Collectors.groupingBy(Event::note, TreeMap::new, Collectors.counting()));
            Report.of("hints-kill", Backend.POSTGRES, seed, verdict)
                    .with(hints + (spoilt.isEmpty() ? "" : " " + spoilt))
                    .write();
            Killing.check(verdict, KILLS, seed);
            assertThat(fates)
                    .as("of %s", spoilt)
                    .allMatch(fate -> spoilt.keySet().stream().anyMatch(what -> what.endsWith(fate)));
        }
    }
}
