package io.llmgateway.server;

import java.net.InetAddress;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The other side of a connection. Immutable.
 *
 * @param address where the connection comes from
 * @param announced the plain socket on which a proxy says first whose connection it is; null when it does not
 * @param trusted the proxies that are believed
 */
record Peer(InetAddress address, @Nullable ClientSocket announced, Predicate<InetAddress> trusted) {}
