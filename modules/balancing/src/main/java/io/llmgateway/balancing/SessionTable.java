package io.llmgateway.balancing;

import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Which session is on which instance. Of fixed size: a session has a few places where it may stand, and when all are
 * taken the one unused for longest is forgotten. Reading and writing take no lock; two threads that meet may lose one
 * entry, which only sends a session to the place its hash says. Thread-safe.
 */
final class SessionTable {
    private static final int WAYS = 8;

    private final int maxSessions;
    private final AtomicReferenceArray<Entry> entries;
    private final int mask;
    private final long idleNanos;

    SessionTable(int maxSessions, long idleNanos) {
        this.maxSessions = maxSessions;
        int sets = Integer.highestOneBit(Math.max(1, maxSessions / WAYS));
        this.entries = new AtomicReferenceArray<>(sets * WAYS);
        this.mask = sets - 1;
        this.idleNanos = idleNanos;
    }

    /** This table when nothing is different; else another one with the same sessions, as far as there is room. */
    SessionTable withSettings(int most, long idle) {
        if (most == maxSessions && idle == idleNanos) {
            return this;
        }
        SessionTable changed = new SessionTable(most, idle);
        for (int i = 0; i < entries.length(); i++) {
            Entry entry = entries.get(i);
            if (entry != null) {
                changed.put(entry.session, entry.instance, entry.usedAt);
            }
        }
        return changed;
    }

    /** A session's place. */
    private static final class Entry {
        private final long session;
        private final InstanceState instance;
        private volatile long usedAt;

        Entry(long session, InstanceState instance, long now) {
            this.session = session;
            this.instance = instance;
            this.usedAt = now;
        }
    }

    private int base(long session) {
        return ((int) (session >>> 32) & mask) * WAYS;
    }

    /** Where the session is, counted as used; null when nothing is known. */
    @Nullable
    InstanceState find(long session, long now) {
        int base = base(session);
        for (int way = 0; way < WAYS; way++) {
            Entry entry = entries.get(base + way);
            if (entry != null && entry.session == session) {
                if (now - entry.usedAt > idleNanos) {
                    return null;
                }
                entry.usedAt = now;
                return entry.instance;
            }
        }
        return null;
    }

    /** Puts the session there. */
    void put(long session, InstanceState instance, long now) {
        int base = base(session);
        int target = base;
        long oldest = Long.MAX_VALUE;
        for (int way = 0; way < WAYS; way++) {
            Entry entry = entries.get(base + way);
            if (entry == null || entry.session == session) {
                target = base + way;
                break;
            }
            if (entry.usedAt - oldest < 0 || oldest == Long.MAX_VALUE) {
                oldest = entry.usedAt;
                target = base + way;
            }
        }
        entries.set(target, new Entry(session, instance, now));
    }
}
