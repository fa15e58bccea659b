package io.taskstore.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.BinaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Makes one table of those that {@link QueryTimes} printed: of each query the value with the slowest p95. Reports are left out. */
final class QueryTable {

    private QueryTable() {}

    /** How long a query took for a value, in milliseconds. */
    private record Line(String query, String value, double p50, double p95, double p99) {

        private static final int COLUMNS = 7;

        static Stream<Line> of(String row) {
            String[] cells = row.split("\\s*\\|\\s*", -1);
            return cells.length < COLUMNS || !cells[3].matches("[0-9.]+")
                    ? Stream.empty()
                    : Stream.of(new Line(
                            cells[1],
                            cells[2],
                            Double.parseDouble(cells[3]),
                            Double.parseDouble(cells[4]),
                            Double.parseDouble(cells[5])));
        }

        String cell() {
            return String.format(Locale.ROOT, "%.1f / %.1f / %.1f (%s)", p50, p95, p99, value);
        }
    }

    static String of(Path sqlite, Path postgresql) throws IOException {
        Map<String, Line> left = slowest(sqlite);
        Map<String, Line> right = slowest(postgresql);
        return left.values().stream()
                .map(line -> String.format(
                        "| %s | %s | %s |%n",
                        line.query(),
                        line.cell(),
                        Objects.requireNonNull(right.get(line.query())).cell()))
                .collect(Collectors.joining("", "| query | SQLite | PostgreSQL |\n|---|---|---|\n", ""));
    }

    private static Map<String, Line> slowest(Path table) throws IOException {
        List<String> rows = Files.readAllLines(table);
        return rows.stream()
                .flatMap(Line::of)
                .filter(line -> !line.query().startsWith("report"))
                .collect(Collectors.toMap(
                        Line::query,
                        line -> line,
                        BinaryOperator.maxBy(Comparator.comparingDouble(Line::p95)),
                        LinkedHashMap::new));
    }
}
