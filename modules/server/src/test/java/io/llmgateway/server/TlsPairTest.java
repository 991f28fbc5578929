package io.llmgateway.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.llmgateway.files.TlsIdentity;
import io.llmgateway.files.TlsListening;
import io.llmgateway.testing.TestCertificate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A certificate and a key that are renewed one after the other: between the two they do not belong together. */
class TlsPairTest {
    @TempDir
    Path folder;

    private TestCertificate made(String name) throws Exception {
        return TestCertificate.create(Files.createDirectory(folder.resolve(name)));
    }

    private static TlsListening listening(Path certificate, Path key) {
        return new TlsListening(new TlsIdentity(certificate, key), Optional.empty(), false);
    }

    @Test
    void certificateAndKeyOfDifferentPairs_areRefused_atTheStartAndAtARenewal() throws Exception {
        TestCertificate old = made("old");
        TestCertificate renewed = made("renewed");

        assertThatThrownBy(() -> new ListenerTls(listening(renewed.certificate(), old.key())))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("do not belong together");
        ListenerTls tls = new ListenerTls(listening(old.certificate(), old.key()));
        assertThatThrownBy(() -> tls.renew(listening(renewed.certificate(), old.key())))
                .hasMessageContaining("do not belong together");
        tls.renew(listening(renewed.certificate(), renewed.key()));
        assertThat(tls.engine().getUseClientMode()).isFalse();
    }
}
