package io.llmgateway.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** One word for one concept: documents, settings, configuration files and messages use the terms of the glossary. */
class VocabularyTest {
    private static final Path ROOT = Path.of(System.getProperty("root.dir"));
    private static final String WORD_LIST = "config/checks/retired-words.tsv";
    /** Rows of the glossary: the term, its meaning, the words it replaces. */
    private static final Pattern ROW = Pattern.compile("(?m)^\\| \\*\\*([^|]+)\\*\\* \\| ([^|]+) \\|([^|]*)\\|$");

    /** Comments and characters, which are passed over, and texts of a Java file. */
    private static final Pattern JAVA_TEXT = Pattern.compile(
            "/\\*.*?\\*/|//[^\\n]*|'(?:\\\\.|[^'\\\\])'|\"\"\"(.*?)\"\"\"|\"((?:\\\\.|[^\"\\\\\\n])*)\"",
            Pattern.DOTALL);

    private static final List<RetiredWord> WORDS = new ArrayList<>();
    private static final List<Allowed> ALLOWED = new ArrayList<>();

    /** A pattern that must not occur, and what to write in its place. */
    private record RetiredWord(Pattern pattern, String replacement) {}

    /** An exception: files in which a word may stand, and why. */
    private record Allowed(String glob, PathMatcher files, String word, String reason) {
        boolean covers(Path file, String found) {
            return files.matches(file) && ("*".equals(word) || word.equalsIgnoreCase(found));
        }
    }

    @BeforeAll
    static void readWords() throws IOException {
        for (String line : Files.readAllLines(ROOT.resolve(WORD_LIST))) {
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            String[] columns = line.split("\t");
            if ("word".equals(columns[0])) {
                assertThat(columns).as(line).hasSize(3);
                WORDS.add(new RetiredWord(Pattern.compile(columns[1], Pattern.CASE_INSENSITIVE), columns[2]));
            } else {
                assertThat(columns).as(line).hasSize(4).startsWith("allow");
                PathMatcher files = FileSystems.getDefault().getPathMatcher("glob:" + columns[1]);
                ALLOWED.add(new Allowed(columns[1], files, columns[2], columns[3]));
            }
        }
    }

    /** Texts that users may see: string literals with more than one word, in code that is not a test. */
    private static String textsOf(String java) {
        Matcher literal = JAVA_TEXT.matcher(java);
        StringBuilder texts = new StringBuilder();
        while (literal.find()) {
            String text = literal.group(1) != null ? literal.group(1) : literal.group(2);
            if (text != null && text.contains(" ")) {
                texts.append(text).append('\n');
            }
        }
        return texts.toString();
    }

    private static List<Path> sources() throws IOException {
        try (Stream<Path> files = Files.walk(ROOT.resolve("modules"))) {
            return files.filter(file -> file.toString().contains("/src/main/java/")
                            && file.toString().endsWith(".java"))
                    .map(ROOT::relativize)
                    .sorted()
                    .toList();
        }
    }

    private static List<Path> texts() throws IOException {
        List<Path> texts = new ArrayList<>(List.of(
                Path.of("README.md"),
                Path.of("CONTRIBUTING.md"),
                Path.of("REVIEWING.md"),
                Path.of("SECURITY.md"),
                Path.of("modules/settings/src/main/resources/io/llmgateway/settings/reference/settings.properties"),
                Path.of("modules/pipeline/src/test/resources/errors.properties")));
        for (String folder : List.of("docs", "config", "deploy")) {
            try (Stream<Path> files = Files.walk(ROOT.resolve(folder))) {
                files.filter(file -> file.toString().matches(".*\\.(md|yaml|yml|json)"))
                        .map(ROOT::relativize)
                        .sorted()
                        .forEach(texts::add);
            }
        }
        return texts;
    }

    /** The text without the glossary, which has to name the retired words. */
    private static String withoutGlossary(Path file) throws IOException {
        return ROW.matcher(Files.readString(ROOT.resolve(file))).replaceAll("");
    }

    @Test
    void retiredWords_occurNowhere() throws IOException {
        List<String> found = new ArrayList<>();
        Set<Allowed> needed = new HashSet<>();
        List<Path> files = new ArrayList<>(texts());
        files.addAll(sources());
        for (Path file : files) {
            String text = file.toString().endsWith(".java")
                    ? textsOf(Files.readString(ROOT.resolve(file)))
                    : withoutGlossary(file);
            for (RetiredWord word : WORDS) {
                Matcher matcher = word.pattern().matcher(text);
                while (matcher.find()) {
                    List<Allowed> exceptions = ALLOWED.stream()
                            .filter(each -> each.covers(file, matcher.group()))
                            .toList();
                    needed.addAll(exceptions);
                    if (exceptions.isEmpty()) {
                        found.add("%s: '%s' in '%s', write: %s"
                                .formatted(file, matcher.group(), around(text, matcher), word.replacement()));
                    }
                }
            }
        }

        assertThat(found).as("retired words, see " + WORD_LIST).isEmpty();
        assertThat(needed).as("exceptions that are still needed").containsExactlyInAnyOrderElementsOf(ALLOWED);
    }

    private static String around(String text, Matcher matcher) {
        int from = Math.max(0, matcher.start() - 30);
        int to = Math.min(text.length(), matcher.end() + 30);
        return text.substring(from, to).replace('\n', ' ');
    }

    @Test
    void glossary_hasThirtyTermsAndItsRetiredWordsAreChecked() throws IOException {
        Matcher row = ROW.matcher(Files.readString(ROOT.resolve("CONTRIBUTING.md")));
        List<String> terms = new ArrayList<>();
        while (row.find()) {
            terms.add(row.group(1));
            for (String retired : row.group(3).strip().split(", ")) {
                if (!retired.isBlank()) {
                    assertThat(WORDS)
                            .as("'%s' of the glossary is in %s", retired, WORD_LIST)
                            .anyMatch(word -> word.pattern().matcher(retired).find());
                }
            }
        }

        assertThat(terms).doesNotHaveDuplicates().hasSizeGreaterThanOrEqualTo(30);
    }
}
