package io.llmgateway.converters;

import static io.llmgateway.converters.Converting.ANTHROPIC;
import static io.llmgateway.converters.Converting.GEMINI;
import static io.llmgateway.converters.Converting.OPENAI;
import static org.assertj.core.api.Assertions.assertThat;

import io.llmgateway.model.GatewayException;
import io.llmgateway.model.Protocol;
import io.llmgateway.testing.CpuTime;
import io.llmgateway.wire.WorkBudget;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Four times the request is about four times the work, whatever it is made of. Steps are counted; time is measured too,
 * since work that nobody counts is what hurts, and measured again when the machine was busy.
 */
class ScalingTest {
    private static final int SMALL = 8_000;
    private static final int FACTOR = 4;
    private static final int MOST = 9;
    private static final int TRIES = 6;
    /** What is faster than this is not slow, whatever its ratio. */
    private static final long NOISE_NANOS = 60_000_000;

    /** A way to make a request of so many things. */
    record SettingRecorder(String name, Protocol client, IntFunction<String> request) {
        @Override
        public String toString() {
            return name + " by " + client.wire();
        }
    }

    private static String many(int n, IntFunction<String> one) {
        StringBuilder all = new StringBuilder();
        for (int i = 0; i < n; i++) {
            all.append(i == 0 ? "" : ",").append(one.apply(i));
        }
        return all.toString();
    }

    private static String request(String messages, String more) {
        return "{\"model\":\"m\",\"max_tokens\":9,\"messages\":[" + messages + "]" + more + "}";
    }

    private static String says(String role) {
        return "{\"role\":\"" + role + "\",\"content\":\"x\"}";
    }

    private static final String USER = says("user");

    private static void both(List<SettingRecorder> all, String name, IntFunction<String> request) {
        all.add(new SettingRecorder(name, OPENAI, request));
        all.add(new SettingRecorder(name, ANTHROPIC, request));
    }

    static List<SettingRecorder> shapes() {
        List<SettingRecorder> all = new ArrayList<>();
        both(all, "users in a row", n -> request(many(n, i -> USER), ""));
        both(all, "assistants in a row", n -> request(USER + "," + many(n, i -> says("assistant")) + "," + USER, ""));
        both(all, "turns by turns", n -> request(many(n, i -> USER + "," + says("assistant")) + "," + USER, ""));
        both(
                all,
                "instructions in the middle",
                n -> request(USER + "," + many(n, i -> says("system")) + "," + USER, ""));
        both(
                all,
                "parts of one message",
                n -> request(
                        "{\"role\":\"user\",\"content\":[" + many(n, i -> "{\"type\":\"text\",\"text\":\"x\"}") + "]}",
                        ""));
        both(all, "fields nobody knows", n -> request(USER, "," + many(n, i -> "\"u" + i + "\":1")));
        both(all, "metadata", n -> request(USER, ",\"metadata\":{" + many(n, i -> "\"u" + i + "\":\"1\"") + "}"));
        openAi(all);
        anthropic(all);
        return all;
    }

    private static void openAi(List<SettingRecorder> all) {
        IntFunction<String> call =
                i -> "{\"id\":\"c" + i + "\",\"type\":\"function\",\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}}";
        IntFunction<String> result = i -> "{\"role\":\"tool\",\"tool_call_id\":\"c" + i + "\",\"content\":\"x\"}";
        add(all, "unknown tool results", n -> request(USER + "," + many(n, result), ""));
        add(
                all,
                "calls and results",
                n -> request(
                        USER + ",{\"role\":\"assistant\",\"tool_calls\":[" + many(n, call) + "]}," + many(n, result),
                        ""));
        add(
                all,
                "calls without results",
                n -> request(USER + ",{\"role\":\"assistant\",\"tool_calls\":[" + many(n, call) + "]}," + USER, ""));
        add(
                all,
                "calls, instructions, results",
                n -> request(
                        USER + ",{\"role\":\"assistant\",\"tool_calls\":[" + many(n, call) + "]},"
                                + many(n, i -> says("system")) + "," + many(n, result),
                        ""));
        add(all, "names", n -> request(many(n, i -> "{\"role\":\"user\",\"name\":\"n\",\"content\":\"x\"}"), ""));
        add(all, "instructions in front", n -> request(many(n, i -> says("system")) + "," + USER, ""));
        add(
                all,
                "images",
                n -> request(
                        "{\"role\":\"user\",\"content\":["
                                + many(
                                        n,
                                        i -> "{\"type\":\"image_url\",\"image_url\":{\"url\":\"https://youtu.be/" + i
                                                + "\"}}")
                                + "]}",
                        ""));
        IntFunction<String> tool = i -> "{\"type\":\"function\",\"function\":{\"name\":\"f" + i + "\"}}";
        add(all, "tools", n -> request(USER, ",\"tools\":[" + many(n, tool) + "]"));
        add(
                all,
                "allowed tools",
                n -> request(
                        USER,
                        ",\"tools\":[" + many(n, tool)
                                + "],\"tool_choice\":{\"type\":\"allowed_tools\",\"allowed_tools\":{"
                                + "\"mode\":\"auto\",\"tools\":[" + many(n, tool) + "]}}"));
        add(all, "properties", n -> request(USER, tools("\"properties\":{" + many(n, i -> "\"p" + i + "\":{}") + "}")));
        add(all, "required", n -> request(USER, tools("\"required\":[" + many(n, i -> "\"p" + i + "\"") + "]")));
        add(
                all,
                "branches",
                n -> request(
                        USER,
                        tools("\"allOf\":["
                                + many(n, i -> "{\"properties\":{\"p" + i + "\":{}},\"required\":[\"p" + i + "\"]}")
                                + "]")));
        add(
                all,
                "branches that refer to one part",
                n -> request(
                        USER,
                        tools("\"anyOf\":[" + many(n, i -> "{\"$ref\":\"#/$defs/d\"}")
                                + "],\"$defs\":{\"d\":{\"properties\":{" + many(n, i -> "\"p" + i + "\":{}") + "}}}")));
        add(all, "keywords nobody knows", n -> request(USER, tools(many(n, i -> "\"k" + i + "\":1"))));
        add(
                all,
                "references through a chain",
                n -> request(
                        USER,
                        tools("\"properties\":{" + many(n, i -> "\"p" + i + "\":{\"$ref\":\"#/$defs/d0\"}")
                                + "},\"$defs\":{"
                                + many(n, i -> "\"d" + i + "\":{\"$ref\":\"#/$defs/d" + (i + 1) + "\"}") + ",\"d" + n
                                + "\":{}}")));
        add(all, "stop texts", n -> request(USER, ",\"stop\":[" + many(n, i -> "\"s\"") + "]"));
        add(
                all,
                "legacy functions",
                n -> request(
                        USER + "," + many(n, i -> "{\"role\":\"function\",\"name\":\"f\",\"content\":\"x\"}"), ""));
    }

