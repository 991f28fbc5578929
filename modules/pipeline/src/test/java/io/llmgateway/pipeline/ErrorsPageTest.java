package io.llmgateway.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.llmgateway.converters.ClientError;
import io.llmgateway.converters.Protocols;
import io.llmgateway.model.ErrorKind;
import io.llmgateway.model.InstanceName;
import io.llmgateway.model.Protocol;
import io.llmgateway.model.ProviderError;
import io.llmgateway.model.RequestId;
import io.llmgateway.model.UpstreamFault;
import io.llmgateway.testing.GoldenFiles;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Writes {@code docs/errors.md} from the tables that the code uses; only cause and remedy are words of its own. */
class ErrorsPageTest {
    private static final Path TEXTS = Path.of("src/test/resources/errors.properties");
    private static final Path PAGE = Path.of(System.getProperty("root.dir"), "docs/errors.md");
    private static final Pattern TYPE = Pattern.compile("\"type\":\"([a-z_]+)\"");
    private static final Pattern CODE = Pattern.compile("\"code\":\"([a-z_]+)\"");
    private static final String SAID = "what was said";
    private static final Pattern MESSAGE = Pattern.compile("\"message\":\"([^\"]*)" + SAID);
    private static final String INTRO = """
            # Errors

            Every error kind. `./dev golden` writes this page from the tables of the code.

            Clients get errors in the format of their protocol, so that their SDK raises its own exceptions: OpenAI
            clients as `error.type` and `error.code`, Anthropic clients as `error.type`. After the first content of a
            stream the error comes as the last event instead of a status, and the stream ends properly. Log and metrics
            show the kind. Words in quotes begin the message: clients look for them.

            An error of a provider that speaks the client's protocol keeps its status, type, code, param, message and
            further fields. Only credentials, internal addresses and details of the gateway's own account are removed.
            `context_length` is always recognisable by its code or its words. Clients of other protocols get the
            provider's message, code and field.

            *Again* is the header `x-should-retry`, which SDKs obey: `no` where the same request would fail in the same
            way. The provider's own header is passed on; a wait of more than a minute is a `no`.

            *Goes on* is what the gateway does before the client gets the error: it tries the next **instance** of the
            target and then the next target, only the next **target**, or nothing. Kinds marked `*` count against the
            instance and may take it out of use.

            | kind | OpenAI | Anthropic | again | goes on | cause | remedy |
            | --- | --- | --- | --- | --- | --- | --- |
            """;

    private static Properties texts() throws IOException {
        Properties texts = new Properties();
        try (Reader in = Files.newBufferedReader(TEXTS)) {
            texts.load(in);
        }
        return texts;
    }

    private static String shown(Protocols protocols, Protocol protocol, ErrorKind kind) {
        ClientError error = protocols.client(protocol).error(fault(kind), new RequestId("r"));
        String body = new String(error.body(), StandardCharsets.UTF_8);
        String inner = body.substring(body.indexOf("\"error\":{"));
        Matcher type = TYPE.matcher(inner);
        Matcher code = CODE.matcher(inner);
        return error.status()
                + (type.find() ? " `" + type.group(1) + "`" : "")
                + (code.find() ? " `" + code.group(1) + "`" : "")
                + begins(inner);
    }

    /** The words that stand in front of every message of this kind. */
    private static String begins(String inner) {
        Matcher message = MESSAGE.matcher(inner);
        return message.find() && !message.group(1).isBlank()
                ? " \"" + message.group(1).strip() + " ...\""
                : "";
    }

    private static UpstreamFault fault(ErrorKind kind) {
        return new UpstreamFault.Answered(
                kind,
                new InstanceName("i"),
                500,
                SAID,
                Optional.empty(),
                ProviderError.none(Protocol.GEMINI),
                Optional.empty());
    }

    @Test
    void page_isTheOneInDocs() throws IOException {
        Properties texts = texts();
        Protocols protocols = Protocols.load(System::nanoTime);
        StringBuilder page = new StringBuilder(INTRO);
        for (ErrorKind kind : ErrorKind.values()) {
            String[] text = texts.getProperty(kind.wire(), "").split("\\|");
            assertThat(text)
                    .as(kind.wire() + " needs cause|remedy in errors.properties")
                    .hasSize(2);
            String next = switch (AttemptPolicy.next(kind, AttemptPolicy.Position.INSTANCES_LEFT, Set.of())) {
                case INSTANCE -> "instance";
                case TARGET -> "target";
                case GIVE_UP -> "no";
            };
            page.append("| `").append(kind.wire()).append(AttemptPolicy.blamesInstance(kind) ? "` * | " : "` | ");
            page.append(shown(protocols, Protocol.OPENAI_CHAT, kind)).append(" | ");
            page.append(shown(protocols, Protocol.ANTHROPIC_MESSAGES, kind))
                    .append(" | ")
                    .append(AttemptPolicy.worthRepeating(fault(kind)) ? "yes" : "no")
                    .append(" | ")
                    .append(next);
            page.append(" | ").append(text[0]).append(" | ").append(text[1]).append(" |\n");
        }
        GoldenFiles.check(PAGE, page.toString());
    }

    @Test
    void texts_areOfKindsThatExist() throws IOException {
        Set<String> left = new TreeSet<>(texts().stringPropertyNames());
        for (ErrorKind kind : ErrorKind.values()) {
            left.remove(kind.wire());
        }
        assertThat(left).isEmpty();
    }
}
