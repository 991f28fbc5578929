package io.llmgateway.imports;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A table of RFC 4180 with a line of names at its top, as databases export it: commas, semicolons or tabs, quotes, line
 * ends in quotes. Immutable.
 */
final class CsvTable {
    private static final int MAX_ROWS = 100_000;
    private static final int MAX_COLUMNS = 500;

    private final Set<String> columns;
    private final List<Row> rows;

    private CsvTable(Set<String> columns, List<Row> rows) {
        this.columns = columns;
        this.rows = rows;
    }

    /** A record and the line of the file where it begins, from 1; what is missing or NULL is empty. */
    record Row(int line, Map<String, String> values) {
        String get(String column) {
            return values.getOrDefault(column, "");
        }
    }

    Set<String> columns() {
        return columns;
    }

    List<Row> rows() {
        return rows;
    }

    /** Reads a table; the exception's message says what is wrong and in which line. */
    static CsvTable parse(String text) {
        String content = text.startsWith("\uFEFF") ? text.substring(1) : text;
        int end = content.indexOf('\n');
        char separator = separator(end < 0 ? content : content.substring(0, end));
        Scanner scanner = new Scanner(content, separator);
        List<List<String>> records = scanner.records();
        if (records.isEmpty()) {
            throw new IllegalArgumentException("is empty, a line with the names of the columns is needed");
        }
        List<String> names = records.getFirst().stream().map(String::strip).toList();
        Set<String> columns = new LinkedHashSet<>(names);
        if (columns.size() < names.size()) {
            throw new IllegalArgumentException("names a column twice");
        }
        List<Row> rows = new ArrayList<>();
        for (List<String> each : records.subList(1, records.size())) {
            if (each.size() != names.size()) {
                throw new IllegalArgumentException("has " + each.size() + " values in record " + (rows.size() + 2)
                        + ", but " + names.size() + " columns");
            }
            Map<String, String> values = new HashMap<>();
            for (int i = 0; i < names.size(); i++) {
                values.put(names.get(i), isNull(each.get(i)) ? "" : each.get(i));
            }
            rows.add(new Row(scanner.lines.get(rows.size() + 1), values));
        }
        return new CsvTable(columns, rows);
    }

    private static boolean isNull(String text) {
        return text.equals("NULL") || text.equals("\\N") || text.equals("null");
    }

    private static char separator(String header) {
        if (header.indexOf(',') >= 0) {
            return ',';
        }
        return header.indexOf('\t') >= 0 ? '\t' : header.indexOf(';') >= 0 ? ';' : ',';
    }

    /** Takes a text apart. Confined to one text. */
    private static final class Scanner {
        private final String text;
        private final char separator;
        /** Where each record begins. */
        private final List<Integer> lines = new ArrayList<>();

        private int at;
        private int counted;
        private int line = 1;

        Scanner(String text, char separator) {
            this.text = text;
            this.separator = separator;
        }

        List<List<String>> records() {
            List<List<String>> records = new ArrayList<>();
            while (at < text.length()) {
                int begin = line();
                List<String> fields = fields();
                if (fields.size() > 1 || !fields.getFirst().isEmpty()) {
                    records.add(fields);
                    lines.add(begin);
                }
                if (records.size() > MAX_ROWS) {
                    throw new IllegalArgumentException("has more than " + MAX_ROWS + " records");
                }
            }
            return records;
        }

        private int line() {
            for (; counted < at; counted++) {
                char c = text.charAt(counted);
                boolean alone = c == '\r' && (counted + 1 >= text.length() || text.charAt(counted + 1) != '\n');
                line += c == '\n' || alone ? 1 : 0;
            }
            return line;
        }

        private List<String> fields() {
            List<String> fields = new ArrayList<>();
            while (true) {
                fields.add(at < text.length() && text.charAt(at) == '"' ? quoted() : plain());
                if (fields.size() > MAX_COLUMNS) {
                    throw new IllegalArgumentException("has more than " + MAX_COLUMNS + " columns");
                }
                if (at >= text.length()) {
                    return fields;
                }
                char next = text.charAt(at++);
                if (next == '\r' && at < text.length() && text.charAt(at) == '\n') {
                    at++;
                }
                if (next != separator) {
                    return fields;
                }
            }
        }

        private String plain() {
            int from = at;
            while (at < text.length() && !ends(text.charAt(at))) {
                at++;
            }
            return text.substring(from, at);
        }

        private String quoted() {
            StringBuilder field = new StringBuilder();
            at++;
            while (at < text.length()) {
                char c = text.charAt(at++);
                if (c != '"') {
                    field.append(c);
                } else if (at < text.length() && text.charAt(at) == '"') {
                    field.append(c);
                    at++;
                } else if (at >= text.length() || ends(text.charAt(at))) {
                    return field.toString();
                } else {
                    throw new IllegalArgumentException("has text behind a closing quote");
                }
            }
            throw new IllegalArgumentException("ends inside a quote");
        }

        private boolean ends(char c) {
            return c == separator || c == '\n' || c == '\r';
        }
    }
}
