package io.dnsproxy.fuzz;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import org.jspecify.annotations.Nullable;

/** Opens connections to the proxy, plain or by TLS. */
@FunctionalInterface
public interface Connector {

    /**
     * Opens one.
     *
     * @param from the local address; null lets the system choose
     */
    Connection connect(@Nullable InetSocketAddress from) throws IOException;

    /**
     * A connection.
     *
     * @param socket what is read and written
     * @param plain the socket below it, the same if there is no TLS
     */
    record Connection(Socket socket, Socket plain) implements AutoCloseable {

        /** Ends it with RST. */
        void reset() throws IOException {
            plain.setSoLinger(true, 0);
            plain.close();
        }

        @Override
        public void close() throws IOException {
            socket.close();
            plain.close();
        }
    }
}
