package io.taskstore.crash;

import io.taskstore.TaskQueue;
import io.taskstore.TaskQueue.Reservation;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Optional;

/** A queue that tells when the process reaches the points before and after a hint or a hand-over. */
final class ObservedQueue {

    private ObservedQueue() {}

    static TaskQueue of(TaskQueue queue, Points points) {
        return proxy(TaskQueue.class, queue, "offer", points);
    }

    private static <T> T proxy(Class<T> type, T target, String watched, Points points) {
        return type.cast(Proxy.newProxyInstance(
                ObservedQueue.class.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> {
                    boolean isWatched = method.getName().equals(watched);
                    if (isWatched) {
                        points.reached(Point.BEFORE_HINT);
                    }
                    Object answer;
                    try {
                        answer = method.invoke(target, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause() == null ? e : e.getCause();
                    }
                    if (isWatched) {
                        points.reached(Point.AFTER_HINT);
                    }
                    return answer instanceof Optional<?> some && some.orElse(null) instanceof Reservation slot
                            ? Optional.of(proxy(Reservation.class, slot, "deliver", points))
                            : answer;
                }));
    }
}
