/** HTTP/1.1 on bytes, one strict reading for both sides: heads, bodies, the bytes read ahead. Owns no library. */
@org.jspecify.annotations.NullMarked
module io.llmgateway.http {
    requires static transitive org.jspecify;

    exports io.llmgateway.http;
}
