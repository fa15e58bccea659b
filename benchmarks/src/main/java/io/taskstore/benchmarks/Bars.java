package io.taskstore.benchmarks;

import io.taskstore.benchmarks.Comparison.Figure;
import java.util.Locale;
import java.util.Map;

/** Draws rates as bars, one group for each figure, readable on light and on dark. */
final class Bars {

    private static final int WIDTH = 760;
    private static final int LEFT = 130;
    private static final int LONGEST = 480;
    private static final int BAR = 18;
    private static final int GAP = 34;

    private Bars() {}

    static String draw(Map<Figure, Map<String, Double>> figures) {
        StringBuilder bars = new StringBuilder();
        int y = 0;
        for (Map.Entry<Figure, Map<String, Double>> entry : figures.entrySet()) {
            if (entry.getKey().isRate()) {
                y += GAP;
                bars.append(text("head", 0, y - 8, entry.getKey().name()));
                y = group(bars, y, entry.getValue());
            }
        }
        return String.format(
                        Locale.ROOT,
                        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %1$d %2$d\" width=\"%1$d\" height=\"%2$d\">\n",
                        WIDTH,
                        y + 10)
                + """
                <style>
                  text { font: 13px sans-serif; fill: #24292f; }
                  .head { font-weight: bold; }
                  .taskstore { fill: #1a7f37; } .limit { fill: #8c959f; } .other { fill: #0969da; }
                  @media (prefers-color-scheme: dark) {
                    text { fill: #e6edf3; } .taskstore { fill: #3fb950; } .limit { fill: #6e7681; } .other { fill: #58a6ff; }
                  }
                </style>
                """
                + bars
                + "</svg>\n";
    }

    private static int group(StringBuilder bars, int top, Map<String, Double> values) {
        double most =
                values.values().stream().mapToDouble(Double::doubleValue).max().orElse(1);
        int y = top;
        for (Map.Entry<String, Double> entry : values.entrySet()) {
            String engine = entry.getKey();
            double length = Math.max(1, entry.getValue() / most * LONGEST);
            String kind = engine.equals(Comparison.OURS) || engine.equals(Comparison.LIMIT) ? engine : "other";
            bars.append(text("name", 0, y + 14, engine))
                    .append(String.format(
                            Locale.ROOT,
                            "<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\"/>\n",
                            kind,
                            LEFT,
                            y + 1,
                            length,
                            BAR - 4))
                    .append(text("value", LEFT + (int) length + 8, y + 14, Table.number(entry.getValue())));
            y += BAR;
        }
        return y;
    }

    private static String text(String kind, int x, int y, String text) {
        return String.format(Locale.ROOT, "<text class=\"%s\" x=\"%d\" y=\"%d\">%s</text>\n", kind, x, y, text);
    }
}
