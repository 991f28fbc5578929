package io.llmgateway.benchmarks.load;

import io.llmgateway.benchmarks.load.Results.Spread;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Makes a page of tables and a plot from all groups of a folder of results. Stateless. */
final class Report {
    /** The figure that is plotted and compared. */
    static final String CPU = "cpu us";

    private static final List<String> REFERENCES = List.of("nginx", "bare proxy", "gateway", "own");
    private static final int BAR = 16;

    private Report() {}

    /** Writes {@code load.md} and {@code load.svg}. */
    static void write(Path folder) throws IOException {
        List<Results> all = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.json")) {
            for (Path file : files) {
                all.add(Results.read(file));
            }
        }
        all.sort(Comparator.comparing(Results::group));
        StringBuilder page = new StringBuilder("# Load, measured interleaved\n\n");
        page.append(
                "Written by `./dev bench load`. Medians over the rounds, in brackets the smallest and the largest. ");
        page.append("A ratio is the median of the ratios of each round. Only ratios count: the machine is shared.\n");
        for (Results results : all) {
            page.append(table(results));
        }
        Files.writeString(folder.resolve("load.md"), page);
        Files.writeString(folder.resolve("load.svg"), plot(all));
    }

    /** One group as Markdown. */
    static String table(Results results) {
        List<String> figures = results.figures();
        List<String> references = REFERENCES.stream()
                .filter(results.targets()::contains)
                .filter(_ -> figures.contains(CPU))
                .toList();
        StringBuilder text = new StringBuilder("\n## ").append(results.group()).append("\n\n");
        text.append(results.how()).append("\n\n| target |");
        references.forEach(name -> text.append(" CPU / ").append(name).append(" |"));
        figures.forEach(name -> text.append(' ').append(name).append(" |"));
        text.append("\n|")
                .append(" --- |".repeat(1 + references.size() + figures.size()))
                .append('\n');
        for (String target : results.targets()) {
            text.append("| ").append(target).append(" |");
            references.forEach(to -> text.append(cell(results.ratio(target, to, CPU), 2)));
            figures.forEach(name -> text.append(cell(results.spread(target, name), -1)));
            text.append('\n');
        }
        return text.toString();
    }

    private static String cell(Optional<Spread> spread, int digits) {
        if (spread.isEmpty()) {
            return " |";
        }
        Spread s = spread.get();
        String text = number(s.median(), digits);
        if (s.min() < s.max()) {
            text += " (" + number(s.min(), digits) + " to " + number(s.max(), digits) + ")";
        }
        return " " + text + " |";
    }

    private static String number(double value, int digits) {
        int wanted = digits >= 0 ? digits : value >= 100 || value == Math.rint(value) ? 0 : value >= 10 ? 1 : 2;
        return String.format(Locale.ROOT, "%,." + wanted + "f", value);
    }

    private static String plot(List<Results> all) {
        StringBuilder bars = new StringBuilder();
        int y = 30;
        for (Results results : all) {
            double most = results.targets().stream()
                    .flatMap(target -> results.spread(target, CPU).stream())
                    .mapToDouble(Spread::max)
                    .max()
                    .orElse(0);
            if (most == 0) {
                continue;
            }
            bars.append(text(10, y, "bold", results.group() + ": CPU in microseconds for each request or event"));
            y += BAR;
            for (String target : results.targets()) {
                Optional<Spread> cpu = results.spread(target, CPU);
                if (cpu.isPresent()) {
                    bars.append(bar(y, target, cpu.get(), most));
                    y += BAR + 2;
                }
            }
            y += BAR;
        }
        return "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"760\" height=\"" + y
                + "\" font-family=\"sans-serif\" font-size=\"11\">\n"
                + "<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n"
                + bars + "</svg>\n";
    }

    private static String bar(int y, String target, Spread cpu, double most) {
        double scale = 460 / most;
        return text(10, y + BAR - 4, "normal", target)
                + String.format(
                        Locale.ROOT,
                        "<rect x=\"200\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"#4a7ab5\"/>\n"
                                + "<line x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\" y2=\"%d\" stroke=\"black\"/>\n",
                        y,
                        cpu.median() * scale,
                        BAR,
                        200 + cpu.min() * scale,
                        200 + cpu.max() * scale,
                        y + BAR / 2,
                        y + BAR / 2)
                + text(668, y + BAR - 4, "normal", number(cpu.median(), 1));
    }

    private static String text(int x, int y, String weight, String content) {
        return "<text x=\"" + x + "\" y=\"" + y + "\" font-weight=\"" + weight + "\">"
                + content.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;") + "</text>\n";
    }
}
