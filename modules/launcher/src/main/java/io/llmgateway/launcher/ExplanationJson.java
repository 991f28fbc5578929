package io.llmgateway.launcher;

import io.llmgateway.balancing.Rank;
import io.llmgateway.launcher.ConversionProbes.Outcome;
import io.llmgateway.limits.LimitStatus;
import io.llmgateway.model.ErrorKind;
import io.llmgateway.settings.PriceList.Price;
import io.llmgateway.settings.RetrySettings;
import io.llmgateway.settings.UpstreamTimeouts;
import io.llmgateway.wire.JsonOut;
import io.llmgateway.wire.OutBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** An explanation for programs: prices in billionths of a dollar for a token, times in milliseconds. Stateless. */
final class ExplanationJson {
    private ExplanationJson() {}

    static String of(Explanation explanation) {
        OutBuffer out = new OutBuffer(1024);
        JsonOut json = new JsonOut(out);
        json.object().field("model", explanation.model());
        json.field("key", explanation.key().isEmpty() ? null : explanation.key());
        json.field("protocol", explanation.protocol().wire());
        json.field("served", explanation.served());
        json.field("refusal", explanation.served() ? null : explanation.refusal());
        json.field("match", explanation.served() ? explanation.match() : null);
        json.array("targets");
        explanation.targets().forEach(step -> step(json, step, explanation));
        json.endArray().array("skipped");
        explanation.skipped().forEach(json::string);
        json.endArray().array("fall_back_on");
        explanation.fallbackOn().stream().map(ErrorKind::wire).forEach(json::string);
        json.endArray().array("limits");
        explanation.limits().forEach(limit -> limit(json, limit));
        json.endArray().endObject();
        return PrettyJson.of(new String(out.array(), 0, out.length(), StandardCharsets.UTF_8));
    }

    private static void step(JsonOut json, Explanation.Step step, Explanation explanation) {
        json.object().field("provider", step.target().provider().value());
        json.field("model", step.target().model().value());
        json.field("tier", step.target().tier()).field("share", step.share());
        json.field("upstream_protocol", step.upstream().wire());
        json.field("relayed", step.upstream() == explanation.protocol());
        json.field("conversion", step.provider().conversion().wire()).array("weakened");
        for (Outcome outcome : step.outcomes()) {
            json.object().field("field", outcome.field()).field("outcome", outcome.outcome());
            json.endObject();
        }
        json.endArray();
        step.price().ifPresent(price -> price(json, price));
        RetrySettings retries = step.provider().retries();
        json.object("retries").field("max_attempts", retries.maxAttempts());
        json.field("max_attempts_of_all_targets", step.mostAttempts());
        json.field("budget_percent", retries.budgetPercent())
                .field("budget_minimum", retries.budgetMinimum())
                .endObject();
        json.field("policy", step.provider().selection().policy().wire()).array("instances");
        for (Rank standing : step.instances()) {
            instance(
                    json,
                    standing,
                    Objects.requireNonNull(step.timeouts().get(standing.status().instance())));
        }
        json.endArray().endObject();
    }

    private static void price(JsonOut json, Price price) {
        json.object("price_nano_usd").field("input", price.input()).field("cache_read", price.cacheRead());
        json.field("cache_write", price.cacheWrite())
                .field("output", price.output())
                .endObject();
    }

    private static void instance(JsonOut json, Rank standing, UpstreamTimeouts timeouts) {
        json.object().field("instance", standing.status().instance().value());
        json.field("tier", standing.tier()).field("share", standing.share());
        json.field("usable", standing.usable());
        json.field("state", standing.status().condition().wire());
        json.field("reason", standing.reason().isEmpty() ? null : standing.reason());
        json.object("timeouts_ms").field("connect", timeouts.connect().toMillis());
        json.field("first_token", timeouts.firstToken().toMillis());
        json.field("idle", timeouts.idle().toMillis());
        json.field("total", timeouts.total().toMillis()).endObject().endObject();
    }

    private static void limit(JsonOut json, LimitStatus limit) {
        json.object().field("of", limit.owner()).field("models", limit.models().isEmpty() ? "*" : limit.models());
        json.field("limit", limit.limit()).field("amount", limit.amount());
        json.field("remaining", limit.remaining()).endObject();
    }
}
