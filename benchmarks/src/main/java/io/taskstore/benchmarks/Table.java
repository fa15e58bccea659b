package io.taskstore.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Makes a Markdown table of the lines that {@link Bench} prints, with the medians of all repeats. */
public final class Table {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<String> VALUES =
            List.of("rate", "p50_ms", "p99_ms", "p50_ms_from_return", "p50_ms_submit", "cores", "heap_mb");

    private Table() {}

    /** Reads the lines from standard input. */
    public static void main(String[] args) throws IOException {
        Map<String, Map<String, List<Double>>> rows = new LinkedHashMap<>();
        Set<String> engines = new LinkedHashSet<>();
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                JsonNode figures = JSON.readTree(line);
                String engine = figures.path("engine").asText();
                engines.add(engine);
                for (String value : VALUES) {
                    if (figures.has(value)) {
                        rows.computeIfAbsent(row(figures, value), name -> new LinkedHashMap<>())
                                .computeIfAbsent(engine, name -> new ArrayList<>())
                                .add(figures.get(value).asDouble());
                    }
                }
            }
        }
        System.out.println("| | " + String.join(" | ", engines) + " |");
        System.out.println("|---|" + "---:|".repeat(engines.size()));
        rows.forEach((name, perEngine) -> {
            StringBuilder line = new StringBuilder("| " + name + " |");
            engines.forEach(engine -> line.append(' ')
                    .append(median(perEngine.getOrDefault(engine, List.of())))
                    .append(" |"));
            System.out.println(line);
        });
    }

    private static String row(JsonNode figures, String value) {
        String finished = figures.path("finished").asInt() > 0 ? ", beside finished ones" : "";
        return figures.path("db").asText() + ": " + figures.path("measure").asText() + ", "
                + figures.path("threads").asInt() + " threads" + finished + ", " + value.replace('_', ' ');
    }

    private static String median(List<Double> values) {
        if (values.isEmpty()) {
            return "–";
        }
        double median = values.stream().sorted().toList().get(values.size() / 2);
        return String.format(Locale.ROOT, median >= 100 ? "%,.0f" : "%.2f", median);
    }
}
