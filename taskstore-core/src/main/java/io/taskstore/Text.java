package io.taskstore;

import org.jspecify.annotations.Nullable;

/** What a database can keep of a string: both databases lose a lone surrogate, and PostgreSQL refuses a NUL. */
final class Text {

    private static final char REPLACEMENT = '\uFFFD';

    private Text() {}

    /**
     * {@return the number of bytes of the text in UTF-8, or an answer below zero for a text that no database keeps as it
     * is}
     */
    static long utf8Length(String text) {
        long bytes = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == 0) {
                return -1;
            } else if (c < 0x80) {
                bytes++;
            } else if (c < 0x800) {
                bytes += 2;
            } else if (!Character.isSurrogate(c)) {
                bytes += 3;
            } else if (isPair(text, i)) {
                bytes += 4;
                i++;
            } else {
                return -1;
            }
        }
        return bytes;
    }

    static boolean isStorable(String text) {
        return utf8Length(text) >= 0;
    }

    /** {@return the text with what no database keeps replaced, cut to so many characters and ending in … if cut} */
    static String clean(@Nullable String text, int limit) {
        if (text == null) {
            return "";
        }
        boolean cut = text.length() > limit;
        int end = cut ? limit - 1 : text.length();
        StringBuilder clean = new StringBuilder(end + 1);
        for (int i = 0; i < end; i++) {
            char c = text.charAt(i);
            if (Character.isSurrogate(c) && i + 1 < end && isPair(text, i)) {
                clean.append(c).append(text.charAt(++i));
            } else {
                clean.append(c == 0 || Character.isSurrogate(c) ? REPLACEMENT : c);
            }
        }
        return cut ? clean.append('…').toString() : clean.toString();
    }

    /** {@return the text with what could move a terminal's cursor or end a line replaced by blanks} */
    static String printable(String text) {
        return text.codePoints()
                .map(c -> isPrintable(c) ? c : ' ')
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    private static boolean isPrintable(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL, Character.FORMAT, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }

    private static boolean isPair(String text, int i) {
        return Character.isHighSurrogate(text.charAt(i))
                && i + 1 < text.length()
                && Character.isLowSurrogate(text.charAt(i + 1));
    }
}
