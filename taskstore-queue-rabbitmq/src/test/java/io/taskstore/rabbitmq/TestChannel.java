package io.taskstore.rabbitmq;

import com.rabbitmq.client.BlockedListener;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.Consumer;
import com.rabbitmq.client.impl.AMQImpl;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** A channel with nobody behind it, which takes down what it is asked. It is thread-safe. */
final class TestChannel {

    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final List<Consumer> consumers = new CopyOnWriteArrayList<>();
    private final List<BlockedListener> blocked = new CopyOnWriteArrayList<>();
    private final AtomicInteger numbers = new AtomicInteger();

    private final Connection connection = proxy(Connection.class, (method, arguments) -> {
        blocked.add((BlockedListener) arguments[0]);
        return null;
    });

    private final Channel channel = proxy(Channel.class, this::answer);

    private interface Answer {
        Object to(Method method, Object[] arguments);
    }

    private static <T> T proxy(Class<T> type, Answer answer) {
        return type.cast(Proxy.newProxyInstance(
                TestChannel.class.getClassLoader(),
                new Class<?>[] {type},
                (proxy, method, arguments) -> answer.to(method, arguments)));
    }

    private Object answer(Method method, Object[] arguments) {
        asked.add(method.getName());
        return switch (method.getName()) {
            case "isOpen", "waitForConfirms" -> true;
            case "getConnection" -> connection;
            case "getNextPublishSeqNo" -> (long) numbers.incrementAndGet();
            case "queueDeclare" -> new AMQImpl.Queue.DeclareOk((String) arguments[0], 0, 0);
            case "basicConsume" -> {
                consumers.add((Consumer) arguments[2]);
                yield "consumer-" + consumers.size();
            }
            default -> null;
        };
    }

    Channel channel() {
        return channel;
    }

    /** {@return how often something was asked, or told, of that name} */
    long times(String name) {
        return asked.stream().filter(name::equals).count();
    }

    List<Consumer> consumers() {
        return consumers;
    }

    void block(boolean on) throws Exception {
        for (BlockedListener listener : blocked) {
            if (on) {
                listener.handleBlocked("low on memory");
            } else {
                listener.handleUnblocked();
            }
        }
    }
}
