package io.llmgateway.converters.hub;

import io.llmgateway.converters.canonical.Media;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Reads media out of requests: data URLs and base64 in their usual spellings become standard base64, and the type is
 * what the first bytes say when they say something, since providers refuse a wrong one. Source of the URL form: RFC
 * 2397. Stateless, thread-safe.
 */
public final class MediaData {
    private static final int SNIFFED_CHARS = 32;

    private MediaData() {}

    /** True when the text is a data URL, whatever its case. */
    public static boolean isDataUrl(String url) {
        return url.regionMatches(true, 0, "data:", 0, 5);
    }

    /** The media in a data URL; refused when it is malformed. */
    public static Media dataUrl(String url, @Nullable String name, String path) {
        int comma = url.indexOf(',');
        if (comma < 0) {
            throw Warnings.refused(path, "'" + path + "' is not a data URL: there is no ',' before its data");
        }
        String head = url.substring("data:".length(), comma).toLowerCase(Locale.ROOT);
        String payload = url.substring(comma + 1);
        boolean encoded = head.endsWith(";base64");
        int parameters = head.indexOf(';');
        String mime = parameters < 0 ? head : head.substring(0, parameters);
        String base64 = encoded ? standard(payload, path) : fromPercent(payload);
        return inline(mime, base64, name, path);
    }

    /** Media given as base64. */
    public static Media base64(String mime, String payload, @Nullable String name, String path) {
        return inline(mime.toLowerCase(Locale.ROOT), standard(payload, path), name, path);
    }

    private static Media inline(String declared, String base64, @Nullable String name, String path) {
        if (base64.isEmpty()) {
            throw Warnings.refused(path, "'" + path + "' holds no data");
        }
        String sniffed = sniff(base64);
        String mime = sniffed.isEmpty() ? declared.strip() : sniffed;
        return Media.inline("image/jpg".equals(mime) ? "image/jpeg" : mime, base64, name, path);
    }

    /** Standard alphabet, no white space, padded. */
    private static String standard(String payload, String path) {
        String base64 = isClean(payload) ? payload : cleaned(payload, path);
        int data = base64.length();
        while (data > 0 && base64.charAt(data - 1) == '=') {
            data--;
        }
        if (data % 4 == 1 || base64.length() - data > 2) {
            throw Warnings.refused(path, "'" + path + "' is not valid base64: its length does not fit");
        }
        int padded = (data + 3) / 4 * 4;
        return base64.length() == padded ? base64 : base64.substring(0, data) + "=".repeat(padded - data);
    }

    private static boolean isClean(String payload) {
        int length = payload.length();
        int data = length;
        while (data > 0 && length - data < 2 && payload.charAt(data - 1) == '=') {
            data--;
        }
        for (int i = 0; i < data; i++) {
            if (!isStandard(payload.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isStandard(char c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/';
    }

    private static String cleaned(String payload, String path) {
        StringBuilder clean = new StringBuilder(payload.length());
        for (int i = 0; i < payload.length(); i++) {
            char c = payload.charAt(i);
            char mapped = c == '-' ? '+' : c == '_' ? '/' : c;
            if (isStandard(mapped) || c == '=') {
                clean.append(mapped);
            } else if (c > ' ') {
                throw Warnings.refused(path, "'" + path + "' is not valid base64: unexpected character at " + i);
            }
        }
        if (clean.indexOf("=") >= 0 && clean.indexOf("=") < clean.length() - 2) {
            throw Warnings.refused(path, "'" + path + "' is not valid base64: padding in the middle");
        }
        return clean.toString();
    }

    private static String fromPercent(String payload) {
        byte[] bytes = new byte[payload.length() * 3];
        int length = 0;
        byte[] utf8 = payload.getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < utf8.length; i++) {
            int high = utf8[i] == '%' && i + 2 < utf8.length ? Character.digit(utf8[i + 1], 16) : -1;
            int low = high >= 0 ? Character.digit(utf8[i + 2], 16) : -1;
            if (low >= 0) {
                bytes[length++] = (byte) (high << 4 | low);
                i += 2;
            } else {
                bytes[length++] = utf8[i];
            }
        }
        return Base64.getEncoder().encodeToString(java.util.Arrays.copyOf(bytes, length));
    }

    /** What the first bytes show; empty when they show nothing known. */
    private static String sniff(String base64) {
        byte[] head;
        try {
            int chars = Math.min(SNIFFED_CHARS, base64.length() / 4 * 4);
            head = Base64.getDecoder().decode(base64.substring(0, chars));
        } catch (IllegalArgumentException e) {
            // padding inside the sniffed part of a very short payload: nothing to recognise
            return "";
        }
        String text = new String(head, StandardCharsets.ISO_8859_1);
        if (text.startsWith("\u0089PNG")) {
            return "image/png";
        }
        if (text.startsWith("\u00ff\u00d8\u00ff")) {
            return "image/jpeg";
        }
        if (text.startsWith("GIF8")) {
            return "image/gif";
        }
        if (text.startsWith("RIFF") && text.startsWith("WEBP", 8)) {
            return "image/webp";
        }
        return text.startsWith("%PDF") ? "application/pdf" : "";
    }

    /** The text of inline media. */
    public static String text(Media media) {
        return new String(Base64.getDecoder().decode(media.base64()), StandardCharsets.UTF_8);
    }

    /** True when the media is text in any form. */
    public static boolean isText(String mime) {
        return mime.startsWith("text/")
                || "application/json".equals(mime)
                || "application/xml".equals(mime)
                || "application/yaml".equals(mime);
    }

    private static String withoutQuery(String name) {
        boolean web = name.startsWith("https://") || name.startsWith("http://") || name.startsWith("gs://");
        int end = name.length();
        for (char c : web ? new char[] {'?', '#'} : new char[0]) {
            int at = name.indexOf(c);
            end = at < 0 ? end : Math.min(end, at);
        }
        return name.substring(0, end);
    }

    /** A type by the ending of a name or of the path of an address; empty when it says nothing. */
    public static String byName(@Nullable String name) {
        if (name == null) {
            return "";
        }
        String path = withoutQuery(name);
        String ending = path.substring(path.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        return switch (ending) {
            case "pdf" -> "application/pdf";
            case "png" -> "image/png";
            case "jpg", "jpeg" -> "image/jpeg";
            case "gif" -> "image/gif";
            case "webp" -> "image/webp";
            case "json" -> "application/json";
            case "xml" -> "application/xml";
            case "mp4" -> "video/mp4";
            case "webm" -> "video/webm";
            case "mov" -> "video/quicktime";
            case "mp3" -> "audio/mp3";
            case "wav" -> "audio/wav";
            case "csv" -> "text/csv";
            case "html", "htm" -> "text/html";
            case "txt", "md", "log", "java", "py", "js", "ts", "c", "go", "rs", "rb", "sh", "sql", "yaml", "yml" ->
                "text/plain";
            default -> "";
        };
    }
}
