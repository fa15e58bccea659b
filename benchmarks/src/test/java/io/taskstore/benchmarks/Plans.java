package io.taskstore.benchmarks;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.taskstore.jdbi.Migration;
import io.taskstore.jdbi.TaskDatabase;
import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.slf4j.LoggerFactory;

/** A database that is full, and how it finds what it is asked for. */
abstract sealed class Plans implements AutoCloseable {

    private static final String BIG = "t|x|c|o|d|b|m|e|taskstore_(?:task|change|metadata|dependency|workflow)";

    abstract TaskDatabase database();

    /** {@return the plans of the statements that this runs, each with its statement} */
    abstract List<String> of(Runnable calls) throws SQLException;

    /** {@return the names of tables and indexes that the plan reads from one end to the other} */
    abstract Set<String> scanned(String plan);

    @Override
    public abstract void close() throws SQLException, IOException;

    /** SQLite plans without looking at values, so each statement the library logs can be explained afterwards. */
    static final class Sqlite extends Plans {

        private static final Pattern SCAN =
                Pattern.compile("SCAN (" + BIG + ")\\b(?: USING (?:COVERING )?INDEX (\\w+))?", Pattern.MULTILINE);

        private final TaskDatabase database;
        private final Connection connection;

        Sqlite(Path folder, int tasks) throws SQLException {
            String url = "jdbc:sqlite:" + folder.resolve("plans.db");
            TaskDatabase.open(url).close();
            SkewedTasks.sqlite(url, tasks);
            this.connection = DriverManager.getConnection(url);
            this.database = TaskDatabase.open(url);
        }

        @Override
        TaskDatabase database() {
            return database;
        }

        @Override
        List<String> of(Runnable calls) throws SQLException {
            Logger logger = (Logger) LoggerFactory.getLogger("io.taskstore.jdbi.sql");
            ListAppender<ILoggingEvent> statements = new ListAppender<>();
            statements.start();
            logger.addAppender(statements);
            logger.setAdditive(false);
            logger.setLevel(Level.DEBUG);
            try {
                calls.run();
            } finally {
                logger.setLevel(null);
                logger.setAdditive(true);
                logger.detachAppender(statements);
            }
            List<String> plans = new ArrayList<>();
            for (String sql : statements.list.stream()
                    .map(event -> event.getArgumentArray()[2].toString())
                    .filter(sql -> sql.matches("(SELECT|WITH|INSERT|UPDATE|DELETE) .*"))
                    .collect(Collectors.toCollection(TreeSet::new))) {
                plans.add(explained(sql));
            }
            return plans;
        }

        private String explained(String sql) throws SQLException {
            StringBuilder plan = new StringBuilder(sql);
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery("EXPLAIN QUERY PLAN " + sql)) {
                while (row.next()) {
                    plan.append('\n').append(row.getString("detail"));
                }
            }
            return plan.toString();
        }

        @Override
        Set<String> scanned(String plan) {
            Set<String> scanned = new TreeSet<>();
            Matcher scan = SCAN.matcher(plan);
            while (scan.find()) {
                scanned.add(scan.group(2) == null ? scan.group(1) : scan.group(2));
            }
            return scanned;
        }

        @Override
        public void close() throws SQLException {
            database.close();
            connection.close();
        }
    }

    /** PostgreSQL plans for values, so it is asked to tell with which plan it has just run each statement. */
    static final class Postgres extends Plans {

        private static final Pattern SEQUENTIAL = Pattern.compile("Seq Scan on (taskstore_\\w+)");
        private static final Pattern INDEX =
                Pattern.compile("Index (?:Only )?Scan(?: Backward)? using (taskstore_\\w+) on .*\\n(.*)");

        private final List<String> told = Collections.synchronizedList(new ArrayList<>());
        private final Server server;
        private final HikariDataSource pool;
        private final TaskDatabase database;

        Postgres(int tasks) throws SQLException, IOException {
            server = Server.start();
            String url = server.url();
            String schema = "plans_" + ProcessHandle.current().pid();
            TaskDatabase.builder(url).schema(schema).open().close();
            SkewedTasks.postgresql(url, schema, tasks);
            HikariConfig config = new HikariConfig();
            config.setJdbcUrl(url);
            config.setMaximumPoolSize(2);
            config.setConnectionInitSql(
                    "LOAD 'auto_explain'; SET auto_explain.log_min_duration = 0;" + " SET client_min_messages = log");
            this.pool = new HikariDataSource(config);
            this.database = TaskDatabase.builder(proxy(DataSource.class, pool))
                    .schema(schema)
                    .migration(Migration.SKIP)
                    .open();
        }

        @Override
        TaskDatabase database() {
            return database;
        }

        @Override
        List<String> of(Runnable calls) {
            told.clear();
            calls.run();
            return List.copyOf(told);
        }

        @Override
        Set<String> scanned(String plan) {
            Set<String> scanned = new TreeSet<>();
            Matcher sequential = SEQUENTIAL.matcher(plan);
            while (sequential.find()) {
                if (sequential.group(1).matches(BIG)) {
                    scanned.add(sequential.group(1));
                }
            }
            Matcher index = INDEX.matcher(plan);
            while (index.find()) {
                if (!index.group(2).contains("Index Cond:")) {
                    scanned.add(index.group(1));
                }
            }
            return scanned;
        }

        /** Statements tell when they are run; in a transaction, some tell when the next is run, or at its end. */
        private <T> T proxy(Class<T> type, T target) {
            InvocationHandler handler = (self, method, arguments) -> {
                if (method.getName().equals("close")) {
                    listen(target);
                }
                Object answer;
                try {
                    answer = method.invoke(target, arguments);
                } catch (InvocationTargetException e) {
                    throw e.getCause();
                }
                if (method.getName().matches("execute.*|commit|setAutoCommit")) {
                    listen(target);
                }
                return answer != null && method.getReturnType().isInterface() && isHeard(method.getReturnType())
                        ? proxyOf(method.getReturnType(), answer)
                        : answer;
            };
            return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
        }

        private static boolean isHeard(Class<?> type) {
            return type == Connection.class || Statement.class.isAssignableFrom(type);
        }

        private <T> T proxyOf(Class<T> type, Object target) {
            return proxy(type, type.cast(target));
        }

        private void listen(Object target) throws SQLException {
            SQLWarning warning = null;
            if (target instanceof Connection connection && !connection.isClosed()) {
                warning = connection.getWarnings();
                connection.clearWarnings();
            } else if (target instanceof Statement statement && !statement.isClosed()) {
                warning = statement.getWarnings();
                statement.clearWarnings();
            }
            for (; warning != null; warning = warning.getNextWarning()) {
                if (String.valueOf(warning.getMessage()).contains("plan:\nQuery Text:")) {
                    told.add(warning.getMessage());
                }
            }
        }

        @Override
        public void close() throws IOException {
            database.close();
            pool.close();
            server.close();
        }
    }
}
