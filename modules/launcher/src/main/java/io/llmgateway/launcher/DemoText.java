package io.llmgateway.launcher;

import java.io.PrintWriter;

/** The configuration of the demo and the lines it prints. Stateless. */
final class DemoText {
    private DemoText() {}

    /**
     * Routes to one simulator that plays all three providers.
     *
     * @param variable the environment variable that holds the key of the clients, which is the providers' as well
     */
    static String configuration(String simulator, String variable) {
        return """
                keys:
                  - {name: demo, key: {env: %2$s}}
                providers:
                  openai:
                    type: openai
                    models: [gpt-5-mini]
                    instances: [{name: simulated-openai, base-url: "%1$s/v1", api-key: {env: %2$s}}]
                  anthropic:
                    type: anthropic
                    models: [claude-sonnet-4-5]
                    instances: [{name: simulated-anthropic, base-url: "%1$s", api-key: {env: %2$s}}]
                  gemini:
                    type: gemini
                    models: [gemini-2.5-flash]
                    instances: [{name: simulated-gemini, base-url: "%1$s", api-key: {env: %2$s}}]
                routing:
                  rules: {"gpt-": openai, "claude-": anthropic, "gemini-": gemini, "sim/*": openai}
                """.formatted(simulator, variable);
    }

    static void print(PrintWriter out, int port, String key) {
        out.printf("""

                Try it, each line works as it is:

                  curl -s http://127.0.0.1:%1$d/v1/chat/completions -H 'Authorization: Bearer %2$s' \
                -H 'Content-Type: application/json' \
                -d '{"model":"gpt-5-mini","messages":[{"role":"user","content":"Hello"}]}'

                  curl -s http://127.0.0.1:%1$d/v1/messages -H 'x-api-key: %2$s' -H 'Content-Type: application/json' \
                -d '{"model":"claude-sonnet-4-5","max_tokens":64,"messages":[{"role":"user","content":"Hello"}]}'

                  curl -sN http://127.0.0.1:%1$d/v1/chat/completions -H 'Authorization: Bearer %2$s' \
                -H 'Content-Type: application/json' \
                -d '{"model":"gemini-2.5-flash","stream":true,"messages":[{"role":"user","content":"Hello"}]}'

                Agents too. The simulator says what it is told; the word sim/tool-call in it calls a tool:

                  ANTHROPIC_BASE_URL=http://127.0.0.1:%1$d ANTHROPIC_AUTH_TOKEN=%2$s claude -p 'Say hello'

                  OPENAI_BASE_URL=http://127.0.0.1:%1$d/v1 OPENAI_API_KEY=%2$s OPENAI_MODEL=gpt-5-mini \
                qwen --auth-type openai -p 'Say hello'

                """, port, key);
        out.flush();
    }
}
