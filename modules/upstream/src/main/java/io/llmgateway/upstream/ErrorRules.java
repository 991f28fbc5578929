package io.llmgateway.upstream;

import static io.llmgateway.model.ErrorKind.BAD_REQUEST;
import static io.llmgateway.model.ErrorKind.CONTENT_POLICY;
import static io.llmgateway.model.ErrorKind.CONTEXT_LENGTH;
import static io.llmgateway.model.ErrorKind.MODEL_NOT_FOUND;
import static io.llmgateway.model.ErrorKind.PERMISSION;
import static io.llmgateway.model.ErrorKind.UPSTREAM_AUTHENTICATION;
import static io.llmgateway.model.ErrorKind.UPSTREAM_BILLING;
import static io.llmgateway.model.ErrorKind.UPSTREAM_OVERLOADED;
import static io.llmgateway.model.ErrorKind.UPSTREAM_RATE_LIMIT;

import io.llmgateway.model.ErrorKind;
import io.llmgateway.model.Protocol;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The codes and sentences by which servers of each protocol say what is wrong, in lower case. Servers that speak
 * OpenAI's protocol are many, and some of them speak Anthropic's as well, so that Anthropic's table begins with
 * OpenAI's; what stands in it again counts. Sources are named with the rows; state of 2026-11. Immutable, thread-safe.
 */
final class ErrorRules {
    /** One beginning of a code that has more members than can be listed, and what it means. */
    private static final Map<String, ErrorKind> ANTHROPIC_BEGINNINGS = Map.of(
            "linked_organization_", UPSTREAM_BILLING,
            "thread_", BAD_REQUEST);

    private static final Map<Protocol, Map<String, ErrorKind>> CODES = new EnumMap<>(Protocol.class);

    static {
        Map<String, ErrorKind> open = new HashMap<>();
        // OpenAI, and those who follow it
        put(open, UPSTREAM_AUTHENTICATION, "invalid_api_key", "authentication_error", "account_deactivated");
        put(open, UPSTREAM_BILLING, "insufficient_quota", "credit_balance_exhausted", "billing_hard_limit_reached");
        put(open, UPSTREAM_BILLING, "billing_not_active", "billing_error");
        put(open, CONTEXT_LENGTH, "context_length_exceeded", "context_window_exceeded");
        put(open, CONTENT_POLICY, "content_policy_violation", "content_filter", "responsibleaipolicyviolation");
        put(open, MODEL_NOT_FOUND, "model_not_found", "model_decommissioned", "deploymentnotfound");
        // OpenAI, where its key may come from and what it is for
        put(open, UPSTREAM_AUTHENTICATION, "unsupported_country_region_territory", "ip_not_authorized");
        put(open, UPSTREAM_AUTHENTICATION, "missing_scope", "invalid_organization", "mismatched_organization");
        // Groq, Together
        put(open, UPSTREAM_AUTHENTICATION, "organization_restricted");
        put(open, UPSTREAM_BILLING, "blocked_api_access", "credit_limit");
        // llama-server: error.type with an integer code
        put(open, CONTEXT_LENGTH, "exceed_context_size_error");
        put(open, BAD_REQUEST, "not_supported_error");
        // Perplexity
        put(open, CONTEXT_LENGTH, "too_many_prompt_tokens");
        // Alibaba's Model Studio
        put(open, CONTENT_POLICY, "data_inspection_failed", "datainspectionfailed");
        put(open, UPSTREAM_BILLING, "arrearage", "accessdenied.unpurchased", "allocationquota.freetieronly");
        // Volcano Engine
        put(open, UPSTREAM_BILLING, "accountoverdueerror");
        // Moonshot
        put(open, UPSTREAM_BILLING, "exceeded_current_quota_error");
        // Mistral
        put(open, MODEL_NOT_FOUND, "invalid_model");
        miniMax(open);
        // LiteLLM, its ProxyErrorTypes: what a virtual key, its team or its user may not do; status 401
        put(open, PERMISSION, "key_model_access_denied", "team_model_access_denied", "user_model_access_denied");
        put(open, PERMISSION, "org_model_access_denied", "project_model_access_denied", "team_access_denied");
        put(open, UPSTREAM_BILLING, "budget_exceeded");
        // Groq, with status 498
        put(open, UPSTREAM_OVERLOADED, "capacity_exceeded");
        // Gemini, also behind its door for OpenAI's clients: details[].reason of google.rpc.ErrorInfo
        Map<String, ErrorKind> gemini = new HashMap<>();
        put(gemini, UPSTREAM_AUTHENTICATION, "api_key_invalid", "api_key_expired", "api_key_service_blocked");
        put(gemini, UPSTREAM_AUTHENTICATION, "api_key_ip_address_blocked", "api_key_http_referrer_blocked");
        put(gemini, UPSTREAM_AUTHENTICATION, "api_key_android_app_blocked", "api_key_ios_app_blocked");
        // google.api.ErrorReason: the project behind the key, not what the request asks for
        put(gemini, UPSTREAM_AUTHENTICATION, "consumer_suspended", "consumer_invalid", "service_disabled");
        put(gemini, UPSTREAM_AUTHENTICATION, "user_project_denied", "account_state_invalid");
        put(gemini, UPSTREAM_BILLING, "billing_disabled");
        CODES.put(Protocol.GEMINI, Map.copyOf(gemini));
        open.putAll(gemini);
        CODES.put(Protocol.OPENAI_CHAT, Map.copyOf(open));

        Map<String, ErrorKind> anthropic = new HashMap<>(open);
        // error.details.error_code, from the types of the official SDK
        put(anthropic, UPSTREAM_BILLING, "contract_spend_limit_reached", "enforced_spend_limit_reached");
        put(anthropic, UPSTREAM_RATE_LIMIT, "ramp_limit_exceeded");
        put(
                anthropic,
                UPSTREAM_AUTHENTICATION,
                "organization_on_hold",
                "cmek_key_disabled",
                "cmek_key_network_blocked");
        put(
                anthropic,
                UPSTREAM_AUTHENTICATION,
                "claude_code_key_creator_not_member",
                "workspace_human_review_disabled");
        put(
                anthropic,
                UPSTREAM_OVERLOADED,
                "cmek_key_unreachable",
                "cmek_context_unavailable",
                "compaction_unavailable");
        put(anthropic, CONTEXT_LENGTH, "model_context_window_exceeded");
        CODES.put(Protocol.ANTHROPIC_MESSAGES, Map.copyOf(anthropic));
    }

