package io.taskstore.jdbi;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A list of values as one parameter of a statement: an array in PostgreSQL, JSON text in SQLite, with ids as the digits of their
 * bytes. It keeps what it is given
 * and is not changed any more once it is bound.
 *
 * @param type the type of the members in PostgreSQL
 * @param members the values: texts, numbers, booleans, or null
 */
record Many(String type, List<@Nullable Object> members) {

    static Many uuids(Collection<? extends @Nullable UUID> ids) {
        return new Many("uuid", new ArrayList<>(ids));
    }

    static Many texts(Collection<? extends @Nullable String> texts) {
        return new Many("text", new ArrayList<>(texts));
    }

    static Many enums(Collection<? extends @Nullable Enum<?>> constants) {
        Many names = empty("text");
        constants.forEach(constant -> names.add(constant == null ? null : constant.name()));
        return names;
    }

    static Many empty(String type) {
        return new Many(type, new ArrayList<>());
    }

    /** {@return the condition that something is one of the members} */
    String in(String parameter) {
        return (type.equals("uuid") ? " IN IDS (:" : " IN MANY (:") + parameter + ")";
    }

    /** Adds a value as the databases keep it. */
    void add(@Nullable Object value) {
        members.add(kept(value));
    }

    /** {@return the value as the databases keep it} */
    static @Nullable Object kept(@Nullable Object value) {
        if (value instanceof Instant instant) {
            return Times.text(instant);
        } else if (value instanceof Duration duration) {
            return Durations.micros(duration);
        }
        return value instanceof Enum<?> constant ? constant.name() : value;
    }

    /** {@return the members as a JSON array} */
    String json() {
        StringBuilder json = new StringBuilder("[");
        for (Object member : members) {
            json.append(json.length() == 1 ? "" : ",");
            if (member == null || member instanceof Number || member instanceof Boolean) {
                json.append(member);
            } else if (member instanceof UUID id) {
                json.append('"').append(Ids.hex(id)).append('"');
            } else {
                quote(json, member.toString());
            }
        }
        return json.append(']').toString();
    }

    private static void quote(StringBuilder json, String text) {
        json.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                json.append('\\').append(c);
            } else if (c < ' ') {
                json.append(String.format("\\u%04x", (int) c));
            } else {
                json.append(c);
            }
        }
        json.append('"');
    }
}
