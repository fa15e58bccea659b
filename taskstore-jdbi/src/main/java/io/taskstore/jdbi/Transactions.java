package io.taskstore.jdbi;

import java.util.function.Function;

/**
 * How calls reach the database. The body of a call may be run again after it was rolled back, so that all it leaves behind is
 * in its {@link Session}.
 */
interface Transactions extends AutoCloseable {

    /** {@return what one query answers} */
    <R> R read(Call call, Function<Session, R> query);

    /** {@return what several queries answer that see the same moment} */
    <R> R readMoment(Call call, Function<Session, R> queries);

    /** {@return what one transaction answers, once it is committed and its news are told} */
    <R> R write(Call call, Function<Session, R> body);

    /** {@return what one statement answers, which is a transaction of its own} */
    <R> R writeOne(Call call, Function<Session, R> statement);

    /** {@return whether what is written here is committed by the caller} */
    default boolean isJoined() {
        return false;
    }

    /** Runs the action once what was written before is committed. */
    default void afterCommit(Runnable action) {
        action.run();
    }

    @Override
    void close();
}
