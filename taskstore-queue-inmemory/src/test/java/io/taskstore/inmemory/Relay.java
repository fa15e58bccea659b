package io.taskstore.inmemory;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The way of one process to a PostgreSQL server. It takes down the statements that pass, and a connection can be made dead without
 * a word to either side.
 */
final class Relay implements AutoCloseable {

    private static final int PARSE = 'P';
    private static final int SIMPLE_QUERY = 'Q';

    private final URI behind;
    private final ServerSocket server;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final Set<Socket> listening = ConcurrentHashMap.newKeySet();
    private final Set<Socket> dead = ConcurrentHashMap.newKeySet();
    private final List<String> statements = new CopyOnWriteArrayList<>();

    private Relay(URI behind) throws IOException {
        this.behind = behind;
        this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        start(this::accept);
    }

    static Relay to(String url) throws IOException {
        return new Relay(URI.create(url.substring("jdbc:".length())));
    }

    /** {@return where the server is for the process; statements travel as text there, each time} */
    String url() {
        String query = behind.getQuery() == null ? "" : behind.getQuery() + "&";
        return "jdbc:postgresql://localhost:" + server.getLocalPort() + behind.getPath() + "?" + query
                + "prepareThreshold=0&sslmode=disable&gssEncMode=disable";
    }

    /** {@return the statements since it was asked last} */
    List<String> statements() {
        List<String> all = List.copyOf(statements);
        statements.subList(0, all.size()).clear();
        return all;
    }

    /** Nothing comes through the connection that listens any more, and nobody says so. {@return whether there was one} */
    boolean swallowListener() {
        List<Socket> victims =
                listening.stream().filter(socket -> !dead.contains(socket)).toList();
        dead.addAll(victims);
        return !victims.isEmpty();
    }

    /** {@return whether a connection listens through which something comes} */
    boolean isListening() {
        return listening.stream().anyMatch(socket -> !dead.contains(socket));
    }

    private static void start(Runnable work) {
        Thread thread = new Thread(work, "relay");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket client = server.accept();
                Socket far = new Socket(behind.getHost(), behind.getPort());
                client.setTcpNoDelay(true);
                far.setTcpNoDelay(true);
                open.add(client);
                open.add(far);
                start(() -> requests(client, far));
                start(() -> answers(client, far));
            } catch (IOException e) {
                // closed
            }
        }
    }

    private void requests(Socket client, Socket far) {
        try (client;
                far) {
            DataInputStream in = new DataInputStream(client.getInputStream());
            DataOutputStream out = new DataOutputStream(far.getOutputStream());
            pass(in, out, -1, client);
            for (int kind = in.read(); kind >= 0; kind = in.read()) {
                pass(in, out, kind, client);
            }
        } catch (IOException e) {
            // one of the sides is gone
        }
    }

    /** Only the first message has no kind. */
    private void pass(DataInputStream in, DataOutputStream out, int kind, Socket client) throws IOException {
        int length = in.readInt();
        byte[] body = in.readNBytes(length - Integer.BYTES);
        if (kind == PARSE || kind == SIMPLE_QUERY) {
            String text =
                    new String(body, StandardCharsets.UTF_8).replace('\0', ' ').strip();
            statements.add(text);
            if (text.startsWith("LISTEN")) {
                listening.add(client);
            }
        }
        if (!dead.contains(client)) {
            byte[] message = new byte[(kind < 0 ? 0 : 1) + length];
            ByteBuffer buffer = ByteBuffer.wrap(message);
            if (kind >= 0) {
                buffer.put((byte) kind);
            }
            buffer.putInt(length).put(body);
            out.write(message);
            out.flush();
        }
    }

    private void answers(Socket client, Socket far) {
        byte[] buffer = new byte[65_536];
        try (client;
                far) {
            for (int read = far.getInputStream().read(buffer);
                    read >= 0;
                    read = far.getInputStream().read(buffer)) {
                if (!dead.contains(client)) {
                    client.getOutputStream().write(buffer, 0, read);
                }
            }
        } catch (IOException e) {
            // one of the sides is gone
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
