package io.llmgateway.upstream;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Asks for the addresses of hosts on threads of their own, one for each host at a time, since the system's resolver
 * knows no deadline and holds the thread that asks. Whoever waits is told. Thread-safe.
 */
final class Lookups {
    private final Resolver resolver;
    private final Map<String, List<Dial>> running = new ConcurrentHashMap<>();

    /** Finds addresses, for as long as it takes. */
    @FunctionalInterface
    interface Resolver {
        InetAddress[] resolve(String host) throws IOException;
    }

    Lookups(Resolver resolver) {
        this.resolver = resolver;
    }

    /** Tells the dial, soon or at any later time, where the host is. */
    void ask(String host, Dial dial) {
        boolean[] first = new boolean[1];
        running.compute(host, (_, waiting) -> {
            List<Dial> all = waiting == null ? new ArrayList<>() : waiting;
            first[0] = waiting == null;
            all.add(dial);
            return all;
        });
        if (first[0]) {
            boolean begun = false;
            try {
                Thread.ofPlatform().daemon().name("dns").start(() -> look(host));
                begun = true;
            } finally {
                if (!begun) {
                    running.remove(host);
                }
            }
        }
    }

    /** Forgets a dial that does not wait any more. */
    void forget(String host, Dial dial) {
        running.computeIfPresent(host, (_, waiting) -> {
            waiting.remove(dial);
            return waiting;
        });
    }

    private void look(String host) {
        InetAddress[] found = new InetAddress[0];
        IOException failure = new UnknownHostException(host);
        try {
            found = resolver.resolve(host);
        } catch (IOException e) {
            failure = e;
        } catch (RuntimeException e) {
            failure = new IOException("the lookup of " + host + " failed", e);
        } finally {
            List<Dial> waiting = running.remove(host);
            if (waiting != null) {
                for (Dial dial : waiting) {
                    dial.resolved(found, failure);
                }
            }
        }
    }
}
