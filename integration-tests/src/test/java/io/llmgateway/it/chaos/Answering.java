package io.llmgateway.it.chaos;

import io.llmgateway.it.chaos.ChaosUpstream.Asked;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;

/** One answer of an upstream, good or broken. Confined to one connection. */
final class Answering {
    private static final long MILLI = 1_000_000;
    private static final int INPUT = 7;
    private static final int LINGER_MILLIS = 2_500;
    private static final int SILENT_MILLIS = 5_000;

    private final Wire wire;
    private final Socket socket;
    private final Random random;
    private final OutputStream out;

    Answering(Wire wire, Socket socket, Random random) throws IOException {
        this.wire = wire;
        this.socket = socket;
        this.random = random;
        this.out = socket.getOutputStream();
    }

    /** Answers; false when the connection is to be closed. */
    boolean answer(Asked asked, Behaviour behaviour) throws IOException {
        return switch (behaviour) {
            case SILENT -> {
                pause(SILENT_MILLIS);
                yield false;
            }
            case RESET -> reset();
            case CUT_HEAD -> {
                write("HTTP/1.1 200 OK\r\nContent-Ty".substring(0, random.nextInt(27)));
                yield false;
            }
            case STATUS_429 -> error(429, "Retry-After: " + random.nextInt(2) + "\r\n", 0);
            case STATUS_500 -> error(500, "", 0);
            case STATUS_503 -> error(503, "", 0);
            case STATUS_401 -> error(401, "", 0);
            case STATUS_400 -> error(400, "", 0);
            case HUGE_ERROR -> error(500, "", 3 << 20);
            case NOT_JSON -> whole("text/html", "<html>" + Texts.marker(asked.number()) + "</html>", 0);
            case EMPTY -> whole("application/json", "", 0);
            case HUGE_HEAD -> {
                write("HTTP/1.1 200 OK\r\nX-Filler: " + "h".repeat(300_000) + "\r\n\r\n");
                yield false;
            }
            case WRONG_TYPE -> body(new Asked(asked.number(), !asked.stream(), true, false), behaviour);
            case INTERIM -> {
                write("HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n");
                yield body(asked, behaviour);
            }
            case SLOW_HEAD -> {
                pause(random.nextInt(1_200));
                yield body(asked, behaviour);
            }
            default -> body(asked, behaviour);
        };
    }

    private boolean body(Asked asked, Behaviour behaviour) throws IOException {
        if (asked.counting()) {
            return whole("application/json", wire.count(Texts.COUNT_BASE + asked.number()), 0);
        }
        return asked.stream() ? stream(asked, behaviour) : json(asked, behaviour);
    }

    private boolean json(Asked asked, Behaviour behaviour) throws IOException {
        List<String> pieces = switch (behaviour) {
            case BULKY_EVENTS -> Texts.bulky(asked.number(), false);
            case HUGE_EVENT -> Texts.bulky(asked.number(), true);
            default -> Texts.pieces(asked.number());
        };
        String body = wire.whole(String.join("", pieces), INPUT, pieces.size());
        return switch (behaviour) {
            case WELL_CHUNKED, DRIP, SLOW_STREAM, NO_LAST_CHUNK, BROKEN_CHUNKS, LINGER ->
                chunks("application/json", List.of(body.split("(?<=,)")), behaviour);
            case CUT_ANYWHERE -> {
                String all = head("application/json", body.length(), "") + body;
                write(all.substring(0, random.nextInt(all.length())));
                yield false;
            }
            case BODY_TOO_LONG -> whole("application/json", body, -1 - random.nextInt(body.length() / 2));
            case BODY_TOO_SHORT -> whole("application/json", body, 1 + random.nextInt(50));
            case SECOND_ANSWER -> {
                String second = wire.whole(Texts.FOREIGN, 1, 1);
                write(head("application/json", body.length(), "")
                        + body
                        + head("application/json", second.length(), "")
                        + second);
                yield true;
            }
            case IDLE_BYTES -> {
                whole("application/json", body, 0);
                pause(random.nextInt(200));
                write(Texts.FOREIGN + " at rest\r\n\r\n");
                yield random.nextBoolean();
            }
            case HOSTILE_USAGE -> whole("application/json", hostile(body), 0);
            case BROKEN_EVENT, NO_END -> whole("application/json", body.substring(0, body.length() - 2), 0);
            case ERROR_EVENT -> whole("application/json", wire.error(500, "inside 200"), 0);
            default -> whole("application/json", body, 0);
        };
    }

