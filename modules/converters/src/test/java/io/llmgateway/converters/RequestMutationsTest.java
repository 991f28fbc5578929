package io.llmgateway.converters;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.llmgateway.converters.RequestCorpus.Case;
import io.llmgateway.converters.RequestCorpus.Field;
import io.llmgateway.model.CallerFault;
import io.llmgateway.model.GatewayException;
import io.llmgateway.model.Protocol;
import io.llmgateway.model.RequestId;
import io.llmgateway.wire.Json;
import io.llmgateway.wire.JsonOut;
import io.llmgateway.wire.RequestWalker;
import io.llmgateway.wire.WorkBudget;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Requests of the tables with one to four random changes of their structure: fields taken away, repeated, renamed,
 * given values of another type, wrapped, unwrapped, exchanged. Whatever comes of it is a request that can be sent or a
 * refusal in the client's protocol that names a field; a field nobody knows is always told. {@code -Dseed=} repeats a
 * run, {@code -Dmutations=20000} makes it longer.
 */
class RequestMutationsTest {
    private static final int ROUNDS = Integer.getInteger("mutations", 2_000);

    /** Far more than the largest request of the tables takes: what needs more is a loop. */
    private static final long MOST_STEPS = 2_000_000;

    private static final String PROBE = "zz_probe";

    private final Protocols protocols = Protocols.load(() -> 0);
    private final long seed = Long.getLong("seed", 20_261_127L);
    private final Random random = new Random(seed);
    private final List<Case> cases = RequestCorpus.cases();
    private final JsonNodeFactory nodes = JsonNodeFactory.instance;

    private <T> T any(List<T> all) {
        return all.get(random.nextInt(all.size()));
    }

    private JsonNode odd() {
        return switch (random.nextInt(16)) {
            case 0 -> nodes.nullNode();
            case 1 -> nodes.booleanNode(random.nextBoolean());
            case 2 -> nodes.numberNode(random.nextInt(3) - 1);
            case 3 -> nodes.numberNode(Long.MAX_VALUE);
            case 4 -> nodes.numberNode(new java.math.BigDecimal("1e999"));
            case 5 -> nodes.numberNode(new java.math.BigDecimal("-0.00001"));
            case 6 -> nodes.textNode("");
            case 7 -> nodes.textNode("x\ud83dy");
            case 8 -> nodes.textNode("{\"a\":[1,2");
            case 9 -> nodes.textNode("https://example.com/a.b?c#d");
            case 10 -> nodes.textNode("data:;base64,====");
            case 11 -> nodes.arrayNode();
            case 12 -> nodes.arrayNode().add("x").addNull().add(1);
            case 13 -> nodes.objectNode();
            case 14 -> nodes.objectNode().put("type", "text").put("text", "t");
            default -> nodes.textNode(" \u0000\u2028\t ".repeat(random.nextInt(4)));
        };
    }

    private void mutate(ObjectNode request) {
        List<Field> fields = new ArrayList<>();
        RequestCorpus.fields(request, "", (field, at) -> fields.add(field));
        Field field = any(fields);
        JsonNode value = field.value();
        ObjectNode holder = field.holder();
        switch (random.nextInt(9)) {
            case 0 -> holder.remove(field.name());
            case 1 -> holder.set(field.name(), odd());
            case 2 -> holder.set(field.name(), nodes.arrayNode().add(value));
            case 3 -> holder.set(field.name(), nodes.objectNode().set(field.name(), value));
            case 4 -> holder.set(any(fields).name(), holder.remove(field.name()));
            case 5 -> holder.set(field.name(), any(fields).value().deepCopy());
            case 6 -> holder.set(any(fields).name(), odd());
            case 7 -> elements(value);
            default -> holder.set(field.name(), nodes.textNode(JsonOut.text(value)));
        }
    }

    private void elements(JsonNode value) {
        if (!(value instanceof ArrayNode array) || array.isEmpty()) {
            return;
        }
        JsonNode one = array.get(random.nextInt(array.size()));
        switch (random.nextInt(4)) {
            case 0 -> array.add(one.deepCopy());
            case 1 -> array.remove(random.nextInt(array.size()));
            case 2 -> array.insert(0, one.deepCopy());
            default -> array.set(random.nextInt(array.size()), odd());
        }
    }

    private Case mutated() {
        Case one = any(cases);
        ObjectNode request = one.request().deepCopy();
        int changes = random.nextInt(3) > 0 ? 1 : 2 + random.nextInt(3);
        for (int i = 0; i < changes && !request.isEmpty(); i++) {
            mutate(request);
        }
        if (!request.path("model").isTextual()) {
            request.put("model", "m");
        }
        return new Case(one.title(), one.client(), one.upstream(), request, one.row(), one.cell());
    }

    /** True when the body gets as far as a conversion. */
    private static boolean walks(byte[] body) {
        try {
            RequestWalker.walk(body, body.length);
            return true;
        } catch (io.llmgateway.wire.MalformedJsonException e) {
            assertThat(e.getMessage()).isNotBlank();
            return false;
        }
    }

