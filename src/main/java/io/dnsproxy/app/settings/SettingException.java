package io.dnsproxy.app.settings;

import io.netty.util.NetUtil;
import java.net.InetSocketAddress;

/**
 * A setting with which the proxy cannot start. It ends the start with one message and exit code 1; it has no stack
 * trace, since the fault is not in the code.
 */
public final class SettingException extends RuntimeException {

    private final String setting;
    private final String problem;
    private final String mend;

    /**
     * Says what is wrong and what to write instead.
     *
     * @param setting the property, {@code dnsproxy.listen.port} for instance; the message turns it into the
     *     environment variable where that is what the user wrote
     * @param problem continues a sentence that starts with the setting: {@code is 70000, which is no port}
     * @param mend a whole sentence that says what to write or to do instead
     */
    public SettingException(String setting, String problem, String mend) {
        super(setting + " " + problem + ". " + mend, null, false, false);
        this.setting = setting;
        this.problem = problem;
        this.mend = mend;
    }

    /**
     * The address and port belong to another socket already.
     *
     * @param address what was to be bound
     * @return what to throw
     */
    public static SettingException addressInUse(InetSocketAddress address) {
        return new SettingException(
                "dnsproxy.listen.port",
                "is " + address.getPort() + ", but another program listens on " + text(address) + " already",
                "Stop that program (`ss -lntup` names it; often it is systemd-resolved, dnsmasq or a second dnsproxy),"
                        + " or take another port by SERVER_PORT or another address by SERVER_ADDRESS.");
    }

    /**
     * The port is below 1024 and the process may not bind it.
     *
     * @param address what was to be bound
     * @return what to throw
     */
    public static SettingException noPermission(InetSocketAddress address) {
        return new SettingException(
                "dnsproxy.listen.port",
                "is " + address.getPort() + ", and this user has no permission to listen on " + text(address),
                "Take a port of 1024 or above (SERVER_PORT=1053), or allow low ports by"
                        + " `sysctl net.ipv4.ip_unprivileged_port_start=53`, or give the process CAP_NET_BIND_SERVICE"
                        + " (systemd: AmbientCapabilities=CAP_NET_BIND_SERVICE).");
    }

    /**
     * No interface of this machine has the address.
     *
     * @param address what was to be bound
     * @return what to throw
     */
    public static SettingException addressNotAvailable(InetSocketAddress address) {
        return new SettingException(
                "dnsproxy.listen.address",
                "has " + NetUtil.toAddressString(address.getAddress()) + ", an address that this machine does not have",
                "Write an address of this machine (`ip address` lists them), or leave the setting out for all of them.");
    }

    /**
     * The property that is wrong.
     *
     * @return its name, with the index where it is an element of a list
     */
    public String setting() {
        return setting;
    }

    /**
     * What is wrong with it.
     *
     * @return the rest of a sentence that starts with the setting
     */
    public String problem() {
        return problem;
    }

    /**
     * What to do about it.
     *
     * @return a whole sentence
     */
    public String mend() {
        return mend;
    }

    private static String text(InetSocketAddress address) {
        String host = NetUtil.toAddressString(address.getAddress());
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + " port " + address.getPort();
    }
}
