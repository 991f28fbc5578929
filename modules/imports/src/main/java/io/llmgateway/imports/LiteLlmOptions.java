package io.llmgateway.imports;

import io.llmgateway.imports.LiteLlmDeployment.Times;
import io.llmgateway.settings.KeySettings;
import io.llmgateway.settings.RetrySettings;
import io.llmgateway.settings.Units;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * What holds for everything. Immutable.
 *
 * @param master the variable with the key of the clients
 * @param times how long to wait
 * @param policy of balancing; empty for the default
 * @param maxAttempts of one request at the instances of a provider
 * @param breaker as YAML by key
 * @param concurrent requests at once
 * @param budget as YAML
 */
record LiteLlmOptions(
        String master,
        Times times,
        String policy,
        Optional<Integer> maxAttempts,
        Map<String, String> breaker,
        Optional<Integer> concurrent,
        Optional<String> budget) {
    private static final String MASTER = "LITELLM_MASTER_KEY";
    private static final Duration MOST_COOLDOWN = Duration.ofHours(1);
    private static final BigDecimal MOST_MONEY = BigDecimal.valueOf(1_000_000_000);

    static LiteLlmOptions read(LiteLlmNode router, LiteLlmNode lite, LiteLlmNode general, LiteLlmNotes notes) {
        if (!lite.flag("drop_params")) {
            notes.add("drop_params is off: LiteLLM refuses what a provider cannot express, here it is left out with a"
                    + " warning; conversion: strict refuses");
        }
        return new LiteLlmOptions(
                master(general, notes),
                times(router, lite, notes),
                policy(router),
                attempts(router, lite, notes),
                breaker(router),
                general.number("global_max_parallel_requests")
                        .filter(count -> count >= 1)
                        .map(Double::intValue),
                budget(lite));
    }

    private static String master(LiteLlmNode general, LiteLlmNotes notes) {
        // LiteLLM looks there when its configuration has none
        Optional<String> written = general.text("master_key")
                .filter(value -> !value.isBlank())
                .or(() -> notes.lookUp(MASTER).map(_ -> "os.environ/" + MASTER));
        if (written.isEmpty()) {
            notes.add("there is no master_key and the gateway is never open: put a key into GATEWAY_CLIENT_KEY");
            return "GATEWAY_CLIENT_KEY";
        }
        String value = written.get();
        Optional<String> known = LiteLlmNotes.isReference(value) ? notes.lookUp(LiteLlmNotes.referred(value)) : written;
        if (known.filter(key -> key.length() < KeySettings.MIN_KEY_LENGTH).isPresent()) {
            general.note(
                    "master_key",
                    "has less than the " + KeySettings.MIN_KEY_LENGTH
                            + " characters that a key needs here: make another"
                            + " one with keygen, put it into the variable and give it to the clients");
        }
        return notes.variable(general, "master_key", value, MASTER);
    }

    private static Times times(LiteLlmNode router, LiteLlmNode lite, LiteLlmNotes notes) {
        Optional<Double> request = lite.number("request_timeout");
        Optional<Double> timeout = router.number("timeout").or(() -> request);
        Optional<Double> stream = lite.number("stream_timeout");
        Times times = Times.of(timeout, router.number("stream_timeout").or(() -> stream));
        if (times.total().isEmpty()) {
            notes.add("there is no request_timeout: LiteLLM waits for 6000 s, the gateway for 10 m in all and for 1 m"
                    + " without a token of a stream (upstream.timeouts)");
        } else {
            notes.add("request_timeout and timeout hold for a request with all its attempts here, in LiteLLM for each"
                    + " attempt");
        }
        return times;
    }

    private static Optional<Integer> attempts(LiteLlmNode router, LiteLlmNode lite, LiteLlmNotes notes) {
        Optional<Double> general = lite.number("num_retries");
        Optional<Integer> retries =
                router.number("num_retries").or(() -> general).map(Double::intValue);
        retries.ifPresent(count -> notes.add("num_retries: " + count + " became providers.*.retries.max-attempts: "
                + Math.clamp(count + 1L, 1, RetrySettings.MOST_ATTEMPTS)
                + "; retries go to other instances, within the retry budget"));
        return retries.map(count -> Math.clamp(count + 1L, 1, RetrySettings.MOST_ATTEMPTS));
    }

    private static String policy(LiteLlmNode router) {
        String strategy = router.plain("routing_strategy").orElse("simple-shuffle");
        return switch (strategy) {
            case "simple-shuffle" -> "";
            case "least-busy" -> "least-requests";
            case "latency-based-routing" -> "peak-ewma";
            default -> {
                router.note("routing_strategy", "'" + strategy + "' has no counterpart, instances are taken by weight");
                yield "";
            }
        };
    }

    private static Map<String, String> breaker(LiteLlmNode router) {
        Map<String, String> breaker = new java.util.LinkedHashMap<>();
        if (router.flag("disable_cooldowns")) {
            breaker.put("enabled", "false");
        }
        router.number("allowed_fails")
                .ifPresent(fails -> breaker.put(
                        "consecutive-failures", Integer.toString(Math.clamp(fails.longValue() + 1, 1, 1_000))));
        router.number("cooldown_time").flatMap(Times::seconds).ifPresent(time -> {
            Duration open = time.compareTo(MOST_COOLDOWN) > 0 ? MOST_COOLDOWN : time;
            if (!open.equals(time)) {
                router.note("cooldown_time", "is longer than an hour, an hour is taken");
            }
            breaker.put("open-duration", Units.format(open));
            breaker.put("cooldown", Units.format(open));
        });
        return breaker;
    }

    private static Optional<String> budget(LiteLlmNode lite) {
        Optional<String> amount = lite.plain("max_budget");
        String period = amount.isPresent() ? period(lite) : "";
        lite.ignore("budget_duration");
        if (amount.isEmpty()) {
            if (lite.keys().contains("budget_duration")) {
                lite.note("budget_duration", "means nothing without max_budget, left out");
            }
            return Optional.empty();
        }
        Optional<String> money = money(amount.get());
        if (money.isEmpty()) {
            lite.note("max_budget", "must be more than 0 and at most " + MOST_MONEY + " dollars here, left out");
        }
        return money.map(value -> "{amount: " + value + ", currency: USD, per: " + period + "}");
    }

    private static String period(LiteLlmNode lite) {
        Optional<String> duration = lite.plain("budget_duration");
        String period = duration.flatMap(LiteLlmOptions::calendar).orElse("month");
        if (duration.isEmpty()) {
            lite.note("max_budget", "is never reset by LiteLLM; here it is for a month of the calendar");
        } else if (calendar(duration.get()).isEmpty()) {
            lite.note("budget_duration", "'" + duration.get() + "' is no hour, day or month; a month is taken");
        } else {
            lite.note("budget_duration", "became the " + period + " of the calendar");
        }
        return period;
    }

    /** The hour, day or month that is meant; empty for another time. */
    static Optional<String> calendar(String duration) {
        return switch (duration.strip()) {
            case "1h", "60m", "3600s", "hourly" -> Optional.of("hour");
            case "1d", "24h", "daily" -> Optional.of("day");
            case "28d", "29d", "30d", "31d", "1mo", "monthly" -> Optional.of("month");
            default -> Optional.empty();
        };
    }

    /** An amount in the form that is read here; empty when there can be no such budget. */
    static Optional<String> money(String text) {
        try {
            BigDecimal amount = new BigDecimal(text.strip()).setScale(9, java.math.RoundingMode.HALF_UP);
            boolean possible = amount.signum() > 0 && amount.compareTo(MOST_MONEY) <= 0;
            return possible ? Optional.of(amount.stripTrailingZeros().toPlainString()) : Optional.empty();
        } catch (NumberFormatException _) {
            return Optional.empty();
        }
    }
}
