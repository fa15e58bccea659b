package io.taskstore.jdbi;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;

/** Instants as RFC 3339 text in UTC, always 27 characters long, so that the order of the texts is the order of the times. */
final class Times {

    private static final int LENGTH = 27;
    private static final int MICRO = 1_000;

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

    static Instant instant(String text) {
        if (text.length() != LENGTH) {
            return Instant.parse(text);
        }
        return LocalDateTime.of(
                        number(text, 0, 4),
                        number(text, 5, 2),
                        number(text, 8, 2),
                        number(text, 11, 2),
                        number(text, 14, 2),
                        number(text, 17, 2),
                        number(text, 20, 6) * MICRO)
                .toInstant(ZoneOffset.UTC);
    }

    private static void digits(char[] text, int start, int length, int value) {
        int rest = value;
        for (int i = start + length - 1; i >= start; i--) {
            text[i] = (char) ('0' + rest % 10);
            rest /= 10;
        }
    }

    private static int number(String text, int start, int length) {
        return Integer.parseInt(text, start, start + length, 10);
    }
}
