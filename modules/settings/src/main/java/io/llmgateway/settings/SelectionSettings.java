package io.llmgateway.settings;

import java.time.Duration;

/**
 * How one of a provider's instances is picked for a request. Immutable, thread-safe.
 *
 * @param policy who is next when no session says so
 * @param whenAllUnhealthy what to do when every instance is out
 * @param queue how many may wait while every instance is busy
 * @param circuitBreaker when an instance is taken out and for how long
 * @param sticky whether a session stays on its instance
 * @param healthCheck whether instances are asked how they are
 */
public record SelectionSettings(
        Policy policy,
        WhenAllUnhealthy whenAllUnhealthy,
        Queue queue,
        Breaker circuitBreaker,
        Sticky sticky,
        Probe healthCheck) {
    /** What applies when nothing is configured. */
    public static final SelectionSettings DEFAULT = new SelectionSettings(
            Policy.WEIGHTED, WhenAllUnhealthy.TRY, Queue.DEFAULT, Breaker.DEFAULT, Sticky.DEFAULT, Probe.DEFAULT);

    /** Which instance of a tier is next. */
    public enum Policy {
        /** In turn, each as often as its weight says. */
        WEIGHTED("weighted"),
        /** In turn, all as often. */
        ROUND_ROBIN("round-robin"),
        /** The one with the fewest requests in flight for its weight. */
        LEAST_REQUESTS("least-requests"),
        /** The better of two random ones by recent latency and requests in flight. */
        PEAK_EWMA("peak-ewma");

        private final String wire;

        Policy(String wire) {
            this.wire = wire;
        }

        /** The word in the configuration. */
        public String wire() {
            return wire;
        }
    }

    /** What to do when every instance is out. */
    public enum WhenAllUnhealthy {
        /** Try the one that is expected back first. */
        TRY("try"),
        /** Wait in line until one is expected back, then try it. */
        WAIT("wait"),
        /** Refuse the request and say when to come back. */
        REFUSE("refuse");

        private final String wire;

        WhenAllUnhealthy(String wire) {
            this.wire = wire;
        }

        /** The word in the configuration. */
        public String wire() {
            return wire;
        }
    }

    /**
     * Who waits while every usable instance has as many requests as it may. Immutable.
     *
     * @param maxWaiting most requests that wait at once, 0 to 100,000; 0: none waits
     * @param maxWait the longest wait, 0s to 10m
     */
    public record Queue(int maxWaiting, Duration maxWait) {
        /** What applies when nothing is configured: 100 for up to 5s. */
        public static final Queue DEFAULT = new Queue(100, Duration.ofSeconds(5));
    }

    /**
     * When an instance is taken out and for how long. Immutable.
     *
     * @param enabled false: failures never take an instance out, only what it says itself does
     * @param consecutiveFailures so many failures in a row open the circuitBreaker, 1 to 1000
     * @param failureRate percent of the requests in the window that open it, 1 to 100
     * @param minRequests in the window before the rate counts, 1 to 100,000
     * @param window how far back the rate looks, 1s to 1h
     * @param openDuration the first time out, 1ms to 1h; doubled each time
     * @param maxOpenDuration the longest time out, 1ms to 1d, not under {@code openDuration}
     * @param cooldown out after a rate limit that does not say for how long, 0s to 1h
     * @param maxCooldown the longest Retry-After that is believed, 0s to 1d
     * @param authFailureCooldown out after a refused credential or an empty account, 0s to 1d
     */
    public record Breaker(
            boolean enabled,
            int consecutiveFailures,
            int failureRate,
            int minRequests,
            Duration window,
            Duration openDuration,
            Duration maxOpenDuration,
            Duration cooldown,
            Duration maxCooldown,
            Duration authFailureCooldown) {
        /** What applies when nothing is configured: 3 in a row or 50 % of 20 in 30s; 5s to 5m; 1s, 60s, 5m. */
        public static final Breaker DEFAULT = new Breaker(
                true,
                3,
                50,
                20,
                Duration.ofSeconds(30),
                Duration.ofSeconds(5),
                Duration.ofMinutes(5),
                Duration.ofSeconds(1),
                Duration.ofSeconds(60),
                Duration.ofMinutes(5));

        public Breaker {
            if (maxOpenDuration.compareTo(openDuration) < 0) {
                throw new IllegalArgumentException("max-open-duration must not be under open-duration");
            }
        }
    }

    /**
     * Whether a session stays on its instance. Immutable.
     *
     * @param enabled false: every request is balanced by itself
     * @param idle a session is forgotten after so long without a request, 1s to 7d
     * @param maxSessions most sessions remembered, 8 to 10,000,000; the least recently used are forgotten first
     * @param failback true: a session that had to move to a tier of lower priority comes back when a better tier works;
     *     false: it stays there, where its prompt cache is
     */
    public record Sticky(boolean enabled, Duration idle, int maxSessions, boolean failback) {
        /** What applies when nothing is configured: on, 1h, 100,000, false. */
        public static final Sticky DEFAULT = new Sticky(true, Duration.ofHours(1), 100_000, false);
    }

    /**
     * Whether instances are asked how they are. Immutable.
     *
     * @param mode when
     * @param interval between two probes of one instance, 1s to 1h
     */
    public record Probe(Mode mode, Duration interval) {
        /** What applies when nothing is configured: off, 10s. */
        public static final Probe DEFAULT = new Probe(Mode.OFF, Duration.ofSeconds(10));
        /** The same for servers of one's own network: while the breaker is open, 1s. */
        public static final Probe OWN = new Probe(Mode.WHEN_OPEN, Duration.ofSeconds(1));

        /** When instances are probed. */
        public enum Mode {
            /** Never: one live request at a time finds out whether an instance is back. */
            OFF("off"),
            /** While the breaker is open. */
            WHEN_OPEN("when-open"),
            /** All the time. */
            ALWAYS("always");

            private final String wire;

            Mode(String wire) {
                this.wire = wire;
            }

            /** The word in the configuration. */
            public String wire() {
                return wire;
            }
        }
    }
}
