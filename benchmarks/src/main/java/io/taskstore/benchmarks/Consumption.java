package io.taskstore.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.sql.SQLException;

/**
 * What this process and its database have used so far.
 *
 * @param cpuNanos time on processors, of this process alone
 * @param commits of PostgreSQL
 * @param walBytes of PostgreSQL
 */
record Consumption(long cpuNanos, long commits, long walBytes) {

    static Consumption now(Scratch scratch) throws SQLException {
        return scratch.isSqlite()
                ? new Consumption(usedNanos(), 0, 0)
                : new Consumption(
                        usedNanos(),
                        scratch.number("SELECT sum(xact_commit) FROM pg_stat_database"),
                        scratch.number("SELECT pg_current_wal_lsn() - '0/0'::pg_lsn"));
    }

    static long usedNanos() {
        return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
    }

    /** {@return what is reachable in memory} */
    static long heapBytes() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
