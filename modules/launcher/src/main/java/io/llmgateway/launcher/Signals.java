package io.llmgateway.launcher;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;

/**
 * What the operating system tells the process. The JDK has no public way to listen to it; the one in
 * {@code jdk.unsupported}, which it promises to keep until there is one, is reached by name, since the compiler warns
 * of it and warnings are errors here. Stateless.
 */
final class Signals {
    private Signals() {}

    /**
     * Runs something, on a thread of its own, each time the signal comes.
     *
     * @param name without its first letters: TERM, INT, HUP
     * @return false when this system does not have the signal, or the JVM keeps it for itself
     */
    static boolean on(String name, Runnable action) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object listener =
                    Proxy.newProxyInstance(Signals.class.getClassLoader(), new Class<?>[] {handler}, (_, method, _) -> {
                        if ("handle".equals(method.getName())) {
                            Thread.ofPlatform().name("signal-" + name).start(action);
                        }
                        return null;
                    });
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance(name), listener);
            return true;
        } catch (InvocationTargetException e) {
            return false;
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("the JDK has no signals any more", e);
        }
    }
}
