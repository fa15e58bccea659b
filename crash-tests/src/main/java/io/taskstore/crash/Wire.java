package io.taskstore.crash;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The way to a PostgreSQL server, on which things go wrong when they are asked to. It is thread-safe. */
final class Wire implements AutoCloseable {

    private static final int LISTENING = 50;
    private static final int BUFFER = 65_536;
    private static final long LONGEST_DELAY = Duration.ofMillis(200).toNanos();

    /** With prepareThreshold=0 statements travel as text, and those that change something are known by it. */
    private static final Pattern CHANGE = Pattern.compile("INSERT INTO|UPDATE |DELETE FROM|COMMIT");

    /** What goes wrong. */
    enum Fault {
        /** A connection is closed as soon as it is there. */
        REFUSED,
        /** The server does not hear of a change. */
        CUT_BEFORE,
        /** The server does what it is asked to, and nobody hears of it. */
        CUT_AFTER,
        /** The connection is reset in place of a request. */
        RESET,
        /** A request takes its time. */
        DELAYED,
        /** Nothing comes through any more, in either direction, and nobody says so: the connection stays until its owner gives it up. */
        SWALLOWED
    }

    private final String host;
    private final int port;
    private final ServerSocket server;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final Random random;

    /** Guarded by this. */
    private final Map<Fault, Integer> fired = new EnumMap<>(Fault.class);

    /** Guarded by this. */
    private @Nullable Fault fault;

    /** Guarded by this. */
    private double share;

    /** Guarded by this. */
    private int givenUp;

    Wire(String host, int port, long seed) throws IOException {
        this.host = host;
        this.port = port;
        this.random = new Random(seed);
        this.server = new ServerSocket(0, LISTENING, InetAddress.getLoopbackAddress());
        start(this::accept);
    }

    int port() {
        return server.getLocalPort();
    }

    /** Lets this go wrong from now on, and nothing else, with such a share of what it could happen to. */
    synchronized void fail(Fault what, double how) {
        fault = what;
        share = how;
    }

    /** Lets all go well from now on. Connections that are dead stay so. */
    synchronized void heal() {
        fault = null;
    }

    /** {@return how many of the connections that are dead without a word were closed by whoever made them} */
    synchronized int givenUp() {
        return givenUp;
    }

    private synchronized void giveUp() {
        givenUp++;
    }

    /** {@return how often what went wrong} */
    synchronized Map<Fault, Integer> fired() {
        return new EnumMap<>(fired);
    }

    private synchronized boolean fires(Fault what) {
        boolean fires = fault == what && random.nextDouble() < share;
        if (fires) {
            fired.merge(what, 1, Integer::sum);
        }
        return fires;
    }

    private synchronized double anyShare() {
        return random.nextDouble();
    }

    private static void start(Runnable work) {
        Thread thread = new Thread(work, "wire");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                connect(server.accept());
            } catch (IOException e) {
                // closed, or the server behind it is not there at the moment
            }
        }
    }

    private void connect(Socket client) throws IOException {
        if (fires(Fault.REFUSED)) {
            client.close();
            return;
        }
        try {
            Socket behind = new Socket(host, port);
            open.add(client);
            open.add(behind);
            Line line = new Line(client, behind);
            start(line::requests);
            start(line::answers);
        } catch (IOException e) {
            client.close();
        }
    }

    /** One connection. */
    private final class Line {

        private final Socket client;
        private final Socket behind;
        private volatile boolean cutNextAnswer;
        private volatile boolean dead;

        Line(Socket client, Socket behind) {
            this.client = client;
            this.behind = behind;
        }

        void requests() {
            forward(client, behind, this::mayPass);
        }

        void answers() {
            forward(behind, client, (bytes, length) -> !cutNextAnswer);
        }

        /** {@return false if the connection is to be closed instead} */
        private boolean mayPass(byte[] bytes, int length) throws IOException {
            boolean changes = CHANGE.matcher(new String(bytes, 0, length, StandardCharsets.ISO_8859_1))
                    .find();
            if (changes && fires(Fault.CUT_BEFORE)) {
                return false;
            }
            if (fires(Fault.RESET)) {
                client.setSoLinger(true, 0);
                return false;
            }
            if (fires(Fault.SWALLOWED)) {
                swallow();
                return false;
            }
            if (fires(Fault.DELAYED)) {
                LockSupport.parkNanos((long) (LONGEST_DELAY * anyShare()));
            }
            cutNextAnswer = changes && fires(Fault.CUT_AFTER);
            return true;
        }

        /** Takes what comes and does nothing with it, until the other side closes the connection. */
        private void swallow() throws IOException {
            dead = true;
            try {
                client.getInputStream().transferTo(OutputStream.nullOutputStream());
            } finally {
                // else it was closed here
                if (!client.isClosed()) {
                    giveUp();
                }
            }
        }

        private void forward(Socket from, Socket to, Check check) {
            byte[] buffer = new byte[BUFFER];
            try (from;
                    to) {
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream();
                for (int read = in.read(buffer); read >= 0 && check.mayPass(buffer, read); read = in.read(buffer)) {
                    if (!dead) {
                        out.write(buffer, 0, read);
                        out.flush();
                    }
                }
            } catch (IOException e) {
                // the other side is gone, and this one goes with it
            } finally {
                open.remove(from);
            }
        }
    }

    /** Looks at what is about to pass. */
    private interface Check {
        boolean mayPass(byte[] bytes, int length) throws IOException;
    }

    /** Closes all connections that there are. */
    void cutAll() throws IOException {
        for (Socket socket : open) {
            socket.close();
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        cutAll();
    }
}
