package io.taskstore.jdbi;

import io.taskstore.Health;
import java.util.function.Supplier;

/**
 * What the ports of one database are made of. All of it is thread-safe and keeps nothing between calls, but for the news.
 *
 * @param dialect what differs between the databases in every statement
 * @param table the rows of tasks
 * @param statements the statements that all speed depends on
 * @param liveness which workers are alive
 * @param news who wants to hear what became of tasks
 * @param health how the storage is
 */
record Parts(
        Dialect dialect,
        TaskTable table,
        Statements statements,
        Liveness liveness,
        NewsDesk news,
        Supplier<Health> health) {

    Creating creating() {
        return new Creating(statements, table);
    }

    Dependencies dependencies() {
        return new Dependencies(dialect, table, statements);
    }

    Reviving reviving() {
        return new Reviving(table, dependencies());
    }

    Listing listing() {
        return new Listing(table);
    }

    Editing editing() {
        return new Editing();
    }

    Histories histories() {
        return new Histories(dialect);
    }

    Bulk bulk(Transactions transactions) {
        return new Bulk(transactions, table, listing());
    }

    Purging purging(Transactions transactions) {
        return new Purging(transactions, table);
    }
}
