package io.taskstore.benchmarks;

import io.taskstore.benchmarks.Comparison.Figure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Makes Markdown tables of the lines that {@link Bench} printed, and draws the rates.
 *
 * <p>Usage: {@code Table LINES [PAGE [SQLITE POSTGRESQL]]}. With a page, the tables go between its marks, and the drawings into the
 * folder {@code images} beside it; without, they are printed. With the tables that {@link QueryTimes} printed of both databases,
 * these become one in the page, too.
 */
public final class Table {

    private static final String ENGINES = "what benchmarks/compare writes";
    private static final String QUERIES = "what benchmarks/compare --all writes of queries";

    private Table() {}

    /** Writes the tables. */
    public static void main(String[] args) throws IOException {
        Comparison comparison = Comparison.read(Path.of(args[0]));
        if (args.length == 1) {
            System.out.print(tables(comparison));
            return;
        }
        Path page = Path.of(args[1]);
        Path images = page.resolveSibling("images");
        Files.createDirectories(images);
        for (Map.Entry<String, Map<Figure, Map<String, Double>>> database :
                comparison.databases().entrySet()) {
            Files.writeString(images.resolve(image(database.getKey())), Bars.draw(database.getValue()));
        }
        write(page, ENGINES, tables(comparison));
        if (args.length > 2) {
            write(
                    page,
                    QUERIES,
                    "\nOn " + machine() + ":\n\n" + QueryTable.of(Path.of(args[2]), Path.of(args[3])) + '\n');
        }
    }

    private static void write(Path page, String name, String table) throws IOException {
        String begin = "<!-- begin of " + name + " -->\n";
        String text = Files.readString(page);
        int from = text.indexOf(begin) + begin.length();
        int to = text.indexOf("<!-- end of " + name + " -->\n");
        if (from < begin.length() || to < from) {
            throw new IllegalArgumentException(page + " has no place for " + name);
        }
        Files.writeString(page, text.substring(0, from) + table + text.substring(to));
    }

    private static String image(String database) {
        return "compare-" + database + ".svg";
    }

    private static String tables(Comparison comparison) throws IOException {
        StringBuilder text = new StringBuilder("\nIn one run, on " + machine()
                + ". Behind a rate of another engine stands how many times it ours is.\n");
        comparison.databases().forEach((database, figures) -> {
            text.append("\n![the rates on ")
                    .append(database)
                    .append("](images/")
                    .append(image(database))
                    .append(")\n\n| ")
                    .append(database)
                    .append(" | ")
                    .append(String.join(" | ", comparison.engines()))
                    .append(" |\n|---|")
                    .append("---:|".repeat(comparison.engines().size()))
                    .append('\n');
            figures.forEach((figure, values) -> text.append(row(figure, values, comparison.engines())));
        });
        text.append("\nHow each was set up:\n\n");
        comparison.settings().forEach(line -> text.append("- ").append(line).append('\n'));
        return text.append('\n').toString();
    }

    private static String row(Figure figure, Map<String, Double> values, Set<String> engines) {
        StringBuilder row = new StringBuilder("| ").append(figure.name()).append(" |");
        for (String engine : engines) {
            Double value = values.get(engine);
            row.append(' ').append(value == null ? "–" : number(value));
            if (!engine.equals(Comparison.OURS)) {
                Comparison.times(figure, values, engine)
                        .ifPresent(times -> row.append(String.format(Locale.ROOT, " (%.2f ×)", times)));
            }
            row.append(" |");
        }
        return row.append('\n').toString();
    }

    static String number(double value) {
        return String.format(Locale.ROOT, value >= 100 ? "%,.0f" : value >= 1 ? "%.2f" : "%.3f", value);
    }

    private static String machine() throws IOException {
        return String.format(
                Locale.ROOT,
                "%s, %d cores of %s, JDK %s",
                LocalDate.now(ZoneOffset.UTC),
                Runtime.getRuntime().availableProcessors(),
                processor(),
                System.getProperty("java.version"));
    }

    private static String processor() throws IOException {
        Path info = Path.of("/proc/cpuinfo");
        if (!Files.isReadable(info)) {
            return System.getProperty("os.arch");
        }
        try (Stream<String> lines = Files.lines(info)) {
            return lines.filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse(System.getProperty("os.arch"));
        }
    }
}
