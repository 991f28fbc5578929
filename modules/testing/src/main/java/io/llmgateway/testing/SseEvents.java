package io.llmgateway.testing;

import java.util.ArrayList;
import java.util.List;

/** Reads a whole event stream in the simplest way there is, to check readers that are cleverer. Stateless. */
public final class SseEvents {
    private SseEvents() {}

    /** The events of a stream with LF or CRLF line ends, comments left out. */
    public static List<Event> parse(String stream) {
        List<Event> events = new ArrayList<>();
        for (String block : stream.replace("\r\n", "\n").split("\n\n")) {
            String name = "";
            StringBuilder data = new StringBuilder();
            boolean hasData = false;
            for (String line : block.split("\n")) {
                if (line.startsWith("event:")) {
                    name = line.substring("event:".length()).strip();
                } else if (line.startsWith("data:")) {
                    data.append(hasData ? "\n" : "")
                            .append(line.substring("data:".length()).strip());
                    hasData = true;
                }
            }
            if (hasData) {
                events.add(new Event(name, data.toString()));
            }
        }
        return events;
    }

    /**
     * One event.
     *
     * @param name its name; empty when it has none
     * @param data its data
     */
    public record Event(String name, String data) {}
}