    private boolean stream(Asked asked, Behaviour behaviour) throws IOException {
        List<String> pieces = switch (behaviour) {
            case BULKY_EVENTS -> Texts.bulky(asked.number(), false);
            case HUGE_EVENT -> Texts.bulky(asked.number(), true);
            default -> Texts.pieces(asked.number());
        };
        List<String> events = new ArrayList<>(wire.events(pieces, INPUT, asked.usage()));
        int middle = 1 + random.nextInt(Math.max(1, events.size() - 2));
        switch (behaviour) {
            case PINGS -> {
                events.add(0, ": ping\n\n");
                events.add(middle, ": ping\n\n");
            }
            case NO_END, CUT_ANYWHERE -> events.subList(middle, events.size()).clear();
            case BROKEN_EVENT -> events.set(middle, "data: " + Wire.BROKEN + "\n\n");
            case ERROR_EVENT -> {
                events.subList(middle, events.size()).clear();
                events.add(wire.errorEvent("broken in the middle"));
            }
            case HOSTILE_USAGE -> events.replaceAll(Answering::hostile);
            case SECOND_ANSWER -> {
                // Gemini's streams have no sign of their end but the end itself
                if (wire != Wire.GEMINI) {
                    events.addAll(wire.events(List.of(Texts.FOREIGN, Texts.FOREIGN), 1, true));
                }
            }
            default -> {
                // as it is
            }
        }
        return chunks("text/event-stream", events, behaviour);
    }

    private static String hostile(String text) {
        return text.replace("\":7,", "\":-9223372036854775808,").replace("_tokens\":1", "_tokens\":1.5e0");
    }

    private boolean chunks(String type, List<String> pieces, Behaviour behaviour) throws IOException {
        write("HTTP/1.1 200 OK\r\nContent-Type: " + type + "\r\nTransfer-Encoding: chunked\r\n\r\n");
        int broken = behaviour == Behaviour.BROKEN_CHUNKS ? random.nextInt(pieces.size()) : -1;
        for (int i = 0; i < pieces.size(); i++) {
            String piece = pieces.get(i);
            String size = i == broken ? "zz" : Integer.toHexString(piece.length());
            write(size + "\r\n" + piece + "\r\n");
            switch (behaviour) {
                case SLOW_STREAM -> pause(random.nextInt(60));
                case DRIP -> pause(random.nextInt(8));
                default -> {
                    // at once
                }
            }
        }
        return end(behaviour);
    }

    private boolean end(Behaviour behaviour) throws IOException {
        return switch (behaviour) {
            case CUT_ANYWHERE -> {
                write("40\r\nhalf a ch");
                yield random.nextBoolean() && reset();
            }
            case NO_LAST_CHUNK -> false;
            case LINGER -> {
                pause(random.nextInt(LINGER_MILLIS));
                write("0\r\n\r\n");
                yield true;
            }
            case BODY_TOO_LONG -> {
                write("0\r\n\r\n5\r\n" + Texts.FOREIGN + "\r\n0\r\n\r\n");
                yield true;
            }
            case IDLE_BYTES -> {
                write("0\r\n\r\n");
                pause(random.nextInt(200));
                write(Texts.FOREIGN + " at rest\r\n\r\n");
                yield random.nextBoolean();
            }
            default -> {
                write("0\r\n\r\n");
                yield true;
            }
        };
    }

    private boolean error(int status, String headers, int filler) throws IOException {
        String body = wire.error(status, "chaos " + "e".repeat(filler));
        write("HTTP/1.1 " + status + " Chaos\r\nContent-Type: application/json\r\n" + headers + "Content-Length: "
                + body.length() + "\r\n\r\n" + body);
        return true;
    }

    /** A body with a length that is its own and this much more. */
    private boolean whole(String type, String body, int more) throws IOException {
        String rest = more < 0 ? Texts.FOREIGN : "";
        write(head(type, body.length() + Math.max(0, more), "") + body + rest);
        return more <= 0;
    }

    private static String head(String type, int length, String more) {
        return "HTTP/1.1 200 OK\r\nContent-Type: " + type + "\r\n" + more + "Content-Length: " + length + "\r\n\r\n";
    }

    private boolean reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
        return false;
    }

    private void write(String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static void pause(int millis) {
        long end = System.nanoTime() + millis * MILLI;
        while (System.nanoTime() - end < 0) {
            LockSupport.parkNanos(end - System.nanoTime());
        }
    }
}
