package io.llmgateway.benchmarks.load;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.concurrent.ConcurrentLinkedDeque;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.io.DefaultBHttpClientConnection;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.message.BasicClassicHttpRequest;

/** Apache HttpCore's blocking connection under the simplest pool there is: no bounds, no deadlines. Thread-safe. */
final class CoreClient implements ClientUnderTest {
    private final ConcurrentLinkedDeque<DefaultBHttpClientConnection> idle = new ConcurrentLinkedDeque<>();
    private final boolean secure;
    private final int port;
    private final SSLContext context;

    CoreClient(boolean secure, int port) throws GeneralSecurityException {
        this.secure = secure;
        this.port = port;
        this.context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {new TrustsAll()}, null);
    }

    private DefaultBHttpClientConnection connection() throws IOException {
        DefaultBHttpClientConnection kept = idle.pollFirst();
        if (kept != null) {
            return kept;
        }
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
        DefaultBHttpClientConnection made = new DefaultBHttpClientConnection(
                Http1Config.custom().setBufferSize(16 * 1024).build());
        if (secure) {
            SSLSocket tls = (SSLSocket) context.getSocketFactory().createSocket(socket, "localhost", port, true);
            tls.startHandshake();
            made.bind(tls, socket);
        } else {
            made.bind(socket);
        }
        return made;
    }

    @Override
    public long post(String path, byte[] body, byte[] buffer) throws IOException {
        DefaultBHttpClientConnection connection = connection();
        BasicClassicHttpRequest request = new BasicClassicHttpRequest("POST", path);
        request.addHeader("Host", "127.0.0.1:" + port);
        request.addHeader("Content-Type", "application/json");
        request.addHeader("Authorization", "Bearer some-key");
        request.addHeader("Content-Length", Integer.toString(body.length));
        request.setEntity(new ByteArrayEntity(body, ContentType.APPLICATION_JSON));
        try {
            connection.sendRequestHeader(request);
            connection.sendRequestEntity(request);
            connection.flush();
            ClassicHttpResponse response = connection.receiveResponseHeader();
            if (response.getCode() != 200) {
                throw new IOException("status " + response.getCode());
            }
            connection.receiveResponseEntity(response);
            long length = 0;
            try (InputStream in = response.getEntity().getContent()) {
                int count;
                while ((count = in.read(buffer)) >= 0) {
                    length += count;
                }
            }
            idle.addFirst(connection);
            return length;
        } catch (HttpException e) {
            throw new IOException(e);
        }
    }

    @Override
    public void close() {
        idle.forEach(connection -> connection.close(org.apache.hc.core5.io.CloseMode.IMMEDIATE));
    }

    /** Believes everything, as the other two do here. Stateless. */
    private static final class TrustsAll implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {
            // a measurement on loopback
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {
            // a measurement on loopback
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
