package io.llmgateway.model;

/** The rule all short identifiers share. */
final class Names {
    private static final int MAX_LENGTH = 128;

    private Names() {}

    static void check(String what, String value) {
        if (value.isEmpty() || value.length() > MAX_LENGTH) {
            throw new IllegalArgumentException(
                    what + " must have 1 to " + MAX_LENGTH + " characters, has " + value.length());
        }
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c <= ' ' || c > '~') {
                throw new IllegalArgumentException(
                        what + " must hold printable ASCII without spaces, character " + (i + 1) + " is not");
            }
        }
    }
}
