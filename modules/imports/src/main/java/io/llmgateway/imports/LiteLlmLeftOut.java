package io.llmgateway.imports;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Why a setting of LiteLLM is not taken over, where there is more to say than that. Stateless. */
final class LiteLlmLeftOut {
    private static final String NOTHING = "has no counterpart, left out";
    private static final Set<String> DEFAULT_PARAMETERS = Set.of(
            "temperature",
            "top_p",
            "top_k",
            "max_tokens",
            "max_completion_tokens",
            "max_output_tokens",
            "stop",
            "seed",
            "n",
            "presence_penalty",
            "frequency_penalty",
            "logit_bias",
            "logprobs",
            "response_format",
            "tools",
            "tool_choice",
            "parallel_tool_calls",
            "reasoning_effort",
            "reasoning",
            "thinking",
            "verbosity",
            "service_tier",
            "stream_options",
            "user",
            "metadata",
            "extra_body",
            "extra_query");
    private static final Map<String, String> REASONS = reasons();

    private LiteLlmLeftOut() {}

    private static Map<String, String> reasons() {
        Map<String, String> reasons = new HashMap<>();
        String forwarded = "of the headers of clients anthropic-beta, openai-beta, openai-organization, openai-project,"
                + " idempotency-key and x-client-request-id are always forwarded, others never; left out";
        for (String key : List.of(
                "forward_client_headers_to_llm_api",
                "forward_openai_org_id",
                "forward_llm_provider_auth_headers",
                "forward_traceparent_to_llm_provider",
                "add_user_information_to_llm_headers")) {
            reasons.put(key, forwarded);
        }
        reasons.put("cache", "responses are not cached; left out");
        reasons.put("cache_params", "responses are not cached; left out");
        reasons.put("alerting", "alerts come from Prometheus, rules for it are in deploy/prometheus; left out");
        reasons.put("store_model_in_db", "models that stand in LiteLLM's database only are not in this file");
        reasons.put("include", "the files it names are not read; put their models into one file and import that");
        reasons.put("database_url", "keys are in LiteLLM's database: 'import litellm-keys' takes an export of them");
        reasons.put("background_health_checks", "see providers.*.health-check; left out");
        reasons.put("health_check_interval", "see providers.*.health-check.interval; left out");
        reasons.put("allowed_fails_policy", "see providers.*.breaker, which counts all failures alike; left out");
        reasons.put("retry_policy", "see providers.*.retries, which holds for all failures alike; left out");
        reasons.put("max_retries", "retries inside LiteLLM's client; here only providers.*.retries counts; left out");
        reasons.put(
                "ssl_certificate", "needs its key: see providers.*.tls.client-certificate and client-key; left out");
        reasons.put("json_logs", "see logging.format; left out");
        reasons.put("set_verbose", "see logging.level; left out");
        reasons.put("turn_off_message_logging", "what is said is never logged unless a key has log-bodies; left out");
        return reasons;
    }

    /** One phrase; the path is that of the mapping the key stands in. */
    static String reason(String path, String key) {
        if (path.endsWith(".litellm_params") && DEFAULT_PARAMETERS.contains(key)) {
            return "a default for requests; they are passed on as clients send them, left out";
        }
        if (path.endsWith(".headers") || path.endsWith(".extra_headers")) {
            return "is no single text, left out";
        }
        return REASONS.getOrDefault(key, NOTHING);
    }
}
