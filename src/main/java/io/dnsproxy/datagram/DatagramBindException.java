package io.dnsproxy.datagram;

import java.net.BindException;
import java.net.InetSocketAddress;

/** A listen address could not be had. */
public final class DatagramBindException extends BindException {

    /** Why, as far as an operator must tell it apart. */
    public enum Reason {
        /** Another socket has the port. */
        IN_USE("address already in use"),
        /** The process may not have the port, as 53 without the privilege for it. */
        PERMISSION("permission denied"),
        /** The host does not have the address, or not its address family. */
        NOT_AVAILABLE("address not available on this host"),
        /** Anything else; the message has the system's words. */
        OTHER("cannot bind");

        private final String text;

        Reason(String text) {
            this.text = text;
        }
    }

    private final Reason reason;
    private final InetSocketAddress address;

    DatagramBindException(Reason reason, InetSocketAddress address, String detail) {
        super("UDP " + address.getAddress().getHostAddress() + " port " + address.getPort() + ": " + reason.text + " ("
                + detail + ")");
        this.reason = reason;
        this.address = address;
    }

    /** Why. */
    public Reason reason() {
        return reason;
    }

    /** The address that was asked for. */
    public InetSocketAddress address() {
        return address;
    }
}
