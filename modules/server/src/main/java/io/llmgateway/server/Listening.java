package io.llmgateway.server;

import io.helidon.webserver.WebServer;
import io.helidon.webserver.WebServerConfig;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import org.jspecify.annotations.Nullable;

/**
 * Opens a listener or says why it cannot be opened: Helidon only logs that, and its server then runs without a
 * listener. Stateless.
 */
final class Listening {
    private Listening() {}

    /**
     * Starts a server.
     *
     * @param builder the server, all set but the address
     * @param address where to listen
     * @param setting the setting that names the port, for the error
     * @throws IOException when it cannot listen there, with the address, the setting and the reason
     */
    static WebServer start(WebServerConfig.Builder builder, DataListener.Address address, String setting)
            throws IOException {
        tryOut(address, setting);
        WebServer server = builder.host(address.host()).port(address.port()).build();
        boolean listens = false;
        try {
            server.start();
            listens = server.isRunning() && server.port() > 0;
        } finally {
            if (!listens) {
                server.stop();
            }
        }
        if (!listens) {
            // somebody took it since it was tried out
            throw cannot(address, setting, "the address is in use or not allowed", null);
        }
        return server;
    }

    /** Takes the address for a moment without listening, so that no client connects to what is closed again. */
    private static void tryOut(DataListener.Address address, String setting) throws IOException {
        InetSocketAddress wanted = new InetSocketAddress(address.host(), address.port());
        if (wanted.isUnresolved()) {
            throw cannot(address, setting, "there is no such host", null);
        }
        try (Socket socket = new Socket()) {
            socket.setReuseAddress(true);
            socket.bind(wanted);
        } catch (IOException e) {
            throw cannot(address, setting, String.valueOf(e.getMessage()), e);
        }
    }

    private static IOException cannot(
            DataListener.Address address, String setting, String reason, @Nullable IOException cause) {
        String host = address.host().indexOf(':') >= 0 ? '[' + address.host() + ']' : address.host();
        return new IOException(
                "cannot listen on " + host + ':' + address.port() + " (" + setting + "): " + reason, cause);
    }
}
