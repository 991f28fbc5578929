package io.llmgateway.converters;

import static io.llmgateway.converters.AnswerPrograms.delta;
import static io.llmgateway.converters.AnswerPrograms.finish;
import static io.llmgateway.converters.AnswerPrograms.streamed;
import static io.llmgateway.converters.AnswerPrograms.whole;
import static io.llmgateway.converters.Converting.OPENAI;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Reasoning in the spellings of many servers is a block of reasoning before the text, whole and streamed. */
class ReasoningDialectsTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "'reasoning_content':'hm','content':'42'",
                "'reasoning':'hm','content':'42'",
                "'reasoning_content':'','reasoning':'hm','content':'42'",
                "'reasoning_content':null,'reasoning':'hm','content':'42'",
                "'reasoning':'','reasoning_details':[{'type':'reasoning.text','text':'hm'}],'content':'42'",
                "'reasoning':{'content':'hm'},'content':'42'",
                "'thinking':'hm','content':'42'",
                "'reasoning':'hm','reasoning_content':'hm','content':'42'",
                "'reasoning':'hm','reasoning_details':[{'type':'reasoning.text','text':'hm'}],'content':'42'",
                "'reasoning_details':[{'type':'reasoning.summary','summary':'hm','format':'openai-responses-v1'}],"
                        + "'content':'42'",
                "'content':[{'type':'thinking','thinking':[{'type':'text','text':'hm'}]},{'type':'text','text':'42'}]",
                "'content':[{'type':'thinking','thinking':'hm'},{'type':'text','text':'42'}]",
                "'content':[{'type':'reasoning','summary':[{'type':'summary_text','text':'hm'}]},'42']",
                "'content':[{'type':'reasoning','text':'hm'},{'type':'output_text','text':'42'}]",
                "'thinking_blocks':[{'type':'thinking','thinking':'hm'}],'content':'42'"
            })
    void reasoning_isToldOnceBeforeTheText(String said) {
        String message = said.replace('\'', '"');

        assertThat(whole(OPENAI, "{\"choices\":[{\"message\":{" + message + "},\"finish_reason\":\"stop\"}]}")
                        .all())
                .containsExactly("(hm", "42");
        assertThat(streamed(OPENAI, delta(message) + finish("stop")).all()).containsExactly("(hm", "42");
    }

    @ParameterizedTest
    @ValueSource(strings = {"google-gemini-v1", "openai-responses-v1", "xai-responses-v1", "unknown", ""})
    void proofOfAnotherVendor_isNotPassedOnAsAnthropics(String format) {
        String detail = "\"reasoning_details\":[{\"type\":\"reasoning.text\",\"text\":\"hm\",\"signature\":\"proof\","
                + "\"format\":\"" + format + "\"},{\"type\":\"reasoning.encrypted\",\"data\":\"secret\",\"format\":\""
                + format + "\"}]";
        String out = Converting.between(Converting.ANTHROPIC, OPENAI)
                .answer(
                        AnswerTables.request("anthropic", false),
                        "{\"choices\":[{\"message\":{" + detail + "},\"finish_reason\":\"stop\"}]}");

        assertThat(out).contains("hm").doesNotContain("proof").doesNotContain("secret");
    }

    @ParameterizedTest
    @ValueSource(strings = {"anthropic-claude-v1"})
    void proofOfAnthropics_isPassedOn(String format) {
        String detail = "\"reasoning_details\":[{\"type\":\"reasoning.text\",\"text\":\"hm\",\"signature\":\"proof\","
                + "\"format\":\"" + format + "\"}]";
        String out = Converting.between(Converting.ANTHROPIC, OPENAI)
                .answer(
                        AnswerTables.request("anthropic", false),
                        "{\"choices\":[{\"message\":{" + detail + "},\"finish_reason\":\"stop\"}]}");

        assertThat(out).contains("\"signature\":\"proof\"");
    }
}
