package io.taskstore.jdbi;

import io.taskstore.Hint;
import io.taskstore.Slots;
import io.taskstore.TaskStoreException;
import io.taskstore.Wanted;
import io.taskstore.WorkerId;
import io.taskstore.jdbi.Message.Hints;
import io.taskstore.jdbi.Message.Passed;
import io.taskstore.jdbi.Message.Presence;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;

/**
 * Messages as text that PostgreSQL carries: a head, then a line for each worker, or for hints that are alike. Names have no
 * spaces, commas or equals signs, so that these can divide them. What another version of the library says in another form is
 * no message to this one.
 */
final class MessageText {

    /** PostgreSQL refuses 8,000 bytes. */
    static final int LONGEST = 7_900;

    private static final String PRESENCE = "taskstore/1 here";
    private static final String HINTS = "taskstore/1 hints";
    private static final String YES = "1";
    private static final String NO = "0";
    private static final String NONE = "-";

    private MessageText() {}

    /** {@return the message, with as many types as it has room for: of the others nobody will be told} */
    static String of(Presence presence) {
        StringBuilder text = new StringBuilder(PRESENCE + " " + presence.process() + " " + yes(presence.asks()));
        for (Wanted wanted : presence.workers()) {
            String line = "\n" + yes(wanted.caughtUp()) + " " + slots(wanted.slots()) + " ";
            char divider = ' ';
            for (String type : wanted.types()) {
                String more = divider == ' ' ? line + type : divider + type;
                if (text.length() + more.length() <= LONGEST) {
                    text.append(more);
                    divider = ',';
                }
            }
        }
        return text.toString();
    }

    private static String slots(Slots slots) {
        List<String> limits = new ArrayList<>();
        slots.perQueue().forEach((queue, free) -> limits.add(queue + "=" + free));
        return slots.total() + " " + yes(slots.otherQueues()) + " "
                + (limits.isEmpty() ? NONE : String.join(",", limits));
    }

    /** {@return a message with as many of the hints as it has room for, which are taken out} */
    static String ofFirst(Queue<Passed> hints) {
        StringBuilder text = new StringBuilder(HINTS);
        String last = "";
        for (Passed next = hints.peek(); next != null; next = hints.peek()) {
            Hint hint = next.hint();
            String alike = "\n" + next.times() + " " + hint.priority() + " " + hint.queue() + " " + hint.type() + " ";
            String more = alike.equals(last) ? "," + hint.id() : alike + hint.id();
            if (text.length() + more.length() > LONGEST) {
                return text.toString();
            }
            text.append(more);
            last = alike;
            hints.remove();
        }
        return text.toString();
    }

    /** {@return the message, or empty if it is none} */
    static Optional<Message> read(String text) {
        if (text.length() > LONGEST) {
            return Optional.empty();
        }
        List<String> lines = text.lines().toList();
        try {
            if (text.startsWith(HINTS + "\n")) {
                return Optional.of(hints(lines.subList(1, lines.size())));
            } else if (text.startsWith(PRESENCE + " ")) {
                return Optional.of(presence(lines));
            }
            return Optional.empty();
        } catch (IllegalArgumentException | TaskStoreException e) {
            return Optional.empty();
        }
    }

    private static Hints hints(List<String> lines) {
        List<Passed> hints = new ArrayList<>();
        for (String line : lines) {
            String[] parts = parts(line, 5);
            int times = Integer.parseInt(parts[0]);
            int priority = Integer.parseInt(parts[1]);
            for (String id : parts[4].split(",", -1)) {
                hints.add(new Passed(new Hint(UUID.fromString(id), parts[3], parts[2], priority), times));
            }
        }
        return new Hints(hints);
    }

    private static Presence presence(List<String> lines) {
        String[] head = parts(lines.get(0).substring(PRESENCE.length() + 1), 2);
        UUID process = UUID.fromString(head[0]);
        List<Wanted> workers = new ArrayList<>();
        for (String line : lines.subList(1, lines.size())) {
            String[] parts = parts(line, 5);
            Slots slots = new Slots(Integer.parseInt(parts[1]), limits(parts[3]), isYes(parts[2]));
            // whose it is does not matter to others
            workers.add(new Wanted(new WorkerId(process), Set.of(parts[4].split(",", -1)), slots, isYes(parts[0])));
        }
        return new Presence(process, isYes(head[1]), workers);
    }

    private static Map<String, Integer> limits(String text) {
        Map<String, Integer> limits = new LinkedHashMap<>();
        if (!text.equals(NONE)) {
            for (String limit : text.split(",", -1)) {
                int divider = limit.lastIndexOf('=');
                if (divider < 0) {
                    throw new IllegalArgumentException("no number of slots");
                }
                limits.put(limit.substring(0, divider), Integer.parseInt(limit.substring(divider + 1)));
            }
        }
        return limits;
    }

    private static String[] parts(String line, int number) {
        String[] parts = line.split(" ", -1);
        if (parts.length != number) {
            throw new IllegalArgumentException("a line of another number of parts");
        }
        return parts;
    }

    private static String yes(boolean is) {
        return is ? YES : NO;
    }

    private static boolean isYes(String text) {
        return text.equals(YES);
    }
}
