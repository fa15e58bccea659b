package io.taskstore.rabbitmq;

import com.rabbitmq.client.ConnectionFactory;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A real RabbitMQ for tests: the one that TASKSTORE_TEST_AMQP_URL names, else the server that is installed here, started on ports
 * and in a folder of its own. The one that all tests share ends with this process.
 */
public final class TestBroker implements AutoCloseable {

    private static final long START_SECONDS = 60;

    /** The distribution's command in the path changes the user, and with it the settings. */
    private static final List<String> FOLDERS =
            List.of("/usr/lib/rabbitmq/bin", "/usr/local/sbin", "/opt/homebrew/sbin", "/usr/sbin");

    private static @Nullable TestBroker shared;

    private final Path folder;
    private final int port = freePort();
    private final int distributionPort = freePort();
    private final int portMapperPort = freePort();
    private @Nullable Process process;

    private TestBroker() {
        try {
            folder = Files.createTempDirectory("taskstore-rabbitmq-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@return whether tests can have a broker} */
    public static boolean isThere() {
        return given().isPresent() || isInstalled();
    }

    /** {@return whether there is a server here that tests can start} */
    public static boolean isInstalled() {
        return server().isPresent();
    }

    private static Optional<String> given() {
        return Optional.ofNullable(System.getenv("TASKSTORE_TEST_AMQP_URL")).filter(url -> !url.isBlank());
    }

    private static Optional<Path> server() {
        String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
        return Stream.concat(FOLDERS.stream(), Stream.of(path.split(File.pathSeparator)))
                .map(folder -> Path.of(folder, "rabbitmq-server"))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** {@return the URL of the broker that tests share} */
    public static synchronized String url() {
        return given().orElseGet(() -> {
            if (shared == null) {
                TestBroker broker = started();
                Runtime.getRuntime().addShutdownHook(new Thread(broker::close));
                shared = broker;
            }
            return shared.ownUrl();
        });
    }

    /** {@return a broker that belongs to one test} */
    public static TestBroker started() {
        TestBroker broker = new TestBroker();
        try {
            broker.start();
            return broker;
        } catch (RuntimeException | Error e) {
            broker.close();
            throw e;
        }
    }

    /** {@return where this one is} */
    public String ownUrl() {
        return "amqp://guest:guest@127.0.0.1:" + port;
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts it, again if it was killed, on the same ports and with the same data. */
    public void start() {
        try {
            ProcessBuilder builder = new ProcessBuilder(server().orElseThrow().toString());
            builder.environment().putAll(environment());
            builder.redirectErrorStream(true)
                    .redirectOutput(folder.resolve("server.log").toFile());
            Process started = builder.start();
            process = started;
            Await.until("the broker has started, see " + folder, START_SECONDS, () -> {
                if (!started.isAlive()) {
                    throw new AssertionError(Files.readString(folder.resolve("server.log")));
                }
                return answers();
            });
        } catch (Exception e) {
            throw new AssertionError("the broker does not start", e);
        }
    }

    private Map<String, String> environment() {
        String none = folder.resolve("none").toString();
        return Map.ofEntries(
                Map.entry("HOME", folder.toString()),
                Map.entry("RABBITMQ_NODENAME", "taskstore" + port + "@localhost"),
                Map.entry("RABBITMQ_NODE_IP_ADDRESS", "127.0.0.1"),
                Map.entry("RABBITMQ_NODE_PORT", String.valueOf(port)),
                Map.entry("RABBITMQ_DIST_PORT", String.valueOf(distributionPort)),
                Map.entry("ERL_EPMD_PORT", String.valueOf(portMapperPort)),
                Map.entry("ERL_EPMD_ADDRESS", "127.0.0.1"),
                Map.entry("RABBITMQ_MNESIA_BASE", folder.resolve("data").toString()),
                Map.entry("RABBITMQ_LOG_BASE", folder.resolve("log").toString()),
                Map.entry("RABBITMQ_LOGS", "-"),
                Map.entry("RABBITMQ_ENABLED_PLUGINS_FILE", none),
                Map.entry("RABBITMQ_CONFIG_FILE", none),
                Map.entry("RABBITMQ_ADVANCED_CONFIG_FILE", none),
                Map.entry("RABBITMQ_CONF_ENV_FILE", none),
                // one scheduler that does not spin is enough, and leaves the machine to the tests
                Map.entry("RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS", "+S 1:1 +sbwt none +sbwtdcpu none +sbwtdio none"));
    }

    private boolean answers() throws Exception {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setUri(ownUrl());
        try {
            factory.newConnection().close();
            return true;
        } catch (IOException | TimeoutException e) {
            return false;
        }
    }

    /** Ends it at once, as a power cut does. */
    public void kill() {
        Process running = process;
        if (running == null) {
            return;
        }
        List<ProcessHandle> all = new ArrayList<>(running.descendants().toList());
        all.add(running.toHandle());
        all.forEach(ProcessHandle::destroyForcibly);
        all.forEach(
                one -> one.onExit().orTimeout(START_SECONDS, TimeUnit.SECONDS).join());
        process = null;
    }

    @Override
    public void close() {
        kill();
        try {
            endPortMapper();
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Erlang starts one beside the first node, and leaves it. */
    private void endPortMapper() throws IOException, InterruptedException {
        ProcessBuilder ending = new ProcessBuilder("epmd", "-kill");
        ending.environment().put("ERL_EPMD_PORT", String.valueOf(portMapperPort));
        ending.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD);
        ending.start().waitFor(START_SECONDS, TimeUnit.SECONDS);
    }
}
