package io.llmgateway.logs;

import io.llmgateway.model.RequestEvent;
import io.llmgateway.model.RequestEvent.Attempted;
import io.llmgateway.model.RequestEvent.Served;
import io.llmgateway.model.Usage;
import io.llmgateway.settings.LogLevel;
import io.llmgateway.wire.OutBuffer;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Lines for people: time, level, then what is worth knowing and nothing else. Confined to the writer's thread. */
final class TextFormat implements Format {
    private static final int LONGEST = 128;
    private static final int NANOS_OF_DOLLAR = 9;
    private static final long NANOS_PER_MILLI = 1_000_000;
    private static final int LEVEL_WIDTH = 6;

    private final TimeText times = new TimeText();

    @Override
    public void append(OutBuffer out, Line line) {
        switch (line) {
            case Line.Request(RequestEvent event) -> request(out, event);
            case Line.Said said -> said(out, said);
        }
        out.write('\n');
    }

    private void said(OutBuffer out, Line.Said said) {
        begin(out, times.of(said.at()), said.level());
        PlainText.line(out, said.logger());
        PlainText.ascii(out, ": ");
        PlainText.line(out, Scrubber.clean(said.message()));
        if (said.trace() != null) {
            PlainText.ascii(out, "\n    ");
            PlainText.lines(out, Scrubber.clean(said.trace()));
        }
    }

    private static void begin(OutBuffer out, String time, LogLevel level) {
        PlainText.ascii(out, time);
        out.write(' ');
        String name = level.name().toUpperCase(Locale.ROOT);
        PlainText.ascii(out, name);
        for (int i = name.length(); i < LEVEL_WIDTH; i++) {
            out.write(' ');
        }
    }

    private void request(OutBuffer out, RequestEvent event) {
        begin(out, times.of(event.at()), Severity.of(event.ending().kind()));
        PlainText.ascii(out, "request ");
        PlainText.ascii(out, event.id().value());
        out.write(' ');
        PlainText.ascii(out, event.asked().endpoint());
        field(
                out,
                " key=",
                event.caller().key() == null ? null : event.caller().key().value());
        name(out, " model=", event.asked().model());
        Served served = event.served();
        if (served != null) {
            name(out, " served=", served.model());
            field(out, " by=", served.instance().value());
        }
        number(out, " status=", event.ending().status());
        field(out, " end=", event.ending().wire());
        number(out, " ms=", event.times().duration() / NANOS_PER_MILLI);
        if (event.times().firstToken() >= 0) {
            number(out, " first-ms=", event.times().firstToken() / NANOS_PER_MILLI);
        }
        Usage usage = event.tokens().usage();
        if (usage != null) {
            number(out, " in=", usage.input());
            number(out, " out=", usage.output());
            PlainText.ascii(out, event.tokens().estimated() ? " (estimated)" : "");
        }
        cost(out, event.tokens().cost());
        attempts(out, event);
        if (!event.warnings().isEmpty()) {
            field(out, " warnings=", String.join("; ", event.warnings()));
        }
        if (event.ending().message() != null) {
            PlainText.ascii(out, ": ");
            PlainText.line(out, Scrubber.clean(event.ending().message()));
        }
        bodies(out, event.bodies());
    }

    private static void cost(OutBuffer out, long cost) {
        if (cost > 0) {
            PlainText.ascii(out, " cost=");
            PlainText.ascii(
                    out,
                    BigDecimal.valueOf(cost, NANOS_OF_DOLLAR)
                            .stripTrailingZeros()
                            .toPlainString());
        }
    }

    /** One good attempt is no news. */
    private static void attempts(OutBuffer out, RequestEvent event) {
        boolean news =
                event.attempts().size() > 1 || event.attempts().stream().anyMatch(attempt -> attempt.failure() != null);
        if (!news) {
            return;
        }
        number(out, " attempts=", event.attempts().size());
        String separator = "[";
        for (Attempted attempt : event.attempts()) {
            PlainText.ascii(out, separator);
            PlainText.line(out, attempt.served().instance().value());
            PlainText.ascii(
                    out,
                    ":" + (attempt.failure() == null ? "ok" : attempt.failure().wire()));
            PlainText.ascii(out, ":" + attempt.duration() / NANOS_PER_MILLI + "ms");
            separator = " ";
        }
        out.write(']');
    }

    private static void bodies(OutBuffer out, RequestEvent.@Nullable Bodies bodies) {
        if (bodies != null) {
            body(out, "\n    request: ", bodies.request());
            body(out, "\n    response: ", bodies.answer());
        }
    }

    private static void body(OutBuffer out, String name, byte[] body) {
        PlainText.ascii(out, name);
        PlainText.lines(out, Scrubber.clean(new String(body, StandardCharsets.UTF_8)));
    }

    private static void field(OutBuffer out, String name, @Nullable String value) {
        if (value != null) {
            PlainText.ascii(out, name);
            String bounded = value.length() > LONGEST ? value.substring(0, LONGEST) + "..." : value;
            PlainText.line(out, Scrubber.clean(bounded));
        }
    }

    /** A name that could be read as more fields stands in quotes. */
    private static void name(OutBuffer out, String field, @Nullable String value) {
        if (value != null && (value.indexOf(' ') >= 0 || value.indexOf('"') >= 0)) {
            field(out, field, '"' + value.replace("\"", "\\\"") + '"');
        } else {
            field(out, field, value);
        }
    }

    private static void number(OutBuffer out, String name, long value) {
        PlainText.ascii(out, name);
        PlainText.ascii(out, Long.toString(value));
    }
}