    /** Words that a message about too long a prompt holds, all of one row, outside of quotes. */
    static final List<List<String>> TOO_LONG = List.of(
            // OpenAI, vLLM, DeepSeek, OpenRouter, Mistral, Fireworks
            List.of("maximum context length"),
            List.of("exceeds the context window"),
            // vLLM: a fixed max_tokens above the context, and its older sentences
            List.of("cannot be greater than max_model_len"),
            List.of("maximum model length"),
            // SGLang
            List.of("longer than the model's context length"),
            // text-generation-inference, Together; the names stand in quotes
            List.of("tokens + ", "must be <=", "given:"),
            List.of("must have less than", "tokens. given"),
            // llama.cpp, Lemonade
            List.of("exceeds the available context size"),
            // Ollama
            List.of("prompt too long", "max context length"),
            List.of("input length exceeds", "context length"),
            // LM Studio
            List.of("context the overflows"),
            List.of("tokens to keep from the initial prompt", "context length"),
            // Groq, Cerebras
            List.of("current length is", "while limit is"),
            List.of("reduce the length of the messages"),
            // xAI, Moonshot, Cohere, MiniMax, Z.ai, Model Studio, Bedrock
            List.of("maximum prompt length is"),
            List.of("exceeded model token limit"),
            List.of("too many tokens", "prompt"),
            List.of("context window exceeds limit"),
            List.of("prompt exceeds max length"),
            List.of("range of input length should be"),
            List.of("input is too long for requested model"),
            // LiteLLM puts its class in front
            List.of("contextwindowexceedederror"),
            // Anthropic
            List.of("prompt is too long"),
            List.of("exceed context limit"),
            // Gemini, Vertex AI
            List.of("input token count", "exceeds the maximum"),
            List.of("input token count", "only supports up to"));

    /** Words that a message holds about content that is refused. */
    static final List<List<String>> REFUSED = List.of(
            // Anthropic, DeepSeek, Model Studio, xAI, LiteLLM
            List.of("content filtering policy"),
            List.of("content exists risk"),
            List.of("data may contain inappropriate content"),
            List.of("content violates usage guidelines"),
            List.of("contentpolicyviolationerror"),
            // MiniMax, with status 500 under Anthropic's path
            List.of("new_sensitive (102"));

