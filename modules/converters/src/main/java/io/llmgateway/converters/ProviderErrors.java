package io.llmgateway.converters;

import com.fasterxml.jackson.core.JsonGenerator;
import io.llmgateway.model.GatewayError;
import io.llmgateway.model.Protocol;
import io.llmgateway.model.ProviderError;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Writes what a provider's error says to clients of the same protocol. Stateless, thread-safe. */
public final class ProviderErrors {
    private ProviderErrors() {}

    /** What a provider of this protocol said; null for every other error. */
    public static @Nullable ProviderError relayed(GatewayError error, Protocol client) {
        return error.provider().filter(said -> said.protocol() == client).orElse(null);
    }

    /** The status of an error: HTTP's own, that of a provider of the same protocol, or that of the kind. */
    public static int status(GatewayError error, Protocol client, int ofKind) {
        if (error.ownStatus().isPresent()) {
            return error.ownStatus().getAsInt();
        }
        return relayed(error, client) == null ? ofKind : error.providerStatus().orElse(ofKind);
    }

    /** Writes a member as the provider sent it, or this text when it sent none. */
    public static void member(
            JsonGenerator json, String name, @Nullable ProviderError relayed, @Nullable String otherwise)
            throws IOException {
        String came = relayed == null ? null : relayed.members().get(name);
        json.writeFieldName(name);
        if (came == null || "null".equals(came)) {
            json.writeString(otherwise);
        } else {
            json.writeRawValue(came);
        }
    }

    /** Writes the members of the error that its protocol does not name. */
    public static void others(JsonGenerator json, ProviderError relayed, Set<String> named) throws IOException {
        write(json, relayed.members(), named);
    }

    /** Writes what stood beside the error. */
    public static void beside(JsonGenerator json, ProviderError relayed) throws IOException {
        write(json, relayed.beside(), Set.of());
    }

    private static void write(JsonGenerator json, Map<String, String> members, Set<String> left) throws IOException {
        for (Map.Entry<String, String> member : members.entrySet()) {
            if (!left.contains(member.getKey())) {
                json.writeFieldName(member.getKey());
                json.writeRawValue(member.getValue());
            }
        }
    }
}
