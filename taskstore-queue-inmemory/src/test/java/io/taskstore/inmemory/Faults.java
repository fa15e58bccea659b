package io.taskstore.inmemory;

import io.taskstore.TaskQueue;
import io.taskstore.spi.Storage;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Comes between a worker and its storage, and lets calls of ports go wrong. */
final class Faults {

    /** What happens around a call. */
    interface Fault {

        /** {@return what the call answers} */
        Object around(Call call) throws Throwable;
    }

    /** The call that the fault is about. */
    interface Call {
        Object go() throws Throwable;
    }

    /** What happens around a call with certain arguments. */
    interface Choice {

        /** {@return what the call answers} */
        Object around(Object[] arguments, Call call) throws Throwable;
    }

    private final Map<String, Choice> faults = new ConcurrentHashMap<>();

    /** Lets calls of the method go wrong from now on, as their arguments say. */
    void setWith(String method, Choice choice) {
        faults.put(method, choice);
    }

    /** Lets all calls of the method go wrong from now on. */
    void set(String method, Fault fault) {
        setWith(method, (arguments, call) -> fault.around(call));
    }

    /** Lets the next call of the method go wrong, and no other. */
    void once(String method, Fault fault) {
        set(method, call -> {
            faults.remove(method);
            return fault.around(call);
        });
    }

    void clear(String method) {
        faults.remove(method);
    }

    /** Lets the call fail before it does anything. */
    static Fault before(RuntimeException failure) {
        return call -> {
            throw failure;
        };
    }

    /** Lets the call do its work, and its answer be lost. */
    static Fault after(RuntimeException failure) {
        return call -> {
            call.go();
            throw failure;
        };
    }

    /** {@return the storage, with this between} */
    Storage on(Storage storage) {
        return (Storage) proxy(Storage.class, storage);
    }

    /** {@return the queue, with this between} */
    TaskQueue on(TaskQueue queue) {
        return (TaskQueue) proxy(TaskQueue.class, queue);
    }

    private Object proxy(Class<?> port, Object target) {
        InvocationHandler handler = (self, method, arguments) -> {
            Call call = () -> {
                try {
                    return method.invoke(target, arguments);
                } catch (InvocationTargetException e) {
                    throw e.getCause();
                }
            };
            Choice fault = faults.get(method.getName());
            Object answer = fault == null ? call.go() : fault.around(arguments, call);
            Class<?> type = method.getReturnType();
            boolean isPort = target instanceof Storage
                    && type.isInterface()
                    && type.getName().startsWith("io.taskstore");
            return isPort ? proxy(type, answer) : answer;
        };
        return Proxy.newProxyInstance(port.getClassLoader(), new Class<?>[] {port}, handler);
    }
}
