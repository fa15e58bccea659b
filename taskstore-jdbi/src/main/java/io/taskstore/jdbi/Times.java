package io.taskstore.jdbi;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;

/** Instants as the databases keep them: as RFC 3339 text for the arrays of PostgreSQL, as microseconds in SQLite. */
final class Times {

    private static final int LENGTH = 27;
    private static final int MICRO = 1_000;
    private static final long MICROS_PER_SECOND = 1_000_000;

    private Times() {}

    static String text(Instant instant) {
        LocalDateTime time = LocalDateTime.ofEpochSecond(instant.getEpochSecond(), instant.getNano(), ZoneOffset.UTC);
        char[] text = new char[LENGTH];
        digits(text, 0, 4, time.getYear());
        text[4] = '-';
        digits(text, 5, 2, time.getMonthValue());
        text[7] = '-';
        digits(text, 8, 2, time.getDayOfMonth());
        text[10] = 'T';
        digits(text, 11, 2, time.getHour());
        text[13] = ':';
        digits(text, 14, 2, time.getMinute());
        text[16] = ':';
        digits(text, 17, 2, time.getSecond());
        text[19] = '.';
        digits(text, 20, 6, time.getNano() / MICRO);
        text[26] = 'Z';
        return new String(text);
    }

    /** {@return the microseconds since 1970, as SQLite keeps them} */
    static long micros(Instant instant) {
        return Math.addExact(
                Math.multiplyExact(instant.getEpochSecond(), MICROS_PER_SECOND), instant.getNano() / MICRO);
    }

    static Instant instant(long micros) {
        return Instant.ofEpochSecond(
                Math.floorDiv(micros, MICROS_PER_SECOND), Math.floorMod(micros, MICROS_PER_SECOND) * MICRO);
    }

    private static void digits(char[] text, int start, int length, int value) {
        int rest = value;
        for (int i = start + length - 1; i >= start; i--) {
            text[i] = (char) ('0' + rest % 10);
            rest /= 10;
        }
    }
}
