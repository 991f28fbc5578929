package io.llmgateway.converters;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.llmgateway.converters.RequestCorpus.Case;
import io.llmgateway.converters.RequestCorpus.Field;
import io.llmgateway.model.GatewayException;
import io.llmgateway.wire.JsonOut;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * Nothing of a request is lost without a word: a field that can be left out or given another value without any change
 * of what is sent or warned of must stand in what was warned of, or be called meaningless by a row of the table.
 */
class RequestLossTest {
    /** What becomes of a request: the body that is sent with its warnings, or a refusal. */
    private record Outcome(String body, List<String> warnings) {
        static Outcome of(Case one) {
            try {
                Translation translation = one.converting().begin(JsonOut.text(one.request()));
                Choices choices = translation.choices();
                String times = choices == null ? "" : choices.count() + " times ";
                return new Outcome(times + Converting.text(translation), translation.warnings());
            } catch (GatewayException e) {
                return new Outcome("refused: " + e.error().message(), List.of());
            } catch (AssertionError e) {
                // the walk over the body refused it
                return new Outcome("refused: " + e.getMessage(), List.of());
            }
        }

        boolean refused() {
            return body.startsWith("refused");
        }

        /** True when a warning speaks of this place or of something around it. */
        boolean speaksOf(String path) {
            return warnings.stream().map(w -> w.substring(w.indexOf(':') + 1)).anyMatch(path::startsWith);
        }
    }

    @Test
    void fieldOfARequest_isSent_orWarnedOf_orMeaningless() {
        Set<String> lost = new TreeSet<>();
        Map<String, Set<String>> meaningless = new HashMap<>();
        int fields = 0;
        for (Case one : RequestCorpus.cases()) {
            Outcome all = Outcome.of(one);
            if (all.refused()) {
                continue;
            }
            String way = one.client() + " to " + one.upstream();
            Set<String> silent =
                    meaningless.computeIfAbsent(way, any -> RequestCorpus.ignored(one.client(), one.upstream()));
            List<String> found = new ArrayList<>();
            RequestCorpus.places(one.request(), (field, at) -> {
                boolean told = isEmpty(field.value())
                        || all.speaksOf(field.path())
                        || isPart(silent, at)
                        || isExempt(one, field)
                        || changes(one, field, all);
                found.add(
                        told
                                ? ""
                                : way + ": " + at + " ("
                                        + one.row().path("field").asText() + ")");
            });
            fields += found.size();
            lost.addAll(found);
        }
        lost.remove("");

        assertThat(fields).isGreaterThan(1_000);
        assertThat(String.join("\n", lost)).isEmpty();
    }

    private static boolean isPart(Set<String> silent, String at) {
        return silent.stream().anyMatch(place -> at.equals(place) || at.startsWith(place + '.'));
    }

    /** Nothing is said by a value that is empty or false. */
    private static boolean isEmpty(JsonNode value) {
        return value.isNull()
                || (value.isBoolean() && !value.booleanValue())
                || (value.isContainerNode() ? value.isEmpty() : value.asText().isEmpty());
    }

    /** Fields that another field makes superfluous. */
    private static boolean isExempt(Case one, Field field) {
        String type = field.holder().path("type").asText("function");
        boolean tool = field.path().startsWith("tools[");
        // a tool that the provider runs itself has the provider's name
        boolean builtIn = tool && "name".equals(field.name()) && !"function".equals(type) && !"custom".equals(type);
        // what the provider allows of them: rows of the table say so
        String row = one.row().path("field").asText();
        boolean cache = field.path().contains("cache_control")
                && ("type".equals(field.name())
                        || "five cache_controls".equals(row)
                        || "cache_control for an hour behind a short one".equals(row));
        // signed blocks hold the same thoughts
        boolean twice =
                "reasoning_content".equals(field.name()) && field.holder().has("thinking_blocks");
        // there are two types, and one of them has other fields
        boolean block = field.path().contains("thinking_blocks") && "type".equals(field.name());
        return builtIn
                || cache
                || twice
                || block
                || ("user".equals(field.name()) && field.holder().has("safety_identifier"));
    }

    private static boolean changes(Case one, Field field, Outcome all) {
        ObjectNode holder = field.holder();
        List<Map.Entry<String, JsonNode>> before = new ArrayList<>();
        holder.properties().forEach(f -> before.add(Map.entry(f.getKey(), f.getValue())));
        holder.remove(field.name());
        boolean changes = !Outcome.of(one).equals(all);
        if (!changes) {
            holder.set(field.name(), other(valueBefore(before, field.name())));
            changes = !Outcome.of(one).equals(all);
        }
        holder.removeAll();
        before.forEach(f -> holder.set(f.getKey(), f.getValue()));
        return changes;
    }

    private static JsonNode valueBefore(List<Map.Entry<String, JsonNode>> before, String name) {
        return before.stream()
                .filter(f -> f.getKey().equals(name))
                .findFirst()
                .orElseThrow()
                .getValue();
    }

    private static JsonNode other(JsonNode value) {
        JsonNodeFactory nodes = JsonNodeFactory.instance;
        return switch (value.getNodeType()) {
            case BOOLEAN -> nodes.booleanNode(!value.booleanValue());
            case NUMBER -> nodes.numberNode(value.decimalValue().add(java.math.BigDecimal.ONE));
            case STRING -> nodes.textNode(value.textValue() + "x");
            default -> value;
        };
    }
}
