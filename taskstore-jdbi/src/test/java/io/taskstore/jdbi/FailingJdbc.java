package io.taskstore.jdbi;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Stands between the library and a driver, and makes one of the calls that reach the database fail, or that for a connection. It
 * is thread-safe.
 */
final class FailingJdbc {

    private static final Set<String> REACHING = Set.of(
            "getConnection",
            "prepareStatement",
            "prepareCall",
            "commit",
            "rollback",
            "setAutoCommit",
            "execute",
            "executeQuery",
            "executeUpdate",
            "executeLargeUpdate",
            "executeBatch",
            "executeLargeBatch");

    /** The same where each row is looked for when it is asked for, as in SQLite. */
    private static final Set<String> STEPPING =
            Stream.concat(REACHING.stream(), Stream.of("next")).collect(Collectors.toUnmodifiableSet());

    /** With these a server that is there makes good what went wrong, whatever it lacks. */
    private static final Set<String> UNDOING = Set.of("rollback", "setAutoCommit");

    /** What makes a server or a file do something; the others prepare it, or end what has been done. */
    private static final Set<String> DOING = Set.of(
            "commit",
            "execute",
            "executeQuery",
            "executeUpdate",
            "executeLargeUpdate",
            "executeBatch",
            "executeLargeBatch");

    /** What the driver says when a call fails. */
    enum Kind {
        SQLITE_IOERR(null, 10),
        SQLITE_BUSY(null, 5),
        SQLITE_FULL(null, 13),
        SQLITE_READONLY(null, 8),
        LOST("08006", 0),
        /** Lost, too, though the pool does not know this state, and keeps the connection: opening another takes long. */
        GONE("57P05", 0),
        SERIALIZATION("40001", 0),
        NO_SPACE("53100", 0);

        private final @Nullable String state;
        private final int code;

        Kind(@Nullable String state, int code) {
            this.state = state;
            this.code = code;
        }

        private boolean isOfConnection() {
            return this == LOST || this == GONE || code != 0;
        }

        SQLException error() {
            return new SQLException("a failure made by a test: " + this, state, code);
        }
    }

    /**
     * A fault.
     *
     * @param kind what the driver says
     * @param done whether the database does what it is asked to first
     * @param forGood whether all calls behind it fail, too
     */
    record Fault(Kind kind, boolean done, boolean forGood) {}

    /** What is done before calls. */
    interface Before {

        /**
         * Comes before a call.
         *
         * @param number how many calls of its kind there were, with this one
         */
        void call(int number);
    }

    /** What is going to happen to the calls of one thread. */
    private record Armed(
            Thread thread, Set<String> methods, @Nullable Fault fault, Before before, int nth, AtomicInteger calls) {}

    private final Set<String> reaching;
    private final AtomicReference<@Nullable Armed> armed = new AtomicReference<>();

    FailingJdbc() {
        this(REACHING);
    }

    private FailingJdbc(Set<String> reaching) {
        this.reaching = reaching;
    }

    /** {@return one for a database that looks for each row when it is asked for} */
    static FailingJdbc stepping() {
        return new FailingJdbc(STEPPING);
    }

    /** Makes the n-th call of this thread from now on fail. */
    void arm(Fault fault, int nth) {
        armed.set(new Armed(Thread.currentThread(), reaching, fault, number -> {}, nth, new AtomicInteger()));
    }

    /** Does something before each call of this thread from now on that makes the database do anything. */
    void beforeEach(Before before) {
        armed.set(new Armed(Thread.currentThread(), DOING, null, before, 0, new AtomicInteger()));
    }

    /** {@return whether there was such a call} All goes well from now on. */
    boolean disarm() {
        Armed known = armed.getAndSet(null);
        return known != null && known.calls().get() >= known.nth();
    }

    Connection wrap(Connection connection) {
        return proxy(Connection.class, connection);
    }

    DataSource wrap(DataSource dataSource) {
        return proxy(DataSource.class, dataSource);
    }

    /** {@return the same pool, where calls for a connection may fail; what it gives out is left as it is} */
    DataSource refusing(DataSource pool) {
        InvocationHandler handler = (proxy, method, arguments) -> {
            Fault fault = next(method.getName());
            if (fault != null) {
                throw fault.kind().error();
            }
            return invoke(pool, method, arguments);
        };
        return (DataSource)
                Proxy.newProxyInstance(FailingJdbc.class.getClassLoader(), new Class<?>[] {DataSource.class}, handler);
    }

    private <T> T proxy(Class<T> type, Object target) {
        return type.cast(Proxy.newProxyInstance(
                FailingJdbc.class.getClassLoader(),
                new Class<?>[] {type},
                (proxy, method, arguments) -> call(target, method, arguments)));
    }

    private @Nullable Object call(Object target, Method method, Object @Nullable [] arguments) throws Throwable {
        Fault fault = next(method.getName());
        if (fault != null && !fault.done()) {
            throw fault.kind().error();
        }
        Object answer = invoke(target, method, arguments);
        if (fault != null) {
            throw fault.kind().error();
        }
        if (method.getName().equals("unwrap") || method.getName().equals("isWrapperFor")) {
            return answer;
        } else if (answer instanceof PreparedStatement statement) {
            return proxy(PreparedStatement.class, statement);
        } else if (answer instanceof Statement statement) {
            return proxy(Statement.class, statement);
        } else if (answer instanceof ResultSet rows) {
            return proxy(ResultSet.class, rows);
        } else if (answer instanceof Connection connection && target instanceof DataSource) {
            return wrap(connection);
        }
        return answer;
    }

    private static @Nullable Object invoke(Object target, Method method, Object @Nullable [] arguments)
            throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private @Nullable Fault next(String method) {
        Armed known = armed.get();
        if (known == null
                || known.thread() != Thread.currentThread()
                || !known.methods().contains(method)) {
            return null;
        }
        int call = known.calls().incrementAndGet();
        known.before().call(call);
        Fault fault = known.fault();
        boolean goesOn = fault != null
                && fault.forGood()
                && call > known.nth()
                && (fault.kind().isOfConnection() || !UNDOING.contains(method));
        return call == known.nth() || goesOn ? fault : null;
    }
}
