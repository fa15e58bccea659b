package io.taskstore.crash;

import io.taskstore.crash.Mutant.Edit;
import java.nio.file.Path;
import java.util.List;

/** The guards that keep the promises, each with the tests that are to miss it. */
final class Guards {

    private static final String JDBI = "taskstore-jdbi";
    private static final String QUEUE = "taskstore-queue-inmemory";
    private static final String RABBITMQ = "taskstore-queue-rabbitmq";

    private static final String CRASH = "crash-tests";

    private static final String CONTRACTS = "FileContractTest,PostgresContractTest,InterleavingTest";

    static final List<Mutant> ALL = List.of(
            // settlements
            postgres("the attempt in settlements on PostgreSQL", "\n                   AND t.attempt = e.attempt", ""),
            postgres(
                    "the worker in settlements on PostgreSQL",
                    "\n                   AND (t.worker = e.worker) IS TRUE",
                    ""),
            sqlite("the attempt in settlements on SQLite", "\n               AND attempt = :attempt", ""),
            sqlite("the worker in settlements on SQLite", "\n               AND worker = :worker", ""),
            jdbi(
                    "the look for a settlement that was recorded before",
                    "JdbiClaims.java",
                    "became.putAll(settledBefore(session, lost));",
                    "",
                    CONTRACTS + ",PostgresBadDaysTest"),
            // claims
            postgres(
                            "the status in claims on PostgreSQL",
                            "\n                   AND (x.status = 'PENDING') IS TRUE\n                   AND (x.run_at IS NULL",
                            "\n                   AND (x.run_at IS NULL")
                    .and(
                            "\n                   AND (t.status = 'PENDING') IS TRUE\n                   AND LOOKED UP",
                            "\n                   AND LOOKED UP"),
            jdbi(
                    "SKIP LOCKED in claims",
                    "PostgresStatements.java",
                    "FOR UPDATE SKIP LOCKED",
                    "FOR UPDATE",
                    "PostgresLocksTest,InterleavingTest"),
            postgres(
                    "the look whether the claiming worker is alive, on PostgreSQL",
                    "\"EXISTS (SELECT FROM taskstore_worker w WHERE w.id = :worker AND \" + PostgresLiveness.ALIVE +"
                            + " \")\"",
                    "\"(:worker IS NOT NULL)\""),
            sqlite(
                            "the status in claims on SQLite",
                            "return row.status() == TaskStatus.PENDING\n                && request.types()",
                            "return request.types()")
                    .and("\n               AND status = 'PENDING'\n               AND version = :version", "")
                    .andIn(
                            "JdbiClaims.java",
                            "\n                .filter(row -> row.status() == TaskStatus.PENDING)",
                            ""),
            jdbi(
                    "the version in claims on SQLite",
                    "SqliteStatements.java",
                    "\n               AND version = :version",
                    "",
                    "SqliteInterleavingTest"),
            // creates
            postgres("ON CONFLICT DO NOTHING on PostgreSQL", "\n                ON CONFLICT DO NOTHING", ""),
            sqlite("ON CONFLICT DO NOTHING on SQLite", "\n                ON CONFLICT DO NOTHING\"\"\"", "\"\"\""),
            // recovery
            jdbi(
                    "the look for the dead before tasks are taken from them",
                    "Neglected.java",
                    "\n               AND NOT EXISTS (SELECT 1 FROM taskstore_worker w WHERE w.id = t.worker)",
                    "",
                    CONTRACTS),
            jdbi(
                    "the look whether tasks of the dead are still held when they are locked",
                    "JdbiClaims.java",
                    "row.isHeldBy(held.get(row.id()))",
                    "row.isHeldByWorker()",
                    CONTRACTS),
            jdbi(
                    "the lease of workers on PostgreSQL",
                    "PostgresLiveness.java",
                    "\"w.alive_until > clock_timestamp()\"",
                    "\"w.alive_until IS NOT NULL\"",
                    "PostgresLivenessTest"),
            jdbi(
                    "the lock of processes on SQLite",
                    "SqliteLiveness.java",
                    "return proof == Proof.ALIVE || ",
                    "return ",
                    "SqliteLivenessTest"),
            jdbi(
                    "the third crash as the last",
                    "JdbiClaims.java",
                    "crashes >= POISON_CRASHES",
                    "crashes > POISON_CRASHES",
                    CONTRACTS),
            // other writes
            jdbi(
                            "the lock and the version in updates",
                            "TaskTable.java",
                            "\n                   AND version = :expected_version",
                            "",
                            CONTRACTS)
                    .and("\n                                FOR UPDATE", ""),
            jdbi(
                            "the lock on what waits for a task that ends",
                            "Dependencies.java",
                            "\n              FOR UPDATE\"\"\";",
                            "\"\"\";",
                            CONTRACTS)
                    .andIn(
                            "PostgresStatements.java",
                            "\n                   FOR UPDATE\n            ), pending AS (",
                            "\n            ), pending AS ("),
            jdbi(
                    "the lock on what a task waits for that is requeued",
                    "Reviving.java",
                    "\n                         FOR UPDATE\"\"\")",
                    "\"\"\")",
                    CONTRACTS),
            postgres(
                    "the look for others that a task waits for, on PostgreSQL",
                    "(SELECT id FROM waiting WHERE free)",
                    "(SELECT id FROM waiting)"),
            jdbi(
                    "the order in which rows are locked",
                    "TaskTable.java",
                    "\n                                ORDER BY t.id\n                                FOR UPDATE",
                    "\n                                FOR UPDATE",
                    "PostgresLocksTest"),
            order(
                    "the order in which what waits for tasks that completed is locked",
                    "PostgresStatements.java",
                    "\n                 ORDER BY t.id\n                   FOR UPDATE\n            ), pending AS (",
                    "\n                   FOR UPDATE\n            ), pending AS ("),
            order(
                    "the order in which what waits for tasks that failed is locked",
                    "Dependencies.java",
                    "\n              ORDER BY t.id\n              FOR UPDATE\"\"\";",
                    "\n              FOR UPDATE\"\"\";"),
            // the engine
            engine(
                    "the comparison of claims with runs",
                    "Sweeper.java",
                    "if (unknown.contains(claim)) {",
                    "if (unknown.isEmpty()) {"),
            engine(
                    "the end of trust in a lease that was not renewed",
                    "Membership.java",
                    "long left = trusted.get() - nanos.getAsLong();",
                    "long left = Math.max(1_000_000_000L, trusted.get() - nanos.getAsLong());"),
            engine(
                    "ends that are kept while the storage is down",
                    "Settler.java",
                    "return failure instanceof StorageUnavailableException",
                    "return failure == null && failure instanceof StorageUnavailableException"),
            engine(
                    "the scan after hints that were missed",
                    "Loop.java",
                    "if (polled.missed() || polled.woken()) {",
                    "if (polled.woken()) {"),
            engine(
                    "the end of a run as decided once",
                    "Run.java",
                    "boolean first = !decided;",
                    "boolean first = true;"),
            engine("the one place for suspects", "SuspectSeat.java", "boolean free = !taken;", "boolean free = true;"),
            engine(
                    "one run of a task at a time in a process",
                    "Runs.java",
                    "if (other != null && !other.hasEnded()) {",
                    "if (other == run) {"),
            engine(
                    "the look whether the worker died while it claimed",
                    "Loop.java",
                    "return parts.membership().worker().equals(Optional.of(worker));",
                    "return true;"),
            engine(
                    "the look at what was started as its worker died",
                    "Loop.java",
                    "parts.runs().of(worker).forEach(parts.dispatcher()::lose);",
                    ""),
            engine(
                    "the giving back of what was handed over to a worker as it died",
                    "Loop.java",
                    "queue.leave(dead).forEach(parts.dispatcher()::lose);",
                    "queue.leave(dead);"),
            engine(
                    "the giving back of what a worker claimed as it died",
                    "Loop.java",
                    "            claimed.forEach(parts.dispatcher()::lose);\n",
                    ""),
            engine(
                    "recovery before the start returns",
                    "Crew.java",
                    "} while (membership.worker().isEmpty());\n        sweeper.recover();",
                    "} while (membership.worker().isEmpty());"),
            // several processes
            jdbi(
                    "the look whether others were faster with a backlog",
                    "Claiming.java",
                    "(running.size() == slots || found)",
                    "running.size() == slots",
                    "ClaimingTest"),
            listening(
                    "the short pause after a line that served",
                    "LineThread.java",
                    "pause = served ? FIRST_PAUSE : pause;",
                    ""),
            new Mutant(
                    "the gathering of hints for 10 ms",
                    List.of(new Edit(
                            Path.of(JDBI, "src/main/java/io/taskstore/jdbi/Notifier.java"),
                            "Duration.ofMillis(10).toNanos()",
                            "0")),
                    QUEUE,
                    "SeveralProcessesTest"),
            listening(
                    "LISTEN on the line that follows another",
                    "Listener.java",
                    "line.listen(channels);",
                    "if (!wasKnown) {\n            line.listen(channels);\n        }"),
            listening(
                            "the heartbeat of a listener",
                            "Listener.java",
                            "say(line, asks);",
                            "if (asks) {\n                    say(line, true);\n                }")
                    .and("                heard = false;\n", ""),
            listening("the word of a listener to itself", "Listener.java", "                heard = false;\n", ""),
            listening(
                    "the scan after hints were not heard",
                    "Listener.java",
                    "audience.reconnected();",
                    "LOG.debug(\"again\");"),
            listening(
                    "the look at a listener that hangs",
                    "NotifyingQueue.java",
                    "listening.abort();",
                    "listener.isStuck();"),
            listening(
                    "the farewell of a process",
                    "Notifier.java",
                    "line.send(List.of(new Letter(channels.all(), MessageText.of(crowd.farewell()))));",
                    ""),
            broker(
                    "the acknowledgement of what is handled",
                    "Ledger.java",
                    "if (delivery != null) {\n            acknowledge(delivery.tag());",
                    "if (delivery != null) {"),
            broker(
                    "the giving back of what nobody here waits for",
                    "Ledger.java",
                    "unwanted.stream().map(Delivery::tag).toList());",
                    "List.of());"),
            broker(
                            "the giving back at the end, with the connection",
                            "Link.java",
                            "opened.abort(ABORT_MILLIS);",
                            "connection = opened;")
                    .and("open.abort(ABORT_MILLIS);", "connection = open;"),
            broker(
                    "the capacity of a queue over RabbitMQ",
                    "Ledger.java",
                    "waiting() >= settings.capacity()",
                    "waiting() < 0"),
            broker("the capacity of a queue at the broker", "Broker.java", "\"x-overflow\"", "\"x-over\""),
            broker(
                    "the confirms of a broker",
                    "Publishing.java",
                    "(tag, many) -> ledger.confirmed(take(unconfirmed, tag, many)),",
                    "(tag, many) -> take(unconfirmed, tag, many),"),
            broker(
                    "the refusals of a broker",
                    "Publishing.java",
                    "(tag, many) -> ledger.refused(take(unconfirmed, tag, many)));",
                    "(tag, many) -> take(unconfirmed, tag, many));"),
            broker(
                    "the end of what was not confirmed",
                    "Ledger.java",
                    "int lost = pipe.removeUnconfirmed();",
                    "int lost = 0;"),
            broker(
                    "the wait for the last confirms",
                    "Publishing.java",
                    "channel.waitForConfirms(LAST_CONFIRMS.toMillis());",
                    "channel.isOpen();"),
            broker(
                    "the next connection to a broker",
                    "Link.java",
                    "                pause();\n",
                    "                return;\n"),
            broker("the scan after a broker was away", "Ledger.java", "local.wake();", "counters.lost.sum();"),
            broker("the end of an earlier session", "Ledger.java", "if (session != from) {", "if (session == null) {"));

