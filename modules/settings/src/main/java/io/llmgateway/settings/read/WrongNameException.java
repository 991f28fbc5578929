package io.llmgateway.settings.read;

/** A name that is not one of those expected, with a hint for the end of the message. */
final class WrongNameException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    private final String hint;

    WrongNameException(String expectation, String hint) {
        super(expectation);
        this.hint = hint;
    }

    /** Empty, or a text such as {@code , did you mean 'openai'}. */
    String hint() {
        return hint;
    }
}
