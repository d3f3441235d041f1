package io.dnsproxy.app;

import io.dnsproxy.app.settings.SettingException;
import io.dnsproxy.datagram.DatagramBindException;
import io.dnsproxy.listener.TcpListener;
import io.netty.util.NetUtil;
import java.net.InetSocketAddress;
import java.nio.channels.UnsupportedAddressTypeException;
import java.util.Locale;

/** Says in terms of the settings why an address could not be had. */
final class BindRefusal {

    private BindRefusal() {}

    static SettingException of(DatagramBindException e) {
        return switch (e.reason()) {
            case IN_USE -> SettingException.addressInUse(e.address());
            case PERMISSION -> SettingException.noPermission(e.address());
            case NOT_AVAILABLE -> SettingException.addressNotAvailable(e.address());
            case OTHER -> other(e.address(), e);
        };
    }

    /** The JDK tells these apart only by the system's words. */
    static SettingException of(TcpListener.BindFailure e) {
        Throwable cause = e.getCause() == null ? e : e.getCause();
        String words = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
        if (words.contains("in use")) {
            return SettingException.addressInUse(e.address());
        }
        if (words.contains("permission denied")) {
            return SettingException.noPermission(e.address());
        }
        if (words.contains("assign requested address")
                || words.contains("not supported")
                || cause instanceof UnsupportedAddressTypeException) {
            return SettingException.addressNotAvailable(e.address());
        }
        return other(e.address(), cause);
    }

    /** Of the port of DNS over TLS. */
    static SettingException ofTls(TcpListener.BindFailure e) {
        return new SettingException(
                "dnsproxy.listen.tls.port",
                "is " + e.address().getPort() + ", which cannot be listened on at "
                        + NetUtil.toSocketAddressString(e.address()) + ": "
                        + (e.getCause() == null ? e : e.getCause()).getMessage(),
                "Take another port by DNSPROXY_LISTEN_TLS_PORT; one below 1024 takes a privilege.");
    }

    private static SettingException other(InetSocketAddress address, Throwable cause) {
        return new SettingException(
                "dnsproxy.listen.address",
                "cannot be listened on at " + NetUtil.toSocketAddressString(address) + ": " + cause.getMessage(),
                "Take another address by SERVER_ADDRESS, or another port by SERVER_PORT.");
    }
}
