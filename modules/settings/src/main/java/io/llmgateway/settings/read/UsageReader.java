package io.llmgateway.settings.read;

import io.llmgateway.files.SmallFile;
import io.llmgateway.settings.ModelGlob;
import io.llmgateway.settings.PriceList;
import io.llmgateway.settings.PriceList.Price;
import io.llmgateway.settings.UsageSettings;
import io.llmgateway.settings.tree.Node;
import io.llmgateway.settings.tree.YamlTree;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads the section {@code accounting} and lists of prices. Stateless. */
final class UsageReader {
    private static final String RESOURCE = "prices.yaml";
    private static final Duration DAY = Duration.ofDays(1);
    private static final long HIGHEST_PRICE = 1_000_000;
    // a price for a million tokens in dollars is a thousandth of the price for one in billionths
    private static final int DOLLARS_PER_MILLION_TO_NANOS = 3;
    private static final int MAX_PRICES_BYTES = 8 * 1024 * 1024;
    private static final int PLAIN_DIGITS = 9;

    private UsageReader() {}

    static UsageSettings read(Section section) {
        Path folder = section.context().folder();
        Optional<Path> database =
                section.parsed("database", "file", folder::resolve).optional();
        Duration retention =
                section.duration("retention", DAY, Duration.ofDays(10_000)).orElse(UsageSettings.DEFAULT_RETENTION);
        ZoneId zone =
                section.parsed("time-zone", "time zone", UsageReader::zone).orElse(UsageSettings.DEFAULT_ZONE);
        Value<Path> file = section.parsed("prices", "file", folder::resolve);
        PriceList prices = Shipped.PRICES;
        Path own = file.optional().orElse(null);
        if (own != null) {
            section.context().fileUsed(own);
            prices = prices(section, own, prices);
        }
        return new UsageSettings(database, retention, zone, prices);
    }

    private static ZoneId zone(String text) {
        try {
            return ZoneId.of(text);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("must be a time zone such as UTC or Europe/Berlin", e);
        }
    }

    private static PriceList prices(Section section, Path file, PriceList base) {
        try {
            String text = new String(SmallFile.read(file, MAX_PRICES_BYTES), StandardCharsets.UTF_8);
            return parse(file.toString(), text, section.context(), Optional.of(base));
        } catch (NoSuchFileException | AccessDeniedException _) {
            section.problemAt("prices", "must be a file with prices that can be read");
            return base;
        } catch (IOException e) {
            section.problemAt("prices", "must be a file with prices that can be read: " + e.getMessage());
            return base;
        }
    }

    private static PriceList parse(String name, String text, LoadContext context, Optional<PriceList> base) {
        LoadContext own = new LoadContext(Map.of(), Path.of(""));
        Node.Mapping tree = YamlTree.read(name, text, own.problems());
        PriceList list = new PriceList(name, List.of(), base);
        if (tree != null) {
            Section root = Section.root(own, MergedConfig.of(tree), tree);
            String version = root.text("version").orElse(name);
            List<Price> prices = new ArrayList<>();
            root.named("prices").forEach((pattern, section) -> {
                Price price = price(pattern, section);
                if (price != null) {
                    prices.add(price);
                }
            });
            own.reportUnknownKeys();
            list = new PriceList(version, prices, base);
        }
        context.problems().addAll(own.orderedProblems());
        return list;
    }

    private static @Nullable Price price(String pattern, Section section) {
        Long input = money(section, "input").required();
        Long output = money(section, "output").required();
        long cacheRead = money(section, "cache-read").orElse(input == null ? 0 : input);
        long cacheWrite = money(section, "cache-write").orElse(input == null ? 0 : input);
        try {
            ModelGlob models = new ModelGlob(pattern);
            return input == null || output == null ? null : new Price(models, input, cacheRead, cacheWrite, output);
        } catch (IllegalArgumentException e) {
            section.problem("the pattern " + e.getMessage());
            return null;
        }
    }

    private static Value<Long> money(Section section, String key) {
        return section.parsed(key, "price", text -> {
            long plain = plainNanos(text);
            return plain >= 0 ? plain : exactNanos(text);
        });
    }

    /** A price as most are written, without big numbers, which compute tables at a start; negative for other texts. */
    private static long plainNanos(String text) {
        int point = text.indexOf('.');
        int whole = point < 0 ? text.length() : point;
        int decimals = point < 0 ? 0 : text.length() - point - 1;
        boolean usual = whole > 0 && text.length() <= PLAIN_DIGITS && decimals <= DOLLARS_PER_MILLION_TO_NANOS;
        long nanos = 0;
        for (int i = 0; usual && i < text.length(); i++) {
            char c = text.charAt(i);
            usual = (c >= '0' && c <= '9') || i == point;
            nanos = i == point ? nanos : nanos * 10 + (c - '0');
        }
        for (int i = decimals; i < DOLLARS_PER_MILLION_TO_NANOS; i++) {
            nanos *= 10;
        }
        return usual && nanos <= HIGHEST_PRICE * 1_000 ? nanos : -1;
    }

    private static long exactNanos(String text) {
        try {
            BigDecimal dollars = new BigDecimal(text);
            if (dollars.signum() < 0 || dollars.compareTo(BigDecimal.valueOf(HIGHEST_PRICE)) > 0) {
                throw new IllegalArgumentException("must be 0 to 1000000");
            }
            return dollars.movePointRight(DOLLARS_PER_MILLION_TO_NANOS).longValueExact();
        } catch (NumberFormatException | ArithmeticException e) {
            throw new IllegalArgumentException("must be dollars for a million tokens, with at most 3 decimals", e);
        }
    }

    /** The prices that come with the gateway. */
    private static final class Shipped {
        static final PriceList PRICES = load();

        private static PriceList load() {
            try (InputStream in = UsageReader.class.getResourceAsStream(RESOURCE)) {
                if (in == null) {
                    throw new IllegalStateException("the shipped prices are missing");
                }
                LoadContext context = new LoadContext(Map.of(), Path.of(""));
                String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
                PriceList list = parse(RESOURCE, text, context, Optional.empty());
                if (!context.problems().isEmpty()) {
                    throw new IllegalStateException("the shipped prices are broken: " + context.problems());
                }
                return list;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
