package io.taskstore.jdbi;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** Forwards bytes to a server and back, and cuts all connections in place of an answer when it is told to. */
final class CuttingProxy implements AutoCloseable {

    private static final int FIRST_BYTES = 3;

    private final ServerSocket server;
    private final int target;
    private final AtomicInteger answersToCut = new AtomicInteger();
    private final List<Socket> open = new CopyOnWriteArrayList<>();
    private final Set<Socket> dead = ConcurrentHashMap.newKeySet();
    private final Set<Socket> halved = ConcurrentHashMap.newKeySet();

    CuttingProxy(int target) throws IOException {
        this.target = target;
        this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        start(this::accept);
    }

    int port() {
        return server.getLocalPort();
    }

    /** Of what the server is asked from now on, it does the n-th, and nobody hears of it. */
    void cutAnswer(int nth) {
        answersToCut.set(nth);
    }

    /** Nothing passes through the connections that are there any more, and nobody says so. */
    void swallow() {
        dead.addAll(open);
    }

    /** The same, but for the first bytes of what the server says next. */
    void swallowInTheMiddle() {
        halved.addAll(open);
    }

    private static void start(Runnable work) {
        Thread thread = new Thread(work, "cutting-proxy");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        try {
            while (true) {
                Socket client = server.accept();
                Socket behind = new Socket(InetAddress.getLoopbackAddress(), target);
                open.add(client);
                open.add(behind);
                start(() -> forward(client, behind, false));
                start(() -> forward(behind, client, true));
            }
        } catch (IOException e) {
            // closed
            return;
        }
    }

    private void forward(Socket from, Socket to, boolean answers) {
        byte[] buffer = new byte[65_536];
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                if (answers && answersToCut.getAndUpdate(left -> Math.max(0, left - 1)) == 1) {
                    return;
                }
                if (!dead.contains(from)) {
                    boolean half = answers && halved.contains(from);
                    out.write(buffer, 0, half ? Math.min(read, FIRST_BYTES) : read);
                    out.flush();
                    if (half) {
                        dead.add(from);
                        dead.add(to);
                    }
                }
            }
        } catch (IOException e) {
            // the other side is gone
            return;
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket socket : open) {
            socket.close();
        }
    }
}
