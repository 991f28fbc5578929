package io.llmgateway.launcher;

import io.llmgateway.settings.GatewaySettings;
import io.llmgateway.settings.ProviderSettings;
import java.io.PrintWriter;
import java.util.stream.Collectors;

/** What a starting gateway says on the terminal. Stateless. */
final class Banner {
    private Banner() {}

    static void listening(PrintWriter out, GatewaySettings settings, Gateway gateway) {
        out.println("llm-gateway " + Version.text());
        String data = settings.server().tls().isPresent() ? "https://" : "http://";
        String admin = settings.admin().tls().isPresent() ? "https://" : "http://";
        out.println("  listening  " + data + settings.server().host() + ":" + gateway.port());
        gateway.adminPort()
                .ifPresent(port ->
                        out.println("  admin      " + admin + settings.admin().host() + ":" + port + "/metrics"));
        out.println("  providers  "
                + settings.providers().stream().map(Banner::described).collect(Collectors.joining(", ")));
        out.flush();
    }

    private static String described(ProviderSettings provider) {
        int instances = provider.instances().size();
        return provider.name() + " (" + provider.type().wire() + ", " + instances
                + (instances == 1 ? " instance)" : " instances)");
    }
}