    private static String tools(String schema) {
        return ",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\",\"strict\":true,\"parameters\":{"
                + "\"type\":\"object\"," + schema + "}}}]";
    }

    private static void add(List<SettingRecorder> all, String name, IntFunction<String> request) {
        all.add(new SettingRecorder(name, OPENAI, request));
    }

    private static void anthropic(List<SettingRecorder> all) {
        IntFunction<String> call = i -> "{\"type\":\"tool_use\",\"id\":\"c" + i + "\",\"name\":\"f\",\"input\":{}}";
        IntFunction<String> result = i -> "{\"type\":\"tool_result\",\"tool_use_id\":\"c" + i + "\",\"content\":\"x\"}";
        all.add(new SettingRecorder("unknown results", ANTHROPIC, n -> request(blocks("user", n, result), "")));
        all.add(new SettingRecorder(
                "calls and results",
                ANTHROPIC,
                n -> request(USER + "," + blocks("assistant", n, call) + "," + blocks("user", n, result), "")));
        all.add(new SettingRecorder(
                "unknown blocks", ANTHROPIC, n -> request(blocks("user", n, i -> "{\"type\":\"new" + i + "\"}"), "")));
        all.add(new SettingRecorder(
                "thoughts signed by the gateway, others between",
                ANTHROPIC,
                n -> request(
                        USER + ","
                                + blocks(
                                        "assistant",
                                        n,
                                        i -> "{\"type\":\"thinking\",\"thinking\":\"\",\"signature\":"
                                                + "\"gw1.oai.MQ\"},{\"type\":\"text\",\"text\":\"x\"}")
                                + "," + USER,
                        "")));
        all.add(new SettingRecorder(
                "system texts",
                ANTHROPIC,
                n -> request(USER, ",\"system\":[" + many(n, i -> "{\"type\":\"text\",\"text\":\"x\"}") + "]")));
        all.add(new SettingRecorder(
                "cache marks",
                ANTHROPIC,
                n -> request(
                        blocks(
                                "user",
                                n,
                                i -> "{\"type\":\"text\",\"text\":\"x\",\"cache_control\":{\"type\":"
                                        + "\"ephemeral\"}}"),
                        "")));
        all.add(new SettingRecorder(
                "stop sequences",
                ANTHROPIC,
                n -> request(USER, ",\"stop_sequences\":[" + many(n, i -> "\"s\"") + "]")));
    }

    private static String blocks(String role, int n, IntFunction<String> block) {
        return "{\"role\":\"" + role + "\",\"content\":[" + many(n, block) + "]}";
    }

    /** What one conversion took; the processor's time, so that a busy machine does not count. */
    private record Taken(long steps, long nanos) {}

    private static Taken taken(Protocol client, Protocol upstream, byte[] request) {
        WorkBudget work = WorkBudget.withoutDeadline();
        long began = CpuTime.ofThisThread();
        try {
            Converting.between(client, upstream).work(work).begin(request).release();
        } catch (GatewayException e) {
            // a clear refusal must not take long either
            assertThat(e.error().message()).isNotEmpty();
        }
        return new Taken(work.steps(), CpuTime.ofThisThread() - began);
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void fourTimesTheRequest_isAboutFourTimesTheWork(SettingRecorder shape) {
        byte[] small = shape.request().apply(SMALL).getBytes(StandardCharsets.UTF_8);
        byte[] large = shape.request().apply(SMALL * FACTOR).getBytes(StandardCharsets.UTF_8);
        for (Protocol upstream : new Protocol[] {OPENAI, ANTHROPIC, GEMINI}) {
            long fast = Long.MAX_VALUE;
            long slow = Long.MAX_VALUE;
            for (int i = 0; i < TRIES && (i < 2 || isSlow(fast, slow)); i++) {
                Taken few = taken(shape.client(), upstream, small);
                Taken many = taken(shape.client(), upstream, large);
                assertThat(many.steps()).isLessThan(40_000 + MOST * (few.steps() + 1));
                fast = Math.min(fast, few.nanos());
                slow = Math.min(slow, many.nanos());
            }
            assertThat(isSlow(fast, slow))
                    .as("%s to %s: %d us, four times as much %d us", shape, upstream, fast / 1_000, slow / 1_000)
                    .isFalse();
        }
    }

    private static boolean isSlow(long fast, long slow) {
        return slow > NOISE_NANOS && slow > MOST * fast;
    }
}
