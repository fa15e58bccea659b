package io.taskstore;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Draws a history for a terminal: columns as wide as what stands in them, and none that stays empty. */
final class Timeline {

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSS'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);
    private static final List<String> HEADINGS =
            List.of("#", "at", "after", "from", "", "to", "attempt", "worker", "ran", "note");
    private static final int LONGEST_REMARK = 100;

    private Timeline() {}

    static String draw(StatusHistory history) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(HEADINGS);
        Optional<Instant> before = Optional.empty();
        for (StatusChange change : history.changes()) {
            rows.add(row(change, before));
            before = Optional.of(change.at());
        }
        return heading(history) + rows.stream().map(line(columns(rows))).collect(Collectors.joining());
    }

    private static String heading(StatusHistory history) {
        int runs = history.executions().size();
        return "task " + history.taskId() + " is " + history.current() + " after " + count(runs, "run") + "\n";
    }

    private static List<String> row(StatusChange change, Optional<Instant> before) {
        return List.of(
                String.valueOf(change.seq()),
                TIME.format(change.at()),
                before.map(start -> "+" + readable(StatusHistory.between(start, change.at())))
                        .orElse(""),
                change.from().map(Enum::name).orElse(""),
                "→",
                change.to().name(),
                change.attempt() == 0 ? "" : String.valueOf(change.attempt()),
                change.worker().map(WorkerId::shortForm).orElse(""),
                change.ran().map(Timeline::readable).orElse(""),
                remark(change));
    }

    private static String remark(StatusChange change) {
        String error = change.error().map(TaskError::summary).orElse("");
        String note = change.note().orElse("");
        String remark = error.isEmpty() || note.isEmpty() ? error + note : note + " — " + error;
        return Text.printable(Text.clean(remark, LONGEST_REMARK));
    }

    /** {@return the width of each column; zero for one that is empty below its heading} */
    private static int[] columns(List<List<String>> rows) {
        int[] widths = new int[HEADINGS.size()];
        for (List<String> row : rows.subList(1, rows.size())) {
            for (int i = 0; i < widths.length; i++) {
                int width = row.get(i).length();
                widths[i] = width == 0
                        ? widths[i]
                        : Math.max(widths[i], Math.max(width, HEADINGS.get(i).length()));
            }
        }
        return widths;
    }

    private static Function<List<String>, String> line(int[] widths) {
        return row -> {
            var line = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                if (widths[i] > 0) {
                    String cell = row.get(i);
                    line.append("  ").append(cell).append(" ".repeat(widths[i] - cell.length()));
                }
            }
            return line.toString().stripTrailing() + "\n";
        };
    }

    /** {@return the duration as a person says it, with about three digits, cut so that a minute is never "60.0 s"} */
    static String readable(Duration duration) {
        if (duration.compareTo(Duration.ofMillis(1)) < 0) {
            return duration.toNanos() / 1_000 + " µs";
        } else if (duration.compareTo(Duration.ofMillis(10)) < 0) {
            return tenths(duration.toNanos() / 100_000) + " ms";
        } else if (duration.compareTo(Duration.ofSeconds(1)) < 0) {
            return duration.toMillis() + " ms";
        } else if (duration.compareTo(Duration.ofMinutes(1)) < 0) {
            return tenths(duration.toMillis() / 100) + " s";
        } else if (duration.compareTo(Duration.ofHours(1)) < 0) {
            return duration.toMinutes() + " min " + duration.toSecondsPart() + " s";
        } else if (duration.compareTo(Duration.ofDays(2)) < 0) {
            return duration.toHours() + " h " + duration.toMinutesPart() + " min";
        }
        return duration.toDays() + " days " + duration.toHoursPart() + " h";
    }

    private static String tenths(long number) {
        return number / 10 + "." + number % 10;
    }

    private static String count(int number, String noun) {
        return number + " " + noun + (number == 1 ? "" : "s");
    }
}
