package io.llmgateway.explain;

import io.llmgateway.balancing.Rank;
import io.llmgateway.limits.LimitStatus;
import io.llmgateway.model.ErrorKind;
import io.llmgateway.model.ModelName;
import io.llmgateway.settings.PriceList.Price;
import io.llmgateway.settings.RetrySettings;
import io.llmgateway.settings.UpstreamTimeouts;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/** An explanation for people. Confined to one use. */
public final class ExplanationText {
    private final StringBuilder out = new StringBuilder();

    private ExplanationText() {}

    public static String of(Explanation explanation) {
        ExplanationText text = new ExplanationText();
        text.write(explanation);
        return text.out.toString();
    }

    private void line(String indent, String text) {
        out.append(indent).append(text).append('\n');
    }

    private void write(Explanation explanation) {
        String who = explanation.key().isEmpty() ? "any key" : "key '" + explanation.key() + "'";
        line(
                "",
                "model '" + explanation.model() + "', " + who + ", "
                        + explanation.protocol().wire() + " client");
        if (!explanation.served()) {
            line("", "refused: " + explanation.refusal());
            return;
        }
        line("", "matched by " + explanation.match());
        if (ModelName.asksForLongContext(explanation.model())) {
            line("", "the marker [1m] asks for the long context where the provider knows it, else it is dropped");
        }
        List<Explanation.Step> steps = explanation.targets();
        for (int i = 0; i < steps.size(); i++) {
            step(i + 1, steps.get(i), explanation);
        }
        explanation.skipped().forEach(name -> line("", "fallback '" + name + "' is skipped: the key may not use it"));
        if (!explanation.fallbackOn().isEmpty()) {
            String kinds =
                    explanation.fallbackOn().stream().map(ErrorKind::wire).collect(Collectors.joining(", "));
            line("", "fallbacks are tried after a refusal with " + kinds + " too");
        }
        limits(explanation);
    }

    private void step(int number, Explanation.Step step, Explanation explanation) {
        String tier = step.target().tier() == 0 ? "" : "fallback, ";
        line(
                "",
                number + ". " + step.target().provider() + " / " + step.target().model() + " (" + tier + step.share()
                        + " %)");
        boolean relayed = step.upstream() == explanation.protocol();
        line(
                "   ",
                relayed
                        ? "relayed byte for byte"
                        : "converted to " + step.upstream().wire() + ", "
                                + step.provider().conversion().wire());
        step.outcomes().forEach(outcome -> line("     ", outcome.field() + ": " + outcome.outcome()));
        line("   ", step.price().map(ExplanationText::price).orElse("no price"));
        line("   ", retries(step));
        line("   ", "instances, " + step.provider().selection().policy().wire() + ":");
        int place = 1;
        for (Rank standing : step.instances()) {
            boolean used = standing.tier() >= 0;
            String share = used
                    ? " (" + standing.share() + " % of priority "
                            + standing.status().priority() + ")"
                    : "";
            String why = standing.reason().isEmpty() ? "" : ": " + standing.reason();
            line("     ", (used ? place++ + "." : "-") + " " + standing.status().instance() + share + why);
            UpstreamTimeouts timeouts =
                    Objects.requireNonNull(step.timeouts().get(standing.status().instance()));
            line("        ", timeouts(timeouts));
        }
    }

    private static String retries(Explanation.Step step) {
        RetrySettings retries = step.provider().retries();
        int here = Math.min(retries.maxAttempts(), step.mostAttempts());
        if (here == 1) {
            return "retries: none here, at most " + step.mostAttempts() + " attempts at all targets together";
        }
        return "retries: at most " + here + " attempts here, " + step.mostAttempts()
                + " at all targets together; in ten seconds " + retries.budgetPercent()
                + " % of the requests, at least "
                + retries.budgetMinimum();
    }

    private static String timeouts(UpstreamTimeouts timeouts) {
        return "timeouts: connect " + seconds(timeouts.connect()) + ", first token " + seconds(timeouts.firstToken())
                + ", idle " + seconds(timeouts.idle()) + ", total " + seconds(timeouts.total());
    }

    private static String seconds(Duration duration) {
        long millis = duration.toMillis();
        return millis % 1_000 == 0 ? millis / 1_000 + "s" : millis + "ms";
    }

    private static String price(Price price) {
        return "USD for a million tokens: input " + dollars(price.input()) + ", from cache "
                + dollars(price.cacheRead()) + ", into cache " + dollars(price.cacheWrite()) + ", output "
                + dollars(price.output());
    }

    /** A price for one token in billionths of a dollar as a price for a million in dollars. */
    private static String dollars(long nanos) {
        return BigDecimal.valueOf(nanos, 3).stripTrailingZeros().toPlainString();
    }

    private void limits(Explanation explanation) {
        if (explanation.key().isEmpty()) {
            line("", "limits: those of a key are shown with --key NAME");
            return;
        }
        line("", explanation.limits().isEmpty() ? "limits: none" : "limits:");
        for (LimitStatus limit : explanation.limits()) {
            String models = limit.models().isEmpty() ? "" : " for models '" + limit.models() + "'";
            boolean money = limit.limit().startsWith("budget");
            line(
                    "  ",
                    limit.owner() + models + ": " + limit.limit() + " " + amount(limit.amount(), money) + ", "
                            + amount(limit.remaining(), money) + " left");
        }
    }

    private static String amount(long amount, boolean money) {
        return money
                ? BigDecimal.valueOf(amount, 9).stripTrailingZeros().toPlainString() + " USD"
                : Long.toString(amount);
    }
}
