package io.llmgateway.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.EOFException;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ConnectTroubleTest {
    static Stream<Arguments> kinds() {
        return Stream.of(
                Arguments.of(new UnknownHostException("a.invalid"), "the host name is not found (DNS)"),
                Arguments.of(
                        new SocketTimeoutException("connect timed out"), "no connection in time (timeouts.connect)"),
                Arguments.of(
                        new ConnectException("Connection refused"),
                        "the connection was refused, nothing listens on this port"),
                Arguments.of(new ConnectException("Connection timed out"), "no response in time"),
                Arguments.of(new NoRouteToHostException("No route to host"), "there is no route to the host"),
                Arguments.of(new ConnectException("Network is unreachable"), "the network is unreachable"),
                Arguments.of(
                        new BindException("Address already in use"),
                        "the gateway's machine has no free local port or address"),
                Arguments.of(new IOException("Connection reset by peer"), "the other side reset the connection"),
                Arguments.of(new SocketException("Connection reset"), "the other side reset the connection"),
                Arguments.of(new IOException("Broken pipe"), "the other side has closed the connection"),
                Arguments.of(new EOFException(), "the other side has closed the connection"),
                Arguments.of(new ClosedChannelException(), "the connection was closed"),
                Arguments.of(new AsynchronousCloseException(), "the connection was closed"),
                Arguments.of(new IOException("the proxy said 407"), "the proxy said 407"),
                Arguments.of(new SocketException(), "the connection broke"),
                Arguments.of(new IOException(""), "the connection broke"));
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void everyKind_hasPlainWords(IOException e, String words) {
        assertThat(ConnectTrouble.explain(e)).isEqualTo(words).doesNotContain("Exception", "java.");
    }

    @Test
    void portWhereNothingListens_isToldAsRefused() throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        InetSocketAddress nobody = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);

        try (Socket blocking = new Socket();
                SocketChannel channel = SocketChannel.open()) {
            IOException ofSocket = catchThrowableOfType(IOException.class, () -> blocking.connect(nobody));
            IOException ofChannel = catchThrowableOfType(IOException.class, () -> channel.connect(nobody));

            assertThat(ConnectTrouble.explain(ofSocket)).contains("the connection was refused");
            assertThat(ConnectTrouble.explain(ofChannel)).contains("the connection was refused");
        }
    }

    @Test
    void connectionThatIsReset_isToldAsReset() throws IOException {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Socket client = new Socket(InetAddress.getLoopbackAddress(), server.getLocalPort())) {
            try (Socket accepted = server.accept()) {
                accepted.setSoLinger(true, 0);
            }
            IOException reset = catchThrowableOfType(
                    IOException.class, () -> client.getInputStream().read());

            assertThat(ConnectTrouble.explain(reset)).isEqualTo("the other side reset the connection");
        }
    }
}
