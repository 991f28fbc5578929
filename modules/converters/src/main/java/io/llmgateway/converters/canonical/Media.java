package io.llmgateway.converters.canonical;

import org.jspecify.annotations.Nullable;

/**
 * Something that is not text: exactly one of {@code base64}, {@code url} and {@code fileId} is set. Immutable.
 *
 * @param mime media type in lower case; empty when it is not known
 * @param base64 the bytes in the standard alphabet with padding
 * @param url where it can be found; never fetched by the gateway
 * @param fileId a file the provider keeps
 * @param name file name or title
 * @param path the client's field it came from, for messages
 */
public record Media(
        String mime,
        @Nullable String base64,
        @Nullable String url,
        @Nullable String fileId,
        @Nullable String name,
        String path) {
    /** Bytes inside the request. */
    public static Media inline(String mime, String base64, @Nullable String name, String path) {
        return new Media(mime, base64, null, null, name, path);
    }

    /** A place elsewhere. */
    public static Media remote(String mime, String url, @Nullable String name, String path) {
        return new Media(mime, null, url, null, name, path);
    }

    /** A file the provider keeps. */
    public static Media kept(String fileId, @Nullable String name, String path) {
        return new Media("", null, null, fileId, name, path);
    }

    /** The bytes as a data URL; only for media inside the request. */
    public String dataUrl() {
        return "data:" + mime + ";base64," + base64;
    }
}
