package io.llmgateway.converters.canonical;

/**
 * A source of what was said. Immutable.
 *
 * @param url where it is
 * @param title what it is called; empty when nobody said
 * @param quote the words of the source; empty when nobody said
 * @param start the first character of the answer's text that it belongs to, counted in Unicode characters
 * @param end one past the last; equal to {@code start} when nobody said
 */
public record Citation(String url, String title, String quote, int start, int end) {}
