package io.dnsproxy.datagram;

import java.net.InetSocketAddress;

/** Endpoints answer; a client that has several sockets must say by which of them it asks. */
public final class ClientPeer {

    private ClientPeer() {}

    /** The server, as seen from one of the endpoint's sockets, counted from 0 in the order of the settings. */
    public static Peer of(InetSocketAddress server, int socket) {
        Peer peer = new Peer();
        peer.arrived(server, socket);
        return peer;
    }

    /** Which of the endpoint's sockets has heard this peer. */
    public static int socketOf(Peer peer) {
        return peer.socket();
    }
}
