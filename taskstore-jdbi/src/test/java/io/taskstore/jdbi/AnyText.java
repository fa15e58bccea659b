package io.taskstore.jdbi;

import java.util.Random;

/** Strings of any characters, and what becomes of them where they are cleaned. */
final class AnyText {

    private static final int LONGEST = 40;
    private static final int LONG_EVERY = 100;
    private static final int VERY_LONG = 17_000;

    private static final String[] PIECES = {
        "'",
        "\"",
        "`",
        "\\",
        ";",
        "--",
        "/*",
        "*/",
        "%",
        "_",
        ":name",
        "?",
        "$1",
        "{",
        "}",
        "<",
        ">",
        "&",
        "\\u0000",
        "NULL",
        "\0",
        "\ud800",
        "\udc00",
        "\ud83d\udc69\u200d\ud83d\udc67",
        "\u202e",
        "\ufeff",
        "\ufffd",
        "\uffff",
        "e\u0301",
        "\u00df",
        "\u0130",
        "\r\n",
        "\t",
        " ",
        "\u0085",
        "\u2028",
        "\u001b[31m",
        "\u007f"
    };

    private final Random random;

    AnyText(Random random) {
        this.random = random;
    }

    String any() {
        return ofAbout(random.nextInt(LONGEST));
    }

    /** {@return now and then one that is longer than any text of an error} */
    String maybeLong() {
        return random.nextInt(LONG_EVERY) == 0 ? ofAbout(VERY_LONG) : any();
    }

    private String ofAbout(int length) {
        // what is blank is refused for another reason
        StringBuilder text = new StringBuilder("x");
        while (text.length() < length) {
            switch (random.nextInt(6)) {
                case 0 -> text.append(PIECES[random.nextInt(PIECES.length)]);
                case 1 -> text.appendCodePoint(random.nextInt(Character.MAX_CODE_POINT + 1));
                case 2 -> text.append((char) random.nextInt(Character.MAX_VALUE + 1));
                default -> text.append((char) (' ' + random.nextInt('~' - ' ')));
            }
        }
        return text.toString();
    }

    /** {@return the text as JSON, with any of its characters escaped, which may make one of it that a database can keep} */
    String json(String text) {
        StringBuilder json = new StringBuilder("\"");
        text.codePoints().forEach(point -> {
            if (point < ' ' || point == '"' || point == '\\' || random.nextInt(4) == 0) {
                Character.toString(point).chars().forEach(c -> json.append(String.format("\\u%04x", c)));
            } else {
                json.appendCodePoint(point);
            }
        });
        return json.append('"').toString();
    }

    /** {@return whether it has characters that PostgreSQL or UTF-8 have no place for} */
    static boolean isNoText(String text) {
        return text.codePoints().anyMatch(AnyText::isNone);
    }

    private static boolean isNone(int point) {
        return point == 0 || (point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE);
    }

    /** {@return whether the second is the first with a sign for each such character, cut where it is longer} */
    static boolean isCleaned(String text, int limit, String clean) {
        String all = text.codePoints()
                .map(point -> isNone(point) ? 0xFFFD : point)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
        if (all.length() <= limit) {
            return clean.equals(all);
        }
        // a pair that is cut in two is no character either
        String end =
                Character.isHighSurrogate(all.charAt(limit - 2)) ? "\ufffd\u2026" : all.charAt(limit - 2) + "\u2026";
        return clean.equals(all.substring(0, limit - 2) + end);
    }
}
