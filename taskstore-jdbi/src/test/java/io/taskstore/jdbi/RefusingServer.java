package io.taskstore.jdbi;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** Speaks enough of PostgreSQL's protocol to refuse each connection with the same SQL state. */
final class RefusingServer implements AutoCloseable {

    private final ServerSocket socket;
    private final String state;

    RefusingServer(String state) throws IOException {
        this.socket = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        this.state = state;
        Thread thread = new Thread(this::serve, "refusing-server");
        thread.setDaemon(true);
        thread.start();
    }

    String url() {
        return "jdbc:postgresql://localhost:" + socket.getLocalPort() + "/app?sslmode=disable";
    }

    private void serve() {
        while (!socket.isClosed()) {
            try (Socket client = socket.accept()) {
                DataInputStream in = new DataInputStream(client.getInputStream());
                in.readNBytes(in.readInt() - Integer.BYTES);
                byte[] fields =
                        ("SFATAL\0VFATAL\0C" + state + "\0Mrefused by a test\0\0").getBytes(StandardCharsets.UTF_8);
                DataOutputStream out = new DataOutputStream(client.getOutputStream());
                out.writeByte('E');
                out.writeInt(fields.length + Integer.BYTES);
                out.write(fields);
                out.flush();
            } catch (IOException e) {
                // the test is over, or the driver has hung up
                assert e != null;
            }
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
