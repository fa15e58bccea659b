package io.taskstore.crash;

import java.util.Optional;
import java.util.UUID;

/**
 * Something that happened, as a process or the one who watches it has written it down.
 *
 * @param kind what happened
 * @param task the task it happened to; {@link #NOBODY} where it is about the process
 * @param attempt the attempt it happened in; 0 where it is about no run
 * @param process the process it happened in
 * @param nanos when, by the monotonic clock of the machine
 * @param note what else there is to say
 */
record Event(Kind kind, UUID task, int attempt, String process, long nanos, String note) {

    static final UUID NOBODY = new UUID(0, 0);

    private static final int PARTS = 6;

    /** What may happen. */
    enum Kind {
        /** The database is open, and the worker started. */
        OPEN,
        /** A submit is about to be called. */
        SUBMIT_TRY,
        /** It has returned. */
        SUBMIT_ACK,
        /** It has failed, and is said to have done nothing. */
        SUBMIT_REFUSED,
        /** No more will be submitted. */
        DRAINED,
        /** The handler begins. */
        START,
        /** The handler has done its work. */
        EFFECT,
        /** The handler returns or throws. */
        END,
        /** The end of a run is about to be recorded; the note is its kind. */
        DONE_TRY,
        /** The storage says that the task is COMPLETED. */
        DONE_ACK,
        /** The storage says what else the run made of the task, which is the note. */
        ENDED,
        /**
         * The claim is lost; the note is the kind of the settlement that the storage refused, and empty where the worker let go of
         * the run.
         */
        LOST,
        /** A write after the claim was lost: the note is what became of it. */
        LATE,
        /** The dead have been looked for. */
        SWEPT,
        /** Something was refused that never should have been tried, or went wrong in another way; the note says what. */
        TROUBLE,
        /** A call of the database fails, and the note says where. */
        FAULT,
        /** The process ends itself at the point that the note names. */
        HALT,
        /** Somebody is about to kill the process. */
        KILLED,
        /** Somebody is about to stop the process. */
        STOPPED,
        /** Somebody is about to let the process go on. */
        CONTINUED
    }

    /** {@return whether it is about this run} */
    boolean isOf(UUID id, int number) {
        return task.equals(id) && attempt == number;
    }

    /** {@return the line that says it} */
    String line() {
        return kind + " " + task + " " + attempt + " " + process + " " + nanos + " " + note.replaceAll("\\s+", " ")
                + "\n";
    }

    /** {@return what the line says; empty if it does not say it to its end} */
    static Optional<Event> of(String line) {
        String[] parts = line.split(" ", PARTS);
        if (parts.length < PARTS) {
            return Optional.empty();
        }
        try {
            return Optional.of(new Event(
                    Kind.valueOf(parts[0]),
                    UUID.fromString(parts[1]),
                    Integer.parseInt(parts[2]),
                    parts[3],
                    Long.parseLong(parts[4]),
                    parts[5]));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
