package io.taskstore.crash;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Comes between the process and its drivers, and tells when it reaches the points that lie in its transactions. */
final class PointedDriver {

    private PointedDriver() {}

    /** Takes the place of all drivers there are. */
    static void install(Points points) throws SQLException {
        List<Driver> drivers = Collections.list(DriverManager.getDrivers());
        for (Driver driver : drivers) {
            DriverManager.deregisterDriver(driver);
            DriverManager.registerDriver(proxy(Driver.class, (self, method, arguments) -> {
                if (method.getName().equals("connect")) {
                    points.mayFail("at a connect");
                }
                Object answer = call(driver, method, arguments);
                return answer instanceof Connection connection
                        ? proxy(Connection.class, new Watched(connection, points)::around)
                        : answer;
            }));
        }
    }

    /** What happens on a connection. */
    private static final class Watched {

        private final Connection target;
        private final Points points;
        private final Transaction transaction;

        Watched(Connection target, Points points) {
            this.target = target;
            this.points = points;
            this.transaction = new Transaction(points);
        }

        @Nullable
        Object around(Object self, Method method, Object @Nullable [] arguments) throws Throwable {
            return switch (method.getName()) {
                case "prepareStatement" -> {
                    PreparedStatement statement =
                            (PreparedStatement) Objects.requireNonNull(call(target, method, arguments));
                    String sql = String.valueOf(arguments == null ? "" : arguments[0]);
                    yield proxy(PreparedStatement.class, (same, inner, given) -> run(statement, sql, inner, given));
                }
                case "createStatement" -> {
                    Statement statement = (Statement) Objects.requireNonNull(call(target, method, arguments));
                    yield proxy(Statement.class, (same, inner, given) -> run(statement, "", inner, given));
                }
                case "commit" -> {
                    transaction.beforeCommit();
                    Object answer = call(target, method, arguments);
                    transaction.afterCommit();
                    yield answer;
                }
                case "rollback" -> {
                    transaction.forget();
                    yield call(target, method, arguments);
                }
                default -> call(target, method, arguments);
            };
        }

        private @Nullable Object run(Statement statement, String prepared, Method method, Object @Nullable [] arguments)
                throws Throwable {
            if (!method.getName().startsWith("execute")) {
                return call(statement, method, arguments);
            }
            String sql = arguments != null && arguments[0] instanceof String given ? given : prepared;
            boolean commits = sql.equals("COMMIT");
            // SQLite's transactions are begun and ended by statements
            boolean alone = !commits && !isSqlite() && target.getAutoCommit();
            if (commits) {
                transaction.beforeCommit();
                Object answer = call(statement, method, arguments);
                transaction.afterCommit();
                return answer;
            }
            // what sets up a connection is part of its connect
            boolean mayFail = !sql.startsWith("PRAGMA ");
            if (mayFail) {
                points.statementMayFail("before a statement");
            }
            if (sql.equals("BEGIN IMMEDIATE")) {
                transaction.forget();
            } else {
                transaction.before(sql, alone);
            }
            Object answer = call(statement, method, arguments);
            transaction.after(sql, alone);
            if (mayFail) {
                points.statementMayFail("after a statement");
            }
            return answer;
        }

        private boolean isSqlite() {
            return target.getClass().getName().startsWith("org.sqlite.");
        }
    }

    private static @Nullable Object call(Object target, Method method, Object @Nullable [] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause() == null ? e : e.getCause();
        }
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(PointedDriver.class.getClassLoader(), new Class<?>[] {type}, handler));
    }
}
