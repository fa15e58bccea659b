package io.taskstore.rabbitmq;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** The way to the broker, which can be cut and made again. It is thread-safe. */
final class TestWire implements AutoCloseable {

    private enum State {
        WHOLE,
        CUT,
        FROZEN
    }

    private final URI broker = URI.create(TestBroker.url());
    private final ServerSocket server;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger connections = new AtomicInteger();

    /** Guarded by this. */
    private State state = State.WHOLE;

    TestWire() throws IOException {
        server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        start(this::accept);
    }

    String url() {
        String user = broker.getRawUserInfo() == null ? "" : broker.getRawUserInfo() + "@";
        return broker.getScheme() + "://" + user + "127.0.0.1:" + server.getLocalPort() + broker.getRawPath();
    }

    /** {@return how many connections there have been} */
    int connections() {
        return connections.get();
    }

    /** Closes all connections, and each new one. */
    synchronized void cut() throws IOException {
        for (Socket socket : open) {
            socket.close();
        }
        set(State.CUT);
    }

    /** Lets nothing through any more, and says so to nobody. */
    void freeze() {
        set(State.FROZEN);
    }

    void mend() {
        set(State.WHOLE);
    }

    private synchronized void set(State next) {
        state = next;
        notifyAll();
    }

    private synchronized boolean isCut() {
        return state == State.CUT;
    }

    private synchronized void awaitThaw() throws InterruptedException {
        while (state == State.FROZEN) {
            wait();
        }
    }

    private static void start(Runnable work) {
        Thread thread = new Thread(work, "wire");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket client = server.accept();
                if (isCut()) {
                    client.close();
                    continue;
                }
                Socket behind = new Socket(broker.getHost(), broker.getPort() < 0 ? 5672 : broker.getPort());
                connections.incrementAndGet();
                open.add(client);
                open.add(behind);
                start(() -> forward(client, behind));
                start(() -> forward(behind, client));
            } catch (IOException e) {
                // closed, or nobody is behind
            }
        }
    }

    private void forward(Socket from, Socket to) {
        byte[] buffer = new byte[65_536];
        try (from;
                to) {
            InputStream in = from.getInputStream();
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                awaitThaw();
                to.getOutputStream().write(buffer, 0, read);
            }
        } catch (IOException | InterruptedException e) {
            // cut
        } finally {
            open.remove(from);
        }
    }

    @Override
    public void close() throws IOException {
        cut();
        server.close();
    }
}