    private Guards() {}

    private static Mutant postgres(String name, String guard, String without) {
        return jdbi(name, "PostgresStatements.java", guard, without, "PostgresContractTest,InterleavingTest");
    }

    private static Mutant sqlite(String name, String guard, String without) {
        return jdbi(name, "SqliteStatements.java", guard, without, "FileContractTest");
    }

    private static Mutant jdbi(String name, String file, String guard, String without, String tests) {
        Path path = Path.of(JDBI, "src/main/java/io/taskstore/jdbi", file);
        return new Mutant(name, List.of(new Edit(path, guard, without)), JDBI, tests);
    }

    private static Mutant order(String name, String file, String guard, String without) {
        Mutant inJdbi = jdbi(name, file, guard, without, "LockOrderTest");
        return new Mutant(name, inJdbi.edits(), CRASH, inJdbi.tests());
    }

    private static Mutant listening(String name, String file, String guard, String without) {
        return jdbi(name, file, guard, without, "LineThreadTest,NotifyingQueueTest,CrowdTest");
    }

    private static Mutant broker(String name, String file, String guard, String without) {
        Path path = Path.of(RABBITMQ, "src/main/java/io/taskstore/rabbitmq", file);
        return new Mutant(
                name,
                List.of(new Edit(path, guard, without)),
                RABBITMQ,
                "LedgerTest,PipeTest,SharingTest,OutageTest,ClosingTest,HostileMessagesTest");
    }

    private static Mutant engine(String name, String file, String guard, String without) {
        Path path = Path.of(QUEUE, "src/main/java/io/taskstore/inmemory", file);
        return new Mutant(
                name, List.of(new Edit(path, guard, without)), QUEUE, "SimulationTest,BadDaysTest,ReferenceWorkerTest");
    }
}
