package io.taskstore.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * The lines that {@link Bench} printed, put together: of each figure the medians of all repeats, by engine.
 *
 * @param databases the figures of each database
 * @param engines all engines, in the order in which they were measured
 * @param settings how each engine was set up, with its version and the database
 */
record Comparison(Map<String, Map<Figure, Map<String, Double>>> databases, Set<String> engines, Set<String> settings) {

    static final String OURS = "taskstore";
    static final String LIMIT = "limit";

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Map<String, String> VALUES = Map.ofEntries(
            Map.entry("rate", "tasks/s"),
            Map.entry("p50_ms", "p50 from the call, ms"),
            Map.entry("p99_ms", "p99 from the call, ms"),
            Map.entry("p50_ms_beginning", "p50 of the first 5 s, ms"),
            Map.entry("p99_ms_beginning", "p99 of the first 5 s, ms"),
            Map.entry("p50_ms_from_return", "p50 from the return, ms"),
            Map.entry("p50_ms_submit", "p50 of the submit alone, ms"),
            Map.entry("p50_ms_plain", "p50 of a submit while nobody works, ms"),
            Map.entry("cores", "cores"),
            Map.entry("statements_per_second", "statements/s"),
            Map.entry("heap_mb", "heap after GC, MB"));

    /**
     * What was measured.
     *
     * @param name with its unit
     * @param isRate whether it is better where it is greater
     */
    record Figure(String name, boolean isRate) {}

    static Comparison read(Path lines) throws IOException {
        Map<String, Map<Figure, Map<String, List<Double>>>> all = new LinkedHashMap<>();
        Set<String> engines = new LinkedHashSet<>();
        Set<String> settings = new LinkedHashSet<>();
        for (String line : Files.readAllLines(lines)) {
            JsonNode figures = JSON.readTree(line);
            String engine = figures.path("engine").asText();
            engines.add(engine);
            settings.add(String.join(
                    " ",
                    engine,
                    figures.path("version").asText(),
                    "on " + figures.path("db").asText() + ":",
                    figures.path("settings").asText()));
            figures.properties().stream()
                    .filter(entry -> VALUES.containsKey(entry.getKey()))
                    .forEach(entry -> all.computeIfAbsent(figures.path("db").asText(), db -> new LinkedHashMap<>())
                            .computeIfAbsent(figure(figures, entry.getKey()), figure -> new LinkedHashMap<>())
                            .computeIfAbsent(engine, name -> new ArrayList<>())
                            .add(entry.getValue().asDouble()));
        }
        Map<String, Map<Figure, Map<String, Double>>> medians = new LinkedHashMap<>();
        all.forEach((db, figures) -> {
            Map<Figure, Map<String, Double>> perFigure = new LinkedHashMap<>();
            figures.forEach((figure, perEngine) -> {
                Map<String, Double> values = new LinkedHashMap<>();
                perEngine.forEach((engine, some) ->
                        values.put(engine, some.stream().sorted().toList().get(some.size() / 2)));
                perFigure.put(figure, values);
            });
            medians.put(db, perFigure);
        });
        return new Comparison(medians, engines, settings);
    }

    private static Figure figure(JsonNode figures, String value) {
        String measure = figures.path("measure").asText();
        String threads = Set.of("drain", "enqueue", "open").contains(measure)
                ? " " + figures.path("threads").asInt()
                        + (figures.path("threads").asInt() == 1 ? " thread" : " threads")
                : "";
        String finished = figures.path("finished").asInt() > 0
                ? String.format(
                        Locale.ROOT,
                        " beside %,d finished",
                        figures.path("finished").asInt())
                : "";
        return new Figure(measure + threads + finished + ", " + VALUES.get(value), value.equals("rate"));
    }

    /** {@return how many times the value of the other engine ours is} */
    static OptionalDouble times(Figure figure, Map<String, Double> values, String other) {
        Double ours = values.get(OURS);
        Double theirs = values.get(other);
        return !figure.isRate() || ours == null || theirs == null || theirs == 0
                ? OptionalDouble.empty()
                : OptionalDouble.of(ours / theirs);
    }
}
