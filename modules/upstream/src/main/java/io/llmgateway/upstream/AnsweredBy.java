package io.llmgateway.upstream;

import io.llmgateway.model.InstanceName;
import io.llmgateway.model.Protocol;
import io.llmgateway.model.Secret;
import java.util.List;

/**
 * Where an error comes from, and what of it clients must not read. Immutable, thread-safe.
 *
 * @param instance who answered
 * @param protocol what its provider speaks, which decides how its errors are read
 * @param host where it is, without a port; empty: nothing is known of it
 * @param port 1 to 65535
 * @param secrets what is sent to it as credentials
 */
public record AnsweredBy(InstanceName instance, Protocol protocol, String host, int port, List<Secret> secrets) {
    public AnsweredBy {
        secrets = List.copyOf(secrets);
    }
}
