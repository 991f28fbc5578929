package io.llmgateway.upstream;

import io.llmgateway.http.ResponseHead;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The content codings of an answer. Providers are asked for none, but some proxies in front of them encode all the
 * same. Stateless. Source: RFC 9110, section 8.4.
 */
final class ContentCodings {
    private static final String FIELD = "content-encoding";

    /** Nobody has a reason for more than two. */
    private static final int MAX_CODINGS = 3;

    private static final int MAX_SHOWN = 32;

    private ContentCodings() {}

    /** The codings that were applied, in their order, in lower case; empty for none. */
    static List<String> of(ResponseHead head) {
        if (head.count(FIELD) == 0) {
            return List.of();
        }
        List<String> all = new ArrayList<>();
        for (int i = 0; i < head.size(); i++) {
            if (!head.named(i, FIELD)) {
                continue;
            }
            for (String part : head.value(i).split(",", MAX_CODINGS + 2)) {
                String coding = part.strip().toLowerCase(Locale.ROOT);
                if (!coding.isEmpty() && !"identity".equals(coding)) {
                    all.add(coding);
                }
            }
        }
        return all;
    }

    /** Undoes the codings, the last one first. One that is not known is told when the body is read. */
    static Decoder decoder(List<String> codings, Decoder.Source body, DecodingMemory memory) {
        if (codings.size() > MAX_CODINGS) {
            return new Refused("the response has more than " + MAX_CODINGS + " content codings");
        }
        List<Decoder> chain = new ArrayList<>();
        Decoder.Source source = body;
        for (String coding : codings.reversed()) {
            DecodingMemory.Share share = memory.share();
            Decoder next = switch (coding) {
                case "gzip", "x-gzip" -> InflatingDecoder.gzip(source, share);
                case "deflate" -> InflatingDecoder.deflate(source, share);
                case "br" -> new BrotliDecoder(source, share);
                case "zstd" -> new ZstdDecoder(source, share);
                default ->
                    new Refused("the response has the content coding '" + shown(coding)
                            + "', which the gateway cannot decode");
            };
            chain.add(next);
            source = next::read;
        }
        return new Chain(chain);
    }

    private static String shown(String coding) {
        String start = coding.length() > MAX_SHOWN ? coding.substring(0, MAX_SHOWN) : coding;
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < start.length(); i++) {
            char c = start.charAt(i);
            out.append(c > ' ' && c <= '~' ? c : '?');
        }
        return out.toString();
    }

    /** Decoders that read from each other; the last one gives the content. Confined to one exchange. */
    private record Chain(List<Decoder> all) implements Decoder {
        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            return all.getLast().read(target, offset, length);
        }

        @Override
        public void close() {
            all.forEach(Decoder::close);
        }
    }

    /** Cannot be decoded: its status can still be used. Immutable. */
    private record Refused(String why) implements Decoder {
        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            throw new BadCodingException(why, null);
        }

        @Override
        public void close() {
            // holds nothing
        }
    }
}