    /**
     * How messages begin about a key or an account that is refused with status 400 or 403, and what they hold besides.
     * What is refused for a model alone does not belong here: a client could take the account out for all.
     */
    static final List<List<String>> KEY_REFUSED = List.of(
            // Gemini
            List.of("api key not valid. please pass a valid api key"),
            List.of("api key expired. please renew the api key"),
            List.of("your api key was reported as leaked"),
            List.of("user location is not supported for the api use"),
            List.of("your project has been denied access"),
            List.of("method doesn't allow unregistered callers"),
            // Anthropic
            List.of("this organization has been disabled"),
            List.of("your api key does not have permission to use the specified resource"),
            List.of("oauth authentication is currently not "),
            List.of("this credential is only authorized for use with "),
            List.of("request not allowed"),
            // OpenAI, xAI with 400, Together, Fireworks, Cerebras
            List.of("incorrect api key provided"),
            List.of("invalid api key"),
            List.of("wrong api key"),
            List.of("the api key you provided is invalid"),
            List.of("country, region, or territory not supported"),
            List.of("you have insufficient permissions for this operation", "missing scopes"),
            // Azure
            List.of("access denied due to "),
            List.of("public access is disabled"),
            List.of("traffic is not from an approved private endpoint"),
            List.of("the principal ", " lacks the required data action"),
            // Groq
            List.of("access denied. please check your network settings"),
            List.of("organization has been restricted"),
            // Hugging Face, NVIDIA
            List.of("this authentication method does not have sufficient permissions"),
            List.of("authorization failed"));

    /**
     * How messages begin about an account that is empty or at its limit, whatever the status, and what they hold
     * besides: who says so is named.
     */
    static final List<List<String>> NO_MONEY = List.of(
            // Anthropic, also with a subscription
            List.of("your credit balance is too low to access the "),
            List.of("you have reached your specified api usage limits"),
            List.of("you're out of extra usage"),
            // Gemini
            List.of("gemini api free tier is not available"),
            // LiteLLM; versions before budget_exceeded have only the words
            List.of("budget has been exceeded!"),
            List.of("exceededbudget:"),
            // MiniMax with status 500, Z.ai, DeepSeek; SiliconFlow, Novita
            List.of("insufficient balance"),
            List.of("sorry, your account balance is insufficient"),
            List.of("not enough balance"),
            // xAI with 403 or 429
            List.of("your newly created team", "have any credits"),
            List.of("your team has no credits"),
            List.of("your team ", "used all available credits"),
            // OpenRouter
            List.of("key limit exceeded"),
            List.of("insufficient credits"),
            // Together; Fireworks with 412
            List.of("credit limit exceeded"),
            List.of("account ", " is suspended, possibly due to reaching the monthly spending limit"),
            // Mistral, DeepInfra
            List.of("inactive subscription or usage limit reached"),
            List.of("inference prohibited, please enter a payment method"),
            // Azure's API Management with 403; Cohere with 429
            List.of("out of call volume quota"),
            List.of("you are using a trial key, which is limited to ", "/ month"));

    /** How messages begin about a model that is not there, with status 400: DeepSeek, OpenRouter. */
    static final List<String> NO_MODEL = List.of("model not exist");

    /**
     * How messages begin that a server sends with status 500 or 501 although the request is at fault: llama-server to a
     * model without eyes or ears, and without its templates.
     */
    static final List<String> REQUESTS_OWN = List.of(
            "image input is not supported",
            "audio input is not supported",
            "tools param requires --jinja flag",
            "tool_choice param requires --jinja flag",
            "conversation roles must alternate",
            "after the optional system message, conversation roles must alternate",
            "this server does not support");

    /** In front of the number that stands in the member base_resp. */
    static final String MINIMAX = "base_resp_";

    private ErrorRules() {}

    /** MiniMax: base_resp.status_code inside a success, from its list of error codes. */
    private static void miniMax(Map<String, ErrorKind> codes) {
        put(codes, UPSTREAM_RATE_LIMIT, MINIMAX + 1002, MINIMAX + 1041, MINIMAX + 2045);
        put(codes, UPSTREAM_AUTHENTICATION, MINIMAX + 1004, MINIMAX + 2049);
        put(codes, UPSTREAM_BILLING, MINIMAX + 1008, MINIMAX + 2056, "insufficient_balance_error");
        put(codes, CONTENT_POLICY, MINIMAX + 1026, MINIMAX + 1027);
        put(codes, CONTEXT_LENGTH, MINIMAX + 1039);
        put(codes, BAD_REQUEST, MINIMAX + 1042, MINIMAX + 2013);
    }

    private static void put(Map<String, ErrorKind> codes, ErrorKind kind, String... each) {
        for (String code : each) {
            codes.put(code, kind);
        }
    }

    /** What a code means to providers of this protocol; null when it decides nothing. */
    static @Nullable ErrorKind meaning(Protocol protocol, String code) {
        ErrorKind found = CODES.getOrDefault(protocol, Map.of()).get(code);
        if (found != null || protocol != Protocol.ANTHROPIC_MESSAGES) {
            return found;
        }
        for (var beginning : ANTHROPIC_BEGINNINGS.entrySet()) {
            if (code.startsWith(beginning.getKey())) {
                return beginning.getValue();
            }
        }
        return null;
    }
}
