package io.taskstore.rabbitmq;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.impl.ForgivingExceptionHandler;
import io.taskstore.Check;
import io.taskstore.Hint;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.URISyntaxException;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;

/**
 * The broker at a URL, and what this library has there: a durable classic queue for each type of task. It is thread-safe.
 *
 * <p>Classic, since that is what every version has; a hint needs no copies on other machines. The queue is bounded in messages
 * and in bytes, and a message that would not fit is refused: hints of that many tasks tell nobody anything new, and a forged
 * message cannot be larger than a client can read.
 */
final class Broker {

    /** How many hints the broker keeps of one type. */
    private static final int MOST = 10_000;

    private static final Map<String, Object> ARGUMENTS = Map.of(
            "x-queue-type",
            "classic",
            "x-max-length",
            MOST,
            "x-max-length-bytes",
            MOST * HintMessage.LARGEST,
            "x-overflow",
            "reject-publish");

    private static final int PERSISTENT = 2;
    private static final int HEARTBEAT_SECONDS = 10;
    private static final int LIMIT_MILLIS = (int) Duration.ofSeconds(5).toMillis();

    private final ConnectionFactory factory;
    private final String name;
    private final String publisher = UUID.randomUUID().toString();

    private final Aside aside = new Aside(System::nanoTime);

    private Broker(ConnectionFactory factory, String name) {
        this.factory = factory;
        this.name = name;
    }

    /** {@return the broker at a URL, to which nothing is connected yet; no message quotes the URL, which has a password} */
    static Broker at(String url, String name, ThreadFactory threads, Complaints complaints) {
        ConnectionFactory factory = new ConnectionFactory();
        boolean valid;
        try {
            valid = aim(factory, new URI(url));
        } catch (URISyntaxException | GeneralSecurityException | IllegalArgumentException e) {
            valid = false;
        }
        Check.that(valid, "url", "as in amqp://user:password@host:5672/vhost, or with amqps", "not shown");
        factory.setAutomaticRecoveryEnabled(false);
        factory.setTopologyRecoveryEnabled(false);
        factory.setConnectionTimeout(LIMIT_MILLIS);
        factory.setHandshakeTimeout(LIMIT_MILLIS);
        factory.setChannelRpcTimeout(LIMIT_MILLIS);
        factory.setRequestedHeartbeat(HEARTBEAT_SECONDS);
        factory.setThreadFactory(threads);
        factory.setExceptionHandler(new ForgivingExceptionHandler() {
            @Override
            protected void log(String message, Throwable e) {
                complaints.about("The connection to RabbitMQ: " + message + " " + reason(e));
            }
        });
        return new Broker(factory, name);
    }

    /** {@return whether it is a URL of a broker, which the factory then connects to} */
    private static boolean aim(ConnectionFactory factory, URI url) throws URISyntaxException, GeneralSecurityException {
        boolean encrypted = "amqps".equals(url.getScheme());
        if (url.getHost() == null || !(encrypted || "amqp".equals(url.getScheme()))) {
            return false;
        }
        factory.setUri(url);
        if (encrypted) {
            // without these two the client would trust anybody
            factory.useSslProtocol(SSLContext.getDefault());
            factory.enableHostnameVerification();
        }
        return true;
    }

    static String reason(Throwable thrown) {
        Throwable cause = thrown.getMessage() == null && thrown.getCause() != null ? thrown.getCause() : thrown;
        return cause.getClass().getSimpleName() + (cause.getMessage() == null ? "" : ": " + cause.getMessage());
    }

    /** {@return where it is, without the password} */
    String place() {
        return factory.getHost() + ":" + factory.getPort() + " (vhost " + factory.getVirtualHost() + ")";
    }

    /**
     * Connects to it.
     *
     * @param threads bring what comes, and end connections on which something hangs
     * @param socket gets the socket before it is connected, which can be closed whatever hangs
     */
    Connection connect(ExecutorService threads, String purpose, Consumer<Socket> socket)
            throws IOException, TimeoutException {
        ConnectionFactory own = factory.clone();
        own.setShutdownExecutor(threads);
        own.setSocketConfigurator(factory.getSocketConfigurator().andThen(socket::accept));
        return own.newConnection(threads, "taskstore " + purpose);
    }

    /** {@return the types that cannot be used for the time being} */
    Aside aside() {
        return aside;
    }

    String queue(String type) {
        return name + "." + type;
    }

    /**
     * Makes the queue of a type, unless it is there. If that fails the type is set aside, and the channel is closed.
     *
     * @return how many messages are ready in it
     */
    long declare(Channel channel, String type) throws IOException {
        try {
            return channel.queueDeclare(queue(type), true, false, false, ARGUMENTS)
                    .getMessageCount();
        } catch (IOException e) {
            aside.failed(type, e);
            throw e;
        }
    }

    /**
     * Consumes the queue of a type. If that fails the type is set aside, and the channel is closed.
     *
     * @return what the broker calls the consumer
     */
    String consume(Channel channel, String type, com.rabbitmq.client.Consumer consumer) throws IOException {
        try {
            return channel.basicConsume(queue(type), false, consumer);
        } catch (IOException e) {
            aside.failed(type, e);
            throw e;
        }
    }

    void publish(Channel channel, long number, Hint hint) throws IOException {
        AMQP.BasicProperties properties = new AMQP.BasicProperties.Builder()
                .contentType("text/plain")
                .type(HintMessage.TYPE)
                .deliveryMode(PERSISTENT)
                .messageId(publisher + ":" + number)
                .correlationId(hint.id().toString())
                .build();
        channel.basicPublish("", queue(hint.type()), true, properties, HintMessage.encode(hint));
    }

    /** {@return the number under which this process published the message, or zero if it did not} */
    long own(AMQP.BasicProperties properties) {
        String id = properties.getMessageId();
        if (id == null || !id.startsWith(publisher + ":")) {
            return 0;
        }
        try {
            return Long.parseLong(id.substring(publisher.length() + 1));
        } catch (NumberFormatException e) {
            return 0;
        }
    }
}