    @Test
    void mutatedRequest_isSentOrRefusedByName() throws IOException {
        int sent = 0;
        int refused = 0;
        for (int round = 0; round < ROUNDS; round++) {
            Case one = mutated();
            byte[] body = JsonOut.text(one.request()).getBytes(StandardCharsets.UTF_8);
            if (!walks(body)) {
                continue;
            }
            WorkBudget work = WorkBudget.withoutDeadline();
            try {
                Translation translation = one.converting()
                        .strict(random.nextInt(8) == 0)
                        .work(work)
                        .begin(body);
                sendable(one, Converting.text(translation), body);
                translation.release();
                sent++;
            } catch (GatewayException e) {
                refusal(one, e, body);
                refused++;
            } catch (RuntimeException e) {
                throw new AssertionError(what(one, body), e);
            }
            assertThat(work.steps()).as(what(one, body)).isLessThan(MOST_STEPS);
        }
        assertThat(sent).isGreaterThan(ROUNDS / 8);
        assertThat(refused).isGreaterThan(ROUNDS / 20);
    }

    private String what(Case one, byte[] body) {
        return "-Dseed=" + seed + " " + one.title() + ": " + new String(body, StandardCharsets.UTF_8);
    }

    private void sendable(Case one, String sent, byte[] body) throws IOException {
        JsonNode tree = Json.mapper().readTree(sent);
        String messages = one.upstream() == Protocol.GEMINI ? "contents" : "messages";
        assertThat(tree.path(messages)).as(what(one, body)).isNotEmpty();
        // a lone surrogate would be replaced here
        assertThat(JsonOut.document(tree)).as(what(one, body)).isEqualTo(sent);
        assertThat(sent).as(what(one, body)).doesNotContain("io.llmgateway");
    }

    private void refusal(Case one, GatewayException e, byte[] body) throws IOException {
        assertThat(e.error()).as(what(one, body)).isInstanceOf(CallerFault.class);
        assertThat(e.error().field()).as(what(one, body)).isPresent();
        String field = e.error().field().orElseThrow();
        assertThat(e.error().message())
                .as(what(one, body))
                .contains("anthropic-version".equals(field) ? "version" : field)
                .doesNotContain("Exception", "jackson", "java.");
        ClientError shown = protocols.client(one.client()).error(e.error(), new RequestId("r"));
        assertThat(shown.status()).as(what(one, body)).isEqualTo(400);
        JsonNode error = Json.mapper().readTree(shown.body()).path("error");
        assertThat(error.path("message").asText()).as(what(one, body)).isNotBlank();
        assertThat(error.path("type").asText()).as(what(one, body)).isEqualTo("invalid_request_error");
    }

    @Test
    void fieldNobodyKnows_isAlwaysTold_whereverItStands() {
        int told = 0;
        for (Case one : cases) {
            List<ObjectNode> holders = new ArrayList<>();
            holders.add(one.request());
            RequestCorpus.fields(one.request(), "", (field, at) -> {
                if (!holders.contains(field.holder())) {
                    holders.add(field.holder());
                }
            });
            for (ObjectNode holder : holders) {
                told += told(one, holder) ? 1 : 0;
            }
        }
        assertThat(told).isGreaterThan(cases.size());
    }

    /** True when a warning names the field; false when it may be silent or the request is refused. */
    private static boolean told(Case one, ObjectNode holder) {
        holder.put(PROBE, "p");
        try {
            Translation translation = one.converting().begin(JsonOut.text(one.request()));
            boolean told = translation.warnings().stream().anyMatch(w -> w.contains(PROBE));
            assertThat(told || isKnownSilence(one, translation.warnings()))
                    .as(one.title() + " " + JsonOut.text(one.request()) + translation.warnings())
                    .isTrue();
            return told;
        } catch (GatewayException e) {
            assertThat(e.error().message()).isNotBlank();
            return false;
        } finally {
            holder.remove(PROBE);
        }
    }

    /** Inside what is left out, with a warning or as meaningless, nothing more is told. */
    private static boolean isKnownSilence(Case one, List<String> warnings) {
        List<String> paths = new ArrayList<>();
        RequestCorpus.fields(one.request(), "", (field, at) -> {
            if (PROBE.equals(field.name())) {
                paths.add(at);
            }
        });
        String path = paths.isEmpty() ? "" : paths.getFirst();
        boolean warned = warnings.stream()
                .map(w -> w.substring(w.indexOf(':') + 1))
                .anyMatch(place -> !place.isEmpty() && path.startsWith(place));
        boolean opaque = path.contains("cache_control")
                || path.contains("prompt_cache")
                || path.contains("citations")
                || path.contains("thinking_blocks")
                || path.contains("extra_content")
                || RequestCorpus.ignored(one.client(), one.upstream()).stream()
                        .anyMatch(place -> RequestCorpus.withoutIndexes(path).startsWith(place + '.'));
        return warned || opaque;
    }
}
