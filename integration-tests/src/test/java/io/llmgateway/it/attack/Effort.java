package io.llmgateway.it.attack;

import java.util.Random;

/** How much an attack does: little by default, all of it when minutes are given; and the seed it is drawn from. */
final class Effort {
    /** As long as the attacks may take together; 0 by default, which means about two. */
    static final int MINUTES = Integer.getInteger("attack.minutes", 0);

    private static final System.Logger LOG = System.getLogger(Effort.class.getName());
    private static final long SEED = Long.getLong("seed", 42);

    private Effort() {}

    /** The first number in a usual build, the second one when there is time. */
    static int of(int usual, int thorough) {
        return MINUTES > 0 ? thorough : usual;
    }

    /** Random numbers that are the same for the same -Dseed=. */
    static Random random(String of) {
        LOG.log(System.Logger.Level.WARNING, "attack " + of + ": -Dseed=" + SEED);
        return new Random(SEED ^ of.hashCode());
    }
}
